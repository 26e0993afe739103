"""The title of a panel: what its own frame says, in one sentence that is read at once."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ops_widgets.charts.formats import format_value, is_missing
from ops_widgets.errors import shortened
from ops_widgets.metrics.compare import LEAST_SAMPLE

#: Letters of a name that a title shows: two names and what is said of them are two lines.
LONGEST_NAME = 30


def name(value: Any) -> str:
    """A name of the data as a title shows it."""
    return shortened(" ".join(str(value).split()), LONGEST_NAME)


def shown(frame: pd.DataFrame, column: str, value: Any) -> str:
    """A value of a column of ``frame`` as its table shows it."""
    attrs = frame.attrs
    money = (attrs["currency"], attrs["minor_digits"])
    return format_value(value, attrs["formats"][column], *money)


def ends(
    frame: pd.DataFrame, column: str, sample: str, least: int = LEAST_SAMPLE
) -> tuple[pd.Series, pd.Series] | None:
    """The rows with most and with least of a column, of those that rest on a ``sample`` of at
    least so many; the same row twice where there is but one, None where there is none.

    Ties go to the row that comes first (most) and last (least).
    """
    known = frame[[not is_missing(value) for value in frame[column]]]
    known = known[known[sample].ge(least).fillna(False).astype(bool)]
    if known.empty:
        return None
    ordered = known.sort_values(column, ascending=False, kind="stable")
    return ordered.iloc[0], ordered.iloc[-1]
