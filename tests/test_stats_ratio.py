"""Ratios of clustered counts: against raw rows, and how often their intervals miss."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from ops_widgets.stats.proportion import wilson
from ops_widgets.stats.ratio import Sums, effective, fieller, share


def sums_of(x, y):
    """The sums of two arrays, one value a unit."""
    return Sums(len(x), *(float(s.sum()) for s in (x, y, x * x, y * y, x * y)))


def visits(rng, customers, alike=0.5):
    """Visits of each customer, few of them very many, and carts: who has one mostly has more."""
    x = 1.0 + rng.poisson(rng.gamma(0.5, 6, customers))
    rates = rng.beta(alike, 9 * alike, customers)
    return x, rng.binomial(x.astype(int), rates).astype(float)


@pytest.mark.parametrize("seed", range(4))
def test_the_error_is_that_of_a_regression_clustered_at_the_customer(seed):
    """On raw rows, one a visit: the sandwich estimator (Liang and Zeger), G / (G - 1)."""
    x, y = visits(np.random.default_rng(seed), 60)
    cart = np.concatenate([np.arange(n) < c for n, c in zip(x, y, strict=True)]).astype(float)
    whose = np.repeat(np.arange(len(x)), x.astype(int))
    ones = np.ones((len(cart), 1))
    bread = np.linalg.inv(ones.T @ ones)
    mean = np.linalg.lstsq(ones, cart, rcond=None)[0][0]
    scores = [ones[whose == g].T @ (cart[whose == g] - mean) for g in range(len(x))]
    meat = sum(np.outer(score, score) for score in scores) * len(x) / (len(x) - 1)
    error = math.sqrt((bread @ meat @ bread)[0, 0])
    sums = sums_of(x, y)
    assert sums.value == pytest.approx(mean, rel=1e-12)
    assert sums.error == pytest.approx(error, rel=1e-9)
    naive = math.sqrt(mean * (1 - mean) / len(cart))
    assert effective(sums) == pytest.approx(len(cart) * min(1, (naive / error) ** 2), rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_fiellers_ends_are_where_the_t_test_begins_to_refuse(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.lognormal(0, 1, 25), rng.lognormal(0.5, 1, 25)
    region = fieller(sums_of(x, y), 0.9)
    assert region.bounded
    for end, beyond in ((region.low, -1e-6), (region.high, 1e-6)):
        assert stats.ttest_1samp(y - end * x, 0).pvalue == pytest.approx(0.1, rel=1e-7)
        assert stats.ttest_1samp(y - (end + beyond) * x, 0).pvalue < 0.1


def test_where_the_sum_below_may_be_nothing_the_ratio_may_be_anything():
    """All but a gap where above is clearly something, everything where it is not."""
    rng = np.random.default_rng(3)
    x = rng.normal(0.02, 1, 40)
    gap = fieller(sums_of(x, rng.normal(5, 1, 40)))
    assert gap.outside and not gap.bounded
    y = rng.normal(0.02, 1, 40)
    whole = fieller(sums_of(x, y))
    assert (whole.low, whole.high, whole.bounded) == (-math.inf, math.inf, False)
    for r in (-1e9, -3.0, 0.0, 3.0, 1e9):
        assert stats.ttest_1samp(y - r * x, 0).pvalue > 0.05
    assert gap.low < 0 < gap.high, "a ratio near 0 is what the data refuse"
    assert not fieller(Sums(1, 5, 5, 25, 25, 25)).bounded
    assert fieller(Sums(4, 0, 0, 0, 0, 0)).high == math.inf


def test_without_two_units_or_anything_below_nothing_is_known():
    one = Sums(1, 5, 2, 25, 4, 10)
    nothing = Sums(3, 0, 0, 0, 0, 0)
    for sums in (one, nothing):
        assert all(map(math.isnan, share(sums)))
    assert math.isnan(nothing.value)
    assert math.isnan(effective(Sums(9, 5, 7, 5, 9, 5))), "more than all is no share"


def test_of_all_or_none_a_customers_visits_count_as_one():
    """Ten visits of two customers without a cart: as little as their sizes make them."""
    sums = Sums(2, 10, 0, 82, 0, 0)
    assert effective(sums) == pytest.approx(100 / 82)
    low, high = share(sums)
    assert low == 0
    assert high > float(wilson(0, 10)[1])


def test_the_customers_interval_covers_where_the_naive_one_does_not():
    """300 customers, 5,000 times: each tail by itself, as in the documentation of the numbers."""
    rng, times, truth = np.random.default_rng(11), 5_000, 0.1
    misses = {name: np.zeros(2) for name in ("naive", "share", "fieller")}
    for _ in range(times):
        sums = sums_of(*visits(rng, 300, alike=1.2))
        region = fieller(sums)
        ends = {
            "naive": [float(end) for end in wilson(sums.y, sums.x)],
            "share": share(sums),
            "fieller": (region.low, region.high),
        }
        for name, (low, high) in ends.items():
            misses[name] += low > truth, high < truth
    rates = {name: both / times for name, both in misses.items()}
    assert 0.10 < rates["naive"].sum() < 0.22
    assert rates["share"] == pytest.approx([0.025, 0.025], abs=0.008)
    assert rates["fieller"].sum() == pytest.approx(0.05, abs=0.02)
