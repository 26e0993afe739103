"""Shares of counts: how far chance alone may have moved them, and how far two of them differ."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Interval = tuple[float, float]
Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]


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


def wilson(successes: ArrayLike, n: ArrayLike, level: float = 0.95) -> Bounds:
    """Lower and upper bound of a share ``successes / n``: Wilson's score interval.

    Both bounds lie in 0..1, also where nobody or everybody succeeded, and each is missed in about
    ``(1 - level) / 2`` of all samples. Arrays give arrays of the same shape. Of ``n`` = 0, or
    where one of the two is NaN, the bounds are NaN. Raises ``ValueError`` for more successes
    than ``n``, for negative counts, and for a level that is not between 0 and 1.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22; the example is Newcombe's (1998), table I:

    >>> [round(float(bound), 4) for bound in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    x, n = np.asarray(successes, dtype="float64"), np.asarray(n, dtype="float64")
    if (x < 0).any() or (x > n).any():
        raise ValueError("successes must be counts from 0 to n")
    z = quantile(level)
    n = np.where(n > 0, n, np.nan)
    share = x / n
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    below, above = ((middle + side * half) / (1 + z**2 / n) for side in (-1, 1))
    # At the very ends the bound is exactly 0 or 1; arithmetic leaves it an ulp beside that.
    return np.where(x == 0, 0 * n, below), np.where(x == n, 0 * n + 1, above)


def difference(a: float, of_a: float, b: float, of_b: float, level: float = 0.95) -> Interval:
    """:func:`differences` of one pair; everything is possible where a whole is empty.

    Newcombe's first case, 56 of 70 against 48 of 80:

    >>> [round(end, 4) for end in difference(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    if of_a <= 0 or of_b <= 0:
        return -1.0, 1.0
    low, high = differences(a, of_a, b, of_b, level)
    return float(low), float(high)


def differences(
    a: ArrayLike, of_a: ArrayLike, b: ArrayLike, of_b: ArrayLike, level: float = 0.95
) -> Bounds:
    """Newcombe's interval of ``a / of_a - b / of_b`` (hybrid score, without correction), of arrays.

    NaN where a whole is empty. Newcombe (1998), Interval estimation for the difference between
    independent proportions, method 10.
    """
    (low_a, high_a), (low_b, high_b) = wilson(a, of_a, level), wilson(b, of_b, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate_a, rate_b = np.divide(a, of_a), np.divide(b, of_b)
    return (
        rate_a - rate_b - np.hypot(rate_a - low_a, high_b - rate_b),
        rate_a - rate_b + np.hypot(high_a - rate_a, rate_b - low_b),
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
