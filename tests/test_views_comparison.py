"""One comparison serves all headlines: what is compared with what, and why a value is unknown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.views.comparison import Comparison, Headline, Known, Measure, trend
from ops_widgets.views.terms import Term

TERMS = {
    "sales": Term("Sales", "money", "What was charged."),
    "rate": Term("Rate", "percent", "Of all."),
}
MONEY = {"currency": "JPY", "minor_digits": 0}


class Store:
    source = MONEY


def words(first, last):
    return f"{first}..{last}"


@given(st.integers(0, 500), st.integers(0, 40), st.integers(0, 400), st.integers(1, 60))
def test_the_period_before_and_a_year_earlier_are_asked_for_and_no_other(
    first, length, begins, year
):
    """The value of a period is the sum of its indices: a naive model of any additive number."""
    last, asked = first + length, []

    def ask(a, z):
        asked.append((a, z))
        return Known(float(sum(range(a, z + 1))), "")

    found = Comparison(first, last, begins, year, words, "no data").of(ask)
    spans = {
        "previous": (first - length - 1, first - 1),
        "last_year": (first - year, last - year),
    }
    for key, (a, z) in spans.items():
        if a < begins:
            assert (found[key], found[f"{key}_detail"]) == (None, "no data")
        else:
            assert found[key] == sum(range(a, z + 1))
            assert found[f"{key}_detail"] == f"{a}..{z}"
    assert asked == [span for span in spans.values() if span[0] >= begins], "never in part"


def test_what_is_unknown_keeps_its_own_reason():
    comparison = Comparison(20, 21, 0, 12, words, "no data")
    found = comparison.of(lambda *_: Known(None, "nothing was sold then"))
    assert found["previous"] is found["last_year"] is None
    assert {found["previous_detail"], found["last_year_detail"]} == {"nothing was sold then"}


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_a_missing_value_is_unknown_for_a_reason_and_never_zero(missing):
    assert Known.of(missing, "of May", "nobody bought") == Known(None, "nobody bought")
    assert Known.of(0, "of May", "nobody bought") == Known(0.0, "of May")


def test_a_trend_has_gaps_where_a_value_is_missing():
    assert trend([1, math.nan, None, 3.5], "4 weeks")["trend"] == (1.0, None, None, 3.5)


def test_a_measure_takes_label_and_format_of_its_term_and_money_its_currency():
    sales = Measure.of(TERMS, "sales").number(Store, Known(5.0, "of May"))
    assert (sales.label, sales.format, sales.detail) == ("Sales", "money", "of May")
    assert (sales.currency, sales.minor_digits) == ("JPY", 0)
    rate = Measure.of(TERMS, "rate", "Rate of all", better="").number(Store, Known(None, "no rows"))
    assert (rate.label, rate.currency, rate.better) == ("Rate of all", "", "")
    assert (rate.value, rate.detail) == (None, "no rows")


def test_the_names_of_a_headline_are_those_of_its_measures():
    headline = Headline((Measure.of(TERMS, "sales"), Measure.of(TERMS, "rate")), lambda *_: [])
    assert headline.names == ("sales", "rate")
