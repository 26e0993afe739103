"""How much of what was attributed was measured, over things of which both are known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ops_widgets.stats.student import t_quantile

#: Fewer things than these, or as few that hold nearly all, say nothing of further ones.
LEAST, LEAST_EFFECTIVE = 5, 3.0


@dataclass(frozen=True)
class Factor:
    """What to multiply attributed amounts by, on average: the ratio, its interval, of how many."""

    value: float
    low: float
    high: float
    many: int


def factor(measured: ArrayLike, attributed: ArrayLike, level: float = 0.95) -> Factor | None:
    """Sum of ``measured`` / sum of ``attributed``, as a draw of things that others are like.

    The interval is of the delete-one jackknife, so that it holds how things differ and how surely
    each was measured; with Student's t of one less than the effective number (sum a)^2 / sum a^2
    degrees of freedom, since the largest decide. None for fewer than :data:`LEAST` things, fewer
    than :data:`LEAST_EFFECTIVE` effective ones, or where any of them has nothing attributed.
    Source: Cochran, Sampling Techniques (1977), 6.17.

    >>> found = factor([2, 1, 3, 2, 2], [4, 4, 4, 4, 4])
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.5, 0.281, 0.719)
    """
    m, a = (np.asarray(values, dtype="float64") for values in (measured, attributed))
    if len(a) < LEAST or not (a > 0).all():
        return None
    effective = float(a.sum() ** 2 / (a**2).sum())
    if effective < LEAST_EFFECTIVE:
        return None
    value = float(m.sum() / a.sum())
    without = (m.sum() - m) / (a.sum() - a)
    square = float(((without - without.mean()) ** 2).sum()) * (len(a) - 1) / len(a)
    half = t_quantile(level, round(effective - 1, 6)) * math.sqrt(square)
    return Factor(value, value - half, value + half, len(a))
