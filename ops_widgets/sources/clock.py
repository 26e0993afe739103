"""Moments as whole seconds and days: integers, so that every engine agrees on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from ops_widgets.contract.table import EARLIEST
from ops_widgets.periods import SECONDS_A_DAY, utc_offsets


def second_of(moment: ir.TimestampColumn) -> ir.IntegerColumn:
    """Whole seconds since 1970-01-01 UTC (a fraction is cut, never rounded up)."""
    return moment.truncate("s").epoch_seconds().cast("int64")


def local_day(second: ir.IntegerColumn, offsets: Sequence[tuple[int, int]]) -> ir.IntegerColumn:
    """Day number in the shop's time zone; ``offsets`` come from :func:`periods.utc_offsets`."""
    # The latest change first: rows of today need one comparison, however old the zone is.
    cases = [(second >= start, ibis.literal(offset, "int64")) for start, offset in offsets[:0:-1]]
    shift = ibis.literal(offsets[0][1], "int64")
    if cases:
        shift = ibis.cases(*cases, else_=shift)
    return (second + shift) // SECONDS_A_DAY


def to_utc(moment: ir.TimestampColumn, timezone: str) -> ir.TimestampColumn:
    """A moment that a clock in ``timezone`` showed, as UTC.

    One that occurs twice, when the clock goes back, is the first; one that never was, when it goes
    forward, is as much later as the clock moved.
    """
    # Where the offset changes from a to b at a moment s, the clock shows s + a, then s + b: from
    # the later of both on, b holds for sure; before it, a.
    offsets = _offsets(timezone)
    changes = [start + max(before, after) for (_, before), (start, after) in pairwise(offsets)]
    if not changes:
        return moment - ibis.interval(seconds=offsets[0][1])
    # Looked up rather than compared one by one: then the SQL, in which ``moment`` may be long,
    # says it once and not for each of a hundred changes.
    second = second_of(moment)
    passed = ibis.array(changes).filter(lambda one: one <= second).length()
    shift = ibis.array([offset for _, offset in offsets])[passed]
    return moment - shift.as_interval("s")


@cache
def _offsets(timezone: str) -> tuple[tuple[int, int], ...]:
    """All changes that rows of a shop can meet, and those that are known of the future."""
    return utc_offsets(timezone, date.fromisoformat(EARLIEST), date(2050, 1, 1))


def month_of(day: ir.IntegerValue) -> ir.IntegerValue:
    """Months since year 0 of a day number (12 x year + month - 1), by whole numbers alone.

    Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that
    the odd day of a leap year is their last.
    """
    since = day + 719_468
    era, of_era = since // 146_097, since % 146_097
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    return (era * 400 + year) * 12 + (5 * of_year + 2) // 153 + 2


def day_of(date: ir.DateColumn) -> ir.IntegerColumn:
    """Day number of a calendar date."""
    return date.cast("timestamp").epoch_seconds().cast("int64") // SECONDS_A_DAY
