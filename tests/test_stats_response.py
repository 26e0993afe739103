"""The response curve: planted curves are found, by both ends; what carries no curve is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from ops_widgets.stats.response import Response, response

BEST = 1200.0


def planted(rng, n, power, between=0.3, error=0.1, best=BEST, spread=1.0):
    """Campaigns of skewed costs whose curve pays best at ``best``, with unequal errors.

    They differ from it by a share ``between`` of it; errors grow with the people reached.
    """
    cost = 1000 * np.exp(spread * rng.normal(size=n))
    a = best ** (1 - power) / power
    errors = error * a * 1000**power * np.sqrt(cost / 1000) * rng.lognormal(0, 0.5, n)
    curve = a * cost**power
    value = curve * (1 + between * rng.normal(size=n)) + errors * rng.normal(size=n)
    return cost, value, errors


# --- against a model written from the documentation ------------------------------------------


@pytest.mark.parametrize(("seed", "power"), [(1, 0.3), (2, 0.5), (3, 0.6), (4, 0.4)])
def test_the_curve_and_its_ends_are_those_of_a_general_optimizer(seed, power):
    """Of campaigns that differ by less than their errors say, so that weights are the errors'."""
    rng = np.random.default_rng(seed)
    cost, value, error = planted(rng, 14, power, between=0, error=0.1)
    value = power**-1 * BEST ** (1 - power) * cost**power + 0.7 * (
        value - power**-1 * BEST ** (1 - power) * cost**power
    )
    found = response(cost, value, error)
    (a, b), _ = optimize.curve_fit(
        lambda x, a, b: a * x**b, cost, value, p0=(30, 0.5), sigma=error, absolute_sigma=True
    )
    assert found.power == pytest.approx(b, abs=0.003)
    assert found.best == pytest.approx((a * b) ** (1 / (1 - b)), rel=0.02)

    def away(a, b):
        return (((value - a * cost**b) / error) ** 2).sum()

    assert away(a, b) < 12
    room = away(a, b) + stats.t.ppf(0.975, 12) ** 2

    def least(f, low, high):
        return optimize.minimize_scalar(f, (low, high), (low, high), method="bounded").fun

    def of_power(b):
        found = optimize.least_squares(
            lambda a: (value - a[0] * (cost / 1000) ** b) / error, [value.mean()]
        )
        return 2 * found.cost

    def of_best(best):
        return least(lambda b: away(best ** (1 - b) / b, b), 0.02, 0.98)

    ends = (found.power_low, found.power_high)
    for end, far in zip(ends, (0.001, 0.999), strict=True):
        true = optimize.brentq(lambda b: of_power(b) - room, far, b)
        assert end == pytest.approx(true, abs=0.006)
    best = (a * b) ** (1 / (1 - b))
    for end, far in ((found.best_low, best / 30), (found.best_high, best * 30)):
        true = np.exp(
            optimize.brentq(lambda x: of_best(np.exp(x)) - room, np.log(far), np.log(best))
        )
        assert end == pytest.approx(true, rel=0.05)


def test_at_the_best_budget_the_next_unit_of_money_just_pays_for_itself():
    cost = np.geomspace(100, 10_000, 12)
    value = 40 * cost**0.45
    found = response(cost, value, 0.05 * value)
    assert found.why == ""
    assert found.power == pytest.approx(0.45)
    assert 40 * (found.best + 0.5) ** 0.45 - 40 * (found.best - 0.5) ** 0.45 == pytest.approx(
        1, rel=1e-3
    )
    assert found.best_low < found.best < found.best_high


def test_currency_changes_nothing():
    rng = np.random.default_rng(5)
    cost, value, error = planted(rng, 20, 0.5)
    one, cents = response(cost, value, error), response(100 * cost, 100 * value, 100 * error)
    assert cents.power == one.power
    assert cents.best_high == pytest.approx(100 * one.best_high)


# --- planted curves, in simulation -----------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "power", "between", "error"),
    [(12, 0.4, 0.15, 0.05), (20, 0.5, 0.3, 0.1), (30, 0.6, 0.0, 0.15)],
    ids=["few", "they differ", "only errors"],
)
def test_each_end_misses_a_planted_curve_no_more_often_than_it_may(n, power, between, error):
    """2.5 in 100 each are meant: of 250 shops at most 14 (its 99% bound and something for skew)."""
    rng = np.random.default_rng(11)
    misses, refused = np.zeros(4), 0
    for _ in range(250):
        found = response(*planted(rng, n, power, between, error))
        refused += bool(found.why)
        misses += [
            found.power_high < power, found.power_low > power,
            found.best_high < BEST, found.best_low > BEST,
        ]  # fmt: skip
    assert refused < 25
    assert (misses <= 14).all(), misses


@pytest.mark.parametrize(
    ("power", "why"),
    [(0.0, "that more money brings more"), (1.0, "that it brings less and less")],
    ids=["flat", "linear"],
)
def test_what_is_flat_or_linear_has_no_curve(power, why):
    """Each shows one of a hundred times by chance what is not there: 2.5% at one end."""
    rng = np.random.default_rng(12)
    told = 0
    for _ in range(200):
        cost = 1000 * np.exp(rng.normal(size=16))
        curve = 2 * 1000 ** (1 - power) * cost**power
        error = 0.2 * curve * rng.lognormal(0, 0.5, 16)
        found = response(cost, curve + error * rng.normal(size=16), error)
        told += not found.why
        assert not found.why or why in found.why or "nothing shows" in found.why
    assert told <= 12


def test_what_chance_alone_brings_has_no_curve():
    rng = np.random.default_rng(13)
    told = 0
    for _ in range(200):
        cost, _, error = planted(rng, 12, 0.5)
        told += not response(cost, error * rng.normal(size=12), error).why
    assert told <= 4


# --- what the data do not carry --------------------------------------------------------------


def curve(n=12, span=50.0):
    cost = np.geomspace(1000, 1000 * span, n)
    value = 90 * cost**0.5
    return cost, value, 0.03 * value


def test_a_good_curve_of_seven_campaigns_is_none():
    cost, value, error = curve(7)
    assert response(cost, value, error).why == "7 of the 8 measured campaigns that it takes"
    assert response(*curve(8)).why == ""
    unknown = np.append(error, [np.nan, 0.0])
    found = response(np.append(cost, [9e4, 9e4]), np.append(value, [1.0, 1.0]), unknown)
    assert found.why.startswith("7 of the 8"), "what has no error does not count"
    assert response([], [], []).why.startswith("0 of the 8")


def test_costs_that_hardly_differ_carry_no_curve():
    for span in (1.0, 2.9):
        assert response(*curve(12, span)).why == "costs differ by less than a factor of 3"
    cost, value, error = curve(12, 2.0)
    cost[-1] = 1e6
    assert response(cost, value, error).why == "costs differ by less than a factor of 3"


def test_campaigns_that_lost_sales_bring_nothing():
    cost, value, error = curve()
    assert response(cost, -value, error).why == "nothing shows that they bring anything"
    assert response(cost, 0 * value, error).why == "nothing shows that they bring anything"


def test_one_below_zero_is_a_measurement_like_any_other():
    cost, value, error = curve(20)
    value[2], error[2] = -value[2], 3 * value[2]
    found = response(cost, value, error)
    assert found.why == ""
    assert found.power_low <= 0.5 <= found.power_high


def test_nothing_is_said_beyond_what_was_spent():
    cost, value, error = curve()  # pays best at 45^2 = 2,025
    found = response(cost, 10 * value, error)
    assert found.best > found.most == found.within(found.best) == cost[-1]
    assert response(cost, value / 4, error / 4).within(10.0) == cost[0]
    assert isinstance(found, Response)
