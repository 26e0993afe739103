"""Days, weeks and months: the one place that knows the calendar.

Engines only ever count days since 1970-01-01; which week or month a day belongs to is
looked up in :func:`calendar`, so that every engine agrees.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import pandas as pd

Grain = Literal["day", "week", "month"]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EPOCH = date(1970, 1, 1)
SECONDS_A_DAY = 86_400


def day_number(day: date) -> int:
    """Days since 1970-01-01.

    >>> day_number(date(1970, 1, 2))
    1
    """
    return (day - EPOCH).days


def from_day_number(number: int) -> date:
    """The day that is ``number`` days after 1970-01-01."""
    return EPOCH + timedelta(days=int(number))


def period_start(day: date, grain: Grain, week_start: str = "monday") -> date:
    """First day of the period that holds ``day``.

    >>> period_start(date(2024, 5, 17), "week")
    datetime.date(2024, 5, 13)
    >>> period_start(date(2024, 5, 17), "week", "sunday")
    datetime.date(2024, 5, 12)
    """
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_start)) % 7)
    return day.replace(day=1)


def add_periods(start: date, count: int, grain: Grain) -> date:
    """First day of the period ``count`` periods after the one that starts at ``start``.

    >>> add_periods(date(2024, 1, 1), -2, "month")
    datetime.date(2023, 11, 1)
    """
    if grain == "month":
        months = start.year * 12 + start.month - 1 + count
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=count * (7 if grain == "week" else 1))


def last_complete(as_of: date, grain: Grain, week_start: str = "monday") -> date:
    """Start of the last period that has wholly passed at the end of ``as_of``.

    >>> last_complete(date(2024, 5, 30), "month")
    datetime.date(2024, 4, 1)
    >>> last_complete(date(2024, 5, 31), "month")
    datetime.date(2024, 5, 1)
    """
    start = period_start(as_of, grain, week_start)
    ends = add_periods(start, 1, grain) - timedelta(days=1)
    return start if ends <= as_of else add_periods(start, -1, grain)


def period_index(day: date, grain: Grain, week_start: str = "monday") -> int:
    """Number of the period that holds ``day``; consecutive periods differ by one.

    >>> period_index(date(2024, 5, 17), "month") - period_index(date(2023, 5, 1), "month")
    12
    """
    if grain == "month":
        return day.year * 12 + day.month - 1
    number = day_number(period_start(day, grain, week_start))
    return number // 7 if grain == "week" else number


def index_start(index: int, grain: Grain, week_start: str = "monday") -> date:
    """First day of the period numbered ``index``: the inverse of :func:`period_index`.

    >>> index_start(period_index(date(2024, 5, 17), "week"), "week")
    datetime.date(2024, 5, 13)
    """
    if grain == "month":
        return date(index // 12, index % 12 + 1, 1)
    if grain == "day":
        return from_day_number(index)
    # 1970-01-01 was a Thursday.
    return from_day_number(index * 7 + (WEEKDAYS.index(week_start) - 3) % 7)


def period_end(index: int, grain: Grain, week_start: str = "monday") -> date:
    """Last day of the period numbered ``index``.

    >>> period_end(period_index(date(2024, 2, 17), "month"), "month")
    datetime.date(2024, 2, 29)
    """
    return add_periods(index_start(index, grain, week_start), 1, grain) - timedelta(days=1)


def spans(indices: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of every run of numbers without a gap, ascending.

    >>> spans([24291, 24288, 24289])
    [(24288, 24289), (24291, 24291)]
    """
    found: list[tuple[int, int]] = []
    for index in sorted(indices):
        is_next = bool(found) and index == found[-1][1] + 1
        found.append((found.pop()[0] if is_next else index, index))
    return found


def calendar(first: date, last: date, week_start: str = "monday") -> pd.DataFrame:
    """One row a day: ``day`` (number), ``date``, ``week`` and ``month`` (their first days).

    ``week_index`` and ``month_index`` count periods without gaps, so that "the week before"
    is a subtraction on every engine.
    """
    days = pd.DataFrame({"date": pd.date_range(first, last, freq="D")})
    numbers = (days["date"] - pd.Timestamp(EPOCH)).dt.days
    shift = (days["date"].dt.day_of_week - WEEKDAYS.index(week_start)) % 7
    week_first = numbers - shift
    months = days["date"].dt.year * 12 + days["date"].dt.month - 1
    return pd.DataFrame(
        {
            "day": numbers.astype("int64"),
            "date": days["date"].dt.date,
            "week": (days["date"] - pd.to_timedelta(shift, unit="D")).dt.date,
            "week_index": (week_first // 7).astype("int64"),
            "month": days["date"].dt.to_period("M").dt.start_time.dt.date,
            "month_index": months.astype("int64"),
        }
    )


@cache
def utc_offsets(timezone: str, first: date, last: date) -> tuple[tuple[int, int], ...]:
    """When the offset of ``timezone`` changes between two days: (from this second on, offset).

    Both in seconds, the first since 1970-01-01 UTC; the first entry holds from the start.
    Forty years take 20 ms, and every part of every table asks.

    >>> utc_offsets("Asia/Shanghai", date(2024, 1, 1), date(2024, 12, 31))
    ((0, 28800),)
    """
    zone = ZoneInfo(timezone)

    def offset(second: int) -> int:
        delta = datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset()
        return int(delta.total_seconds()) if delta else 0

    low = (day_number(first) - 2) * SECONDS_A_DAY
    changes = [(0, offset(low))]
    for second in range(low, (day_number(last) + 2) * SECONDS_A_DAY, SECONDS_A_DAY):
        if offset(second + SECONDS_A_DAY) == changes[-1][1]:
            continue
        before, after = second, second + SECONDS_A_DAY
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (
                (middle, after) if offset(middle) == changes[-1][1] else (before, middle)
            )
        changes.append((after, offset(after)))
    return tuple(changes)
