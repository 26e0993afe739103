"""The row of headline numbers: one change each, coloured where it says something; one note."""

from dataclasses import replace
from datetime import date

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from ops_widgets.analyses import ANALYSES
from ops_widgets.charts.deltas import delta_of
from ops_widgets.charts.figures import figures_html
from ops_widgets.charts.formats import Number
from ops_widgets.charts.kpi import numbers_html
from ops_widgets.charts.sparkline import HEIGHT, sparkline
from ops_widgets.metrics.compare import LEAST_SAMPLE

COMPARISONS = ("before", "last_year", "target", "off")
ORDERS = Number(
    "orders",
    "Orders",
    1200,
    "integer",
    "2 Apr 2025 to 30 Jun 2025",
    previous=1000,
    previous_detail="2 Jan 2025 to 1 Apr 2025",
    last_year=1500,
    last_year_detail="3 Apr 2024 to 1 Jul 2024",
    target=1600,
    trend=(100.0, 90.0, 110.0),
    trend_detail="3 weeks",
    n=1200,
    previous_n=1000,
    last_year_n=1500,
    n_of="orders",
)
CAC = Number(
    "cac",
    "CAC",
    321_500,
    "money",
    "cost per new customer",
    "CNY",
    previous=32_800,
    previous_detail="2 Jan 2025 to 1 Apr 2025",
    better="lower",
    n=9,
    previous_n=68,
    n_of="new customers",
)


def row(*numbers, compare="before", notes=()):
    return BeautifulSoup(numbers_html(numbers, compare, notes), "html.parser")


def note(*numbers, compare="before", notes=()):
    found = row(*numbers, compare=compare, notes=notes).select("p")
    assert len(found) <= 1, "one note for all"
    return found[0].get_text() if found else ""


@pytest.mark.parametrize(
    ("compare", "seen"),
    [("before", "▲ +20.0%"), ("last_year", "▼ −20.0%"), ("target", "75.0% of 1,600")],
)
def test_a_number_shows_the_one_change_that_was_chosen(compare, seen):
    [change] = row(ORDERS, compare=compare).select(".ops-change")
    change.select_one(".ops-heard").extract()
    assert change.get_text() == seen


def test_off_shows_no_change_and_says_nothing_of_one():
    assert not row(ORDERS, compare="off").select(".ops-change")
    assert note(ORDERS, compare="off") == ""


@pytest.mark.parametrize("name", ANALYSES)
def test_what_is_recorded_is_the_same_whatever_is_compared(name, store):
    analysis = ANALYSES[name]
    first, *others = (analysis.headline(store, analysis.view(compare=c)) for c in COMPARISONS)
    assert all(other == first for other in others)


def test_markets_have_seasons():
    defaults = {name: analysis.view().compare for name, analysis in ANALYSES.items()}
    assert defaults["category_opportunity"] == "last_year"
    assert {d for n, d in defaults.items() if n != "category_opportunity"} == {"before"}


samples = st.none() | st.integers(0, 60)


@given(
    samples,
    samples,
    st.sampled_from(["higher", "lower", ""]),
    st.integers(1, 400).filter(lambda now: now != 200),
)
def test_colour_takes_a_direction_and_thirty_on_both_sides(n, then, better, now):
    number = Number(
        "x", "X", now, "integer", previous=200, previous_detail="then",
        better=better, n=n, previous_n=then, n_of="orders",
    )  # fmt: skip
    delta = delta_of(number, "before")
    enough = all(one is None or one >= 30 for one in (n, then))
    assert (delta.news != 0) == (bool(better) and enough and delta.direction != 0)
    assert ("too few to say" in delta.detail) == (not enough)
    if delta.news:
        assert (delta.news > 0) == ((now > 200) == (better == "higher"))


def test_the_least_sample_is_thirty():
    assert LEAST_SAMPLE == 30


def test_too_few_are_named_with_their_number():
    [change] = row(CAC).select(".ops-change")
    assert change["class"] == ["ops-change"]
    assert "too few to say: 9 new customers" in change["title"]
    assert "too few to say: 9 new customers" in change.get_text(), "a title is not read out"
    few_then = replace(CAC, n=90, previous_n=7)
    assert "too few to say: 7 new customers then" in delta_of(few_then, "before").detail


@pytest.mark.parametrize(
    ("number", "text", "news"),
    [
        (ORDERS, "75.0% of 1,600", 0),
        (replace(ORDERS, value=1600), "100.0% of 1,600", 1),
        (replace(ORDERS, value=1600, n=29), "100.0% of 1,600", 0),
        (replace(ORDERS, target=0), "0 met", 1),
        (replace(ORDERS, value=-5, target=0), "0 missed", 0),
        (replace(CAC, target=400_000, n=90), "80.4% of ¥4,000", 1),
        (replace(CAC, target=300_000, n=90), "107.2% of ¥3,000", 0),
    ],
)
def test_a_target_is_a_part_that_is_reached_or_not(number, text, news):
    delta = delta_of(number, "target")
    assert (delta.text, delta.news) == (text, news)


def test_without_a_target_or_a_value_nothing_is_compared():
    assert delta_of(replace(ORDERS, target=None), "target") is None
    assert all(delta_of(replace(ORDERS, value=None), c) is None for c in COMPARISONS)
    assert note(CAC, compare="target") == "No number has a target."


def test_a_reason_that_all_share_is_said_once_and_without_their_names():
    early = {"previous": None, "previous_detail": "the data begin 1 Jan 2024"}
    numbers = [replace(ORDERS, **early), replace(CAC, **early)]
    never = Number("x", "Best", 1, "integer")  # compared with nothing, ever
    said = note(*numbers, never)
    assert said == "No comparison with the period before: the data begin 1 Jan 2024."
    assert not row(*numbers).select(".ops-change")


def test_reasons_that_differ_stand_with_their_numbers():
    early = replace(ORDERS, previous=None, previous_detail="the data begin 1 Jan 2024")
    other = replace(CAC, label="CPO", previous=0)
    assert note(early, ORDERS, CAC, other) == (
        "Compared with the period before. "
        "No comparison of Orders: the data begin 1 Jan 2024. "
        "No comparison of CPO: it was nothing, or less, then."
    )


def test_an_unknown_value_is_a_dash_and_its_reason_is_seen_once():
    nobody = {"value": None, "detail": "no campaign ran"}
    numbers = [replace(ORDERS, **nobody), replace(CAC, **nobody)]
    assert [dd.get_text() for dd in row(*numbers).select(".ops-value")] == ["–", "–"]
    assert all("no campaign ran" in dd["title"] for dd in row(*numbers).select(".ops-value"))
    assert note(*numbers) == "No values: no campaign ran."
    assert "No value of CAC: no campaign ran." in note(ORDERS, numbers[1])


def test_what_must_be_known_comes_first():
    said = note(replace(CAC, value=None, detail="why"), ORDERS, notes=["Not filtered by X: Y."])
    assert said.startswith("Not filtered by X: Y. No value of CAC: why. ")


def test_small_print_is_a_tooltip_is_read_out_and_stands_in_the_table():
    [card] = row(CAC).select("[data-number=cac]")
    assert card.select_one("dt")["title"] == "cost per new customer"
    assert card.select_one(".ops-value")["title"] == "¥3,215.00"
    assert "cost per new customer" in card.select_one("dd.ops-heard").get_text()
    for heard in card.select(".ops-heard"):
        heard.extract()
    assert "cost per new customer" not in card.get_text(), "not seen"
    table = BeautifulSoup(figures_html([CAC, ORDERS]), "html.parser")
    cells = [[td.get_text() for td in tr("td")] for tr in table("tr")[1:]]
    assert cells[0] == [
        "CAC",
        "¥3,215.00",
        "cost per new customer",
        "¥328.00 (2 Jan 2025 to 1 Apr 2025)",
        "",
        "",
        "9 new customers (before 68)",
    ]
    assert cells[1][4:] == [
        "1,500 (3 Apr 2024 to 1 Jul 2024)",
        "1,600",
        "1,200 orders (before 1,000, last year 1,500)",
    ]


def test_the_table_leaves_out_what_no_number_has():
    table = BeautifulSoup(figures_html([Number("x", "X", 1, "integer", "of all")]), "html.parser")
    assert [th.get_text() for th in table("th")] == ["Number", "Value", "Of"]
    assert figures_html([]) == ""


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_text_of_the_data_stays_text(text):
    said = dict.fromkeys(("label", "detail", "previous_detail", "trend_detail", "n_of"), text)
    hostile = replace(ORDERS, name="x", **said)
    unknown = replace(hostile, value=None)
    for compare in COMPARISONS:
        found = row(hostile, unknown, compare=compare, notes=[text])
        assert {tag.name for tag in found.find_all()} <= {
            "dl", "div", "dt", "dd", "b", "span", "svg", "path", "line", "p",
        }  # fmt: skip
        assert [dt.get_text() for dt in found("dt")] == [text, text]


def heights(svg, kind):
    found = BeautifulSoup(svg, "html.parser").select(f"line.{kind}")
    return [float(line["y1"]) for line in found]


@given(st.lists(st.none() | st.floats(-1e9, 1e9), min_size=2, max_size=30))
def test_zero_is_in_the_picture_at_its_height(values):
    if not any(value is not None for value in values):
        return
    svg = sparkline(values, "line", zero=True)
    [zero] = heights(svg, "ops-zero")
    assert 0 <= zero <= HEIGHT
    known = [value for value in values if value is not None]
    if min(known) >= 0 and max(known) > 0:
        assert zero == pytest.approx(HEIGHT - 4), "at the bottom"
    if max(known) <= 0 and min(known) < 0:
        assert zero == pytest.approx(4), "at the top"


def test_a_target_is_a_line_only_where_it_compares_with_the_points():
    lines = {"ops-zero": False, "ops-target": False}

    def drawn(number):
        svg = numbers_html([number])
        return {kind: bool(heights(svg, kind)) for kind in lines}

    weeks = replace(ORDERS, target=1600)
    assert drawn(weeks) == {"ops-zero": True, "ops-target": False}, "a week is no part of it"
    same = replace(ORDERS, trend=(1000.0, 1200.0))
    assert drawn(same) == {"ops-zero": False, "ops-target": True}
    rate = Number("r", "R", 0.2, "percent", target=0.3, trend=(0.1, 0.4))
    assert drawn(rate) == {"ops-zero": False, "ops-target": True}
    assert drawn(replace(rate, target=None)) == {"ops-zero": True, "ops-target": False}


def test_a_value_between_two_gaps_is_a_dot():
    svg = sparkline([1.0, 2.0, None, 4.0, None, 3.0, 3.5], "line")
    [alone] = BeautifulSoup(svg, "html.parser").select(".ops-alone")
    assert alone["d"].count("M") == 1
    assert "ops-alone" not in sparkline([1.0, 2.0], "line")


def by_name(name, store, **view):
    analysis = ANALYSES[name]
    return {number.name: number for number in analysis.headline(store, analysis.view(**view))}


@pytest.mark.parametrize("days", [60, 90])
def test_campaign_numbers_rest_on_the_orders_and_new_customers_they_are_of(store, days):
    numbers = by_name("campaign_performance", store, days=days)
    for value, n in (("value", "n"), ("previous", "previous_n"), ("last_year", "last_year_n")):
        orders = getattr(numbers["orders"], value)
        for name in ("orders", "net_revenue", "roas", "contribution"):
            assert getattr(numbers[name], n) == orders
        new, cac = getattr(numbers["cac"], n), getattr(numbers["cac"], value)
        assert cac * new == pytest.approx(getattr(numbers["cost"], value)), "a ratio of sums"
    assert numbers["cost"].n is None


def test_cohort_numbers_rest_on_the_customers_they_count(store):
    numbers = by_name("cohort_activity", store, periods=4)
    for value, n in (("value", "n"), ("previous", "previous_n"), ("last_year", "last_year_n")):
        for name in ("customers", "weekly_active", "weekly_new"):
            assert getattr(numbers[name], n) == getattr(numbers[name], value)
    back = numbers["retention_1"]
    for rate, n in ((back.value, back.n), (back.previous, back.previous_n)):
        assert n > 100
        assert rate * n == pytest.approx(round(rate * n)), "customers back are whole customers"


def test_a_ratio_of_two_counts_rests_on_the_smaller(store):
    """Quick ratio = (new + resurrected) / churned, of the week that is looked at."""
    panel = ANALYSES["cohort_activity"].panel("lifecycle")
    week = panel.compute(store, ANALYSES["cohort_activity"].view()).iloc[-1]
    ratio = by_name("cohort_activity", store)["quick_ratio"]
    assert ratio.n == min(week["new"] + week["resurrected"], week["churned"])


def test_a_whole_market_is_no_sample(store):
    assert {n.n for n in by_name("category_opportunity", store).values()} == {None}


def test_the_change_of_nine_customers_has_no_colour(store):
    """On the sample shop of June 2025, CAC rises by 438% with nine new customers."""
    cac = by_name("campaign_performance", store, as_of=date(2025, 6, 28))["cac"]
    assert cac.n == 9
    delta = delta_of(cac, "before")
    assert (delta.text, delta.news) == ("+437.7%", 0)
