"""How far a value lies from others, measured so that a few odd ones among them change nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

#: Makes the median absolute deviation of a normal distribution its standard deviation:
#: 1 / the normal quantile of 3/4.
MAD_TO_SIGMA = 1.4826022185056018
#: The same for the mean absolute deviation: the root of pi / 2.
MEAN_TO_SIGMA = math.sqrt(math.pi / 2)


def robust_z(value: float, others: Sequence[float]) -> float:
    """``(value - median) / (1.4826 MAD)`` of ``others``, which must not be empty.

    Where more than half of the others are equal the MAD is 0, and the mean absolute deviation
    stands in for it (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993). Where all
    are equal, any other value is infinitely far away, and the same value is at 0.

    >>> round(robust_z(9, [1, 1, 2, 2, 4, 6, 9]) * MAD_TO_SIGMA, 9)
    7.0
    >>> robust_z(6, [5, 5, 5]), robust_z(5, [5, 5, 5])
    (inf, 0.0)
    """
    known = np.asarray(others, dtype=float)
    median = float(np.median(known))
    away = np.abs(known - median)
    scale = MAD_TO_SIGMA * float(np.median(away)) or MEAN_TO_SIGMA * float(away.mean())
    if not scale:
        return 0.0 if value == median else math.copysign(math.inf, value - median)
    return (value - median) / scale
