"""Growth rates that refuse to be computed where they have no meaning."""

from __future__ import annotations

import math


def growth_rate(now: float, before: float) -> float:
    """``now / before - 1``; NaN when there was nothing (or less) before.

    >>> round(growth_rate(120, 100), 10)
    0.2
    >>> growth_rate(120, 0)
    nan
    """
    return now / before - 1 if before > 0 and now >= 0 else math.nan


def compound_growth(first: float, last: float, periods: float) -> float:
    """CAGR: the yearly (or monthly) rate that leads from ``first`` to ``last``.

    A platform that grew from 400 to 800 billion between 2010 and 2012:

    >>> round(compound_growth(400, 800, 2), 6)
    0.414214
    """
    if first <= 0 or last < 0 or periods <= 0:
        return math.nan
    return (last / first) ** (1 / periods) - 1
