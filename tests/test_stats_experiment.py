"""Experiments: published tables and raw rows, and how often an interval is wrong on each side."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from ops_widgets.stats.experiment import (
    Arm,
    always,
    difference,
    pooled,
    pooled_variance,
    size_for,
    smallest_seen,
    split_p,
    welch,
)

HALVES = (0.5, 0.5)
PARTS = ("n", "mean", "variance")


def arm(values):
    values = np.asarray(values, dtype=float)
    return Arm.of(len(values), values.sum(), (values**2).sum())


#: Hillstrom's e-mail test (2008): 64,000 customers, what they spent in two weeks. Size, total and
#: sum of squares of those who got the men's e-mail, and of those who got none.
MENS = Arm.of(21307, 30311.69, 6_759_024.4973)
NONE = Arm.of(21306, 13908.33, 2_870_050.3621)


def test_hillstroms_difference_is_the_published_one():
    """Table of effects in several public analyses, tea-tasting 1.14 among them."""
    found = welch(MENS, NONE)
    assert found.value == pytest.approx(0.769827, abs=1e-6)
    assert (found.low, found.high) == pytest.approx((0.485140, 1.054514), abs=2e-6)
    assert found.degrees == pytest.approx(36671.16, abs=0.5)


def test_the_split_of_a_real_broken_experiment():
    """Kohavi, Tang and Xu (2020), chapter 21: 821,588 against 815,482 is p = 1.8e-6."""
    assert split_p((821_588, 815_482), HALVES) == pytest.approx(1.8e-6, abs=5e-8)
    assert split_p((500, 500), HALVES) == 1.0
    assert split_p((700, 300), (0.7, 0.3)) == 1.0
    assert split_p((700, 300), HALVES) < 1e-30


@pytest.mark.parametrize("planned", [0.3, 0.5, 0.7, 0.95])
def test_a_split_is_what_the_chi_square_test_says(planned):
    for treated, held in ((100, 120), (55, 45), (950, 30)):
        n = treated + held
        right = stats.chisquare([treated, held], [n * planned, n * (1 - planned)]).pvalue
        assert split_p((treated, held), (planned, 1 - planned)) == pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize("planned", [0, 1, -0.1, 50])
def test_a_plan_is_a_share(planned):
    with pytest.raises(ValueError, match="between 0 and 1"):
        split_p((10, 10), (planned, 1 - planned))


def test_planned_shares_are_of_a_whole():
    with pytest.raises(ValueError, match="add up to 1"):
        split_p((10, 10, 10), (0.3, 0.3, 0.3))


@pytest.mark.parametrize("arms", [3, 4, 5, 8])
def test_a_split_into_many_arms_is_what_the_chi_square_test_says(arms):
    rng = np.random.default_rng(arms)
    planned = rng.dirichlet(np.full(arms, 5.0))
    for n in (90, 4000):
        counts = rng.multinomial(n, planned * 0.97 + 0.03 / arms)
        right = stats.chisquare(counts, planned * n).pvalue
        assert split_p(counts.tolist(), planned.tolist()) == pytest.approx(right, rel=1e-9)


def test_hillstroms_three_arms_are_as_drawn():
    """chi2 = 0.2025 with two degrees of freedom."""
    found = split_p((21306, 21307, 21387), [1 / 3] * 3)
    assert found == pytest.approx(0.903693, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_sums_say_what_the_rows_say(seed):
    """Unequal arms of unequal spread, in minor units."""
    rng = np.random.default_rng(seed)
    treated = np.round(rng.lognormal(10, 1.2, 900) * (rng.random(900) < 0.3))
    held = np.round(rng.lognormal(9, 0.8, 240) * (rng.random(240) < 0.5))
    found = welch(arm(treated), arm(held), level=0.9)
    right = stats.ttest_ind(treated, held, equal_var=False)
    ends = right.confidence_interval(0.9)
    assert found.value == pytest.approx(treated.mean() - held.mean())
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), rel=1e-6)
    assert found.degrees == pytest.approx(right.df)
    student = stats.ttest_ind(treated, held).confidence_interval(0.9)
    common = pooled(arm(treated), arm(held), level=0.9)
    assert (common.low, common.high) == pytest.approx((student.low, student.high), rel=1e-6)
    assert found.p == pytest.approx(right.pvalue, rel=1e-9)
    wider = max(found, common, key=lambda one: one.high - one.low)
    taken = difference(arm(treated), arm(held), level=0.9)
    assert (taken.low, taken.high, taken.p) == (wider.low, wider.high, wider.p)


def test_many_campaigns_are_as_one_after_the_other():
    """And each may have a level of its own."""
    rng = np.random.default_rng(9)
    rows = [(rng.exponential(5, 40 + 90 * i), rng.exponential(6, 30 + 40 * i)) for i in range(6)]
    single = [[arm(values) for values in both] for both in rows]
    both = [
        Arm(*(np.array([getattr(one[side], part) for one in single]) for part in PARTS))
        for side in (0, 1)
    ]
    levels = np.array([0.8, 0.9, 0.95, 0.99, 0.999, 0.5])
    found = difference(*both, levels)
    for i, one in enumerate(single):
        alone = difference(*one, levels[i])
        assert found.low[i] == pytest.approx(float(alone.low), rel=1e-12)
        assert found.high[i] == pytest.approx(float(alone.high), rel=1e-12)
        assert found.p[i] == pytest.approx(float(alone.p), rel=1e-12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (arm([5.0]), arm(range(100))),
        (arm([7.0] * 50), arm([7.0] * 40)),
        (arm(range(5)), arm(range(5))),
    ],
    ids=["one of them", "nobody differs", "few of both"],
)
def test_nothing_is_said_where_nothing_can_be(one, other):
    for found in (welch(one, other), difference(one, other)):
        assert np.isnan([found.low, found.high, found.error, found.p]).all()


# --- how often it is wrong -------------------------------------------------------------------


def misses(interval, n_treated, n_held, lift=1.0, spread=1.0, draws=2000):
    """Of tests on skewed spend, the shares whose interval lies below and above the truth.

    Two in a hundred buy (``lift`` times as many of the treated), what they spend is lognormal.
    """
    rng = np.random.default_rng(11)
    truth = 0.02 * (lift - 1) * math.exp(4 + spread**2 / 2)
    below = above = 0
    for _ in range(draws):
        arms = []
        for size, share in ((n_treated, 0.02 * lift), (n_held, 0.02)):
            spent = rng.lognormal(4, spread, rng.binomial(size, share))
            arms.append(Arm.of(size, spent.sum(), (spent**2).sum()))
        found = interval(*arms)
        below += found.high < truth
        above += found.low > truth
    return below / draws, above / draws


def test_equal_arms_are_wrong_on_each_side_as_often_as_they_say():
    loss, gain = misses(difference, 5000, 5000, draws=4000)
    # Two and a half in a hundred, give or take three standard errors.
    assert loss == pytest.approx(0.025, abs=0.0075)
    assert gain == pytest.approx(0.025, abs=0.0075)


def test_welch_alone_sees_gains_that_are_not_there_where_few_are_held_back():
    """Why the wider interval is taken: sixty buyers in a control group of a tenth."""
    loss, gain = misses(welch, 27_000, 3000)
    assert gain > 0.05
    assert loss < 0.0125


@pytest.mark.parametrize(
    ("sizes", "lift", "spread"),
    [
        ((27_000, 3000), 1.0, 1.0),
        ((27_000, 3000), 1.0, 1.5),
        ((27_000, 3000), 1.3, 1.0),
        ((3000, 27_000), 1.0, 1.0),
        ((7000, 3000), 1.3, 1.0),
    ],
)
def test_neither_side_is_wrong_too_often_however_the_arms_are_split(sizes, lift, spread):
    loss, gain = misses(difference, *sizes, lift, spread)
    assert loss < 0.0325
    assert gain < 0.0325


# --- looked at again and again ---------------------------------------------------------------


def test_whoever_looks_all_the_time_is_wrong_as_seldom_as_said():
    """2,000 A/A tests, fifty looks each, 400 more people an arm every time.

    An interval for one look is wrong in three of ten by then, the one for any time in less than
    one of twenty; its price is two thirds more width.
    """
    rng = np.random.default_rng(7)
    looks, more, tests = 50, 400, 2000
    sums = rng.normal(0, math.sqrt(more), (2, tests, looks)).cumsum(axis=2)
    n = np.broadcast_to(more * np.arange(1.0, looks + 1), (tests, looks))
    squares = rng.chisquare(more, (2, tests, looks)).cumsum(axis=2)
    treated, held = (Arm.of(n, sums[side], squares[side]) for side in (0, 1))
    once = difference(treated, held)
    ever = always(once, pooled_variance(treated, held))
    false = [((one.low > 0) | (one.high < 0)).any(axis=1).mean() for one in (once, ever)]
    assert false[0] == pytest.approx(0.311, abs=0.04)
    assert false[1] <= 0.05
    price = ((ever.high - ever.low) / (once.high - once.low))[:, -1].mean()
    assert price == pytest.approx(1.664, abs=0.02)


# --- what a test can see ---------------------------------------------------------------------


def test_the_smallest_effect_is_seen_in_four_of_five_tests():
    rng = np.random.default_rng(3)
    n, spread = 900, 4.0
    error = np.asarray(spread * math.sqrt(2 / n))
    smallest = float(smallest_seen(error))
    seen = 0
    for _ in range(2000):
        treated, held = rng.normal(smallest, spread, n), rng.normal(0, spread, n)
        seen += float(welch(arm(treated), arm(held)).low) > 0
    assert seen / 2000 == pytest.approx(0.8, abs=0.03)
    # And as many people see it as these are.
    assert size_for(smallest, spread**2) == pytest.approx(n, abs=1)
