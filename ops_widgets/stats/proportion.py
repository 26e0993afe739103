"""How sure a share is: the interval of Wilson."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike


def wilson(
    successes: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of the interval of ``successes / n``, value by value.

    Wilson (1927): the shares that a test at ``1 - level`` would not refuse. It never leaves 0
    to 1, and is right for shares near both ends, where the normal interval is not. NaN where
    either is unknown, ``n`` is 0, or there are more successes than tries.
    """
    tried = np.asarray(n, dtype="float64")
    found = np.asarray(successes, dtype="float64")
    usable = (tried > 0) & (found >= 0) & (found <= tried)
    tried = np.where(usable, tried, np.nan)
    share = found / tried
    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2
    middle = (share + z2 / (2 * tried)) / (1 + z2 / tried)
    half = np.sqrt(z2 * (share * (1 - share) / tried + z2 / (4 * tried**2))) / (1 + z2 / tried)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
