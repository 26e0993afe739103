"""Tables: whatever the data hold stays text, and numbers read like numbers."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.charts.bars import bars_of
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


RANKED = {
    "formats": {"who": "text", "size": "money", "grown": "percent", "day": "date"},
    "labels": {"who": "Who", "size": "Size", "grown": "Growth", "day": "Since"},
    **MONEY,
}


def ranked(**attrs):
    frame = pd.DataFrame(
        {
            "who": ["a", "b", "c", "d"],
            "size": [300_00, 100_00, 200_00, 100_00],
            "grown": [0.1, -0.2, None, 0.1],
            "day": pd.to_datetime(["2024-05-01", "2023-12-31", "2024-04-30", None]),
        }
    )
    frame.attrs = RANKED | attrs
    return BeautifulSoup(frame_table(frame), "html.parser")


def test_a_row_says_the_place_of_its_exact_values_and_none_of_a_missing_one():
    """300, 100, 200, 100 stand at 2, 0, 1, 0; unknown growth and an unknown day have no place."""
    soup = ranked()
    assert [tr["data-order"] for tr in soup.select("tbody tr")] == [
        "2 1 2", "0 0 0", "1 - 1", "0 1 -",
    ]  # fmt: skip
    assert [th.get("data-order") for th in soup("th", scope="col")] == [None, "0", "1", "2"]


def test_values_that_look_alike_have_places_of_their_own():
    frame = pd.DataFrame({"n": [2**53 + 1, 2**53, 10**18]})
    soup = BeautifulSoup(to_html(frame), "html.parser")
    assert [tr["data-order"] for tr in soup.select("tbody tr")] == ["1", "0", "2"]


def test_totals_are_sums_and_ratios_and_unknown_as_soon_as_one_part_is():
    soup = ranked(totals={"size": "sum", "grown": "sum"})
    foot = [cell.get_text() for cell in soup.tfoot.find_all(["th", "td"])]
    assert foot == ["All 4", "700.00", MISSING, ""], "days do not add up"
    frame = pd.DataFrame({"who": ["a", "b"], "won": [1, 3], "of": [10, 10], "rate": [0.1, 0.3]})
    frame.attrs = {
        "labels": {"who": "Who", "won": "Won", "of": "Of", "rate": "Rate"},
        "formats": {"who": "text", "won": "integer", "of": "integer", "rate": "percent"},
        "totals": {"won": "sum", "of": "sum", "rate": ("won", "of")},
    }
    soup = BeautifulSoup(frame_table(frame), "html.parser")
    assert [td.get_text() for td in soup.tfoot("td")] == ["4", "20", "20.0%"]
    frame["of"] = [0, 0]
    soup = BeautifulSoup(frame_table(frame), "html.parser")
    assert soup.tfoot("td")[-1].get_text() == MISSING, "a ratio to nothing"


def test_nothing_is_added_up_where_rows_share_a_name_or_there_is_one():
    frame = pd.DataFrame({"who": ["a", "a"], "n": [1, 2]})
    frame.attrs = {"labels": {"who": "Who"}, "formats": {"who": "text"}, "totals": {"n": "sum"}}
    assert "<tfoot>" not in frame_table(frame)
    one = frame.iloc[:1]
    one.attrs = frame.attrs
    assert "<tfoot>" not in frame_table(one)
    assert "<tfoot>" not in str(ranked()), "no column adds up"


def bars(soup, column):
    """``(left, width)`` of every part of the bars of a column, row by row."""
    found = []
    for row in soup.select("tbody tr"):
        styles = [part["style"] for part in row("td")[column].select(".ops-inline i")]
        found.append([tuple(float(one.split(":")[1][:-1]) for one in s.split(";")) for s in styles])
    return found


def test_a_bar_stands_beside_its_number_and_is_as_long_as_its_value():
    soup = ranked(bars={"size": {}})
    assert bars(soup, 1) == [[(0, 100)], [(0, 33.3)], [(0, 66.7)], [(0, 33.3)]]
    assert soup.select("tbody tr")[0]("td")[1].get_text() == "300.00"
    assert {bar["aria-hidden"] for bar in soup.select(".ops-inline")} == {"true"}


def test_a_loss_lies_to_the_left_of_the_zero_line_and_unknown_has_no_bar():
    soup = ranked(bars={"grown": {}})
    assert bars(soup, 2) == [[(66.7, 33.3)], [(0, 66.7)], [], [(66.7, 33.3)]]
    assert {line["style"] for line in soup.select(".ops-inline b")} == {"left:66.7%"}
    assert soup.select("tbody tr")[2]("td")[2].get_text() == MISSING


def test_a_bar_of_parts_names_them_and_is_whole_where_one_is_unknown():
    frame = pd.DataFrame(
        {"who": ["a", "b"], "size": [100, 50], "held": [25, None], "open": [75, 50]}
    )
    frame.attrs = {
        "labels": {"who": "Who", "size": "Size", "held": "Held <b>", "open": "Open"},
        "formats": {"who": "text", "size": "integer", "held": "integer", "open": "integer"},
        "bars": {"size": {"parts": ["held", "open"]}},
        "first": ["who", "size"],
    }
    soup = BeautifulSoup(frame_table(frame), "html.parser")
    assert bars(soup, 1) == [[(0, 25), (25, 75)], [(0, 50)]]
    assert [one.get_text() for one in soup.select("thead .ops-key span")] == ["Held <b>", "Open"]
    assert soup.select("tbody tr")[0]("td")[1]["title"] == "100: Held <b> 25, Open 75"
    further = [th.get_text() for th in soup.select("th.ops-more")]
    assert further == ["Held <b>", "Open"]
    assert len(soup.select("td.ops-more")) == 4
    assert soup.select_one(".ops-table + .ops-columns summary").get_text() == "All columns"


def test_what_is_picked_stands_out_where_nobody_can_pick():
    soup = ranked(pick={"field": "category", "column": "who", "value": "c"})
    assert [tag.get_text() for tag in soup("strong")] == ["c"]
    assert soup.button is None


@given(st.lists(st.none() | st.floats(-1e15, 1e15), min_size=1, max_size=9))
def test_no_bar_leaves_its_cell(values):
    for bar in bars_of(values):
        assert bar is None or (bar[0] >= 0 and sum(bar) <= 100.2)


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
