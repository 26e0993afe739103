"""A ratio of sums over units that come more than once: visitors who visit, customers who order.

Visits of one person are alike, so the sums of a *unit* are what is independent, not its visits.
From sums alone, which add up over parts: how many units, sums, squares and the cross product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ops_widgets.stats.proportion import Interval, quantile, wilson
from ops_widgets.stats.student import t_quantile


@dataclass(frozen=True)
class Sums:
    """Over ``n`` units: the sums of ``x`` (below) and ``y`` (above), their squares and product."""

    n: float
    x: float
    y: float
    xx: float
    yy: float
    xy: float

    @property
    def value(self) -> float:
        """The ratio ``y / x``; NaN where there is nothing to divide by."""
        return self.y / self.x if self.x else math.nan

    @property
    def error(self) -> float:
        """The standard error of the ratio by the delta method (linearization); NaN: unknown.

        Of what the units differ in from the common ratio, ``y - ratio x``; with n / (n - 1).
        Source: Cochran (1977), Sampling Techniques, 3rd ed., section 6.4.
        """
        if self.n < 2 or not self.x:
            return math.nan
        r = self.value
        square = max(0.0, self.yy - 2 * r * self.xy + r * r * self.xx)
        return math.sqrt(self.n / (self.n - 1) * square) / abs(self.x)


@dataclass(frozen=True)
class Region:
    """The ratios that the data allow: from ``low`` to ``high``.

    ``outside``: all but those *between* ``low`` and ``high``. Ends may be infinite: where the sum
    below may be nothing, the ratio may be anything.
    """

    low: float
    high: float
    outside: bool = False

    @property
    def bounded(self) -> bool:
        """Whether it is an interval with two ends."""
        return not self.outside and math.isfinite(self.low) and math.isfinite(self.high)


def fieller(sums: Sums, level: float = 0.95) -> Region:
    """The ratios ``r`` for which the mean of ``y - r x`` may be 0 (Student's t of the units).

    It leans as the ratio does, where the delta method is symmetric. Everything with fewer than two
    units. Source: Fieller (1954), J. R. Stat. Soc. B 16, 175-185.

    >>> fieller(Sums(3, 6, 3, 14, 5, 8)).bounded
    False
    """
    n = sums.n
    if n < 2:
        return Region(-math.inf, math.inf)
    square = t_quantile(level, n - 1) ** 2 / (n - 1)
    # Of the parabola a r^2 - 2 b r + c, which is at most 0 for the ratios allowed.
    x, y = sums.x / n, sums.y / n
    a = x * x - square * (sums.xx / n - x * x)
    b = x * y - square * (sums.xy / n - x * y)
    c = y * y - square * (sums.yy / n - y * y)
    if a == 0:
        if b == 0:
            return Region(-math.inf, math.inf)
        return Region(c / (2 * b), math.inf) if b > 0 else Region(-math.inf, c / (2 * b))
    under = b * b - a * c
    if a < 0 and under < 0:
        return Region(-math.inf, math.inf)
    # Below 0 only by rounding: the ratio of the sums itself is always allowed.
    ends = sorted((b + side * math.sqrt(max(0.0, under))) / a for side in (-1, 1))
    return Region(ends[0], ends[1], outside=a < 0)


def effective(sums: Sums) -> float:
    """As many independent trials tell as much of the share ``y / x`` as these ``x`` do.

    ``x`` by the design effect (never below 1). Where all or none succeeded, nothing shows how
    alike a unit's trials are: they are taken to be wholly so (Kish: x^2 / sum of squares).
    """
    share = sums.value
    if not sums.x or not 0 <= share <= 1:
        return math.nan
    if share in (0.0, 1.0):
        return sums.x**2 / sums.xx
    if math.isnan(sums.error):
        return math.nan
    return sums.x / max(1.0, sums.error**2 / (share * (1 - share) / sums.x))


def share(sums: Sums, level: float = 0.95) -> Interval:
    """Wilson's interval of a share ``y / x`` at its effective size: 0 to 1 at most.

    Source: Korn and Graubard (1998), Survey Methodology 24, 193-201, for the size; with Wilson's
    interval as in Dean and Pagano (2015), J. Surv. Stat. Methodol. 3, 484-503. NaN with fewer
    than two units.
    """
    trials = effective(sums)
    if math.isnan(trials) or sums.n < 2:
        return math.nan, math.nan
    trials *= (quantile(level) / t_quantile(level, sums.n - 1)) ** 2
    low, high = wilson(sums.value * trials, trials, level)
    return float(low), float(high)
