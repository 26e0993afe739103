"""The page: each question asked once a view, each failure in its own place."""

import json
import os
import subprocess
import sys
from datetime import date
from typing import ClassVar

import altair as alt
import pandas as pd
import pytest
from pydantic import Field

from ops_widgets.errors import MissingDataError
from ops_widgets.summaries.seen import Seen
from ops_widgets.views.analysis import Analysis, Panel
from ops_widgets.views.base import View
from ops_widgets.views.comparison import Headline, Known, Measure
from ops_widgets.views.terms import Term
from ops_widgets.widgets.page import Page
from ops_widgets.widgets.render import CONTROLS_TYPE, NUMBERS_TYPE, PANEL_TYPE

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class ShopView(View):
    notebook: ClassVar[str] = "shop"

    months: int = Field(2, ge=1, le=36, title="Months")


class Sales:
    """A store that counts how often it is asked."""

    source: ClassVar = {"name": "x", "currency": "GBP", "minor_digits": 2}
    manifest: ClassVar = {"check": {"tables": {"orders": {"rows_in": 9, "rows_rejected": 0}}}}
    first_day, last_day = date(2024, 1, 1), date(2024, 12, 31)

    def __init__(self):
        self.asked = 0

    def seen(self, table="orders"):
        return Seen(self.first_day, self.last_day, whole=self.last_day, last_row=self.last_day)


def sales(store, view):
    store.asked += 1
    if view.months == 36:
        raise ZeroDivisionError("secret of the shop")
    if view.months == 35:
        raise MissingDataError("There is no table market.", "Map it.")
    return pd.DataFrame({"month": range(view.months if view.months < 34 else 0), "gmv": 100})


GMV = Measure("gmv", "GMV", "integer")


def total(store, view):
    return [GMV.number(store, Known(int(sales(store, view)["gmv"].sum()), ""))]


def bars(frame):
    return alt.Chart(frame).mark_bar().encode(x="month:O", y="gmv:Q")


def count(frame):
    return f"{len(frame)} months"


SHOP = Analysis(
    package="shop",
    view=ShopView,
    title="Shop",
    question="Who <buys>?",
    headline=Headline((GMV,), total),
    terms={"gmv": Term("GMV", "integer", "What was sold.")},
)
PLAIN = Panel("sales", "Sales?", sales)
CHART = Panel("sales", "Sales?", sales, bars)
FINDING = Panel("sales", "Sales?", sales, bars, count)


def page_of(store=None, **changes):
    """A page of the analysis on a store that counts."""
    return Page(SHOP, ShopView(source="s", **changes), store or Sales())


@pytest.fixture
def page():
    return page_of()


@pytest.fixture
def life(monkeypatch):
    """``life("voila")``: from now on the kernel serves an app, a notebook or a report."""

    def live(name):
        monkeypatch.delenv("OPS_RENDER", raising=False)
        monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13" if name == "voila" else "")
        if name == "static":
            monkeypatch.setenv("OPS_RENDER", "static")

    return live


@pytest.fixture
def static(life):
    life("static")


@pytest.fixture
def voila(life):
    life("voila")


@pytest.fixture
def notebook(life):
    life("notebook")


def html(shown):
    return shown._repr_mimebundle_()["text/html"]


def test_a_report_is_plain_html_with_chart_and_table(page, static):
    shown = page.panel(FINDING)
    assert shown._repr_mimebundle_().keys() == {"text/html", PANEL_TYPE}
    assert "2 months" in html(shown)
    assert "<svg" in html(shown)
    assert "<table" in html(shown)


def test_a_report_makes_no_widget_of_ours(static):
    code = (
        "import json, sys; import tests.test_widgets_page as t; p = t.page_of();"
        " p.header(); p.controls(); p.numbers(); p.panel(t.CHART); p.record();"
        " print(json.dumps([m for m in sys.modules if m.startswith('ops_widgets.widgets.')]))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=True
    )
    assert set(json.loads(out.stdout)) == {
        f"ops_widgets.widgets.{name}"
        for name in ("page", "session", "component", "panel", "fields", "render")
    }


def test_an_app_gets_widgets_and_a_notebook_html_as_well(page, life):
    life("voila")
    parts = [page.header(), page.controls(), page.numbers(), page.panel(CHART)]
    assert all(WIDGET_VIEW in p.bundle and "text/html" not in p.bundle for p in parts)
    life("notebook")
    parts = [page.header(), page.controls(), page.numbers(), page.panel(CHART)]
    assert all(WIDGET_VIEW in p.bundle and "text/html" in p.bundle for p in parts)


def test_each_question_is_asked_once_a_view_however_many_parts_show_it(page, notebook):
    page.panel(FINDING)
    page.panel(PLAIN)
    assert page.store.asked == 1
    page.look_at(page.view.replace(months=3))
    assert page.store.asked == 2
    page.look_at(page.view.replace(months=2))
    assert page.store.asked == 2, "a view just left is remembered"


def test_a_turned_control_changes_every_part(page, voila):
    page.header()
    page.numbers()
    page.panel(FINDING)
    header, numbers, panel = page._components
    page.look_at(page.view.replace(months=5, as_of="2024-06-30"))
    assert "seen as of 30 Jun 2024" in header._widget.html
    assert ">500<" in numbers._widget.html
    assert "5 months" in panel._widget.head
    assert panel._widget.data["data"]["rows"] == 5


def test_what_is_missing_is_said_in_its_place_and_the_rest_works(page, voila):
    page.numbers()
    page.panel(CHART)
    page.panel(Panel("always", "?", lambda store, view: pd.DataFrame({"a": [view.months]})))
    numbers, market, always = page._components
    page.look_at(page.view.replace(months=35))
    assert "There is no table market." in numbers._widget.html
    assert "Map it." in numbers._widget.html
    assert "Sales?" in market._widget.body and "as said above" in market._widget.body
    assert "market." not in market._widget.body, "it is said once a page"
    assert not market._widget.drawn
    assert ">35<" in always._widget.body
    page.look_at(page.view.replace(months=3))
    assert market._widget.drawn
    assert ">300<" in numbers._widget.html


@pytest.mark.parametrize(("who", "told"), [("voila", False), ("notebook", True)])
def test_a_visitor_is_not_told_why_something_failed_and_an_analyst_is(page, life, who, told):
    life(who)
    page.panel(CHART)
    page.look_at(page.view.replace(months=36))
    [panel] = page._components
    assert ("secret of the shop" in panel._widget.body) is told


def test_a_report_fails_on_a_fault_and_not_on_missing_data(static):
    missing = page_of(months=35)
    assert "There is no table market." in html(missing.panel(CHART))
    assert "Sales?" in html(missing.panel(CHART))
    broken = page_of(months=36)
    with pytest.raises(ZeroDivisionError):
        broken.panel(CHART)


def test_no_rows_are_a_sentence_and_no_empty_chart(static):
    empty = page_of(months=34)
    shown = html(empty.panel(FINDING))
    assert "No rows match this selection." in shown
    assert "<svg" not in shown
    assert "Sales?" in shown, "what was asked is said, though nothing answers it"


def test_the_last_cell_records_the_numbers_and_the_view(page, static):
    record = page.record()._repr_mimebundle_()[NUMBERS_TYPE]
    assert record["parameters"] == page.view.parameters()
    assert record["missing"] == ""
    [number] = record["numbers"]
    assert (number["name"], number["value"], number["format"]) == ("gmv", 200, "integer")


def test_a_record_without_its_table_says_which(static):
    missing = page_of(months=35)
    record = missing.record().bundle[NUMBERS_TYPE]
    assert record["numbers"] == []
    assert "There is no table market." in record["missing"]


def test_what_the_shop_calls_itself_stays_text(page, static):
    assert "Who &lt;buys&gt;?" in html(page.header())


def test_a_report_says_what_it_looks_at(page, static):
    shown = html(page.controls())
    assert "Months</dt><dd>2<" in shown
    assert "As of</dt><dd>Latest<" in shown
    assert "Source" not in shown


def test_machines_read_tables_and_choices_beside_the_html(page, static):
    panel = page.panel(FINDING).bundle[PANEL_TYPE]
    assert panel["title"] == "2 months"
    assert panel["tables"] == [{"name": "sales", "csv": "month,gmv\r\n0,100\r\n1,100\r\n"}]
    controls = page.controls().bundle[CONTROLS_TYPE]
    assert controls["bounds"]["as_of"] == ["2024-01-01", "2024-12-31"]
    assert controls["values"] == page.view.parameters()
