"""Spark as an engine: what Ibis's backend for it lacks.

Ibis 12 makes no temporary tables on Spark, moves in-memory tables and results through one pandas
frame, and stops every session when it leaves. Here results and in-memory tables stay Arrow, and
a temporary table is cached by Spark: on the executors, and on their disks where memory ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.util import gen_name
from pyspark.sql import functions as F

#: Rows come back in pieces of about this size; a partition is never cut.
PIECE = 1_000_000


class SparkCompiler(PySparkCompiler):
    """Ibis's compiler, an aggregate of Spark that it does not know, and blanks as elsewhere."""

    SIMPLE_OPS: ClassVar = {ops.BitOr: "bit_or"}

    def visit_Strip(self, op: ops.Strip, *, arg: Any) -> Any:
        """Text without blanks around it.

        Written as an escape, Spark takes two of the blanks for letters: "chf" would become "ch".
        """
        rare = (self.f.anon.char(ord(blank)) for blank in "\v\f")
        return self.f.anon.btrim(arg, self.f.concat(" \t\n\r", *rare))


class Spark(Backend):
    """Ibis's backend with temporary tables and Arrow streams.

    ``leave`` is called at the end: whoever opened the session knows whether to stop it.
    """

    compiler = SparkCompiler()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leave: Callable[[], object] = lambda: None
        #: Name -> rows of every temporary table.
        self._kept: dict[str, int] = {}
        self._sent: list[str] = []

    def create_table(
        self, name: str, /, obj: Any = None, *, temp: bool | None = None, **kwargs: Any
    ) -> ir.Table:
        """A temporary table is computed here and now, and cached until it is dropped."""
        if not temp:
            return super().create_table(name, obj, temp=temp, **kwargs)
        frame = self._frame(obj).persist()
        try:
            rows = frame.count()
        except Exception:
            frame.unpersist()
            raise
        # The view is made of the frame, not of its SQL: it outlives the tables that it came from.
        frame.createTempView(name)
        self._kept[name] = rows
        # As declared: Spark's own word for a type may say less (timestamp for timestamp(6)).
        return ops.DatabaseTable(name, schema=obj.schema(), source=self).to_expr()

    def drop_table(self, name: str, /, **kwargs: Any) -> None:
        """Drop a table; a temporary one is forgotten by the executors as well."""
        if name not in self._kept:
            super().drop_table(name, **kwargs)
            return
        # By its name: over Spark Connect a frame is its SQL, and the tables in it may be gone.
        self._session.catalog.uncacheTable(name)
        self._session.catalog.dropTempView(name)
        del self._kept[name]

    def to_pyarrow(self, expr: ir.Expr, /, **kwargs: Any) -> Any:
        """The whole result, which never becomes a pandas frame."""
        rows = self._frame(expr.as_table(), **kwargs).toArrow()
        return expr.__pyarrow_result__(rows.cast(expr.as_table().schema().to_pyarrow()))

    def to_pyarrow_batches(
        self, expr: ir.Expr, /, *, chunk_size: int = PIECE, **kwargs: Any
    ) -> pa.RecordBatchReader:
        """Some partitions at a time, together about ``chunk_size`` rows (one at least).

        Asks Spark once for each time: ``expr`` should be a temporary table. One with fewer rows
        comes at once.
        """
        schema = expr.as_table().schema().to_pyarrow()
        op = expr.op()
        if isinstance(op, ops.DatabaseTable) and self._kept.get(op.name, chunk_size) < chunk_size:
            return self.to_pyarrow(expr, **kwargs).to_reader()
        part = gen_name("part")
        frame = self._frame(expr.as_table(), **kwargs).withColumn(part, F.spark_partition_id())
        sizes = sorted(frame.groupBy(part).count().collect())

        def batches() -> Iterator[pa.RecordBatch]:
            for parts in pieces(sizes, chunk_size):
                rows = frame.filter(F.col(part).isin(parts)).drop(part).toArrow()
                yield from rows.cast(schema).to_batches()

        return pa.RecordBatchReader.from_batches(schema, batches())

    def disconnect(self) -> None:
        """Forget what was kept and sent, and leave the session."""
        try:
            for name in list(self._kept):
                self.drop_table(name)
            for name in self._sent:
                self._session.catalog.dropTempView(name)
            self._sent.clear()
        finally:
            self.leave()

    def _frame(self, expr: ir.Table, **kwargs: Any) -> Any:
        """``expr`` as a Spark DataFrame, not yet computed."""
        self._run_pre_execute_hooks(expr)
        return self.raw_sql(self.compile(expr, **kwargs))

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        rows = op.data.to_pyarrow(op.schema)
        self._session.createDataFrame(rows).createOrReplaceTempView(op.name)
        self._sent.append(op.name)


def pieces(sizes: Iterable[tuple[int, int]], rows: int) -> Iterator[list[int]]:
    """Group (partition, its rows) in order, until a group holds ``rows``.

    >>> list(pieces([(0, 4), (1, 4), (2, 9), (3, 1)], rows=8))
    [[0, 1], [2], [3]]
    """
    group: list[int] = []
    held = 0
    for part, size in sizes:
        group.append(part)
        held += size
        if held >= rows:
            yield group
            group, held = [], 0
    if group:
        yield group


# As Ibis itself does when it loads a backend: its compiler reads the options.
Spark.register_options()
