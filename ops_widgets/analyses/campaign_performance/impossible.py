"""What cannot be: more of a part than of its whole, a cost of what nobody saw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ops_widgets.charts.formats import grouped

#: A part, and the whole that it cannot exceed; what each is called is its name.
WHOLES = (
    ("clicks", "impressions"),
    ("visits", "clicks"),
    ("orders", "visits"),
    ("orders", "clicks"),
)


def remarks(table: pd.DataFrame) -> pd.Series:
    """What cannot be in each row of the economics, in words; empty: everything can.

    Columns that are not there, or unknown, say nothing.
    """
    odd = table[["days_overclicked", "days_unseen"]].gt(0).any(axis=1)
    for part, whole in WHOLES:
        if part in table and whole in table:
            odd |= table[part] > table[whole]
    rows = table[odd]
    said = ["; ".join(_of(row)) for row in rows.to_dict("records")]
    return pd.Series(said, rows.index, dtype="str").reindex(table.index, fill_value="")


def _of(row: dict[Any, Any]) -> Iterator[str]:
    over = False
    for part, whole in WHOLES:
        if row.get(part, 0) > row.get(whole, float("nan")):
            over = over or part == "clicks"
            yield f"more {part} than {whole}"
    if not over and (of_days := remark_of_days(row)):
        yield of_days
    if row["days_unseen"]:
        yield f"cost without impressions on {_days(row['days_unseen'])}"


def said(table: pd.DataFrame) -> str:
    """How many rows of the economics hold what cannot be, and what to do; empty: none."""
    found = table.loc[table["remark"] != "", "remark"]
    if found.empty:
        return ""
    what = found.iloc[0] if len(found) == 1 else f"{len(found)} rows hold what cannot be"
    return f"{what[0].upper()}{what[1:]} (see Remark): such rates are unknown."


def remark_of_days(row: Mapping[Any, Any]) -> str:
    """On how many days more clicked than saw, of a row of the economics; empty: on none."""
    many = row["days_overclicked"]
    return f"more clicks than impressions on {_days(many)}" if many else ""


def _days(many: float) -> str:
    return f"{grouped(many, 0)} campaign day{'' if many == 1 else 's'}"
