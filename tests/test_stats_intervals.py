"""Intervals: published values, limit cases, and how often they miss the truth, tail by tail."""

import math

import numpy as np
import pytest
from scipy import stats

from ops_widgets.stats.proportion import among, difference, dispersion, quantile
from ops_widgets.stats.rates import Total, poisson, rate_ratio, together, total
from ops_widgets.stats.student import t_quantile, two_sided


def rounded(interval, digits=4):
    return tuple(round(end, digits) for end in interval)


# Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10.
@pytest.mark.parametrize(
    ("a", "of_a", "b", "of_b", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_differences_of_shares_as_published(a, of_a, b, of_b, low, high):
    assert rounded(difference(a, of_a, b, of_b)) == (low, high)
    turned = difference(b, of_b, a, of_a)
    assert turned == pytest.approx(
        (-difference(a, of_a, b, of_b)[1], -difference(a, of_a, b, of_b)[0])
    )


def test_nothing_tried_is_nothing_known():
    assert rate_ratio(0, 10, 0, 10) == (0.0, math.inf)
    assert difference(1, 2, 0, 0) == (-1.0, 1.0)
    assert dispersion([], []) == dispersion([3], [5]) == dispersion([0, 0], [5, 5]) == 1.0


# Two-sided 95% and 99% points of every printed table of t.
@pytest.mark.parametrize(
    ("freedom", "at_95", "at_99"),
    [(1, 12.706, 63.657), (2, 4.303, 9.925), (5, 2.571, 4.032), (10, 2.228, 3.169),
     (30, 2.042, 2.750), (120, 1.980, 2.617)],
)  # fmt: skip
def test_student_as_printed(freedom, at_95, at_99):
    assert round(t_quantile(0.95, freedom), 3) == at_95
    assert round(t_quantile(0.99, freedom), 3) == at_99


def test_student_has_closed_forms_and_a_limit():
    for t in (0.3, 1.0, 2.5, 40.0):
        assert two_sided(t, 1) == pytest.approx(1 - 2 * math.atan(t) / math.pi, abs=1e-12)
        assert two_sided(t, 2) == pytest.approx(1 - t / math.sqrt(2 + t * t), abs=1e-12)
    assert t_quantile(0.95, 1e7) == pytest.approx(quantile(0.95), abs=1e-6)
    assert t_quantile(0.95, 7.5) == pytest.approx(2.3326, abs=1e-3), "between 7 and 8 of a table"


def test_a_poisson_count_of_nothing_still_has_a_width():
    low, high = poisson(0)
    assert low == 0
    assert high == pytest.approx(quantile(0.95) ** 2)


def test_rates_turn_around_and_know_their_limits():
    low, high = rate_ratio(40, 100, 25, 200, 0.9)
    turned = rate_ratio(25, 200, 40, 100, 0.9)
    assert (1 / high, 1 / low) == pytest.approx(turned)
    assert rate_ratio(0, 1, 9, 1)[0] == pytest.approx(0, abs=1e-12)
    assert rate_ratio(9, 1, 0, 1)[1] == math.inf


def test_sums_of_days_as_student_would():
    """Student (1908), the extra hours of sleep of ten patients: t = 4.06 with 9 degrees."""
    hours = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    slept = total(hours)
    assert slept.value / slept.error == pytest.approx(4.0621, abs=1e-4)
    even = Total(slept.value, slept.error, slept.freedom)
    assert [end / 10 for end in even.interval()] == pytest.approx([0.7001, 2.4599], abs=1e-4)
    low, high = slept.interval()
    assert low > even.interval()[0]
    assert high > even.interval()[1], "one slept much longer: the truth may be higher"


def test_one_day_says_nothing_of_the_next():
    assert total([5.0]).interval() == (-math.inf, math.inf)
    assert (total([1.0, 2.0]) - total([1.0])).interval() == (-math.inf, math.inf)
    assert together([]).interval() == (-math.inf, math.inf)


def test_differences_have_the_degrees_of_welch():
    """Equal errors on equal degrees add them up; a sum without error adds none."""
    a, b = Total(3.0, 2.0, 10), Total(1.0, 2.0, 10)
    assert (a - b).freedom == pytest.approx(20)
    assert (a - b).error == pytest.approx(math.sqrt(8))
    assert (a - Total(1.0, 0.0, 3)).freedom == pytest.approx(10)
    assert (a * 2).error == 4.0


def misses(draw, truth, times=3_000):
    """How often an interval lies wholly above the truth, and wholly below it."""
    rng = np.random.default_rng(7)
    ends = [draw(rng) for _ in range(times)]
    return sum(low > truth for low, _ in ends) / times, sum(
        high < truth for _, high in ends
    ) / times


@pytest.mark.parametrize(("n", "rate"), [(30, 0.05), (30, 0.2), (200, 0.1)])
def test_equal_shares_are_seldom_called_different(n, rate):
    above, below = misses(
        lambda rng: difference(rng.binomial(n, rate), n, rng.binomial(4 * n, rate), 4 * n), 0.0
    )
    assert above <= 0.035
    assert below <= 0.035


@pytest.mark.parametrize(("new", "times"), [(30, 1), (30, 10), (60, 3)])
def test_equal_rates_are_seldom_called_different(new, times):
    above, below = misses(
        lambda rng: rate_ratio(rng.poisson(new), 1, rng.poisson(new * times), times), 1.0
    )
    assert above <= 0.04
    assert below <= 0.04


def skewed_days(rng, days, orders_a_day):
    """Money of each day: a few orders, each of a size of which few are very large."""
    return [float(rng.lognormal(0, 1, rng.poisson(orders_a_day)).sum()) for _ in range(days)]


@pytest.mark.parametrize(("days", "orders_a_day"), [(7, 5), (14, 3), (30, 1), (90, 2)])
def test_a_loss_is_seldom_claimed_of_a_campaign_that_breaks_even(days, orders_a_day):
    """Skewed sums of few days: 2.5% is the word for each tail. Student alone misses up to 9% on the
    side on which a loss would be claimed, since few large orders are missing from most samples.
    """
    truth = days * orders_a_day * math.exp(0.5)
    above, below = misses(lambda rng: total(skewed_days(rng, days, orders_a_day)).interval(), truth)
    assert above <= 0.03
    assert below <= 0.065


def test_without_skewness_it_is_students_interval():
    even = total([1.0, 2.0, 3.0, 4.0, 5.0])
    low, high = even.interval()
    assert high - even.value == pytest.approx(t_quantile(0.95, 4) * even.error)
    assert even.value - low == pytest.approx(high - even.value)
    right, left = total([0.0, 0.0, 1.0, 9.0]), total([0.0, 0.0, -1.0, -9.0])
    assert right.interval() == pytest.approx(tuple(-end for end in reversed(left.interval())))
    assert right.interval()[1] - right.value > right.value - right.interval()[0]
    assert (right - right).third == 0
    assert (right * 2).interval() == pytest.approx(tuple(2 * end for end in right.interval()))


def test_a_campaign_like_its_neighbours_is_seldom_called_better():
    """Two campaigns of the same days: what one left for its cost is not more than the other."""

    def lead(rng):
        one, other = skewed_days(rng, 14, 4), skewed_days(rng, 42, 4)
        return (total(one) - total(other) * (1 / 3)).interval()

    above, below = misses(lead, 0.0)
    assert above <= 0.04
    assert below <= 0.06


def test_the_best_of_twenty_alike_is_seldom_called_better():
    """Bonferroni: of twenty campaigns none stands out in 95 of 100 shops."""
    rng = np.random.default_rng(11)
    level, wrong = among(0.95, 20), 0
    for _ in range(300):
        sums = [total(rng.normal(10, 4, 14).tolist()) for _ in range(20)]
        best = max(sums, key=lambda one: one.value)
        rest = together([one for one in sums if one is not best])
        wrong += (best - rest * (1 / 19)).interval(level)[0] > 0
    assert wrong / 300 <= 0.08


def test_groups_that_differ_by_themselves_widen_the_interval():
    """Cohorts whose own rates vary: without the dispersion two samples of them "differ" often."""
    rng = np.random.default_rng(3)
    narrow = wide = 0
    for _ in range(600):
        rates = rng.beta(20, 80, 11)
        back = rng.binomial(200, rates)
        new, old = back[-3:], back[:-3]
        spread = dispersion(old.tolist(), [200] * 8)
        counts = (new.sum(), 600, old.sum(), 1_600)
        narrow += not difference(*counts)[0] <= 0 <= difference(*counts)[1]
        low, high = difference(*(n / spread for n in counts))
        wide += not low <= 0 <= high
    assert narrow / 600 > 0.12, "the cohorts do differ by more than chance"
    assert wide / 600 <= 0.10


@pytest.mark.parametrize("freedom", [1, 2.5, 7, 29.3, 58, 1000, 1e7])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_student_to_six_digits(freedom, level):
    right = stats.t.ppf((1 + level) / 2, freedom)
    assert t_quantile(level, freedom) == pytest.approx(right, rel=2e-6)
