"""Charts in two parts: how they are drawn may hang on columns and labels, on no value."""

import json

import altair as alt
import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.drawing import Drawing, emptied, outline, separate
from ops_widgets.charts.locales import speaking
from ops_widgets.charts.marks import drawable
from ops_widgets.charts.others import for_drawing
from ops_widgets.charts.theme import themed
from ops_widgets.errors import MissingDataError
from ops_widgets.widgets.live_panel import LivePanel

#: Views that differ in all that a page can be turned to.
TURNED = {
    "category_opportunity": [
        {},
        {"months": 6},
        {"leaders": 3, "categories": ("Beauty", "Toys")},
        {"picked": "Beauty"},
        {"within": "Beauty", "detail": "full path"},
        {"since": "2025-02-01", "until": "2025-04-30"},
        {"locale": "de"},
    ],
    "campaign_performance": [
        {},
        {"days": 28},
        {"by": "channel"},
        {"campaign": "A Quiet Winter"},
        {"content_types": ("shopping_guide",)},
        {"as_of": "2025-03-31", "days": 365},
        {"locale": "zh"},
    ],
    "cohort_activity": [
        {},
        {"cohorts": "week", "periods": 26},
        {"cohort": "2025-01"},
        {"channels": ("app",)},
        {"activity": "visit", "weeks": 8},
        {"acquired": ("search",), "periods": 18},
        {"locale": "fr"},
    ],
}
DRAWN = [
    (name, panel.name)
    for name, analysis in ANALYSES.items()
    for panel in analysis.panels().values()
    if isinstance(panel.chart, Drawing)
]


def spec_of(chart):
    return json.dumps(separate(themed(chart))[0], sort_keys=True, default=str)


def frames_of(store, name, panel, changes):
    """The frames of a chart in one view; None: the data have nothing to draw there."""
    analysis = ANALYSES[name]
    view = analysis.view.parse(changes)
    found = analysis.panel(panel)
    try:
        frame = found.compute(store, view)
    except MissingDataError:
        return None
    return None if frame.empty else found.chart.frames(drawable(for_drawing(frame)))


def test_every_chart_of_ours_is_in_two_parts():
    charts = [p for a in ANALYSES.values() for p in a.panels().values() if p.chart is not None]
    assert len(DRAWN) == len(charts) >= 9


@pytest.mark.parametrize(("name", "panel"), DRAWN)
def test_what_a_chart_is_drawn_by_says_all_of_how_it_is_drawn(store, name, panel):
    """The same of rows as of none, and of equal outlines the same, whatever is looked at."""
    draw, known = ANALYSES[name].panel(panel).chart.draw, {}
    for changes in TURNED[name]:
        with speaking(changes.get("locale", "en")):
            frames = frames_of(store, name, panel, changes)
            if frames is None:
                continue
            spec = spec_of(draw(*frames))
            key = outline(frames)
            assert spec == spec_of(draw(*emptied(key))), changes
            assert known.setdefault(key, spec) == spec, changes
    assert len(known) < len(TURNED[name])


def test_a_live_chart_sends_the_frames_of_its_drawing_and_not_the_drawing_again():
    made = []

    def frames(frame):
        return frame.assign(twice=2 * frame["y"]), pd.DataFrame({"at": [frame["y"].max()]})

    def draw(points, line):
        made.append(1)
        of = alt.Chart(points, title=points.attrs.get("drawing", "")).mark_point()
        rule = alt.Chart(line).mark_rule().encode(y="at:Q")
        # Data are named in the order of the layers, which need not be that of the frames.
        return alt.LayerChart(layer=[rule, of.encode(x="y:Q", y="twice:Q")])

    def given(*values, title=""):
        frame = pd.DataFrame({"y": values})
        frame.attrs["drawing"] = title
        return frame

    live = LivePanel(Drawing(draw, frames))
    live.draw(given(1.0, 2.0))
    live.draw(given(5.0))
    assert len(made) == 1
    columns = [set(data["columns"]) for data in live.data.values()]
    assert columns == [{"at"}, {"y", "twice"}]
    assert (
        live.data["data"]["columns"]["at"]["values"] == live.data["data2"]["columns"]["y"]["values"]
    )
    live.draw(given(5.0, title="Another"))
    assert len(made) == 2 and "Another" in str(live.spec)
