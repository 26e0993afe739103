"""Rows as 64-bit hashes, by the engine that holds them: equal rows have equal ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir


@ibis.udf.scalar.builtin(name="hash")
def _duckdb_hash(row) -> dt.uint64:  # type: ignore[no-untyped-def]
    """64-bit hash of all values of a row, by DuckDB."""


@ibis.udf.scalar.builtin(name="xxhash64")
def _spark_hash(text: str) -> int:  # type: ignore[empty-body]
    """64-bit hash of a text, by Spark (its ``hash`` has 32 bits only)."""


def digest(con: Any, values: Sequence[ir.Value]) -> ir.IntegerColumn:
    """A 64-bit hash of the ``values`` of every row, by the engine ``con``."""
    if con.name == "duckdb":
        return _duckdb_hash(ibis.struct({f"v{i}": value for i, value in enumerate(values)}))
    marked = [value.cast("string").fill_null("\x02") + "\x1f" for value in values]
    text = marked[0].concat(*marked[1:]) if len(marked) > 1 else marked[0]
    return _spark_hash(text) if con.name == "pyspark" else text.hash()
