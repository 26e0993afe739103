"""What an intervention changed in the units it was aimed at, beside units that it was not.

Outcomes are a matrix, one row a unit and one column a period, all known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ops_widgets.stats.student import t_quantile, two_sided


@dataclass(frozen=True)
class Effect:
    """The change of the treated beyond that of the others, its standard error and interval.

    ``error``, ``low`` and ``high`` are NaN where one unit stands on a side: how far such units
    differ by chance nobody can tell from it (see :mod:`.placebo`).
    """

    value: float
    error: float
    low: float
    high: float


def difference_in_differences(
    outcomes: np.ndarray, treated: np.ndarray, first: int, level: float = 0.95
) -> Effect:
    """How much more the ``treated`` rows changed from column ``first`` on than the others did.

    The change of means of the one, less that of the other: the coefficient of a regression with a
    dummy for each unit and period. Its error allows for whatever holds within a unit (clustered,
    with the usual correction of small samples), and its interval has one degree of freedom less
    than there are units. With few treated units it is still too short (Conley and Taber, 2011).
    Raises ``ValueError`` where a side or a time is empty.
    """
    units, periods = outcomes.shape
    is_treated = np.asarray(treated, dtype=bool)
    many = int(is_treated.sum())
    if not (0 < many < units and 0 < first < periods):
        raise ValueError("it takes units of both kinds, and periods before and after")
    after = np.arange(periods) >= first
    side, time = is_treated - is_treated.mean(), after - after.mean()
    weight = np.outer(side, time)
    scale = float((weight**2).sum())
    value = float((weight * outcomes).sum()) / scale
    if min(many, units - many) < 2:
        return Effect(value, math.nan, math.nan, math.nan)
    means = outcomes.mean(axis=1, keepdims=True) + outcomes.mean(axis=0) - outcomes.mean()
    left = outcomes - means - value * weight
    scores = (weight * left).sum(axis=1)
    rows, terms = units * periods, units + periods
    small = units / (units - 1) * (rows - 1) / (rows - terms)
    error = math.sqrt(small * float(scores @ scores)) / scale
    half = t_quantile(level, units - 1) * error
    return Effect(value, error, value - half, value + half)


def trend(values: np.ndarray) -> tuple[float, float]:
    """The slope of a line through ``values`` a period, and its p-value; at least three values.

    By least squares and Student's t, as if each deviation from the line stood for itself. Values
    on a line have a p-value of 0, equal ones of 1.
    """
    time = np.arange(len(values)) - (len(values) - 1) / 2
    spread = float(time @ time)
    slope = float(time @ values) / spread
    left = values - values.mean() - slope * time
    error = math.sqrt(float(left @ left) / (len(values) - 2) / spread)
    if error <= 1e-12 * max(abs(slope), float(np.abs(values).max())):
        return slope, 1.0 if abs(slope) <= 1e-12 * float(np.abs(values).max()) else 0.0
    return slope, two_sided(slope / error, len(values) - 2)
