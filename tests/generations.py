"""All that a generation of summaries says, to be compared with another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq


def contents(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """All that a generation says, whatever the order of its rows and the numbers of customers."""
    con = duckdb.connect(str(folder / manifest["store"]), read_only=True)
    names = [name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()]
    found: dict[str, Any] = {}
    for name in names:
        table = con.table(name)
        rows = table.fetchall()
        columns = [
            (column, str(kind)) for column, kind in zip(table.columns, table.types, strict=True)
        ]
        if "customer" in table.columns:
            rows = _anonymous(rows, table.columns.index("customer"))
        # A row may hold a list, which nothing can be counted by.
        found[name] = (columns, Counter(map(repr, rows) if _nested(columns) else rows))
    con.close()
    rejects = {
        path.stem: Counter(map(tuple, _values(path)))
        for path in (folder / manifest["rejects"]).glob("*.parquet")
    }
    found["rejects"] = {name: rows for name, rows in rejects.items() if rows}
    check = manifest["check"]
    tables = {
        name: table | {"rules": [rule | {"examples": None} for rule in table["rules"]]}
        for name, table in check["tables"].items()
    }
    for table in tables.values():
        assert table["rows_in"] == table["rows_used"] + table["rows_rejected"]
    passing = ("generation", "store", "rejects", "built_at", "check")
    found["manifest"] = {key: one for key, one in manifest.items() if key not in passing}
    found["check"] = check | {"tables": tables}
    return found


def _values(path: Path) -> Iterable[Iterable[Any]]:
    return (one.values() for one in pq.read_table(path).to_pylist())


def _anonymous(rows: list[tuple[Any, ...]], place: int) -> list[Any]:
    """Customers as what is said of them, not as the numbers they happen to have."""
    said: dict[Any, list[Any]] = {}
    for one in rows:
        said.setdefault(one[place], []).append(one[:place] + one[place + 1 :])
    return [tuple(sorted(those)) for those in said.values()]


def _nested(columns: Any) -> bool:
    """Whether a column holds lists."""
    return any("[]" in str(kind) for _, kind in columns)
