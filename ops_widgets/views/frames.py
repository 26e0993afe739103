"""What a frame tells its table and chart: labels, formats, what can be picked; and the window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from ops_widgets.errors import UsageError
from ops_widgets.metrics.glossary import definitions
from ops_widgets.periods import Grain, add_periods, index_start, period_index
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import View

#: The column that says how strongly a mark is drawn: fully, or faintly beside a picked one.
SHADE = "ops_shade"
FAINT = 0.3


def as_of_day(store: Store, as_of: date | None) -> date:
    """The last day looked at: ``as_of``, or the last day of the data (see :func:`day_in_data`)."""
    return day_in_data(as_of, store.first_day, store.last_day, store.source["name"])


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
            "Choose a day in between, or prepare newer data.",
        )
    return as_of


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

    Raises ``UsageError`` when there is none.
    """
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


def period_end(index: int, grain: Grain, week_start: str = "monday") -> date:
    """The last day of the period numbered ``index``."""
    return add_periods(index_start(index, grain, week_start), 1, grain) - timedelta(days=1)


def described(
    store: Store,
    frame: pd.DataFrame,
    columns: Mapping[str, tuple[str, str]],
    note: str = "",
) -> pd.DataFrame:
    """``frame`` with only ``columns`` (name -> label, format), in that order, for people.

    Labels, formats, definitions, the currency of money columns and the note travel in
    ``frame.attrs``.
    """
    result = frame[list(columns)].reset_index(drop=True)
    labels = {name: label for name, (label, _) in columns.items()}
    result.attrs = {
        "labels": labels,
        "formats": {name: kind for name, (_, kind) in columns.items()},
        "currency": store.source["currency"],
        "minor_digits": store.source["minor_digits"],
        "note": note,
        "terms": {labels[name]: text for name, text in definitions(labels).items()},
    }
    return result


def pickable(frame: pd.DataFrame, column: str, field: str, view: View) -> pd.DataFrame:
    """``frame`` whose marks and rows can be picked: the value of ``column`` becomes ``field``.

    What is not picked is drawn faintly beside what is.
    """
    picked = getattr(view, field)
    frame[SHADE] = 1.0 if not picked else frame[column].eq(picked).map({True: 1.0, False: FAINT})
    frame.attrs["pick"] = {"field": field, "column": column, "value": picked}
    return frame


def brushable(frame: pd.DataFrame, column: str, ends: pd.Series, view: View) -> pd.DataFrame:
    """``frame`` over whose time a part can be selected: ``column`` begins and ``ends`` a period."""
    frame["ops_end"] = pd.to_datetime(ends).to_numpy()
    frame.attrs["brush"] = {
        "column": column,
        "since": view.since.isoformat() if view.since else "",
        "until": view.until.isoformat() if view.until else "",
    }
    return frame
