"""Adjusted effects, lifts and effects of the reached: from sums, what raw rows say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tea_tasting
from scipy import stats

from ops_widgets.stats.adjusted import Sums, adjusted
from ops_widgets.stats.experiment import Arm, difference, pooled, welch
from ops_widgets.stats.lift import fieller, of_the_reached, relative
from ops_widgets.stats.many import false_discovery


def sums(*rows):
    """The sums of one arm, one campaign a matrix of customers x variables."""
    return Sums(
        np.array([len(one) for one in rows], dtype=float),
        np.array([one.sum(axis=0) for one in rows]),
        np.array([one.T @ one for one in rows]),
    )


def customers(rng, n, effect, weight=3.0):
    """Skewed spend that hangs on two skewed covariates, the second in other units."""
    before = rng.lognormal(1, 1, n) * (rng.random(n) < 0.6)
    visits = rng.poisson(2, n) * 1e5
    spend = weight * before + visits / 1e5 + rng.lognormal(1, 1.2, n) * (rng.random(n) < 0.4)
    return np.column_stack([spend + effect, before, visits])


@pytest.mark.parametrize("seed", range(4))
def test_the_adjusted_difference_is_that_of_raw_rows(seed):
    """Y - theta (X - mean X), theta of a regression over all rows, the wider of two t tests."""
    rng = np.random.default_rng(seed)
    arms = [[customers(rng, n, effect) for n in (400, 90)] for effect in (1.0, 0.0)]
    found = adjusted(sums(*arms[0]), sums(*arms[1]), 0, [1, 2])
    told = difference(found.treatment, found.control)
    for i, (treated, held) in enumerate(zip(*arms, strict=True)):
        rows = np.vstack([treated, held])
        theta = sm.OLS(rows[:, 0], sm.add_constant(rows[:, 1:])).fit().params[1:]
        middle = rows[:, 1:].mean(axis=0)
        after = [one[:, 0] - (one[:, 1:] - middle) @ theta for one in (treated, held)]
        ends = [stats.ttest_ind(*after, equal_var=equal).confidence_interval() for equal in (0, 1)]
        wider = max(ends, key=lambda one: one.high - one.low)
        assert told.value[i] == pytest.approx(after[0].mean() - after[1].mean(), rel=1e-9)
        assert (told.low[i], told.high[i]) == pytest.approx((wider.low, wider.high), rel=1e-9)


def test_one_covariate_is_what_tea_tasting_does():
    rng = np.random.default_rng(8)
    treated, held = customers(rng, 300, 2.0), customers(rng, 700, 0.0)
    rows = np.vstack([treated, held])
    arm = np.r_[np.ones(len(treated), dtype=int), np.zeros(len(held), dtype=int)]
    table = pd.DataFrame({"variant": arm, "spend": rows[:, 0], "before": rows[:, 1]})
    right = tea_tasting.Experiment(m=tea_tasting.Mean("spend", "before")).analyze(table)["m"]
    found = adjusted(sums(treated), sums(held), 0, [1])
    told = welch(found.treatment, found.control)
    assert told.value[0] == pytest.approx(right.effect_size, rel=1e-9)
    assert told.low[0] == pytest.approx(right.effect_size_ci_lower, rel=1e-9)
    assert told.high[0] == pytest.approx(right.effect_size_ci_upper, rel=1e-9)
    assert told.p[0] == pytest.approx(right.pvalue, rel=1e-9)


def test_the_variance_is_what_the_covariate_does_not_tell():
    """Var(Y adjusted) = Var(Y) (1 - rho^2): Deng, Xu, Kohavi and Walker (2013)."""
    rng = np.random.default_rng(4)
    rows = customers(rng, 5000, 0.0)
    found = adjusted(sums(rows), sums(rows), 0, [1])
    rho = np.corrcoef(rows[:, 0], rows[:, 1])[0, 1]
    assert found.treatment.variance[0] / rows[:, 0].var(ddof=1) == pytest.approx(
        1 - rho**2, rel=1e-9
    )
    assert found.explained[0] == pytest.approx(rho**2, rel=1e-9)


def test_covariates_that_say_nothing_change_nothing():
    """One that is the same for all, one twice, one that is not known of everybody."""
    rng = np.random.default_rng(2)
    arms = [customers(rng, n, 0.0) for n in (200, 150)]
    more = [np.column_stack([one, np.full(len(one), 7.0), 5 * one[:, 1]]) for one in arms]
    plain = adjusted(*(sums(one) for one in arms), 0, [1])
    found = adjusted(*(sums(one) for one in more), 0, [1, 3, 4])
    unknown = [sums(one) for one in more]
    for one in unknown:
        one.sums[:, 2] = np.nan
        one.products[:, 2, :] = one.products[:, :, 2] = np.nan
    for other in (found, adjusted(*unknown, 0, [1, 2])):
        for side in ("treatment", "control"):
            left, right = (getattr(one, side) for one in (plain, other))
            assert right.mean == pytest.approx(left.mean, rel=1e-9)
            assert right.variance == pytest.approx(left.variance, rel=1e-9)


def test_adjusting_is_right_as_often_as_it_says_and_narrower():
    """Both tails of 2,000 tests on skewed spend, a tenth held back."""
    rng = np.random.default_rng(6)
    pool = customers(rng, 20_000, 0.0)
    rows = [[pool[rng.integers(0, len(pool), n)] for _ in range(2000)] for n in (2700, 300)]
    found = adjusted(sums(*rows[0]), sums(*rows[1]), 0, [1, 2])
    told = difference(found.treatment, found.control)
    assert (told.low > 0).mean() < 0.0325
    assert (told.high < 0).mean() < 0.0325
    plain = difference(*(Arm.of(len(r[0]), *_both(r)) for r in rows))
    assert np.mean(told.high - told.low) < 0.75 * np.mean(plain.high - plain.low)


def _both(rows):
    spent = np.array([one[:, 0] for one in rows])
    return spent.sum(axis=1), (spent**2).sum(axis=1)


# --- ratios ----------------------------------------------------------------------------------


def test_fiellers_ends_are_the_ratios_that_a_test_does_not_reject():
    y, x, variances, covariance = 5.0, 4.0, (1.2, 0.4), 0.3
    low, high = (float(end) for end in fieller(*map(np.array, (y, x)), variances, covariance, 1.96))
    for ratio in (low, high):
        error = variances[0] - 2 * ratio * covariance + ratio**2 * variances[1]
        assert abs(y - ratio * x) / np.sqrt(error) == pytest.approx(1.96)
    assert low < y / x < high
    assert np.isnan(fieller(np.array(y), np.array(0.5), variances, covariance, 1.96)).all()


def test_a_lift_is_wrong_on_neither_side_too_often():
    """Of a lift by a half on skewed spend; the interval leans as the ratio does."""
    rng = np.random.default_rng(5)
    n, draws = (1500, 400), 3000
    rows = [rng.lognormal(0, 1, (draws, size)) * (rng.random((draws, size)) < 0.5) for size in n]
    rows[0] *= 1.5
    arms = [Arm.of(one.shape[1], one.sum(axis=1), (one**2).sum(axis=1)) for one in rows]
    low, high = relative(*arms, difference(*arms).degrees)
    assert (low > 0.5).mean() < 0.04
    assert (high < 0.5).mean() < 0.04
    assert (low > 0).mean() > 0.9


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_the_effect_on_the_reached_is_the_instrumental_estimate(share):
    """Two-stage least squares on raw rows, and its interval holds the truth both ways."""
    rng = np.random.default_rng(int(share * 10))
    misses = []
    for _ in range(800):
        n = 600
        reached = rng.random(n) < share
        eager = rng.exponential(1, n) * (1 + reached)  # who is reached buys more anyway
        treated = np.column_stack([eager + 2.0 * reached, reached])
        who = rng.random(n) < share
        held = np.column_stack([rng.exponential(1, n) * (1 + who), np.zeros(n)])
        found = adjusted(sums(treated), sums(held), 0, [], 1)
        seen = adjusted(sums(treated), sums(held), 1, [])
        told = pooled(found.treatment, found.control)
        covariance = sum(one / n for one in found.covariances)
        effect, low, high = of_the_reached(told, seen.treatment, seen.control, covariance)
        misses.append((low[0] > 2.0, high[0] < 2.0))
    y, d = np.r_[treated[:, 0], held[:, 0]], np.r_[treated[:, 1], held[:, 1]]
    z = np.r_[np.ones(n), np.zeros(n)]
    right = np.cov(y, z)[0, 1] / np.cov(d, z)[0, 1]
    assert effect[0] == pytest.approx(right, rel=1e-9)
    below, above = np.mean(misses, axis=0)
    assert below < 0.045
    assert above < 0.045


# --- many at once ----------------------------------------------------------------------------


def test_benjamini_and_hochbergs_own_example():
    """Fifteen p-values of a myocardial infarction trial: four are found, one by one three."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240]
    p += [0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (false_discovery(p) <= 0.05).sum() == 4
    assert (np.array(p) <= 0.05 / 15).sum() == 3


@pytest.mark.parametrize("n", [1, 2, 50])
def test_a_q_is_what_scipy_gives(n):
    p = np.random.default_rng(n).beta(0.5, 2, n)
    p = np.round(p, 2)  # ties
    assert false_discovery(p) == pytest.approx(stats.false_discovery_control(p), rel=1e-12)
    with_gap = np.r_[p, np.nan]
    assert np.isnan(false_discovery(with_gap)[-1])
    assert false_discovery(with_gap)[:-1] == pytest.approx(false_discovery(p))
    assert false_discovery([]).shape == (0,)
