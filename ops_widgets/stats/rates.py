"""Counts at a price or over a time, and sums of days: how far chance may have moved them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ops_widgets.stats.proportion import Interval, quantile, wilson
from ops_widgets.stats.student import t_quantile

#: Less skewness than this is none: the transformation would divide by it.
FLAT = 1e-6


def poisson(count: float, level: float = 0.95) -> Interval:
    """Score interval of the mean of a Poisson ``count``: never below 0, and not 0 wide at 0.

    >>> [round(end, 2) for end in poisson(10)]
    [5.43, 18.41]
    """
    z = quantile(level)
    middle, reach = count + z * z / 2, z * math.sqrt(count + z * z / 4)
    return max(0.0, middle - reach), middle + reach


def rate_ratio(
    a: float, exposed_a: float, b: float, exposed_b: float, level: float = 0.95
) -> Interval:
    """Interval of ``(a / exposed_a) / (b / exposed_b)`` for two Poisson counts.

    Given their sum, ``a`` is a binomial part of it: Wilson's interval of that part, as odds. From
    0 where ``a`` is 0, to infinity where ``b`` is.

    >>> [round(end, 2) for end in rate_ratio(60, 1000, 30, 1000)]
    [1.29, 3.09]
    """
    if a + b <= 0:
        return 0.0, math.inf
    low, high = (float(end) for end in wilson(a, a + b, level))
    scale = exposed_b / exposed_a
    return (
        scale * low / (1 - low) if low < 1 else math.inf,
        scale * high / (1 - high) if high < 1 else math.inf,
    )


@dataclass(frozen=True)
class Total:
    """A sum over periods, its standard error, how many degrees of freedom that rests on, and its
    third cumulant: how much further it reaches above than below.
    """

    value: float
    error: float
    freedom: float
    third: float = 0.0

    def interval(self, level: float = 0.95) -> Interval:
        """Student's interval with Hall's correction for skewness; without freedom all is possible.

        Few large orders make most samples of days look poorer than what they are of, and Student's
        upper end too low: it would claim losses that are none three times as often as it says.
        Hall (1992), On the removal of skewness by transformation, J. R. Stat. Soc. B 54, 221-228.
        """
        if self.freedom < 1:
            return -math.inf, math.inf
        reach = t_quantile(level, self.freedom)
        skewness = self.third / self.error**3 if self.error else 0.0
        low, high = (self.value - self.error * _bent(t, skewness) for t in (reach, -reach))
        return low, high

    def __sub__(self, other: Total) -> Total:
        """The difference of two independent sums."""
        return together([self, Total(-other.value, other.error, other.freedom, -other.third)])

    def __mul__(self, by: float) -> Total:
        """The sum, times something of at least 0 that is known exactly."""
        return Total(self.value * by, self.error * by, self.freedom, self.third * by**3)


def _bent(t: float, skewness: float) -> float:
    """Hall's transformation undone: ``t`` itself where there is no skewness."""
    if abs(skewness) < FLAT:
        return t
    return 3 / skewness * (math.cbrt(1 + skewness * (t - skewness / 6)) - 1)


def total(periods: Sequence[float]) -> Total:
    """The sum of independent ``periods``; its error is from how much they differ.

    What makes periods differ for a reason (a weekday, the start of a campaign) counts as chance
    too, which makes intervals too wide rather than too narrow.

    >>> total([4.0, 6.0, 5.0, 5.0])
    Total(value=20.0, error=1.632993161855452, freedom=3, third=0.0)
    """
    values = np.asarray(periods, dtype="float64")
    many = len(values)
    if many < 2:
        return Total(float(values.sum()), math.inf, 0)
    away = values - values.mean()
    spread = float(values.std(ddof=1))
    third = many**3 * float((away**3).mean()) / ((many - 1) * (many - 2)) if many > 2 else 0.0
    return Total(float(values.sum()), math.sqrt(many) * spread, many - 1, third)


def together(totals: Sequence[Total]) -> Total:
    """The sum of independent sums, with the degrees of freedom of Welch and Satterthwaite.

    One without any freedom (a single period) leaves nothing known of the whole.

    >>> both = together([total([4.0, 6.0]), total([1.0, 3.0])])
    >>> both.value, round(both.error**2, 9), round(both.freedom, 9)
    (14.0, 8.0, 2.0)
    """
    value, square = sum(one.value for one in totals), sum(one.error**2 for one in totals)
    if not totals or any(one.freedom < 1 for one in totals):
        return Total(value, math.inf, 0)
    parts = sum(one.error**4 / one.freedom for one in totals)
    freedom = square**2 / parts if parts else sum(one.freedom for one in totals)
    return Total(value, math.sqrt(square), freedom, sum(one.third for one in totals))
