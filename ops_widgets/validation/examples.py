"""A few broken rows, short enough to be read and placed where their author finds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from ops_widgets.contract.table import Table
from ops_widgets.errors import shortened
from ops_widgets.sources.files import place_of_row
from ops_widgets.sources.reading import Reading
from ops_widgets.validation.rules import EQUAL_LINES

#: How many rows each rule shows.
EXAMPLES = 5
_LONGEST = 80


#: Rule -> the first rows that broke it.
Examples = dict[str, list[dict[str, Any]]]


def brief(table: Table, rule: str, row: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a row: its place (``_file``, ``_row``) and the values to know it by.

    Values are those of the rule's columns and of the table's first column; wrong types and limits
    have rules of their own, named after the column.
    """
    declared = {one.name: one for one in (*table.rules, EQUAL_LINES)}.get(rule)
    columns = declared.columns if declared else (_column_of(rule),)
    shown = dict.fromkeys((table.names[0], *columns))
    if declared and declared.kind in ("unique_row", "equal_rows"):
        shown = dict.fromkeys((*table.required_names, *declared.identity))
    values = {name: _shown(row[name]) for name in shown}
    return {"_file": row["_file"], "_row": row["_row"]} | values


def of_left_out(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The same of a row that the source leaves out: what tells it apart."""
    shown = [name for name in table.required_names if name in row]
    return {"_file": row["_file"], "_row": row["_row"]} | {
        name: _shown(row[name]) for name in shown
    }


def _column_of(rule: str) -> str:
    return rule.removesuffix("_wrong_type").removesuffix("_too_large")


def merged(parts: Iterable[Examples]) -> Examples:
    """The first :data:`EXAMPLES` rows of every rule among those of all parts."""
    found: Examples = {}
    for part in parts:
        for rule, rows in part.items():
            found.setdefault(rule, []).extend(rows)
    return {
        rule: sorted(rows, key=lambda row: (row["_file"] or "", row["_row"] or 0))[:EXAMPLES]
        for rule, rows in found.items()
    }


def placed(reading: Reading, folder: Path, row: dict[str, Any]) -> dict[str, Any]:
    """A brief row with ``file``, ``row`` and (CSV) ``line``, where they are known, first."""
    found: dict[str, Any] = {}
    if row["_file"] is not None:
        path = Path(row["_file"])
        found["file"] = str(path.relative_to(folder) if path.is_relative_to(folder) else path)
    if row["_row"] is not None:
        found["row"] = row["_row"]
        files = reading.files if reading.files and reading.files.is_csv else None
        if files and (place := place_of_row(files, Path(row["_file"]), row["_row"])):
            found["file"] += f"/{place.member}" if place.member else ""
            found["line"] = place.line
    return found | {name: value for name, value in row.items() if name not in ("_file", "_row")}


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return str(value)
    if value is None or isinstance(value, int | float):
        return value
    return shortened(str(value), _LONGEST)
