"""The page: each question asked once a view, each failure in its own place."""

import json
import os
import subprocess
import sys
from typing import ClassVar

import altair as alt
import pandas as pd
import pytest
from pydantic import Field

from ops_widgets.charts.formats import Number
from ops_widgets.charts.pieces import About
from ops_widgets.errors import MissingDataError
from ops_widgets.views.base import View
from ops_widgets.widgets.page import Page
from ops_widgets.widgets.render import NUMBERS_TYPE

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class ShopView(View):
    notebook: ClassVar[str] = "shop"

    months: int = Field(2, ge=1, le=36, title="Months")


def about(store, view):
    return About(f"Shop, {view.months} months", "Who <buys>?", "Source: x", "To May", "All rows")


class Sales:
    """A store that counts how often it is asked."""

    def __init__(self):
        self.asked = 0


def sales(store, view):
    store.asked += 1
    if view.months == 36:
        raise ZeroDivisionError("secret of the shop")
    if view.months == 35:
        raise MissingDataError("There is no table market.", "Map it.")
    return pd.DataFrame({"month": range(view.months if view.months < 34 else 0), "gmv": 100})


def total(store, view):
    return [Number("gmv", "GMV", int(sales(store, view)["gmv"].sum()), "integer")]


def bars(frame):
    return alt.Chart(frame).mark_bar().encode(x="month:O", y="gmv:Q")


def count(frame):
    return f"{len(frame)} months"


@pytest.fixture
def page():
    return Page(ShopView(source="s"), Sales(), about)


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
    shown = page.panel(count, sales, bars, note="A note.")
    assert shown._repr_mimebundle_().keys() == {"text/html"}
    assert "2 months" in html(shown)
    assert "<svg" in html(shown)
    assert "<table" in html(shown)
    assert "A note." in html(shown)


def test_a_report_makes_no_widget_of_ours(static):
    code = (
        "import json, sys; import tests.test_widgets_page as t; p = t.Page(t.ShopView(source='s'),"
        " t.Sales(), t.about); p.header(); p.controls(); p.numbers(t.total);"
        " p.panel('x', t.sales, t.bars); p.record(t.total);"
        " print(json.dumps([m for m in sys.modules if m.startswith('ops_widgets.widgets.')]))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=True
    )
    assert set(json.loads(out.stdout)) == {
        f"ops_widgets.widgets.{name}" for name in ("page", "parts", "fields", "render")
    }


def test_an_app_gets_widgets_and_a_notebook_html_as_well(page, life):
    life("voila")
    parts = [page.header(), page.controls(), page.numbers(total), page.panel("x", sales, bars)]
    assert all(WIDGET_VIEW in p.bundle and "text/html" not in p.bundle for p in parts)
    life("notebook")
    parts = [page.header(), page.controls(), page.numbers(total), page.panel("x", sales, bars)]
    assert all(WIDGET_VIEW in p.bundle and "text/html" in p.bundle for p in parts)


def test_each_question_is_asked_once_a_view_however_many_parts_show_it(page, notebook):
    page.panel(count, sales, bars)
    page.panel("Again", sales)
    assert page.store.asked == 1
    page.look_at(page.view.replace(months=3))
    assert page.store.asked == 2
    page.look_at(page.view.replace(months=2))
    assert page.store.asked == 2, "a view just left is remembered"


def test_a_turned_control_changes_every_part(page, voila):
    page.header()
    page.numbers(total)
    page.panel(count, sales, bars)
    header, numbers, panel = page._parts
    page.look_at(page.view.replace(months=5))
    assert "Shop, 5 months" in header._widget.html
    assert ">500<" in numbers._widget.html
    assert "5 months" in panel._head.html
    assert panel._live_chart.data["data"]["rows"] == 5


def test_what_is_missing_is_said_in_its_place_and_the_rest_works(page, voila):
    page.numbers(total)
    page.panel("Market", sales, bars)
    page.panel("Always", lambda store, view: pd.DataFrame({"a": [view.months]}))
    numbers, market, always = page._parts
    page.look_at(page.view.replace(months=35))
    assert "There is no table market." in numbers._widget.html
    assert "Map it." in market._body.html
    assert market._live_chart.layout.display == "none"
    assert ">35<" in always._body.html
    page.look_at(page.view.replace(months=3))
    assert market._live_chart.layout.display is None
    assert ">300<" in numbers._widget.html


@pytest.mark.parametrize(("who", "told"), [("voila", False), ("notebook", True)])
def test_a_visitor_is_not_told_why_something_failed_and_an_analyst_is(page, life, who, told):
    life(who)
    page.panel("x", sales, bars)
    page.look_at(page.view.replace(months=36))
    [panel] = page._parts
    assert ("secret of the shop" in panel._body.html) is told


def test_a_report_fails_on_a_fault_and_not_on_missing_data(static):
    missing = Page(ShopView(source="s", months=35), Sales(), about)
    assert "There is no table market." in html(missing.panel("Market", sales, bars))
    assert "Market" in html(missing.panel("Market", sales, bars))
    broken = Page(ShopView(source="s", months=36), Sales(), about)
    with pytest.raises(ZeroDivisionError):
        broken.panel("Market", sales, bars)


def test_no_rows_are_a_sentence_and_no_empty_chart(static):
    empty = Page(ShopView(source="s", months=34), Sales(), about)
    shown = html(empty.panel(count, sales, bars))
    assert "No rows match this selection." in shown
    assert "<svg" not in shown


def test_the_last_cell_records_the_numbers_and_the_view(page, static):
    record = page.record(total)._repr_mimebundle_()[NUMBERS_TYPE]
    assert record["parameters"] == page.view.parameters()
    assert record["missing"] == ""
    [number] = record["numbers"]
    assert (number["name"], number["value"], number["format"]) == ("gmv", 200, "integer")


def test_a_record_without_its_table_says_which(static):
    missing = Page(ShopView(source="s", months=35), Sales(), about)
    record = missing.record(total).bundle[NUMBERS_TYPE]
    assert record["numbers"] == []
    assert "There is no table market." in record["missing"]


def test_what_the_shop_calls_itself_stays_text(page, static):
    assert "Who &lt;buys&gt;?" in html(page.header())


def test_a_report_says_what_it_looks_at(page, static):
    shown = html(page.controls())
    assert "Months</dt><dd>2<" in shown
    assert "As of</dt><dd>latest<" in shown
    assert "Source" not in shown
