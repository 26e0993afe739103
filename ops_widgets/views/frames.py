"""What a frame tells its table and chart: labels, formats, currency, a note; and the as-of day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from ops_widgets.errors import UsageError
from ops_widgets.summaries.store import Store


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


def described(
    store: Store,
    frame: pd.DataFrame,
    columns: Mapping[str, tuple[str, str]],
    note: str = "",
) -> pd.DataFrame:
    """``frame`` with only ``columns`` (name -> label, format), in that order, for people.

    Labels, formats, the currency of money columns and the note travel in ``frame.attrs``.
    """
    result = frame[list(columns)].reset_index(drop=True)
    result.attrs = {
        "labels": {name: label for name, (label, _) in columns.items()},
        "formats": {name: kind for name, (_, kind) in columns.items()},
        "currency": store.source["currency"],
        "minor_digits": store.source["minor_digits"],
        "note": note,
    }
    return result
