"""Tables: whatever the data hold stays text, and numbers read like numbers."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.charts.formats import MISSING, format_value
from ops_widgets.charts.tables import frame_table, to_html

MONEY = {"currency": "CNY", "minor_digits": 2}


def cells(html):
    return [[td.get_text() for td in tr("td")] for tr in BeautifulSoup(html, "html.parser")("tr")][
        1:
    ]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_stays_text(text):
    """In a cell, in a head, in a caption."""
    html = to_html(pd.DataFrame({text: [text]}), {text: "text"}, text, labels={text: text or "x"})
    soup = BeautifulSoup(html, "html.parser")
    assert {tag.name for tag in soup.find_all()} <= {
        "div", "table", "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert soup.td.get_text() == text


def test_a_missing_value_is_a_dash_and_never_zero():
    frame = pd.DataFrame({"n": pd.array([1, None], "Int64"), "r": [float("nan"), 0.5]})
    assert cells(to_html(frame)) == [["1", MISSING], [MISSING, "0.500"]]


def column(values, format, **money):
    """What the cells of one column show, and its head."""
    soup = BeautifulSoup(
        to_html(pd.DataFrame({"x": values}), {"x": format}, **money), "html.parser"
    )
    return soup.th.get_text(), [td.get_text() for td in soup("td")]


def test_a_money_column_has_one_unit_which_its_head_names():
    frame = pd.DataFrame({"gmv": [1_400_000_000_000, 6_000_000_000_000, 0, -1_230_000_000_000]})
    soup = BeautifulSoup(to_html(frame, {"gmv": "money"}, **MONEY), "html.parser")
    assert soup.th.get_text() == "Gmv (¥ bn)"
    assert [td.get_text() for td in soup("td")] == ["14.0", "60.0", "0.0", "−12.3"]
    assert soup("td")[3]["title"] == "−¥12,300,000,000.00"


@pytest.mark.parametrize(
    ("values", "format", "head", "shown"),
    [
        # An amount below a thousand is written plainly, whatever stands beside it.
        ([14_971, 12_000, 8_500_000], "money", "X (¥)", ["149.71", "120.00", "85,000.00"]),
        ([1_400_000_000_000, -5], "money", "X (¥)", ["14,000,000,000.00", "−0.05"]),
        ([1_250_000, 8_500_000], "money", "X (¥ k)", ["12.5", "85.0"]),
        ([1_250_00, 8_500_000], "money", "X (¥)", ["1,250", "85,000"]),
        ([92_000_000_000, 4_250_000_000_000], "money", "X (¥ bn)", ["0.92", "42.50"]),
        ([9_000_000_000, 4_250_000_000_000], "money", "X (¥ m)", ["90.0", "42,500.0"]),
        ([1_231_000, 1_244_000], "money", "X (¥ k)", ["12.3", "12.4"]),
        ([0.00018, 0.00023, 0.35], "percent", "X", ["0.018%", "0.023%", "35.000%"]),
        ([0.1006, 0.1018, 0.1031], "percent", "X", ["10.1%", "10.2%", "10.3%"]),
        ([0.004, 0.001, 3.2], "ratio", "X", ["0.0040×", "0.0010×", "3.2000×"]),
        ([0.00002, -0.00003], "points", "X", ["+0.00200\u00a0pp", "−0.00300\u00a0pp"]),
        # The noise of arithmetic is no difference, and no reason for ten decimals.
        ([0.35, 0.35 + 1e-12, 1e-15], "percent", "X", ["35.0%", "35.0%", "0.0%"]),
        # Neither is less than a hundredth of a value: its tooltip has the rest.
        ([50_000_001, 50_000_002], "money", "X (¥ k)", ["500", "500"]),
    ],
)
def test_values_of_a_column_that_differ_look_different(values, format, head, shown):
    assert column(values, format, **MONEY) == (head, shown)


@given(
    st.sampled_from(["percent", "ratio", "money"]),
    st.floats(0.001, 0.9999),
    st.floats(1.02, 50.0),
    st.floats(1.0, 100.0),
)
def test_neighbours_that_differ_by_a_fiftieth_never_look_alike(format, low, factor, more):
    """And the larger one looks larger."""
    unit = 1_000_000 if format == "money" else 1
    _, (first, second, _) = column(
        [low * unit, low * factor * unit, low * factor * more * unit], format, **MONEY
    )
    a, b = (float(text.rstrip("%×").replace(",", "")) for text in (first, second))
    assert a < b


def test_heads_are_heads_and_numbers_stand_right():
    soup = BeautifulSoup(
        to_html(pd.DataFrame({"who": ["a"], "n": [1]}), caption="All"), "html.parser"
    )
    assert [th["scope"] for th in soup("th")] == ["col", "col"]
    assert soup("td")[1]["class"] == ["ops-number"]
    assert soup.caption.get_text() == "All"


def test_a_frame_says_how_it_wants_to_be_shown():
    frame = pd.DataFrame({"share": [0.25], "month": pd.to_datetime(["2024-05-01"])})
    frame.attrs = {
        "formats": {"share": "percent", "month": "month"},
        "labels": {"share": "Share of all"},
        "note": "not the table's business",
    }
    soup = BeautifulSoup(frame_table(frame), "html.parser")
    assert [th.get_text() for th in soup("th")] == ["Share of all", "Month"]
    assert [td.get_text() for td in soup("td")] == ["25.0%", "May 2024"]


@pytest.mark.parametrize("frame", [pd.DataFrame({"a": []}), pd.DataFrame({"a": [None]})])
def test_a_table_without_values_is_still_a_table(frame):
    assert "<thead>" in to_html(frame)


@pytest.mark.parametrize(
    ("value", "format", "shown"),
    [
        (99_949, "money", "£999.49"),
        (999_949, "money", "£9,999"),
        (999_950, "money", "£10.0\u00a0k"),
        (99_999_999, "money", "£1.00\u00a0m"),
        (-12_345_678_900, "money", "−£123\u00a0m"),
        (0.00123, "percent", "0.123%"),
        (0.00018, "percent", "0.0180%"),
        (0.00023, "percent", "0.0230%"),
        (14_971, "money", "£149.71"),
        (0.0042, "ratio", "0.00420×"),
        (12.5, "percent", "1,250%"),
        (0.021, "points", "+2.10\u00a0pp"),
        (float("inf"), "ratio", MISSING),
    ],
)
def test_values_read_as_people_write_them(value, format, shown):
    assert format_value(value, format, "GBP") == shown
