"""Axes and tooltips: what differs looks different there too, in the words of the page."""

import re

import altair as alt
import pandas as pd
import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.locales import speaking
from ops_widgets.charts.marks import SHARE_AXIS, in_full, short_axis
from ops_widgets.charts.static import to_svg


def drawn(values, axis):
    """The texts of a drawing whose axis runs up to the largest of ``values``."""
    chart = alt.Chart(pd.DataFrame({"v": values, "n": list("abcdef")[: len(values)]})).mark_bar()
    svg = to_svg(chart.encode(x=alt.X("v:Q", title=None, axis=axis), y="n:N"), 800)
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg.replace("\u00a0", " "))


@pytest.mark.parametrize(
    ("largest", "locale", "among"),
    [
        (20e9, "en", ["5 bn", "20 bn"]),
        (2_000_000, "en", ["1 m", "2 m"]),
        (150, "en", ["20", "140"]),
        (0.02, "en", ["0.005", "0.02"]),  # Vega's own short form says 20m: twenty million?
        (200_000, "zh", ["5 万", "20 万"]),
    ],
)
def test_an_axis_speaks_as_the_numbers_beside_it(largest, locale, among):
    with speaking(locale):
        texts = drawn([largest], short_axis())
    assert set(among) <= set(texts)


def test_ticks_of_a_small_share_differ():
    texts = [text for text in drawn([0.008], alt.Axis(format=SHARE_AXIS)) if "%" in text]
    assert len(texts) == len(set(texts)) > 3
    assert "0.2%" in texts


def test_a_tooltip_holds_an_amount_to_its_last_minor_unit():
    frame = pd.DataFrame()
    for digits, format in ((0, ",.0f"), (2, ",.2f"), (3, ",.3f")):
        frame.attrs["minor_digits"] = digits
        assert in_full(frame) == format


@pytest.mark.parametrize("name", ANALYSES)
def test_no_chart_rounds_a_share_or_an_amount_by_a_rule_of_its_own(name, store):
    """Fixed decimals make 0.2% and 0.4% one; whole numbers are for what is counted."""
    analysis = ANALYSES[name]
    for panel in analysis.panels().values():
        if panel.chart is None:
            continue
        frame = panel.compute(store, analysis.view())
        spec = str(panel.chart(frame).to_dict(context={"pre_transform": False}))
        spec = re.sub(r"'legend': \{[^}]*\}", "", spec)  # the steps of a legend are our own
        assert not re.search(r"'format': '\+?\.\d%'", spec), panel.name
        assert "~s" not in spec, panel.name
