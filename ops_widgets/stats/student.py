"""Student's t distribution, for intervals that rest on few values."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: The smallest number that a continued fraction divides by, and where it is exact enough.
TINY, EXACT = 1e-300, 1e-15
#: From so many degrees of freedom on, a series around the normal quantile is as exact.
MANY = 500
#: A continued fraction, and the search for a quantile, end after so many steps at the latest.
MOST_TERMS, MOST_STEPS = 1_000, 100
#: Each of Newton's steps doubles the digits: after one so small, all are right.
CLOSE = 1e-9

Values = NDArray[np.float64]


@lru_cache(maxsize=4096)
def t_quantile(level: float, freedom: float) -> float:
    """How many standard errors an interval reaches to each side; ``freedom`` at least 1.

    Student (1908) and every table since: 12.706 with one degree of freedom, 2.228 with ten, and
    with very many the 1.960 of the normal distribution.

    >>> [round(t_quantile(0.95, freedom), 3) for freedom in (1, 10, 1e6)]
    [12.706, 2.228, 1.96]
    """
    return float(t_quantiles(level, freedom))


def t_quantiles(level: ArrayLike, freedom: ArrayLike) -> NDArray[np.float64]:
    """:func:`t_quantile` of arrays; NaN where either is NaN.

    With many degrees of freedom by the expansion in their inverse (Abramowitz and Stegun, 26.7.5),
    with fewer from there on by Newton's steps.
    """
    levels, degrees = np.broadcast_arrays(
        np.asarray(level, dtype="float64"), np.asarray(freedom, dtype="float64")
    )
    different, where = np.unique(levels, return_inverse=True)
    normal = np.array([NormalDist().inv_cdf((1 + one) / 2) for one in different.tolist()])
    z = normal[where].reshape(levels.shape)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    found = np.array(z + sum(term / degrees**nth for nth, term in enumerate(terms, start=1)))
    few = degrees < MANY
    if few.any():
        found[few] = _searched(found[few], 1 - levels[few], degrees[few])
    return found


def _searched(start: Values, tails: Values, freedom: Values) -> Values:
    """Where :func:`tails_of` are ``tails``. They are convex: from below no step goes too far."""
    t, half = start, freedom / 2
    scale = _log_scale(half)
    for _ in range(MOST_STEPS):
        density = np.exp(scale) / np.sqrt(freedom) * (1 + t * t / freedom) ** (-half - 0.5)
        found = _beta_part(freedom / (freedom + t * t), half, scale)
        step = (found - tails) / (2 * density)
        t = np.maximum(t + step, t / 2)
        if (np.abs(step) <= CLOSE * t).all():
            break
    return t


def two_sided(t: float, freedom: float) -> float:
    """The probability of a value further from 0 than ``t``, on both sides together.

    >>> round(two_sided(1.0, 1), 12)
    0.5
    """
    return float(tails_of(t, freedom))


def tails_of(t: ArrayLike, freedom: ArrayLike) -> Values:
    """:func:`two_sided` of arrays; NaN where either is NaN."""
    t, freedom = np.broadcast_arrays(
        np.asarray(t, dtype="float64"), np.asarray(freedom, dtype="float64")
    )
    half = freedom.ravel() / 2
    found = _beta_part((freedom / (freedom + t * t)).ravel(), half, _log_scale(half))
    return found.reshape(t.shape)


def _beta_part(x: Values, a: Values, scale: Values) -> Values:
    """The regularized incomplete beta function with ``b`` = 1/2, by its continued fraction.

    ``scale`` is :func:`_log_scale` of ``a``.
    """
    b = np.full(a.shape, 0.5)
    # Where it converges slowly, its complement does not.
    turned = x > (a + 1) / (a + 2.5)
    x, a, b = np.where(turned, 1 - x, x), np.where(turned, b, a), np.where(turned, a, b)
    found = np.where(np.isnan(x + a), np.nan, np.clip(x, 0.0, 1.0))
    inside = (x > 0) & (x < 1)
    found[inside] = _fraction(x[inside], a[inside], b[inside], scale[inside])
    return np.where(turned, 1 - found, found)


def _fraction(x: Values, a: Values, b: Values, scale: Values) -> Values:
    """The continued fraction of the incomplete beta function, evaluated in Lentz's way."""
    front = np.exp(scale + a * np.log(x) + b * np.log1p(-x)) / a
    c, d = np.ones(x.shape), 1 / _divisor(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, MOST_TERMS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _divisor(1 + term * d)
            c = _divisor(1 + term / c)
            found = found * c * d
        if (np.abs(c * d - 1) < EXACT).all():
            break
    return front * found


def _divisor(value: Values) -> Values:
    return np.where(value == 0, TINY, value)


def _log_scale(a: Values) -> Values:
    """The logarithm of what the beta function of ``a`` and 1/2 divides by."""
    ends = [math.lgamma(one + 0.5) - math.lgamma(one) for one in a.tolist()]
    return np.array(ends) - math.lgamma(0.5)
