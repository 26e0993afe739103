"""The shop's days: how busy each one is, and the blocks in which the shop is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from ops_widgets import periods
from ops_widgets.samples import plan


@dataclass(frozen=True)
class Days:
    """Local days from 0 (``plan.START``); all arrays have one value a day.

    ``traffic`` and ``conversion`` are relative to an ordinary day, ``month`` counts from 0.
    """

    month: np.ndarray
    traffic: np.ndarray
    conversion: np.ndarray
    peak: np.ndarray

    @property
    def count(self) -> int:
        """Number of days."""
        return len(self.month)

    @property
    def orders(self) -> np.ndarray:
        """Orders by day, in months of ordinary days: a rate a month times this is a count."""
        return self.traffic * self.conversion / plan.DAYS_A_MONTH


@dataclass(frozen=True)
class Block:
    """Days ``first`` to ``end`` (exclusive): one month at most, the same campaigns throughout."""

    first: int
    end: int
    month: int


def day_index(day: date) -> int:
    """Days since the shop opened."""
    return (day - plan.START).days


def shop_days(months: int) -> Days:
    """The first ``months`` months of the shop."""
    end = periods.add_periods(plan.START, months, "month")
    calendar = periods.calendar(plan.START, periods.from_day_number(periods.day_number(end) - 1))
    weekday = (np.arange(len(calendar)) + plan.START.weekday()) % 7
    traffic = np.array(plan.WEEKDAYS)[weekday]
    conversion = np.ones(len(calendar))
    peak = np.zeros(len(calendar), dtype=bool)
    for special in plan.PEAKS:
        at = slice(day_index(special.day), day_index(special.day) + 1)
        traffic[at], conversion[at], peak[at] = special.traffic, special.conversion, True
    for week in plan.ODD_WEEKS:
        at = slice(day_index(week.monday), day_index(week.monday) + 7)
        traffic[at] *= week.traffic
        conversion[at] *= week.conversion
    month = calendar["month_index"].to_numpy()
    return Days(month - month[0], traffic, conversion, peak)


def blocks(days: Days, cuts: Iterable[int]) -> Iterator[Block]:
    """Cut the days at every new month and at every day in ``cuts``."""
    new_month = np.flatnonzero(np.diff(days.month)) + 1
    inside = {day for day in cuts if 0 < day < days.count}
    edges = sorted({0, days.count, *inside, *new_month.tolist()})
    for first, end in pairwise(edges):
        yield Block(first, end, int(days.month[first]))
