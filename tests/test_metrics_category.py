"""Market structure: published examples, identities, limit cases."""

import numpy as np
import pandas as pd
import pytest

from ops_widgets.metrics.category import market_structure, year_on_year
from ops_widgets.stats.concentration import concentration_ratio, gini, herfindahl


def brands(**sizes: list[float]) -> pd.DataFrame:
    rows = [(c, f"{c}-{i}", gmv) for c, values in sizes.items() for i, gmv in enumerate(values)]
    return pd.DataFrame(rows, columns=["category", "brand", "gmv"])


def test_ten_brands_with_thirty_percent_of_twenty_billion_leave_fourteen_open():
    cosmetics = [0.6e9] * 10 + [0.07e9] * 200
    row = market_structure(brands(Cosmetics=cosmetics)).iloc[0]
    assert row["gmv"] == pytest.approx(20e9)
    assert row["cr10"] == pytest.approx(0.30)
    assert row["open_gmv"] == pytest.approx(14e9)


def test_cr10_alone_does_not_fix_hhi():
    """With CR10 = 30%, the top ten add between 90 (equal) and 900 (one brand) to the index."""
    rest = [0.001] * 700
    equal = herfindahl([0.03] * 10 + rest)
    single = herfindahl([0.2991] + [0.0001] * 9 + rest)
    assert equal - herfindahl(rest, whole=1.0) == pytest.approx(90)
    assert single > 890
    assert concentration_ratio([0.2991] + [0.0001] * 9 + rest, 10) < 0.31


def test_collected_brands_count_in_the_size_but_are_no_brand():
    frame = brands(A=[50.0, 30.0])
    other = pd.DataFrame({"category": "A", "brand": ["Other"], "gmv": [20.0]})
    row = market_structure(pd.concat([frame, other])).iloc[0]
    assert (row["gmv"], row["brands"], row["cr4"]) == (100, 2, 0.8)
    assert row["hhi"] == pytest.approx(50**2 + 30**2)
    assert row["unlisted_share"] == pytest.approx(0.2)


def test_a_category_without_sales_has_no_shares():
    row = market_structure(brands(A=[0.0, 0.0])).iloc[0]
    assert row["gmv"] == 0
    assert np.isnan([row["cr10"], row["hhi"], row["unlisted_share"]]).all()


def test_an_empty_market_is_an_empty_table():
    assert market_structure(brands()).empty


def test_leaders_and_open_market_close():
    rng = np.random.default_rng(4)
    frame = market_structure(brands(A=list(rng.pareto(1.2, 80)), B=list(rng.pareto(2, 9))))
    assert (frame["leaders_gmv"] + frame["open_gmv"]).to_numpy() == pytest.approx(
        frame["gmv"].to_numpy()
    )
    assert frame.set_index("category")["open_gmv"]["B"] == pytest.approx(0), (
        "nine brands, all large"
    )


def test_negative_sizes_are_refused():
    with pytest.raises(ValueError, match="at least 0"):
        herfindahl([10, -1])


def test_gini_of_a_pareto_market_follows_its_closed_form():
    """For Pareto with alpha = log4(5), 20% hold 80% and the Gini is 1/(2 alpha - 1)."""
    alpha = np.log(5) / np.log(4)
    assert 1 / (2 * alpha - 1) == pytest.approx(0.756, abs=1e-3)
    quantiles = (1 - (np.arange(1_000_000) + 0.5) / 1_000_000) ** (-1 / alpha)
    assert gini(quantiles) == pytest.approx(0.726, abs=2e-3), "a heavy tail biases any sample"


def test_growth_compares_only_months_that_both_years_have():
    months = pd.DataFrame(
        {"category": "A", "month_index": range(100, 118), "gmv": [10.0] * 12 + [15.0] * 6}
    )
    row = year_on_year(months, 106, 117).iloc[0]
    assert row["compared_months"] == 6
    assert row["growth"] == pytest.approx(0.5)


def test_growth_of_a_category_born_in_the_window_is_unknown():
    months = pd.DataFrame(
        {"category": ["A"] * 13 + ["B"], "month_index": [*range(1, 14), 13], "gmv": 5.0}
    )
    growth = year_on_year(months, 13, 13).set_index("category")["growth"]
    assert growth["A"] == 0
    assert np.isnan(growth["B"])
