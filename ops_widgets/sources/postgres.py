"""PostgreSQL as an engine: what Ibis's compiler for it leaves to the database's locale."""

from __future__ import annotations

from typing import Any

import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.postgres import PostgresCompiler


class ByteOrder(PostgresCompiler):
    """Text is ordered by its bytes, as DuckDB and Spark do, whatever alphabet the database has.

    Otherwise another line could be the first of several, or another campaign the least.
    """

    def visit_Min(self, op: ops.Min, *, arg: Any, where: Any) -> Any:
        """The least value."""
        return super().visit_Min(op, arg=_by_bytes(op.arg, arg), where=where)

    def visit_Max(self, op: ops.Max, *, arg: Any, where: Any) -> Any:
        """The greatest value."""
        return super().visit_Max(op, arg=_by_bytes(op.arg, arg), where=where)

    def visit_SortKey(self, op: ops.SortKey, *, arg: Any, **order: Any) -> Any:
        """What rows are ordered by."""
        return super().visit_SortKey(op, arg=_by_bytes(op.arg, arg), **order)


def _by_bytes(value: ops.Value, sql: Any) -> Any:
    if not value.dtype.is_string():
        return sql
    return sge.Collate(this=sql, expression=sg.to_identifier("C", quoted=True))
