"""What the data of a table have seen whole: from which day on, to which day, and who says so.

Rows alone cannot say that a day is over: a shop may be quiet, or a file may end at noon. So a
source says it (``complete_to``, ``lag_days``, ``complete_column``, ``complete_from``); where it
does not, the last day that has a row is taken to be still running.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from ops_widgets.contract import ORDERS, TABLES
from ops_widgets.errors import UsageError
from ops_widgets.periods import Grain, index_start, last_complete, period_index
from ops_widgets.sources.completeness import TableCompleteness
from ops_widgets.sources.config import SourceConfig

if TYPE_CHECKING:
    from ops_widgets.sources.connect import Source

ONE_DAY = timedelta(days=1)
#: In the days of all tables: those of a source without orders, whose days are those of its other
#: tables together.
OF_SOURCE = "source"


@dataclass(frozen=True)
class Seen:
    """The days of one table, local dates.

    ``first`` is the first day of which it knows everything, ``last`` the last of which it knows
    anything, ``whole`` the last that is over in the data (before ``first``: none is), ``last_row``
    the last that has a row (before ``first``: no row has a day).
    """

    first: date
    last: date
    whole: date
    last_row: date

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> Self:
        """The inverse of :meth:`to_dict`."""
        return cls(**{name: date.fromisoformat(day) for name, day in values.items()})

    def to_dict(self) -> dict[str, str]:
        """As JSON values."""
        return {name: day.isoformat() for name, day in vars(self).items()}

    def first_period(self, grain: Grain, week_start: str = "monday") -> int:
        """The period in which the table begins: of it, the days before may be missing."""
        return period_index(self.first, grain, week_start)

    def first_whole(self, grain: Grain, week_start: str = "monday") -> int:
        """The first period that the table has seen from its first day on."""
        index = self.first_period(grain, week_start)
        return index + (index_start(index, grain, week_start) < self.first)

    def last_whole(self, as_of: date, grain: Grain, week_start: str = "monday") -> int:
        """The last period that is over as of a day; before :meth:`first_period`: none is."""
        return period_index(
            last_complete(min(as_of, self.whole), grain, week_start), grain, week_start
        )


def days_of(
    source: Source,
    tables: Mapping[str, Mapping[str, Any]],
    now: datetime,
    known: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The days of every table that has any, and of the source, as its manifest says them.

    ``tables`` are the results of the checks as JSON values, ``now`` is naive UTC. The newest
    moments ``known`` (ISO, by ``table.column``) are not asked for again. Raises ``UsageError`` for
    a ``complete_to`` that is not over yet, ``DataError`` for a ``complete_column`` that is none.
    """
    config, zone = source.config, ZoneInfo(source.config.timezone)
    today, newest = _local(now, zone), dict[str, str]()
    found: dict[str, Seen] = {}
    for name, table in tables.items():
        said, moment = config.completeness(name), None
        if column := said.complete_column:
            key = f"{name}.{column}"
            moment = (known or {}).get(key) or source.newest(name, column)
            newest |= {key: moment} if moment else {}
        whole = _whole(said, today, moment, config)
        first, last = (_day(table[end]) for end in ("first_day", "last_day"))
        # Beside orders the days of a table that is not dated are theirs.
        own = TABLES[name].dated or not _day(tables.get(ORDERS, {}).get("last_day"))
        if own and first is not None and last is not None:
            if whole is None:
                over = TABLES[name].of_periods
                whole = min(last, today - ONE_DAY) if over else last - ONE_DAY
            first = min(first, said.complete_from or first)
            found[name] = Seen(first, max(last, whole), whole, last)
        elif whole is not None and config.tables[name].says_the_last_day:
            # Its rows have no days: only what its author says of them is known.
            found[name] = Seen(said.complete_from or whole, whole, whole, whole)
    if ORDERS not in found:
        found[OF_SOURCE] = _together(list(found.values()), today - ONE_DAY)
    of_source = seen_of(found)
    return {
        "first_day": of_source.first.isoformat(),
        "last_day": of_source.last.isoformat(),
        "seen": {name: one.to_dict() for name, one in found.items()},
        "newest": newest,
    }


def seen_of(days: Mapping[str, Seen], table: str = "") -> Seen:
    """The days of a table, of one without any (or of none) those of the source."""
    return days.get(table) or days.get(ORDERS) or days[OF_SOURCE]


def _together(tables: Sequence[Seen], yesterday: date) -> Seen:
    """The days of a source without orders. Where no row has a day, what is known is known of the
    day before it was prepared.
    """
    if not tables:
        return Seen(yesterday, yesterday, yesterday, yesterday - ONE_DAY)
    return Seen(
        min(one.first for one in tables),
        *(max(getattr(one, end) for one in tables) for end in ("last", "whole", "last_row")),
    )


def _whole(
    said: TableCompleteness, today: date, moment: str | None, config: SourceConfig
) -> date | None:
    """The last day that is over by what the source says; None: it says nothing."""
    if said.complete_to is not None:
        if said.complete_to >= today:
            raise UsageError(
                f"{config.path}: complete_to = {said.complete_to}, but today is {today}: a day is "
                "complete when it is over.",
                "Write the last day that is complete, or lag_days = 1: yesterday always is.",
            )
        return said.complete_to
    if said.lag_days is not None:
        return today - timedelta(days=said.lag_days)
    if moment is not None:
        return _local(datetime.fromisoformat(moment), ZoneInfo(config.timezone)) - ONE_DAY
    return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _local(moment: datetime, zone: ZoneInfo) -> date:
    return moment.replace(tzinfo=UTC).astimezone(zone).date()
