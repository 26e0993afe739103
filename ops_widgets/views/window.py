"""Which days and periods a view looks at: the day it is as of, and the part that is selected."""

from __future__ import annotations

from datetime import date

from ops_widgets.charts.formats import format_value
from ops_widgets.errors import MissingDataError, UsageError
from ops_widgets.periods import Grain, from_day_number, index_start, period_end, period_index
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import View
from ops_widgets.views.period import Days


def as_of_day(store: Store, as_of: date | None, table: str = "") -> date:
    """The last day looked at: the last that is over in the data of ``table``, ``as_of`` at most.

    It lies before the first day of the data where none is over. See :func:`day_in_data`.
    """
    day = day_in_data(as_of, store.first_day, store.last_day, store.source["name"])
    whole = store.seen(table).whole
    return whole if as_of is None else min(day, whole)


def day_in_data(as_of: date | None, first: date, last: date, source: str) -> date:
    """``as_of``, or ``last`` where it is None.

    Raises ``UsageError`` when the data do not reach that day: a report of a day that has not
    been delivered would look complete and be wrong.
    """
    if as_of is None:
        return last
    if not first <= as_of <= last:
        raise UsageError(
            f"The data of {source} run from {first} to {last}: there is nothing as of {as_of}.",
            "Choose a day in between, prepare newer data, or say in the source that they are "
            "complete to that day (complete_to).",
        )
    return as_of


def window_days(store: Store, view: View, table: str = "") -> Days:
    """First and last day of a view's window of days: what ``table`` (the source) has of its period.

    Raises ``MissingDataError`` where no day of it is over, or all of it lies before the data.
    """
    assert view.period is not None and view.period.unit == "day"
    begins, over = store.seen(table).first, as_of_day(store, view.as_of, table)
    first, last = view.period.span(view, over)
    if over < begins or last < begins:
        words = view.period.words(view, None)
        begin = format_value(begins, "date")
        raise MissingDataError(
            f"The data begin on {begin} and hold no day of the period ({words}) yet.", later(view)
        )
    return max(first, begins), last


def part_of(
    first: int,
    last: int,
    grain: Grain,
    view: View,
    week_start: str = "monday",
    touching: bool = False,
) -> tuple[int, int]:
    """The periods of ``first..last`` that lie wholly in the part that the view selects; with
    ``touching``, all that have a day in it.

    Raises ``MissingDataError`` when ``first..last`` is empty, ``UsageError`` when the part is.
    """
    if last < first:
        over = format_value(period_end(first, grain, week_start), "date")
        raise MissingDataError(
            f"No {grain} of the data is over yet: the first one ends on {over}.",
            later(view),
        )
    if view.since:
        index = period_index(view.since, grain, week_start)
        cut = not touching and index_start(index, grain, week_start) < view.since
        first = max(first, index + cut)
    if view.until:
        index = period_index(view.until, grain, week_start)
        ends = period_end(index, grain, week_start)
        last = min(last, index - (not touching and ends > view.until))
    if last < first:
        raise UsageError(
            f"No complete {grain} of the window lies in the selected part.",
            "Clear the selection, or select more.",
        )
    return first, last


def later(view: View) -> str:
    """What to do where the data, as of the day looked at, are too young to say anything."""
    return "Choose a later day as of." if view.as_of else "Look again when the data reach it."


def days_text(first: int, last: int) -> str:
    """A range of day numbers in words."""
    a, z = (format_value(from_day_number(d), "date") for d in (first, last))
    return f"{a} to {z}"
