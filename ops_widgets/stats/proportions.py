"""Shares of counts, and how far chance alone may have moved them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

Interval = tuple[float, float]


def quantile(level: float) -> float:
    """How many standard errors an interval reaches to each side.

    >>> round(quantile(0.95), 3)
    1.96
    """
    return NormalDist().inv_cdf((1 + level) / 2)


def among(level: float, comparisons: int) -> float:
    """The level of each of so many intervals that are right *together* with ``level`` (Bonferroni).

    >>> among(0.95, 5)
    0.99
    """
    return 1 - (1 - level) / max(1, comparisons)


def wilson(part: float, whole: float, level: float = 0.95) -> Interval:
    """Wilson's score interval of ``part / whole``; never outside of 0 to 1.

    Newcombe (1998), Two-sided confidence intervals for the single proportion, his case 81 of 263:

    >>> [round(end, 4) for end in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    if whole <= 0:
        return 0.0, 1.0
    rate, z = part / whole, quantile(level)
    middle = rate + z * z / (2 * whole)
    reach = z * math.sqrt(rate * (1 - rate) / whole + z * z / (4 * whole * whole))
    below = 1 + z * z / whole
    return max(0.0, (middle - reach) / below), min(1.0, (middle + reach) / below)


def difference(a: float, of_a: float, b: float, of_b: float, level: float = 0.95) -> Interval:
    """Newcombe's interval of ``a / of_a - b / of_b`` (hybrid score, without correction).

    Newcombe (1998), Interval estimation for the difference between independent proportions,
    method 10, his first case, 56 of 70 against 48 of 80:

    >>> [round(end, 4) for end in difference(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    if of_a <= 0 or of_b <= 0:
        return -1.0, 1.0
    rate_a, rate_b = a / of_a, b / of_b
    low_a, high_a = wilson(a, of_a, level)
    low_b, high_b = wilson(b, of_b, level)
    return (
        rate_a - rate_b - math.hypot(rate_a - low_a, high_b - rate_b),
        rate_a - rate_b + math.hypot(high_a - rate_a, rate_b - low_b),
    )


def dispersion(parts: Sequence[float], wholes: Sequence[float]) -> float:
    """How much more the rates ``parts / wholes`` of groups differ than chance makes them (>= 1).

    Pearson's chi-square around the common rate by its degrees of freedom. Parts and wholes that
    are divided by it give intervals as wide as such groups need (quasi-binomial).

    >>> dispersion([10, 10, 10], [100, 100, 100]), round(dispersion([5, 30], [100, 100]), 1)
    (1.0, 21.6)
    """
    groups = [(part, whole) for part, whole in zip(parts, wholes, strict=True) if whole > 0]
    total = sum(whole for _, whole in groups)
    rate = sum(part for part, _ in groups) / total if total else 0.0
    if len(groups) < 2 or not 0 < rate < 1:
        return 1.0
    square = sum((part - whole * rate) ** 2 / (whole * rate * (1 - rate)) for part, whole in groups)
    return max(1.0, square / (len(groups) - 1))
