"""Effects without a control group are those of textbooks, and placebos say what chance makes."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import minimize, nnls

from ops_widgets.stats.panel_effect import difference_in_differences, trend
from ops_widgets.stats.placebo import Chance, Span, at_an_extreme, compared, placebos, rank_p
from ops_widgets.stats.simplex import simplex_weights


def walks(seed, units=9, periods=7, treated=3):
    """Skewed, autocorrelated outcomes of few units, and which of them are treated."""
    rng = np.random.default_rng(seed)
    outcomes = rng.lognormal(0, 1, (units, 1)) * np.exp(
        rng.standard_t(3, (units, periods)).cumsum(axis=1) / 4
    )
    return outcomes, np.arange(units) < treated


def regression(outcomes, treated, first):
    """Dummies of units and periods, the treatment, and the outcomes, a row a unit and period."""
    unit, period = (one.ravel() for one in np.indices(outcomes.shape))
    columns = [unit == u for u in range(len(outcomes))]
    columns += [period == p for p in range(1, outcomes.shape[1])]
    columns += [treated[unit] & (period >= first)]
    return np.array(columns, dtype=float).T, outcomes.ravel(), unit


# --- difference in differences ----------------------------------------------------------------


@pytest.mark.parametrize(("seed", "treated", "first"), [(1, 3, 4), (2, 2, 1), (3, 7, 6)])
def test_it_is_the_regression_with_both_dummies_and_errors_by_unit(seed, treated, first):
    outcomes, is_treated = walks(seed, treated=treated)
    x, y, unit = regression(outcomes, is_treated, first)
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    scores = x * (y - x @ beta)[:, None]
    sums = np.array([scores[unit == u].sum(axis=0) for u in range(len(outcomes))])
    n, k, groups = *x.shape, len(outcomes)
    small = groups / (groups - 1) * (n - 1) / (n - k)
    error = np.sqrt(small * (inverse @ sums.T @ sums @ inverse)[-1, -1])
    found = difference_in_differences(outcomes, is_treated, first)
    assert (found.value, found.error) == pytest.approx((beta[-1], error), rel=1e-9)
    half = stats.t.ppf(0.975, groups - 1) * error
    assert (found.low, found.high) == pytest.approx((beta[-1] - half, beta[-1] + half), rel=1e-9)


def test_statsmodels_says_the_same():
    api = pytest.importorskip("statsmodels.api")
    outcomes, treated = walks(4)
    x, y, unit = regression(outcomes, treated, 4)
    right = api.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": unit})
    found = difference_in_differences(outcomes, treated, 4)
    assert (found.value, found.error) == pytest.approx((right.params[-1], right.bse[-1]), rel=1e-9)


def test_diff_diff_says_the_same_but_for_the_dummies_in_its_correction():
    diff_diff = pytest.importorskip("diff_diff")
    outcomes, treated = walks(5)
    unit, period = (one.ravel() for one in np.indices(outcomes.shape))
    rows = pd.DataFrame({"y": outcomes.ravel(), "unit": unit})
    rows = rows.assign(treated=treated[unit].astype(int), post=(period >= 4).astype(int))
    right = diff_diff.DifferenceInDifferences(cluster="unit").fit(
        rows, outcome="y", treatment="treated", post="post"
    )
    found = difference_in_differences(outcomes, treated, 4)
    n, ours = outcomes.size, sum(outcomes.shape)
    wider = np.sqrt((n - 4) / (n - ours))
    assert (found.value, found.error) == pytest.approx((right.att, right.se * wider), rel=1e-9)


def test_it_is_the_change_of_one_mean_less_that_of_the_other():
    outcomes, treated = walks(6, treated=1)
    before, after = outcomes[:, :4].mean(axis=1), outcomes[:, 4:].mean(axis=1)
    change = after - before
    found = difference_in_differences(outcomes, treated, 4)
    assert found.value == pytest.approx(change[0] - change[1:].mean(), rel=1e-12)


@pytest.mark.parametrize("treated", [1, 8])
def test_a_single_unit_on_a_side_has_no_error(treated):
    outcomes, is_treated = walks(7, treated=treated)
    found = difference_in_differences(outcomes, is_treated, 4)
    assert np.isfinite(found.value)
    assert np.isnan([found.error, found.low, found.high]).all()


@pytest.mark.parametrize(("treated", "first"), [(0, 4), (9, 4), (3, 0), (3, 7)])
def test_it_takes_two_sides_and_two_times(treated, first):
    outcomes, is_treated = walks(8, treated=treated)
    with pytest.raises(ValueError, match="both kinds"):
        difference_in_differences(outcomes, is_treated, first)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_trend_is_that_of_a_regression(seed):
    values = np.random.default_rng(seed).standard_t(3, 8)
    right = stats.linregress(np.arange(8), values)
    assert trend(values) == pytest.approx((right.slope, right.pvalue), rel=1e-9)


def test_values_on_a_line_are_a_trend_and_equal_ones_are_none():
    assert trend(np.array([1.0, 3.0, 5.0, 7.0])) == (2.0, 0.0)
    assert trend(np.full(5, 0.1)) == pytest.approx((0.0, 1.0))
    assert trend(np.zeros(4)) == (0.0, 1.0)


# --- mixtures ----------------------------------------------------------------------------------


def donors(seed):
    """A target inside or outside of its donors' hull; more of them than periods, some twice."""
    rng = np.random.default_rng(seed)
    many, periods = int(rng.integers(2, 40)), int(rng.integers(2, 30))
    parts = rng.normal(size=(many, periods)) * rng.lognormal(0, 2)
    if seed % 3 == 0:
        parts[many // 2] = parts[0]
    mixed = rng.dirichlet(np.ones(many)) @ parts
    return (mixed + 0.3 * rng.normal(size=periods) if seed % 2 else mixed), parts


@pytest.mark.parametrize("seed", range(40))
def test_no_other_mixture_comes_nearer(seed):
    target, parts = donors(seed)
    weights = simplex_weights(target, parts)
    assert weights.min() >= 0 and weights.sum() == pytest.approx(1, abs=1e-12)

    def missed(one):
        return ((one @ parts - target) ** 2).sum()

    # The gradient is least where there is weight: the condition of Karush, Kuhn and Tucker.
    slope = parts @ (weights @ parts - target)
    assert (slope - weights @ slope).min() >= -1e-9 * max(1, (parts**2).max())
    even = np.full(len(parts), 1 / len(parts))
    found = minimize(
        missed,
        even,
        jac=lambda one: 2 * parts @ (one @ parts - target),
        bounds=[(0, 1)] * len(parts),
        constraints={"type": "eq", "fun": lambda one: one.sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert missed(weights) <= missed(found.x) + 1e-9 * max(1, (parts**2).max())
    # A heavy row that asks for the sum of one makes it the problem of Lawson and Hanson.
    heavy = 1e4 * np.abs(parts).max()
    by_rows, _ = nnls(
        np.vstack([parts.T, np.full(len(parts), heavy)]), np.append(target, heavy), maxiter=10_000
    )
    assert missed(weights) <= missed(by_rows / by_rows.sum()) + 1e-7 * max(1, (parts**2).max())


def test_one_donor_has_all_the_weight_and_the_same_donor_too():
    assert simplex_weights(np.array([1.0, 2.0]), np.array([[5.0, 5.0]])).tolist() == [1.0]
    parts = np.array([[3.0, 1.0], [2.0, 4.0], [9.0, 0.0]])
    assert simplex_weights(parts[1], parts).tolist() == [0.0, 1.0, 0.0]


# --- placebos ----------------------------------------------------------------------------------


def shop(seed=1, units=6, weeks=40):
    rng = np.random.default_rng(seed)
    return rng.lognormal(3, 1, (units, 1)) * rng.lognormal(0, 0.3, (units, weeks))


def test_a_unit_is_compared_with_the_sum_of_its_donors_each_relative_to_before():
    sold = shop()
    one = compared(sold, 2, range(6), Span(20, 8, 5))
    rest = np.delete(sold, 2, axis=0).sum(axis=0)
    before, after = slice(12, 20), slice(20, 25)
    grown, usual = (x[after].mean() / x[before].mean() for x in (sold[2], rest))
    assert one.effect == pytest.approx(np.log(grown / usual), rel=1e-12)
    gap = sold[2] / sold[2, before].mean() - rest / rest[before].mean()
    assert one.gap == pytest.approx(gap[12:25])
    assert one.noise == pytest.approx(np.sqrt((gap[before] ** 2).mean()))
    assert one.rmspe_ratio == pytest.approx(np.sqrt((gap[after] ** 2).mean()) / one.noise)


def test_a_multiple_of_all_sales_is_the_effect_whatever_the_size():
    sold = shop()
    sold[2] *= 1_000
    raised = sold.copy()
    raised[2, 20:25] *= 3
    span = Span(20, 8, 5)
    changed = compared(raised, 2, range(6), span).effect - compared(sold, 2, range(6), span).effect
    assert changed == pytest.approx(np.log(3), rel=1e-12)


def test_weights_are_fitted_to_the_weeks_before_alone():
    sold = shop(2)
    sold[0] = 0.25 * sold[1] / sold[1, 12:20].mean() + 0.75 * sold[4] / sold[4, 12:20].mean()
    sold[0, 20:] *= 2
    one = compared(sold, 0, range(6), Span(20, 8, 5), fitted=True)
    assert one is None  # it follows them exactly: nothing says how far chance would lead
    sold[0, 15] *= 1.01
    one = compared(sold, 0, range(6), Span(20, 8, 5), fitted=True)
    assert one.weights == pytest.approx([0.25, 0, 0, 0.75, 0], abs=0.02)
    assert np.exp(one.effect) == pytest.approx(2, rel=0.01)


@pytest.mark.parametrize("unit", [0, 1])
def test_where_nothing_was_sold_before_nothing_is_compared(unit):
    sold = shop()
    sold[0, 12:20] = 0
    one = compared(sold, unit, range(6), Span(20, 8, 5))
    assert one is None if unit == 0 else 0 not in one.donors


def test_who_sold_nothing_after_lost_all_of_it():
    sold = shop()
    sold[0, 20:25] = 0
    assert compared(sold, 0, range(6), Span(20, 8, 5)).effect == -np.inf
    sold[1:, 20:25] = 0
    assert compared(sold, 0, range(6), Span(20, 8, 5)) is None


def test_placebos_are_all_donors_now_and_all_units_before_but_who_was_busy():
    sold, busy = shop(weeks=33), np.zeros((6, 33), dtype=bool)
    one = compared(sold, 2, range(6), Span(28, 8, 5))
    found = [(p.span.first, p.unit) for p in placebos(sold, busy, one)]
    at = {first: {unit for f, unit in found if f == first} for first, _ in found}
    assert sorted(at) == [8, 13, 18, 23, 28]
    assert at[28] == {0, 1, 3, 4, 5}
    assert all(at[first] == set(range(6)) for first in (8, 13, 18, 23))
    assert all(2 not in p.donors for p in placebos(sold, busy, one))
    busy[3, 9] = True  # in the spans of weeks 0 to 12, 5 to 17 and none else
    busy[2, 30] = True  # what the treated unit has now is the treatment
    found = placebos(sold, busy, one)
    assert [p.span.first for p in found if p.unit == 3] == [28, 23, 18]
    assert all(3 not in p.donors for p in found if p.span.first < 18)


def test_an_interval_is_every_effect_that_placebos_do_not_contradict():
    sold = shop(3, units=12, weeks=60)
    one = compared(sold, 5, range(12), Span(50, 8, 6))
    scores = np.sort([p.score for p in placebos(sold, np.zeros(sold.shape, bool), one)])
    chance = Chance(scores)
    low, high = chance.interval(one, 0.95)
    inside = np.linspace(low, high, 50)[1:-1]
    for effect in inside:
        assert chance.p((one.effect - effect) / one.noise) > 0.05
    for effect in (low - 1e-6, high + 1e-6):
        assert chance.p((one.effect - effect) / one.noise) <= 0.05 + 1e-12


@pytest.mark.parametrize(("many", "place"), [(38, None), (39, 1), (78, 1), (79, 2)])
def test_fewer_than_39_placebos_make_no_interval(many, place):
    scores = np.arange(many, dtype=float)
    ends = Chance(scores).ends(0.95)
    assert ends == (None if place is None else (scores[place - 1], scores[-place]))


def test_a_rank_is_never_rarer_than_one_of_all():
    assert rank_p(9.0, [1.0, 2.0, 3.0]) == 0.25
    assert rank_p(2.0, [1.0, 2.0, 3.0]) == 0.75
    assert Chance(np.arange(39.0)).p(100.0) == pytest.approx(0.05)
    assert Chance(np.arange(39.0)).p(19.0) == 1.0


@pytest.mark.parametrize(("factor", "extreme"), [(0.2, True), (1.0, False), (5.0, True)])
def test_who_rose_or_fell_most_before_is_at_an_extreme(factor, extreme):
    sold = shop(4, units=8)
    one = compared(sold, 1, range(8), Span(30, 8, 5))
    assert not at_an_extreme(sold, one, 16)
    sold[1, 22:30] *= factor
    assert at_an_extreme(sold, compared(sold, 1, range(8), Span(30, 8, 5)), 16) == extreme
