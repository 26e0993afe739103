"""Shrinkage: against the formulas written out, other programs, and planted truths."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from ops_widgets.stats.shrink import between, shrunk, shrunk_rates


@pytest.mark.parametrize("seed", range(5))
def test_the_variance_between_effects_solves_its_equation(seed):
    """Cochran's Q is what tau^2 makes it on average: k - 1 + tau^2 (sum w - sum w^2 / sum w)."""
    rng = np.random.default_rng(seed)
    errors = rng.lognormal(0, 1, 12)
    effects = rng.normal(0, 2, 12) + rng.normal(0, errors)
    w = 1 / errors**2
    q = np.average((effects - np.average(effects, weights=w)) ** 2, weights=w) * w.sum()
    root = optimize.brentq(
        lambda tau2: q - 11 - tau2 * (w.sum() - (w**2).sum() / w.sum()), -100, 100
    )
    assert root > 0
    assert between(effects, errors) == pytest.approx(root, rel=1e-9)


def by_hand(effects, errors):
    """The definition, in plain Python."""
    weights = [1 / e**2 for e in errors]
    fixed = sum(w * y for w, y in zip(weights, effects, strict=True)) / sum(weights)
    q = sum(w * (y - fixed) ** 2 for w, y in zip(weights, effects, strict=True))
    k = len(effects)
    tau2 = max(0.0, (q - k + 1) / (sum(weights) - sum(w * w for w in weights) / sum(weights)))
    both = [1 / (tau2 + e**2) for e in errors]
    mean = sum(w * y for w, y in zip(both, effects, strict=True)) / sum(both)
    pull = [(k - 3) / (k - 1) * e**2 / (tau2 + e**2) for e in errors]
    return [mean + (1 - b) * (y - mean) for b, y in zip(pull, effects, strict=True)]


@pytest.mark.parametrize("seed", range(5))
def test_effects_are_drawn_by_their_own_error(seed):
    rng = np.random.default_rng(seed)
    errors = rng.lognormal(0, 1, 9)
    effects = rng.normal(1, rng.choice([0.1, 3]), 9) + rng.normal(0, errors)
    assert shrunk(effects, errors) == pytest.approx(by_hand(effects, errors), rel=1e-9)


def test_an_effect_without_an_error_draws_nobody_and_is_not_drawn():
    effects, errors = [1.0, 2.0, 4.0, 9.0, 99.0, np.nan], [1.0, 2.0, 1.0, 3.0, np.nan, 1.0]
    found = shrunk(effects, errors)
    assert found[:4] == pytest.approx(shrunk(effects[:4], errors[:4]))
    assert np.isnan(found[4:]).all()
    assert shrunk([1.0, 2.0, 9.0], [1.0, 1.0, 1.0]).tolist() == [1.0, 2.0, 9.0]
    assert shrunk([], []).tolist() == []


def test_the_winner_is_less_of_a_winner():
    """The largest of 30 measured effects is too large on average; drawn to the mean it is not."""
    rng = np.random.default_rng(4)
    raw, drawn, squares = [], [], []
    for _ in range(2_000):
        errors = rng.uniform(0.5, 3, 30)
        truth = rng.normal(1, 1, 30)
        seen = truth + rng.normal(0, errors)
        found = shrunk(seen, errors)
        raw.append(seen.max() - truth[seen.argmax()])
        drawn.append(found.max() - truth[found.argmax()])
        squares.append([((seen - truth) ** 2).mean(), ((found - truth) ** 2).mean()])
    assert np.mean(raw) > 3
    assert abs(np.mean(drawn)) < 0.25
    before, after = np.mean(squares, axis=0)
    assert after < before / 3


def kleinman(successes, trials):
    """Moments of the beta-binomial, in plain Python."""
    total, k = sum(trials), len(trials)
    p = sum(successes) / total
    s = sum(n * (x / n - p) ** 2 for x, n in zip(successes, trials, strict=True))
    rho = (s - p * (1 - p) * (k - 1)) / (
        p * (1 - p) * (total - sum(n * n for n in trials) / total - (k - 1))
    )
    m = 1 / rho - 1
    return [(x + m * p) / (n + m) for x, n in zip(successes, trials, strict=True)]


def test_rates_are_drawn_to_the_common_one():
    successes, trials = [1, 30, 50, 4], [10, 100, 100, 7]
    assert shrunk_rates(successes, trials) == pytest.approx(kleinman(successes, trials), rel=1e-9)


def test_its_strength_is_near_that_of_maximum_likelihood():
    """500 skewed groups of a beta with a + b = 40: both find it, and draw alike."""
    rng = np.random.default_rng(2)
    n = 1 + rng.poisson(rng.lognormal(4, 1, 500))
    x = rng.binomial(n, rng.beta(2, 38, 500))

    def loss(logs):
        return -stats.betabinom(n, *np.exp(logs)).logpmf(x).sum()

    a, b = np.exp(optimize.minimize(loss, np.log([1.0, 10.0]), method="Nelder-Mead").x)
    likely = (x + a) / (n + a + b)
    assert shrunk_rates(x, n) == pytest.approx(likely, abs=0.012)


def test_rates_that_differ_by_chance_alone_are_one():
    assert shrunk_rates([10, 11, 9], [100, 100, 100]).tolist() == [0.1, 0.1, 0.1]
    assert shrunk_rates([0, 0, 0], [5, 50, 500]).tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(shrunk_rates([1, 2], [10, 10])).all()
    assert np.isnan(shrunk_rates([1, 2, 3, np.nan], [10, 10, 0, 4])).all(), "two that are known"


def test_rates_of_all_or_nothing_stay_as_they_are():
    assert shrunk_rates([10, 0, 10, 0], [10, 10, 10, 10]).tolist() == [1.0, 0.0, 1.0, 0.0]
