"""Whatever a visitor sends, to any widget, by any way: nothing is evaluated, read or changed."""

import csv
import io
import os
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.download import csv_link, to_csv
from ops_widgets.errors import UsageError
from ops_widgets.views.choices import Choices
from ops_widgets.widgets import bundle
from ops_widgets.widgets.controls import ControlBar
from ops_widgets.widgets.one_way import OneWay
from ops_widgets.widgets.page import Page
from tests.conftest import ROOT

HOSTILE = [
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    '=HYPERLINK("http://x","y")',
    "'; drop table market_month; --",
    "../../../../etc/passwd",
    "/etc/passwd",
    "__import__('os').system('touch pwned')",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "x" * 100_000,
    "\x00\ud800"[:1],
    "",
    None,
    True,
    -1,
    10**400,
    float("nan"),
    [],
    ["a"] * 10_000,
    {"$ne": 1},
    {"__class__": "x"},
    b"\xff",
]
SAMPLES = ROOT / "data" / "samples"
CategoryOpportunityView = ANALYSES["category_opportunity"].view


class Watched:
    """A store that lists the SQL it is asked and the values it is given."""

    def __init__(self, store):
        self._store = store
        self.asked = []

    def __getattr__(self, name):
        return getattr(self._store, name)

    def query(self, sql, parameters=None):
        self.asked.append(sql)
        return self._store.query(sql, parameters)


@pytest.fixture(params=ANALYSES)
def app(request, store, monkeypatch):
    """A page with all its widgets, as a visitor has it; and the widgets."""
    monkeypatch.setattr("ops_widgets.widgets.live_panel.bring_vega", lambda: None)
    monkeypatch.setattr(bundle, "carrier", lambda: None)
    monkeypatch.delenv("OPS_RENDER", raising=False)
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    made = []
    first = OneWay.__init__

    def noted(self, *args, **kwargs):
        first(self, *args, **kwargs)
        made.append(self)

    monkeypatch.setattr(OneWay, "__init__", noted)
    analysis = ANALYSES[request.param]
    page = Page(analysis, analysis.view(source=str(SAMPLES)), Watched(store))
    page.header()
    page.controls()
    page.numbers()
    for panel in analysis.panels():
        page.panel(panel)
    assert {type(w).__name__ for w in made} == {"LiveHtml", "ControlBar", "LivePanel"}
    return page, made


def test_no_synced_trait_of_any_widget_takes_what_a_browser_writes(app):
    page, widgets = app
    before = [widget.get_state() for widget in widgets]
    asked = len(page.store.asked)
    for widget in widgets:
        for trait in widget.keys:
            for value in HOSTILE:
                widget._handle_msg(
                    {"content": {"data": {"method": "update", "state": {trait: value}}}}
                )
    assert [widget.get_state() for widget in widgets] == before
    assert len(page.store.asked) == asked, "nothing was asked of the data"


def test_no_wish_reaches_the_data_unless_it_is_offered(app, tmp_path, monkeypatch):
    """Through every field, and through every way in that the bar has."""
    monkeypatch.chdir(tmp_path)
    page, widgets = app
    [bar] = [widget for widget in widgets if isinstance(widget, ControlBar)]
    statements = set(page.store.asked)
    names = [*type(page.view).model_fields, "view", "__class__", "", "_offers"]
    for name in names:
        for value in HOSTILE:
            bar._hear({"ask": {name: value}})
            bar._hear({"ask": {name: value}, "gesture": value})
            bar.reset()
    for value in HOSTILE:
        for way in ("ask", "go", "reset", "clear", "undo", "redo", "gesture", "eval"):
            bar._hear({way: value})
        bar._hear(value)
        bar._hear({"go": f"?source={value}&months={value}&x[]={value}"})
        bar.reset()
    assert page.view.source == str(SAMPLES)
    assert list(tmp_path.iterdir()) == []
    text = " ".join(set(page.store.asked) - statements)
    assert not any(str(value) in text for value in HOSTILE[:9]), "values never become SQL"


def test_a_hostile_pick_is_refused_with_a_short_sentence(app):
    page, widgets = app
    [bar] = [widget for widget in widgets if isinstance(widget, ControlBar)]
    picks = [name for name in page.view.selected if name not in ("since", "until")]
    for name in picks:
        for value in ("'; drop table x", "x" * 100_000, "../..", ["a"], 7):
            bar._hear({"ask": {name: value}})
            assert getattr(bar.view, name) == ""
            assert 0 < len(bar.message) <= 240


BOUNDS = dict.fromkeys(("as_of", "since", "until"), (date(2024, 1, 1), date(2025, 6, 30)))
OFFERS = Choices({"categories": ["Beauty", "Toys"], "picked": ["Beauty"], "within": []}, BOUNDS)


@pytest.mark.parametrize(
    ("query", "changes", "complaint"),
    [
        ("months=99", {"months": 36}, "'months'"),
        ("months=-5&leaders=3", {"months": 1, "leaders": 3}, "'months'"),
        ("months=soon", {}, "'months'"),
        ("categories=Beuty", {"categories": ("Beauty",)}, "Beuty"),
        ("categories=Garden", {}, "Garden"),
        ("detail=Full+Path", {"detail": "full path"}, "'detail'"),
        ("as_of=2030-01-01", {"as_of": date(2025, 6, 30)}, "2030-01-01"),
        ("picked=beauty", {"picked": "Beauty"}, "beauty"),
        ("source=/etc/passwd", {}, "'source'"),
        ("monts=3", {}, "Did you mean 'months'"),
        ("since=2025-03-01&until=2025-01-01", {"since": date(2025, 3, 1)}, "ends on"),
    ],
)
def test_a_bad_link_opens_the_nearest_view_and_names_what_was_wrong(query, changes, complaint):
    view, complaints = OFFERS.nearest_view(CategoryOpportunityView(), query)
    assert view == CategoryOpportunityView(**changes)
    [sentence] = complaints
    assert complaint in sentence


@given(st.text(max_size=60), st.sampled_from(sorted(CategoryOpportunityView.model_fields)))
def test_no_link_of_any_shape_breaks_the_page(text, name):
    for query in (text, f"{name}={text}", f"{name}={text}&{name}={text[::-1]}"):
        view, complaints = OFFERS.nearest_view(CategoryOpportunityView(), query)
        assert view.source == CategoryOpportunityView().source
        assert set(view.categories) <= {"Beauty", "Toys"}
        assert all(len(one) <= 240 for one in complaints)


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_of_a_saved_table_is_a_formula(text):
    frame = pd.DataFrame({"name": [text], "money": [-500]})
    saved = to_csv(frame, {"name": text}, {"name": "text", "money": "money"}, "CNY")
    head, row = list(csv.reader(io.StringIO(saved, newline="")))
    assert head[0] == row[0] == f"'{text}"
    assert float(row[1]) == -5, "numbers stay numbers"


def test_a_saved_table_is_exact_and_says_what_is_unknown():
    frame = pd.DataFrame({"n": [974_774_793, None], "share": [0.125, None]})
    saved = to_csv(frame, formats={"n": "money", "share": "percent"}, currency="GBP")
    rows = list(csv.reader(io.StringIO(saved)))
    assert rows == [["n (GBP)", "share"], ["9747747.93", "0.125"], ["", ""]]


def test_a_link_to_save_a_table_is_text_whatever_its_title():
    link = csv_link(to_csv(pd.DataFrame({"a": [1]})), '"><script>')
    assert "<script" not in link
    assert 'download="script.csv"' in link


def test_a_link_cannot_choose_another_source(store, monkeypatch):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    monkeypatch.setenv("QUERY_STRING", "source=/etc/passwd&months=5")
    page = Page(ANALYSES["category_opportunity"], CategoryOpportunityView(source="here"), store)
    assert (page.view.source, page.view.months) == ("here", 5)
    assert "'source'" in page.complaints[0]


def test_an_error_of_a_panel_is_a_number_to_its_visitor_and_a_traceback_in_the_log(ready_home):
    """The number is the same in both; nothing of the error is on the page."""
    code = (
        "from tests.test_widgets_page import *\n"
        "page = page_of(months=36)\n"
        "page.numbers(); page.panel(PLAIN)\n"
        "print(page._components[0]._widget.html, page._components[1]._widget.body)"
    )
    environment = ready_home | {"SERVER_SOFTWARE": "voila/0.5.13"}
    environment.pop("OPS_RENDER", None)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    number = done.stdout.split("(incident ")[1][:8]
    assert int(number, 16) >= 0
    assert f"incident {number} Traceback" in done.stderr
    assert "secret of the shop" in done.stderr
    assert "secret" not in done.stdout
    assert "Traceback" not in done.stdout
    assert os.path.basename(__file__) not in done.stdout


def test_a_part_that_ends_before_it_begins_is_refused():
    with pytest.raises(UsageError, match="before it begins"):
        CategoryOpportunityView.parse({"since": "2025-02-01", "until": "2025-01-01"})
