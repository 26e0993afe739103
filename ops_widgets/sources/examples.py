"""A few broken rows, short enough to be read and placed where their author finds them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ops_widgets.sources.contract import Rule
from ops_widgets.sources.files import line_of_row
from ops_widgets.sources.reading import Reading

#: How many rows each rule shows.
EXAMPLES = 5
_LONGEST = 80


def as_examples(
    reading: Reading, folder: Path, rule: Rule, rows: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """``rows`` with ``_file`` and ``_row`` as ``file``, ``row`` and (CSV) ``line``, then values.

    Values are those of the rule's columns and of the table's first column, to know the row by.
    """
    columns = dict.fromkeys((reading.table.names[0], *rule.columns))
    if rule.kind == "unique_row":
        columns = dict.fromkeys(reading.table.required_names)
    return [
        _place(reading, folder, row) | {name: _short(row[name]) for name in columns} for row in rows
    ]


def _place(reading: Reading, folder: Path, row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if row["_file"] is not None:
        path = Path(row["_file"])
        found["file"] = str(path.relative_to(folder) if path.is_relative_to(folder) else path)
    if row["_row"] is not None:
        found["row"] = row["_row"]
        if reading.files and reading.files.is_csv:
            line = line_of_row(reading.files, Path(row["_file"]), row["_row"])
            found |= {"line": line} if line else {}
    return found


def _short(value: Any) -> Any:
    if isinstance(value, date):
        return str(value)
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
