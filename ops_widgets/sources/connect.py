"""One open source: the contract's tables as Ibis expressions on whatever engine holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ibis.expr.types as ir
import pyarrow as pa
from ibis.util import gen_name

from ops_widgets.contract import TABLES
from ops_widgets.errors import DataError, OpsError, together
from ops_widgets.sources.casts import typed
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.engine import MEMORY, on_duckdb, open_duckdb, open_other, stream
from ops_widgets.sources.explain import explain
from ops_widgets.sources.fingerprint import fingerprint, identities
from ops_widgets.sources.reading import Reading
from ops_widgets.sources.tables import MappedTables


class Source:
    """A source whose engine is connected. Use it as a context manager, or close it.

    ``con`` is the Ibis backend; on DuckDB its database is in memory, with a DuckDB file of the
    source attached read-only beside it.
    """

    def __init__(self, config: SourceConfig, con: Any) -> None:
        self.config = config
        self.con = con
        self._mapped = MappedTables(config, con)
        self._open = True

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the mapped tables, in the contract's order."""
        return tuple(name for name in TABLES if name in self.config.tables)

    def present(self, table: str) -> tuple[str, ...]:
        """The contract's columns that are really mapped; none for an unmapped table."""
        return self.reading(table).present if table in self.config.tables else ()

    def table(self, name: str) -> ir.Table | None:
        """All rows with exactly the contract's columns, in order and of the contract's types.

        What does not fit its type is null, as is every unmapped column. None for an unmapped
        table; :class:`DataError` when its file, columns or types are broken.
        """
        if name not in self.config.tables:
            return None
        reading = self.reading(name)
        return reading.typed(reading.rows)

    def reading(self, name: str) -> Reading:
        """A mapped table as it is in the source: what the checks look at."""
        return self._mapped.reading(name)

    def require_readable(self) -> None:
        """Raise one error that says what is wrong with each table that cannot be read at all."""
        broken = []
        for name in self.tables:
            try:
                self.reading(name)
            except OpsError as error:
                broken.append(error)
        if broken:
            raise together(broken)

    def part(self, name: str, paths: Collection[str]) -> Reading:
        """A mapped table as only these of its files hold it (all of it where there are none)."""
        return self._mapped.part(name, paths)

    def odd_counts(self) -> dict[str, dict[str, int]]:
        """Raw file -> what its selects do not see, by name: rows left out, texts of a wrong type.

        Only of files that a select has read, and only what is there.
        """
        found = {
            name: self.con.to_pyarrow(rows).to_pylist()[0]
            for name, rows in self._mapped.odd.items()
        }
        seen = {name: {of: n for of, n in counts.items() if n} for name, counts in found.items()}
        return {name: counts for name, counts in seen.items() if counts}

    def newest(self, name: str, column: str) -> str | None:
        """The newest moment in a column of a mapped table (naive UTC, ISO); None: it is empty.

        Raises :class:`DataError` where the table has no such column, or it holds no moments.
        """
        rows = self._mapped.column(name, column, "complete_column")
        moments = typed(rows[column], "timestamp", self.reading(name).written)
        if moments is None:
            raise DataError(
                f"[tables.{name}]: complete_column {column!r} is {rows[column].type()}, which "
                "cannot be read as a timestamp.",
                "Name a column that says when the row was exported.",
            )
        found = self.run(rows.agg(newest=moments[0].max()), name)["newest"][0].as_py()
        return found.isoformat() if found else None

    def identities(self, name: str) -> dict[str, str]:
        """Every file of a mapped table with its size and time of change; none off files."""
        files = self.reading(name).files
        return identities(files) if files else {}

    def run(self, expr: ir.Table, table: str) -> pa.Table:
        """The rows of ``expr``, which reads ``table``; broken input raises an OpsError."""
        with self.explained(table):
            return self.con.to_pyarrow(expr)

    def keep(self, expr: ir.Table, table: str) -> ir.Table:
        """``expr``, which reads ``table``, computed once and held by the engine until closed.

        A table, not Ibis's cache: that one is dropped by the garbage collector, which may come
        after the connection has gone. DuckDB's is not a temporary one, which a stream could not
        see; its whole database is of this source alone.
        """
        with self.explained(table):
            place = {"database": MEMORY} if on_duckdb(self.config) else {"temp": True}
            return self.con.create_table(gen_name("kept"), obj=expr, **place)

    def named(self, expr: ir.Table, table: str) -> ir.Table:
        """``expr``, which reads ``table``, as a view of DuckDB; elsewhere as it is.

        Ibis takes longer to write a large expression than DuckDB to run it, and writes it again
        for whatever is asked of it.
        """
        if not on_duckdb(self.config):
            return expr
        with self.explained(table):
            return self.con.create_view(gen_name("named"), expr, database=MEMORY)

    @contextmanager
    def kept(self, expr: ir.Table, table: str) -> Iterator[ir.Table]:
        """Like :meth:`keep`, for as long as the ``with`` lasts: a large step, soon useless.

        What was kept or streamed of it stays good; an expression over it does not.
        """
        held = self.keep(expr, table)
        try:
            yield held
        finally:
            self._let_go(held)

    def batches(self, expr: ir.Table, table: str) -> pa.RecordBatchReader:
        """The rows of ``expr``, which reads ``table``, in Arrow batches of its schema.

        The engine finishes the result before this returns: streaming straight out of a union of
        aggregates can stop DuckDB 1.5 for ever (each waits for the other's buffer). It is let go
        with the last batch, or when nobody holds the reader any more.
        """
        held = self.keep(expr, table)

        def rows(stream: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
            try:
                yield from stream
            finally:
                # PostgreSQL drops no table that a cursor still reads.
                del stream
                self._let_go(held)

        schema = held.schema().to_pyarrow()
        return pa.RecordBatchReader.from_batches(schema, rows(stream(self.con, held)))

    @contextmanager
    def explained(self, table: str) -> Iterator[None]:
        """Whatever the engine says of ``table`` meanwhile is said in words, as an OpsError."""
        try:
            yield
        except OpsError:
            raise
        except Exception as error:
            module = type(error).__module__.split(".")[0]
            if module in ("builtins", "ibis") and not isinstance(error, OSError):
                raise  # a mistake of this program is no mistake in the data
            files = self.reading(table).files
            raise explain(error, f"[tables.{table}]", files) from error

    def fingerprint(self) -> str | None:
        """SHA-256 over all that decides on the rows; None when the inputs cannot be listed."""
        try:
            return fingerprint(self.config, self._mapped)
        except OpsError:
            self.require_readable()  # says what is wrong with other tables, too
            raise

    def close(self) -> None:
        """Close the connection; what was kept is gone."""
        self._open = False
        self._mapped.close()
        self.con.disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _let_go(self, held: ir.Table) -> None:
        if self._open:
            self.con.drop_table(held.op().name)


def open_source(
    config: SourceConfig, *, memory: str | None = None, temp_directory: Path | None = None
) -> Source:
    """Connect to the engine of ``config``.

    ``memory`` (such as ``"2GB"``) and ``temp_directory`` bound DuckDB; other engines have their
    own settings. Raises :class:`UsageError` for an unknown scheme or a driver that is not
    installed, :class:`DataError` for a database that refuses or is missing.
    """
    if on_duckdb(config):
        return Source(config, open_duckdb(config, memory, temp_directory))
    return Source(config, open_other(config))
