"""A ratio of sums over units that come more than once: visitors who visit, customers who order.

Visits of one person are alike, so the sums of a *unit* are what is independent, not its visits.
From sums alone, which add up over parts: how many units, sums, squares and the cross product. Of
many ratios at once, each sum is an array; what comes out is as well (of one, a number).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ops_widgets.stats.proportion import Bounds, quantile, wilson
from ops_widgets.stats.student import t_quantiles

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Sums:
    """Over ``n`` units: the sums of ``x`` (below) and ``y`` (above), their squares and product."""

    n: Values
    x: Values
    y: Values
    xx: Values
    yy: Values
    xy: Values

    def __post_init__(self) -> None:
        for name, given in vars(self).items():
            object.__setattr__(self, name, np.asarray(given, dtype="float64"))

    @cached_property
    def value(self) -> Values:
        """The ratio ``y / x``; NaN where there is nothing to divide by."""
        return self.y / np.where(self.x == 0, np.nan, self.x)

    @cached_property
    def error(self) -> Values:
        """The standard error of the ratio by the delta method (linearization); NaN: unknown.

        Of what the units differ in from the common ratio, ``y - ratio x``; with n / (n - 1).
        Source: Cochran (1977), Sampling Techniques, 3rd ed., section 6.4.
        """
        r = self.value
        square = np.maximum(0.0, self.yy - 2 * r * self.xy + r * r * self.xx)
        several = np.where(self.n < 2, np.nan, self.n)
        return np.sqrt(several / (several - 1) * square) / np.abs(self.x)

    def t(self, level: float) -> Values:
        """How many errors an interval of these units reaches to each side; NaN: fewer than two."""
        # Many ratios rest on as many units: each number of them is looked up once.
        freedom, where = np.unique(self.n - 1, return_inverse=True)
        found = t_quantiles(level, np.where(freedom < 1, np.nan, freedom))
        return found[where].reshape(self.n.shape)


@dataclass(frozen=True)
class Region:
    """The ratios that the data allow: from ``low`` to ``high``.

    ``outside``: all but those *between* ``low`` and ``high``. Ends may be infinite: where the sum
    below may be nothing, the ratio may be anything.
    """

    low: Values
    high: Values
    outside: NDArray[np.bool_]

    @property
    def bounded(self) -> NDArray[np.bool_]:
        """Whether it is an interval with two ends."""
        return ~self.outside & np.isfinite(self.low) & np.isfinite(self.high)


def fieller(sums: Sums, level: float = 0.95) -> Region:
    """The ratios ``r`` for which the mean of ``y - r x`` may be 0 (Student's t of the units).

    It leans as the ratio does, where the delta method is symmetric. Everything with fewer than two
    units. Source: Fieller (1954), J. R. Stat. Soc. B 16, 175-185.

    >>> bool(fieller(Sums(3, 6, 3, 14, 5, 8)).bounded)
    False
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        n = np.where(sums.n < 2, np.nan, sums.n)
        square = sums.t(level) ** 2 / (n - 1)
        # Of the parabola a r^2 - 2 b r + c, which is at most 0 for the ratios allowed.
        x, y = sums.x / n, sums.y / n
        a = x * x - square * (sums.xx / n - x * x)
        b = x * y - square * (sums.xy / n - x * y)
        c = y * y - square * (sums.yy / n - y * y)
        under = b * b - a * c
        # Below 0 only by rounding: the ratio of the sums itself is always allowed.
        root = np.sqrt(np.maximum(0.0, under))
        ends = np.sort(np.stack([(b - root) / a, (b + root) / a]), axis=0)
        single = c / (2 * b)
    flat, open_ = a == 0, np.isnan(a) | ((a == 0) & (b == 0)) | ((a < 0) & (under < 0))
    low = np.where(flat & (b > 0), single, np.where(flat, -np.inf, ends[0]))
    high = np.where(flat & (b < 0), single, np.where(flat, np.inf, ends[1]))
    ends_of = np.where(open_, -np.inf, low), np.where(open_, np.inf, high), (a < 0) & ~open_
    return Region(*(one[()] for one in ends_of))


def effective(sums: Sums) -> Values:
    """As many independent trials tell as much of the share ``y / x`` as these ``x`` do.

    ``x`` by the design effect (never below 1). Where all or none succeeded, nothing shows how
    alike a unit's trials are: they are taken to be wholly so (Kish: x^2 / sum of squares).
    """
    share = sums.value
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = sums.x**2 / sums.xx
        design = sums.error**2 / (share * (1 - share) / sums.x)
        found = np.where((share == 0) | (share == 1), alike, sums.x / np.maximum(1.0, design))
    return np.where((share >= 0) & (share <= 1), found, np.nan)[()]


def share(sums: Sums, level: float = 0.95) -> Bounds:
    """Wilson's interval of a share ``y / x`` at its effective size: 0 to 1 at most.

    Source: Korn and Graubard (1998), Survey Methodology 24, 193-201, for the size; with Wilson's
    interval as in Dean and Pagano (2015), J. Surv. Stat. Methodol. 3, 484-503. NaN with fewer
    than two units.
    """
    trials = effective(sums) * (quantile(level) / sums.t(level)) ** 2
    low, high = wilson(sums.value * trials, trials, level)
    return low[()], high[()]
