"""What is selected is said in words in every life, and what does not follow it says so."""

import json
from datetime import date

import pytest
from bs4 import BeautifulSoup

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.others import for_drawing
from ops_widgets.publish.notebooks.export import body_html
from ops_widgets.publish.server.form import form_html
from ops_widgets.views.settings import in_words, selections
from ops_widgets.views.words import worded
from ops_widgets.widgets.component import Numbers
from ops_widgets.widgets.controls import ControlBar
from ops_widgets.widgets.page import Page
from ops_widgets.widgets.panel import PanelComponent
from ops_widgets.widgets.session import Session
from tests.test_notebooks_export import notebook, shown

CAMPAIGNS = ANALYSES["campaign_performance"]
CATEGORIES = ANALYSES["category_opportunity"]
COHORTS = ANALYSES["cohort_activity"]
#: A pick for every field that is picked in a chart, which exists in the samples.
PICKS = [
    (CAMPAIGNS, "campaign", "Product of the Month"),
    (CAMPAIGNS, "group", "Marketing copy"),
    (CATEGORIES, "picked", "Home"),
    (COHORTS, "cohort", "2025-01"),
]


def test_every_field_that_can_be_picked_is_tried_here():
    tried = {(analysis.name, field) for analysis, field, _ in PICKS}
    fields = {(a.name, f) for a in ANALYSES.values() for f in a.view.selected}
    assert tried == {(n, f) for n, f in fields if f not in ("since", "until")}


def test_a_pick_and_a_part_are_words():
    view = CAMPAIGNS.view(campaign="Spring sale", since=date(2025, 5, 3), until=date(2025, 6, 9))
    said = [str(one) for one in selections(view)]
    assert said == ["Campaign: Spring sale", "Part: 3 May 2025 to 9 Jun 2025"]
    words = in_words(view)
    assert words["Campaign"] == "Spring sale"
    assert words["Part"] == "3 May 2025 to 9 Jun 2025"
    assert "Part from" not in words
    assert not {"Campaign", "Part", "Kind"} & in_words(CAMPAIGNS.view()).keys()


def test_lists_in_which_nothing_is_chosen_are_said_once():
    words = in_words(COHORTS.view())
    assert words["Filters"] == "None"
    assert "All" not in words.values()
    assert list(in_words(CAMPAIGNS.view()))[-1] == "Filters"


def test_every_filter_that_is_set_is_said_in_the_order_of_the_page():
    lists = {"acquired": ("app", "search"), "channels": ("email",), "categories": ("Beauty",)}
    words = in_words(COHORTS.view(**lists, cohort="2025-01"))
    assert list(words.items())[-4:] == [
        ("First came by", "App, Search"),
        ("Active in channel", "Email"),
        ("Active in category", "Beauty"),
        ("Cohort", "2025-01"),
    ]
    assert "Filters" not in words
    assert "Filters" not in in_words(CATEGORIES.view(picked="Beauty")), "a pick is a filter"


def picked_page(store, monkeypatch):
    monkeypatch.setenv("OPS_RENDER", "static")
    view = CAMPAIGNS.view(campaign="618 Finale", since=date(2025, 6, 1))
    return Page(CAMPAIGNS, view, store)


def test_a_report_and_a_snapshot_say_what_is_selected(store, monkeypatch):
    page = picked_page(store, monkeypatch)
    controls = shown(page.controls()._repr_mimebundle_())
    for form in (None, form_html):
        soup = BeautifulSoup(body_html(notebook(controls), form=form), "html.parser")
        selected = [one.get_text(" ") for one in soup.select(".ops-selected")]
        assert selected == ["Campaign 618 Finale", "Part 1 Jun 2025 to the end"]


def test_a_live_page_has_the_words_that_are_printed_instead_of_its_controls(store):
    bar = ControlBar(CATEGORIES.view(picked="Beauty"))
    assert ["Category", "Beauty"] in bar.words
    assert ["Period", "12 months"] in bar.words
    bar.clear()
    assert "Beauty" not in str(bar.words)


def values(frame):
    """A panel's rows without what only says how strongly a mark is drawn."""
    return frame[[n for n in frame.columns if not str(n).startswith("ops_")]]


@pytest.mark.parametrize(("analysis", "field", "value"), PICKS)
def test_a_panel_follows_a_pick_or_says_that_it_does_not(analysis, field, value, store):
    view = analysis.view(**{field: value})
    label = analysis.view.model_fields[field].title
    for panel in analysis.panels().values():
        session = Session(analysis, view, store)
        component = PanelComponent(session, panel)
        frame, whole = session.answer(panel.compute), panel.compute(store, analysis.view())
        said = f"Not filtered by {label}: {worded(value)}." in component._below(frame, "", "")
        same = values(frame).equals(values(whole))
        assert said == same, panel.name


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_a_panel_follows_a_part_of_the_time_or_says_that_it_does_not(analysis, store):
    view = analysis.view(since=date(2025, 9, 1), until=date(2025, 10, 31))
    for panel in analysis.panels().values():
        session = Session(analysis, view, store)
        frame, whole = session.answer(panel.compute), panel.compute(store, analysis.view())
        said = "Not filtered by Part: 1 Sep 2025 to 31 Oct 2025." in PanelComponent(
            session, panel
        )._below(frame, "", "")
        assert said == values(frame).equals(values(whole)), panel.name


@pytest.mark.parametrize(("analysis", "field", "value"), PICKS)
def test_a_number_follows_a_pick_or_is_named_as_one_that_does_not(analysis, field, value, store):
    view = analysis.view(**{field: value})
    now, whole = (analysis.headline(store, one) for one in (view, analysis.view()))
    same = [a.label for a, b in zip(now, whole, strict=True) if a.value == b.value]
    html = Numbers(Session(analysis, view, store))._html(now)
    label = analysis.view.model_fields[field].title
    said = f"Not filtered by {label}: {worded(value)}: {', '.join(same)}."
    assert (said in html) == bool(same)
    assert ("Not filtered" in html) == bool(same)


def test_an_axis_names_the_leaders_that_are_looked_at(store):
    panel = CATEGORIES.panels()["growth"]
    for leaders, held in ((4, "Held by the 4 largest"), (1, "Held by the largest")):
        frame = for_drawing(panel.compute(store, CATEGORIES.view(months=6, leaders=leaders)))
        spec = json.dumps(panel.chart(frame).to_dict(validate=False), default=str)
        assert f'"title": "{held}"' in spec
        assert "CR10" not in spec and "ten" not in spec.split()
        assert '"field": "leaders_share"' in spec
    four = panel.compute(store, CATEGORIES.view(months=6, leaders=4))
    assert (four["leaders_share"] - four["cr4"]).abs().max() < 1e-12


@pytest.mark.parametrize("by", ["content_type", "channel", "format"])
def test_titles_follow_what_is_compared(by, store):
    """Who is best and worst, of those with enough orders, and by how much."""
    view = CAMPAIGNS.view(by=by)
    for name, column, says in (
        ("funnel", "of_previous", "{1} loses most visits: {3} bring a cart, of {0} {2}"),
        ("by_group", "contribution", "{0} left most, {2}; {1} least, {3}"),
    ):
        panel = CAMPAIGNS.panels()[name]
        frame = panel.compute(store, view)
        rows = frame[frame["step"] == "carts"] if name == "funnel" else frame
        rows = rows[rows["count" if name == "funnel" else "orders"] >= 30]
        ordered = rows.sort_values(column, ascending=False)
        ends = [ordered.iloc[0], ordered.iloc[-1]]
        assert len(ordered) > 1 and ends[1][column] > 0
        texts = [
            format_value(end[column], frame.attrs["formats"][column], "CNY", 2) for end in ends
        ]
        names = [end["group"] for end in ends]
        assert panel.finding(frame) == says.format(*names, *texts)


def test_no_sentence_of_a_notebook_names_a_number_of_leaders_or_all_of_something():
    """They stand above every view: "ten brands" would be untrue of four leaders."""
    from ops_widgets.publish import NOTEBOOKS

    for path in NOTEBOOKS.glob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        prose = [
            "".join(cell["source"])
            for cell in cells
            if cell["cell_type"] == "markdown" and "How this is calculated" not in cell["source"][0]
        ]
        for text in prose:
            for word in ("ten brands", "all campaigns", "all cohorts", "whole market"):
                assert word not in text.lower(), f"{path.name}: {text}"
