"""Market structure: published examples, identities, limit cases; SQL against plain functions."""

from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from ops_widgets.analyses.category_opportunity.queries import market_months, market_sizes
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView, look_of
from ops_widgets.metrics.category import (
    largest_brands,
    market_structure,
    of_some_size,
    own_share,
    unlike,
    year_on_year,
)
from ops_widgets.periods import period_index
from ops_widgets.stats.concentration import concentration_ratio, gini, herfindahl

MONTH = period_index(date(2025, 6, 1), "month")


class Market:
    """A store that holds nothing but a market: rows of category path, month, brand, gmv."""

    def __init__(self, rows, collected=()):
        self.con = duckdb.connect()
        frame = pd.DataFrame(rows, columns=["category_path", "month_index", "brand", "gmv"])
        frame = frame.astype(
            {"category_path": str, "month_index": "int64", "brand": str, "gmv": "int64"}
        )
        noted = pd.DataFrame({"name": pd.Series(list(collected), dtype=str), "collected": True})
        self.con.register("rows", frame)
        self.con.execute(
            "create table market_month as "
            "select *, split_part(category_path, ' / ', 1) as category from rows"
        )
        self.con.register("noted", noted)
        self.con.execute(
            "create table noted_name as select name::varchar as name, collected from noted"
        )

    def query(self, sql, parameters):
        return self.con.execute(sql, parameters).df()


def structure(leaders=10, collected=(), months=(MONTH,), detail="category", **sizes):
    """The market's structure where each category has brands of these sizes in one month."""
    rows = [(c, MONTH, f"{c}-{i}", gmv) for c, of in sizes.items() for i, gmv in enumerate(of)]
    return structure_of(Market(rows, collected), leaders, months, detail)


def structure_of(market, leaders=10, months=(MONTH,), detail="category"):
    look = look_of(CategoryOpportunityView(leaders=leaders, detail=detail))
    return market_structure(market_sizes(market, look, months)).set_index("category")


def test_ten_brands_with_thirty_percent_of_twenty_billion_leave_fourteen_open():
    row = structure(Cosmetics=[600_000_000] * 10 + [70_000_000] * 200).loc["Cosmetics"]
    assert row["gmv"] == 20_000_000_000
    assert row["cr10"] == pytest.approx(0.30)
    assert row["open_gmv"] == 14_000_000_000


def test_the_published_example_of_hhi():
    assert structure(A=[30, 30, 20, 20]).loc["A", "hhi"] == pytest.approx(2_600)


def test_cr10_alone_does_not_fix_hhi():
    """With CR10 = 30%, the top ten add between 90 (equal) and 900 (one brand) to the index."""
    rest = [0.001] * 700
    equal = herfindahl([0.03] * 10 + rest)
    single = herfindahl([0.2991] + [0.0001] * 9 + rest)
    assert equal - herfindahl(rest, whole=1.0) == pytest.approx(90)
    assert single > 890
    assert concentration_ratio([0.2991] + [0.0001] * 9 + rest, 10) < 0.31


def test_collected_brands_count_in_the_size_but_are_no_brand():
    row = structure(A=[50, 30, 20], collected=["A-2"]).loc["A"]
    assert (row["gmv"], row["brands"], row["cr4"]) == (100, 2, 0.8)
    assert row["hhi"] == pytest.approx(50**2 + 30**2)
    assert row["unlisted_share"] == pytest.approx(0.2)


def test_a_category_that_is_wholly_collected_is_wholly_open():
    assert concentration_ratio([], 10, whole=900) == 0
    assert np.isnan(concentration_ratio([], 10))
    frame = structure(A=[50, 50], B=[900], collected=["A-1", "B-0"])
    assert frame["open_gmv"].to_dict() == {"A": 50, "B": 900}
    assert (frame.loc["B", "cr10"], frame.loc["B", "hhi"], frame.loc["B", "brands"]) == (0, 0, 0)


def test_a_category_without_sales_has_no_shares():
    row = structure(A=[0, 0]).loc["A"]
    assert row["gmv"] == 0
    assert np.isnan([row["cr10"], row["hhi"], row["unlisted_share"]]).all()


def test_an_empty_market_is_an_empty_table():
    assert structure().empty


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("leaders", [1, 3, 10])
def test_the_one_query_says_what_the_plain_functions_say(seed, leaders):
    """Also that months add up: what the leaders of a window hold in each of its months."""
    rng = np.random.default_rng(seed)
    months = [MONTH - 2, MONTH - 1, MONTH]
    rows = [
        (f"{'AB'[rng.integers(2)]} / {rng.integers(3)}", int(rng.choice(months)), f"b{b}", gmv)
        for b, gmv in zip(rng.integers(0, 15, 200), rng.integers(0, 9_999, 200), strict=True)
    ]
    market, many = Market(rows, collected=["b3"]), {"b3"}
    for detail, key in (("category", lambda path: path[0]), ("full path", str)):
        frame = structure_of(market, leaders, months, detail)
        assert set(frame.index) == {key(path) for path, *_ in rows}
        look = look_of(CategoryOpportunityView(leaders=leaders, detail=detail))
        by_month = market_months(market, look, MONTH - 2, MONTH, months)
        for category, row in frame.iterrows():
            brands = {}
            for path, _, brand, gmv in rows:
                if key(path) == category:
                    brands[brand] = brands.get(brand, 0) + gmv
            whole = sum(brands.values())
            single = [gmv for brand, gmv in brands.items() if brand not in many]
            assert row["gmv"] == whole
            assert row["leaders_share"] == pytest.approx(
                concentration_ratio(single, leaders, whole)
            )
            assert row["cr4"] == pytest.approx(concentration_ratio(single, 4, whole))
            assert row["hhi"] == pytest.approx(herfindahl(single, whole))
            assert row["open_gmv"] == whole - sum(sorted(single)[::-1][:leaders])
            of = by_month[by_month["category"] == category]
            assert of["gmv"].sum() == whole
            assert of["open_gmv"].sum() == row["open_gmv"]


def test_money_is_whole_however_large():
    """0.1 + 0.2 of a float would leave a rest that no brand holds."""
    frame = structure(A=[101, 202, 303], B=[2**53 + 1, 2])
    assert frame["open_gmv"].to_list() == [0, 0]
    assert frame.loc["B", "gmv"] == 2**53 + 3


def test_the_largest_brands_are_over_all_categories():
    rows = [("Nike", False, 30), ("Other", True, 50), ("Adidas", False, 20), ("Zero", False, 0)]
    frame = largest_brands(pd.DataFrame(rows, columns=["brand", "collected", "gmv"]), 5)
    assert frame["brand"].to_list() == ["Nike", "Adidas"]
    assert frame["share"].to_list() == [0.3, 0.2]


def test_negative_sizes_are_refused():
    with pytest.raises(ValueError, match="at least 0"):
        herfindahl([10, -1])


def test_gini_of_a_pareto_market_follows_its_closed_form():
    """For Pareto with alpha = log4(5), 20% hold 80% and the Gini is 1/(2 alpha - 1)."""
    alpha = np.log(5) / np.log(4)
    assert 1 / (2 * alpha - 1) == pytest.approx(0.756, abs=1e-3)
    quantiles = (1 - (np.arange(1_000_000) + 0.5) / 1_000_000) ** (-1 / alpha)
    assert gini(quantiles) == pytest.approx(0.726, abs=2e-3), "a heavy tail biases any sample"


# --- growth, and months that are not there ------------------------------------------------------


def by_month(**categories):
    """``A={13: 5, 14: 6}``: category -> month -> gmv."""
    rows = [(c, month, gmv) for c, of in categories.items() for month, gmv in of.items()]
    return pd.DataFrame(rows, columns=["category", "month_index", "gmv"])


def growth(months, first, last):
    return year_on_year(months, range(first, last + 1)).set_index("category")


def test_growth_compares_only_months_that_both_years_have():
    months = by_month(A=dict.fromkeys(range(100, 112), 10) | dict.fromkeys(range(112, 118), 15))
    row = growth(months, 106, 117).loc["A"]
    assert row["compared_months"] == 6
    assert row["growth"] == pytest.approx(0.5)


def test_growth_of_a_category_uses_its_own_months_not_those_of_another():
    """B sold 10 in every month that is known of it: it did not grow, whatever A's months are."""
    months = by_month(
        A=dict.fromkeys(range(1, 25), 10), B=dict.fromkeys([*range(7, 13), *range(13, 25)], 10)
    )
    frame = growth(months, 13, 24)
    assert frame["growth"].to_dict() == {"A": 0, "B": 0}
    assert frame["compared_months"].to_dict() == {"A": 12, "B": 6}


def test_growth_has_a_base_and_says_why_it_has_none():
    months = by_month(
        New={24: 5}, Free={12: 0, 24: 5}, Tiny={12: 100, 24: 28_434}, Tenth={12: 10, 24: 100},
        Gone={12: 10, 24: 0},
    )  # fmt: skip
    frame = growth(months, 24, 24)
    known = frame["growth"].dropna()
    assert known.to_dict() == {"Gone": -1, "Tenth": pytest.approx(9)}
    assert frame["growth_unknown"].to_dict() == {
        "New": "no same month a year earlier",
        "Free": "nothing was sold a year earlier",
        "Tiny": "a year earlier it was less than 10% of now",
        "Tenth": "",
        "Gone": "",
    }


def test_a_dwarf_is_no_headline_but_an_average_category_always_is():
    frame = pd.DataFrame({"category": ["A", "B", "dwarf"], "gmv": [1_000, 900, 10]})
    assert of_some_size(frame)["category"].to_list() == ["A", "B"]
    assert len(of_some_size(frame.assign(gmv=5))) == 3


def test_only_like_months_compare():
    every = dict.fromkeys(range(1, 25), 10)
    now, then = range(13, 25), range(1, 13)
    whole = by_month(A=every, B=every)
    assert unlike(whole, now, then) == ""
    late = by_month(A=every, B=dict.fromkeys(range(7, 25), 10))
    assert unlike(late, now, then) == "B", "six months against twelve"
    assert unlike(late, range(19, 25), range(7, 13)) == ""
    moved = by_month(A=every, B={1: 10, 14: 10})
    assert unlike(moved, now, then) == "B", "January against February"
    assert unlike(by_month(A=every, dwarf={24: 1}), now, then) == ""


def test_our_share_is_of_months_that_both_sides_know():
    market = by_month(A={1: 100, 2: 100, 3: 100}, B={3: 50})
    own = by_month(A={1: 10, 2: 20, 3: 30}, C={3: 5})
    frame = own_share(market, own, [2, 3]).set_index("category")
    assert frame["own_share"].to_dict() == {"A": 0.25, "B": 0}
    assert own_share(market, own, []).empty
