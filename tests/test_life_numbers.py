"""The row of numbers in a browser: one line of a screen, two columns of a phone, nothing cut."""

import pytest

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.formats import Number
from ops_widgets.charts.kpi import numbers_html
from ops_widgets.charts.theme import css

LONG = "Customers who ever bought, all channels and categories, of 顾客总数与复购情况"
SHOWN = [
    Number("long", LONG, 12_345_678, "integer", previous=12_000_000, previous_detail="x",
           trend=(1.0, 2.0, 3.0), trend_detail="3 months"),
    Number("lost", "Contribution", -123_456_789_00, "money", currency="JPY", minor_digits=2,
           trend=(-1.0, 2.0, -3.0), trend_detail="3 weeks"),
    Number("unknown", "CAC", None, "money", "nobody was new", currency="EUR"),
    *(Number(f"n{i}", f"Number {i}", 10**i, "integer") for i in range(3)),
]  # fmt: skip


@pytest.fixture
def shown(visitor):
    """``shown(numbers, width)``: a page of them, so wide."""

    def show(numbers, width):
        visitor.set_viewport_size({"width": width, "height": 800})
        body = f"<body class='ops-page'><main>{numbers_html(numbers)}</main>"
        visitor.set_content(f"<!doctype html><style>{css()}</style>{body}")
        return visitor

    return show


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize(("width", "rows"), [(1280, 1), (1920, 1), (390, 3)])
def test_the_numbers_of_a_page_are_a_row_or_two_columns(visitor, sample_report, name, width, rows):
    page = visitor
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((sample_report / f"{name}.html").as_uri())
    cards = [card.bounding_box() for card in page.locator(".ops-numbers > div").all()]
    assert len({round(card["y"]) for card in cards}) == rows
    heights = {round(card["height"]) for card in cards}
    assert max(heights) <= (90 if width < 1900 else 110)
    assert page.locator(".ops-numbers ~ .ops-note").count() == 1


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920, 2400])
@pytest.mark.parametrize("count", [1, 6])
def test_no_value_is_cut_or_covered_by_its_line(shown, width, count):
    page = shown(SHOWN[:count], width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for card in page.locator(".ops-numbers > div").all():
        box = card.bounding_box()
        for part in card.locator("dt, dd:not(.ops-heard)").all():
            inner = part.bounding_box()
            assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 0.5
        value = card.locator(".ops-value").bounding_box()
        line = card.locator(".ops-trend")
        if line.count():
            assert value["x"] + value["width"] <= line.bounding_box()["x"] + 0.5
        text = card.locator(".ops-value").evaluate("one => [one.scrollWidth, one.clientWidth]")
        assert text[0] <= text[1] + 1, "whole"


def test_values_of_a_row_stand_on_one_line_however_long_a_label_is(shown):
    page = shown(SHOWN, 1280)
    places = {
        round(card.locator(".ops-value").bounding_box()["y"])
        for card in page.locator(".ops-numbers > div").all()
    }
    assert len(places) == 1
