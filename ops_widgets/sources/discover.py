"""Sources without a TOML: tables found by the names the contract gives them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from ops_widgets.contract import TABLES
from ops_widgets.errors import DataError, UsageError, nearest
from ops_widgets.sources.records import SUFFIXES

# What follows a table's name: nothing, or the number or date of a part (orders_2024-01.csv).
_WHOLE = (*reversed(SUFFIXES), ".csv.gz", ".tsv.gz", ".jsonl.gz")
_PARTS = (".parquet", ".csv", ".csv.gz", ".tsv", ".xlsx")


def tables_in_folder(folder: Path) -> dict[str, str]:
    """Contract table -> file, folder or glob inside ``folder`` that holds it.

    Raises :class:`UsageError` when there is none, or a table is there twice.
    """
    found: dict[str, str] = {}
    inside = list(folder.iterdir())
    files = [path.name for path in inside if path.is_file()]
    folders = {path.name for path in inside if path.is_dir()}
    for name in TABLES:
        # No table's name is another one's with a part behind it: * is safe here (a test holds it).
        patterns = [one for one in _patterns(name) if any(fnmatchcase(f, one) for f in files)]
        patterns += [name] if name in folders else []
        if len(patterns) > 1:
            raise UsageError(
                f"{folder} holds the table {name!r} more than once: {', '.join(patterns)}.",
                "Keep one of them, or write a source.toml that names it.",
            )
        if patterns:
            found[name] = patterns[0]
    if not found:
        near = [p.name for p in sorted(folder.iterdir()) if nearest(p.stem, TABLES)[:3] == "Did"]
        remedy = f"Rename {near[0]}. {nearest(Path(near[0]).stem, TABLES)}" if near else ""
        raise UsageError(
            f"{folder} holds no table of the contract ({', '.join(TABLES)}).",
            remedy or "Add orders.csv, orders.xlsx or orders.parquet, or give a TOML file.",
        )
    return found


def _patterns(name: str) -> list[str]:
    return [name + one for one in _WHOLE] + [f"{name}[-_0-9]*{one}" for one in _PARTS]


def tables_in_database(path: Path) -> list[str]:
    """Names of the contract's tables that a DuckDB file holds.

    Raises :class:`DataError` when it is no DuckDB file, :class:`UsageError` when it holds none.
    """
    try:
        with duckdb.connect(path, read_only=True) as database:
            rows = database.execute("select table_name from information_schema.tables").fetchall()
    except duckdb.Error as error:
        raise DataError(
            f"{path} cannot be opened as a DuckDB database.",
            "Check that it is one, is complete, and that no other program is writing to it.",
        ) from error
    held = {name for (name,) in rows}
    found = [name for name in TABLES if name in held]
    if not found:
        raise UsageError(
            f"{path} holds no table of the contract, but {', '.join(sorted(held)) or 'nothing'}.",
            'Write a TOML file with connect = "duckdb://..." and a sql for each table.',
        )
    return found
