"""The control bar: every field has a control, and nothing invalid ever becomes the view."""

import json
from datetime import date
from typing import ClassVar, Literal

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from ops_widgets.views.base import Names, View
from ops_widgets.views.choices import Choices
from ops_widgets.widgets.controls import ControlBar, describe


class ShopView(View):
    notebook: ClassVar[str] = "shop"

    grain: Literal["week", "month"] = Field("month", title="Grain")
    months: int = Field(12, ge=1, le=36, title="Months", description="Length of the window")
    categories: Names = Field((), title="Categories")
    returns: bool = Field(True, title="With returns")


CHOICES = Choices(
    {"categories": ["Beauty", "Toys"]}, {"as_of": (date(2024, 1, 1), date(2024, 12, 31))}
)


@pytest.fixture
def bar():
    return ControlBar(ShopView(source="shop"), CHOICES)


def test_every_field_has_a_labelled_control_but_the_source(bar):
    kinds = {field["name"]: (field["label"], field["kind"]) for field in bar.fields}
    assert kinds == {
        "as_of": ("As of", "day"),
        "compare": ("Compare with", "one"),
        "locale": ("Numbers as in", "one"),
        "grain": ("Grain", "one"),
        "months": ("Months", "number"),
        "categories": ("Categories", "many"),
        "returns": ("With returns", "switch"),
    }
    assert bar.fields[4]["help"] == "Length of the window"


def test_a_field_that_cannot_have_a_control_is_found_when_the_bar_is_made():
    class Odd(View):
        price: float = 1.0

    with pytest.raises(TypeError, match="price"):
        describe(Odd, Choices())


@pytest.mark.parametrize(
    ("name", "asked", "got"),
    [
        ("grain", "week", "week"),
        ("months", 3, 3),
        ("categories", ["Toys"], ("Toys",)),
        ("categories", [], ()),
        ("returns", False, False),
        ("as_of", "2024-06-30", date(2024, 6, 30)),
        ("as_of", "", None),
    ],
)
def test_a_valid_wish_becomes_the_view_and_is_told_once(bar, name, asked, got):
    heard = []
    bar = ControlBar(bar.view.replace(categories=("Beauty",), as_of=date(2024, 2, 2)), CHOICES)
    bar.on_view(heard.append)
    bar._hear({"ask": {name: asked}})
    bar._hear({"ask": {name: asked}})
    assert getattr(bar.view, name) == got
    assert heard == [bar.view]
    assert bar.values[name] == bar.view.parameters()[name]
    assert bar.message == ""


@pytest.mark.parametrize(
    "asked",
    [
        {"grain": "year"},
        {"grain": None},
        {"grain": ["week"]},
        {"months": 0},
        {"months": 10**400},
        {"months": "__import__('os').system('id')"},
        {"months": float("nan")},
        {"categories": ["Garden"]},
        {"categories": "Beauty"},
        {"categories": [["Beauty"]]},
        {"categories": ["x" * 1_000_000]},
        {"categories": {"Beauty": 1}},
        {"as_of": "2025-01-01"},
        {"as_of": "2023-12-31"},
        {"as_of": "yesterday"},
        {"as_of": {"year": 2024}},
        {"returns": "perhaps"},
        {"source": "/etc"},
        {"view": "x"},
        {"self": 1},
        {"__class__": 1},
        {"": 1},
    ],
    ids=lambda asked: str(asked)[:40],
)
def test_anything_else_is_refused_with_a_sentence(bar, asked):
    before, heard = bar.view, []
    bar.on_view(heard.append)
    bar._hear({"ask": asked})
    assert bar.view == before
    assert heard == []
    assert 0 < len(bar.message) <= 240


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(
    st.dictionaries(
        st.sampled_from(["as_of", "grain", "months", "categories", "source"]) | st.text(),
        json_values,
    )
)
def test_no_message_of_any_shape_breaks_the_bar(asked):
    """What is accepted is a view whose every name is offered; what is not changes nothing."""
    bar = ControlBar(ShopView(source="shop"), CHOICES)
    bar._hear({"ask": asked})
    assert bar.view.source == "shop"
    assert set(bar.view.categories) <= {"Beauty", "Toys"}
    assert bar.view.as_of is None or date(2024, 1, 1) <= bar.view.as_of <= date(2024, 12, 31)
    assert bar.view == ShopView.parse(bar.view.parameters())


@given(json_values)
def test_a_message_that_is_no_wish_is_passed_over(content):
    bar = ControlBar(ShopView(source="shop"), CHOICES)
    bar._hear(content)
    assert bar.view == ShopView(source="shop")


def test_reset_goes_back_to_the_view_the_page_was_opened_with():
    opened = ShopView(source="shop", months=6)
    bar = ControlBar(opened, CHOICES)
    bar.ask({"months": 3})
    bar._hear({"reset": True})
    assert bar.view == opened


def test_what_a_browser_writes_into_the_state_is_not_taken(bar):
    """Whoever opens an app can write any synced trait of any widget."""
    before = bar.get_state()
    bar.set_state({"values": {"months": 99}, "fields": [], "message": "<b>", "query": "x"})
    assert bar.get_state() == before


def test_the_address_follows_the_view_in_an_app_and_nowhere_else(bar):
    assert bar.query is None
    app = ControlBar(ShopView(source="shop"), CHOICES, link=True)
    assert app.query == ""
    app.ask({"categories": ["Toys"], "months": 3})
    assert ShopView(source="shop").with_query(app.query) == app.view


def test_undo_and_redo_walk_through_the_views_that_were_shown(bar):
    for months in (3, 6, 9):
        bar.ask({"months": months})
    bar._hear({"undo": True})
    bar._hear({"undo": True})
    assert (bar.view.months, bar.steps) == (3, {"undo": 1, "redo": 2, "reset": 1})
    bar._hear({"redo": True})
    assert bar.view.months == 6
    bar.ask({"months": 7})
    assert bar.steps == {"undo": 3, "redo": 0, "reset": 1}
    for _ in range(9):
        bar._hear({"undo": True})
    assert bar.view == ShopView(source="shop")
    assert bar.steps["reset"] == 0, "it shows what it was opened with"


def test_one_drag_is_one_step_to_undo(bar):
    for months in (11, 10, 9):
        bar._hear({"ask": {"months": months}, "gesture": 1})
    bar._hear({"ask": {"months": 5}, "gesture": 2})
    assert bar.steps["undo"] == 2
    bar.undo()
    assert bar.view.months == 9


def test_going_back_in_the_browser_shows_the_view_of_that_address(bar):
    bar.ask({"months": 3, "categories": ["Toys"]})
    bar._hear({"go": "?months=4"})
    assert bar.view == ShopView(source="shop", months=4)
    bar._hear({"go": "?months=99"})
    assert bar.view.months == 36
    assert "'months'" in bar.message


def test_a_selection_is_shown_with_its_way_back_and_cleared_at_once(bar):
    bar.ask({"since": "2024-02-01", "until": "2024-03-31"})
    [chip] = BeautifulSoup(bar.trail, "html.parser").select(".ops-chip")
    assert chip["aria-label"] == "Clear Part: 1 Feb 2024 to 31 Mar 2024"
    bar.ask(json.loads(chip["data-ask"]))
    assert bar.trail == ""
    bar.undo()
    bar._hear({"clear": True})
    assert (bar.view.since, bar.view.until) == (None, None)


def test_what_hangs_on_a_changed_field_is_set_back_with_it(bar):
    bar.ask({"since": "2024-02-01"})
    bar.ask({"as_of": "2024-06-30"})
    assert bar.view.since is None
