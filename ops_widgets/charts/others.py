"""A long list on a page: its first rows, one row for all others, and the rest within reach.

The file of a table holds every row. A list is a frame whose first text column names each row
once; of any other frame (a triangle, months) nothing is added up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ops_widgets.charts.formats import Total, bare, grouped, is_missing

#: Rows that a table shows at once, and bars or dots of a chart: more are a list, no picture.
MOST_ROWS, MOST_MARKS = 50, 25
#: Rows of a frame that is no list: a triangle of half a year of weeks is read whole.
MOST_WHOLE = 400
#: Whether a row is that of all others; the place of a mark, by which charts sort.
OTHERS, PLACE = "ops_others", "ops_place"


@dataclass(frozen=True)
class Parts:
    """``shown``: what stands on the page (``OTHERS``: the row of all others); ``rest``: the rows
    that do not, in their order; ``others``: whether they are added up in a row.
    """

    shown: pd.DataFrame
    rest: pd.DataFrame
    others: bool = False


def parts(frame: pd.DataFrame, most: int = MOST_ROWS) -> Parts:
    """The first ``most`` rows of a list and whatever is picked, the row of all others, the rest.

    ``frame.attrs`` may hold ``labels`` and ``formats`` by column, ``totals`` (how the others of
    a column are one number: a :data:`~ops_widgets.charts.formats.Total`) and ``pick``.
    """
    attrs, plain = frame.attrs, bare(frame)
    named = _name_column(plain, attrs)
    limit = most if named else MOST_WHOLE
    if len(plain) <= limit + 1:  # "1 others" takes the place of that one
        return Parts(frame, frame.iloc[:0])
    kept = pd.Series(range(len(plain)), index=plain.index) < limit
    pick = attrs.get("pick")
    if pick and pick["value"]:
        kept |= plain[pick["column"]].eq(pick["value"])
    shown, rest = plain[kept], plain[~kept]
    if named:
        row = _others(rest, named, attrs.get("totals", {}))
        shown = pd.concat([shown.astype(object), row.astype(object)], ignore_index=True)
        numbers = [n for n in plain.columns if pd.api.types.is_numeric_dtype(plain[n])]
        shown[numbers] = shown[numbers].apply(pd.to_numeric)
        shown[OTHERS] = [False] * (len(shown) - 1) + [True]
    shown.attrs = attrs
    return Parts(shown, rest, bool(named))


def for_drawing(frame: pd.DataFrame) -> pd.DataFrame:
    """What a chart of ``frame`` draws: of a list the first rows, with whatever is picked.

    All others together would be a mark beside which the first ones cannot be seen: they stand in
    the table, and :func:`left_out` says so.
    """
    result = frame
    if left_out(frame):
        found = parts(frame, MOST_MARKS).shown
        result = bare(found)[~bare(found)[OTHERS].astype(bool)].drop(columns=OTHERS)
    attrs, result = frame.attrs, bare(result)
    result[PLACE] = range(len(result))
    result.attrs = attrs
    return result


def left_out(frame: pd.DataFrame) -> str:
    """How many rows of a list its chart leaves to the table, in a sentence; empty: none."""
    if len(frame) <= MOST_MARKS + 1 or not _name_column(bare(frame), frame.attrs):
        return ""
    all_rows = grouped(len(frame), 0)
    return f"The first {MOST_MARKS} of {all_rows} are drawn; the table has all of them."


def is_list(frame: pd.DataFrame) -> bool:
    """Whether each row of ``frame`` has a name of its own, so that rows may be added up."""
    return bool(_name_column(bare(frame), frame.attrs))


def _name_column(frame: pd.DataFrame, attrs: dict[Any, Any]) -> str:
    """The column that names every row once; empty: the frame is no list."""
    formats = attrs.get("formats", {})
    first = next(iter(attrs.get("labels", {})), "")
    is_name = formats.get(first) == "text" and first in frame
    return first if is_name and not frame[first].duplicated().any() else ""


def in_total(
    values: Mapping[str, Sequence[Any]], totals: Mapping[str, Total]
) -> dict[str, float | None]:
    """What rows are together, of each column that adds up: sums, and ratios of sums.

    ``values`` are the columns, ``totals`` how each is one number. What is unknown of one row, or
    a ratio to nothing, is None; a column whose parts are not there is left out.

    >>> in_total({"a": [1, 2], "b": [4, 2], "c": [1, None]}, {"a": "sum", "c": "sum"})
    {'a': 3, 'c': None}
    >>> in_total({"a": [1, 2], "b": [4, 2], "r": [0.25, 1.0]}, {"r": ("a", "b")})
    {'r': 0.5}
    """

    def added(column: str) -> Any:
        known = [value for value in values[column] if not is_missing(value)]
        return sum(known) if len(known) == len(values[column]) else None

    found: dict[str, float | None] = {}
    for column, how in totals.items():
        if how == "sum" and column in values:
            found[column] = added(column)
        elif how and column in values and all(part in values for part in how):
            above, below = (added(part) for part in how)
            found[column] = above / below if above is not None and below else None
    return found


def _others(rest: pd.DataFrame, named: str, totals: Mapping[str, Total]) -> pd.DataFrame:
    """One row: what all of ``rest`` are together; what cannot be added up is NA."""
    texts = [n for n in rest.columns if pd.api.types.infer_dtype(rest[n]) in ("string", "empty")]
    row: dict[str, object] = dict.fromkeys(rest.columns) | dict.fromkeys(texts, "")
    row[named] = f"{grouped(len(rest), 0)} others"
    row |= in_total({str(n): rest[n].tolist() for n in rest.columns}, totals)
    for column in rest.columns:
        if str(column).startswith("ops_"):
            row[column] = rest[column].iloc[0]
    return pd.DataFrame([row], columns=rest.columns)
