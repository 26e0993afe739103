"""Which local day and month a row belongs to: months are what is profiled and built.

A month is the local month of the column that dates the table. Its number is the index of
:mod:`ops_widgets.periods`; :data:`NO_MONTH` holds the rows that belong to none (no usable
date) and everything of tables that are not dated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import ibis.expr.types as ir

from ops_widgets.contract.table import EARLIEST
from ops_widgets.periods import (
    add_periods,
    day_number,
    from_day_number,
    index_start,
    period_index,
    utc_offsets,
)
from ops_widgets.sources.clock import local_day, second_of

NO_MONTH = 0


@dataclass(frozen=True)
class Months:
    """The months ``first..last`` of a dated table; or, both NO_MONTH, the rows of none."""

    first: int
    last: int


class Dates:
    """Which local day and month the rows of a source belong to, as of ``now`` (naive UTC).

    Rows before :data:`EARLIEST` or later than a day after ``now`` can never be used.
    """

    def __init__(self, timezone: str, now: datetime) -> None:
        self.timezone = timezone
        self.first = date.fromisoformat(EARLIEST)
        self.last = now.date() + timedelta(days=2)

    @cached_property
    def offsets(self) -> tuple[tuple[int, int], ...]:
        """The offsets of the zone over all usable days."""
        return utc_offsets(self.timezone, self.first, self.last)

    def day(self, moment: ir.TimestampColumn) -> ir.IntegerColumn:
        """Local day number; null where there is none."""
        return local_day(second_of(moment), self.offsets)

    def month(self, day: int | None) -> int:
        """The month of a local day number, :data:`NO_MONTH` for one that cannot be used."""
        if day is None or not day_number(self.first) <= day <= day_number(self.last):
            return NO_MONTH
        return period_index(from_day_number(day), "month")

    def within(
        self, months: Months, moment: ir.TimestampColumn, stored: ir.Column
    ) -> ir.BooleanValue:
        """True for the rows, dated by ``moment``, that belong to ``months``.

        ``stored`` is the moment as the source has it, which may be of another type.
        """
        day = self.day(moment)
        if months.first == NO_MONTH:
            first, last = day_number(self.first), day_number(self.last)
            return day.isnull() | (day < first) | (day > last)
        start = index_start(months.first, "month")
        end = add_periods(index_start(months.last, "month"), 1, "month")
        # The days decide; the stored moments, with a margin for any zone, let the engine skip
        # files.
        margin = timedelta(days=1)
        low, high = (
            datetime.combine(d, datetime.min.time()) for d in (start - margin, end + margin)
        )
        inside = (day >= day_number(start)) & (day < day_number(end))
        seen = stored if stored.type() == moment.type() else moment
        return (seen >= low) & (seen < high) & inside
