"""The filter bar as HTML: one element for each field, the same on a snapshot and live."""

import json

import pytest
from bs4 import BeautifulSoup

from ops_widgets.analyses import ANALYSES
from ops_widgets.publish.server.form import form_html
from ops_widgets.widgets.bar import bar_html
from ops_widgets.widgets.controls import ControlBar
from ops_widgets.widgets.fields import describe, linked, state
from ops_widgets.widgets.session import Session

CATEGORIES = ANALYSES["category_opportunity"]


def form_of(analysis, store, **fields):
    """What a snapshot's bar is drawn from."""
    view = analysis.view(**fields)
    session = Session(analysis, view, store)
    form = {"fields": describe(type(view), session.choices())}
    return linked(form | state(view, session.choices(), session.window(view)), view)


def soup_of(html):
    return BeautifulSoup(html, "html.parser")


@pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))
def test_every_field_has_a_pill_that_says_its_value_and_opens_its_control(analysis, store):
    form = form_of(analysis, store)
    soup = soup_of(form_html(form))
    for field in form["fields"]:
        if field["kind"] == "pick":
            continue
        box = soup.select_one(f"[data-field={field['name']}]")
        pill = box.select_one(".ops-pill")
        assert pill.get_text(" ", strip=True).startswith(field["label"])
        assert form["said"][field["name"]] in pill.get_text()
        popover = soup.find(id=pill["popovertarget"])
        assert popover["aria-label"] == field["label"] and popover.select("input")
    inputs = soup.select("input[name]")
    assert {one["name"] for one in inputs} <= set(analysis.view.model_fields)


def test_a_snapshot_and_a_live_page_have_the_same_bar(store):
    """But for ids, and for what is a link where no script may run."""
    view = CATEGORIES.view(months=6, categories=("Beauty",))
    session = Session(CATEGORIES, view, store)
    live = ControlBar(view, session.choices(), window=session.window).html
    still = form_html(form_of(CATEGORIES, store, months=6, categories=("Beauty",)))

    def shape(html):
        return [
            (" ".join(one.get("class", [])), one.get("data-field"), one.get("value"))
            for one in soup_of(html).select("div, input, output, label, b")
            if one.get("type") != "hidden"
        ]

    assert shape(live) == shape(still)


def test_what_is_pressed_is_a_link_to_the_view_that_it_stands_for(store):
    form = form_of(CATEGORIES, store, picked="Beauty", leaders=5)
    soup = soup_of(form_html(form))
    links = {one.get_text(): one["href"] for one in soup.select("a[data-ask]")}
    assert links["Category: Beauty ✕"] == "?leaders=5"
    assert links["3 months"] == "?months=3&leaders=5&picked=Beauty"
    assert links["Look inside Beauty"] == "?leaders=5&within=Beauty"
    for link in soup.select("a[data-ask]"):
        view = CATEGORIES.view(leaders=5, picked="Beauty").turned(json.loads(link["data-ask"]))
        assert link["href"] == f"?{view.to_query()}"


def test_what_has_no_control_stays_in_the_link_that_the_form_makes(store):
    form = form_of(CATEGORIES, store, picked="Beauty", since="2025-01-01", targets=("open_gmv=1",))
    hidden = {(i["name"], i["value"]) for i in soup_of(form_html(form)).select("[type=hidden]")}
    assert hidden == {("picked", "Beauty"), ("since", "2025-01-01"), ("targets", "open_gmv=1")}


def test_the_count_is_of_what_differs_from_the_default_and_a_period_is_one():
    view = CATEGORIES.view(months=6, as_of="2025-05-31", leaders=3, picked="Beauty")
    bar = ControlBar(view)
    assert bar.changed == ["leaders", "period"]
    assert soup_of(bar.html).select_one(".ops-count").get_text() == "(2)"


def test_names_of_the_data_stay_text():
    attack = '"><img src=x onerror="alert(1)">'
    form = {
        "fields": [
            {"name": "categories", "label": attack, "help": attack, "kind": "many", "seldom": False}
            | {"options": [attack], "words": {attack: attack}}
        ],
        "values": {"categories": [attack]},
        "said": {"categories": attack},
        "changed": [],
        "breadcrumbs": {
            "path": [{"label": attack, "ask": {"x": attack}}, {"label": attack, "ask": {}}],
            "chips": [{"label": attack, "ask": {"x": attack}}],
            "inside": [],
        },
    }
    soup = soup_of(bar_html(form))
    assert not soup.select("img")
    assert soup.select_one("input[type=checkbox]")["value"] == attack
    assert json.loads(soup.select_one(".ops-chip")["data-ask"]) == {"x": attack}
