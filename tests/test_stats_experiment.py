"""Experiments: published tables and raw rows, and how often an interval is wrong on each side."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from ops_widgets.stats.experiment import (
    Arm,
    difference,
    pooled,
    split_p,
    welch,
)


def arm(values):
    values = np.asarray(values, dtype=float)
    return Arm(len(values), values.sum(), (values**2).sum())


#: Hillstrom's e-mail test (2008): 64,000 customers, what they spent in two weeks. Size, total and
#: sum of squares of those who got the men's e-mail, and of those who got none.
MENS = Arm(21307, 30311.69, 6_759_024.4973)
NONE = Arm(21306, 13908.33, 2_870_050.3621)


def test_hillstroms_difference_is_the_published_one():
    """Table of effects in several public analyses, tea-tasting 1.14 among them."""
    found = welch(MENS, NONE)
    assert found.value == pytest.approx(0.769827, abs=1e-6)
    assert (found.low, found.high) == pytest.approx((0.485140, 1.054514), abs=2e-6)
    assert found.degrees == pytest.approx(36671.16, abs=0.5)


def test_the_split_of_a_real_broken_experiment():
    """Kohavi, Tang and Xu (2020), chapter 21: 821,588 against 815,482 is p = 1.8e-6."""
    assert split_p(821_588, 815_482, 0.5) == pytest.approx(1.8e-6, abs=5e-8)
    assert split_p(500, 500, 0.5) == 1.0
    assert split_p(700, 300, 0.7) == 1.0
    assert split_p(700, 300, 0.5) < 1e-30


@pytest.mark.parametrize("planned", [0.3, 0.5, 0.7, 0.95])
def test_a_split_is_what_the_chi_square_test_says(planned):
    for treated, held in ((100, 120), (55, 45), (950, 30)):
        n = treated + held
        right = stats.chisquare([treated, held], [n * planned, n * (1 - planned)]).pvalue
        assert split_p(treated, held, planned) == pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize("planned", [0, 1, -0.1, 50])
def test_a_plan_is_a_share(planned):
    with pytest.raises(ValueError, match="between 0 and 1"):
        split_p(10, 10, planned)


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
    wider = max(found, common, key=lambda one: one.high - one.low)
    assert difference(arm(treated), arm(held), level=0.9) == wider
    halves = arm(treated[:311]) + arm(treated[311:])
    assert welch(halves, arm(held), level=0.9).low == pytest.approx(found.low)


def test_many_people_are_as_many_times_one():
    one = welch(MENS, NONE)
    all_of_them = one.times(MENS.n)
    assert all_of_them.value == pytest.approx(MENS.total - NONE.total * MENS.n / NONE.n)
    assert all_of_them.low == one.low * MENS.n


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
    assert welch(one, other) is None
    assert difference(one, other) is None


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
            arms.append(Arm(size, spent.sum(), (spent**2).sum()))
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


# --- shares ----------------------------------------------------------------------------------
