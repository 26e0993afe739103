"""How far a share of a few may lie from the share of all that they stand for."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]


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
    z = NormalDist().inv_cdf((1 + level) / 2)
    n = np.where(n > 0, n, np.nan)
    share = x / n
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    below, above = ((middle + side * half) / (1 + z**2 / n) for side in (-1, 1))
    # At the very ends the bound is exactly 0 or 1; arithmetic leaves it an ulp beside that.
    return np.where(x == 0, 0 * n, below), np.where(x == n, 0 * n + 1, above)
