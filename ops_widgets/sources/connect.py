"""One open source: the contract's tables as Ibis expressions on whatever engine holds them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
from ibis.util import gen_name

from ops_widgets.contract import CONTRACT_VERSION, TABLES
from ops_widgets.errors import DataError, OpsError, UsageError, nearest
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.engine import (
    ATTACHED,
    duckdb_file,
    on_duckdb,
    open_duckdb,
    open_other,
    stream,
)
from ops_widgets.sources.explain import explain, first_sentence
from ops_widgets.sources.files import Files, csv_columns, csv_sql, find_files, parquet_sql, quote
from ops_widgets.sources.reading import Reading

# A sql that opens files itself has inputs that nobody can list.
_READS_FILES = re.compile(r"\b(read|parquet|scan)\w*\s*\(|\.(parquet|csv|json)\b", re.IGNORECASE)


class Source:
    """A source whose engine is connected. Use it as a context manager, or close it.

    ``con`` is the Ibis backend; on DuckDB its database is in memory, with a DuckDB file of the
    source attached read-only beside it.
    """

    def __init__(self, config: SourceConfig, con: Any) -> None:
        self.config = config
        self.con = con
        self._readings: dict[str, Reading] = {}
        self._raw_made = False
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
        if name not in self._readings:
            self._readings[name] = self._read(name)
        return self._readings[name]

    def part(self, name: str, paths: Collection[str]) -> Reading:
        """A mapped table as only these of its files hold it (all of it where there are none)."""
        files = self.reading(name).files
        chosen = tuple(path for path in files.paths if str(path) in paths) if files else ()
        if files is None or chosen in ((), files.paths):
            return self.reading(name)
        return self._read_files(name, replace(files, paths=chosen))

    def identities(self, name: str) -> dict[str, str]:
        """Every file of a mapped table with its size and time of change; none off files."""
        files = self.reading(name).files
        stats = {str(path): path.stat() for path in files.paths} if files else {}
        return {path: f"{stat.st_size}-{stat.st_mtime_ns}" for path, stat in stats.items()}

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
            name, temporary = gen_name("kept"), not on_duckdb(self.config)
            return self.con.create_table(name, obj=expr, temp=temporary)

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
            paths = files.paths if files else ()
            raise explain(error, f"[tables.{table}]", paths) from error

    def fingerprint(self) -> str | None:
        """SHA-256 over what the TOML means, the contract's version and every input file.

        A file counts with its path, size and time of change. None when the inputs cannot be
        listed: a database server, or a ``sql`` that opens files by itself.
        """
        if not on_duckdb(self.config):
            return None
        if any(_READS_FILES.search(table.sql) for table in self.config.tables.values()):
            return None
        meaning = self.config.model_dump_json(exclude={"path", "name", "connect", "store"})
        digest = hashlib.sha256(f"contract {CONTRACT_VERSION}\n{meaning}".encode())
        for path in self._inputs():
            stat = path.stat()
            name = os.path.relpath(path, self.config.folder)
            digest.update(f"\n{name}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
        return digest.hexdigest()

    def close(self) -> None:
        """Close the connection; what was kept is gone."""
        self._open = False
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

    def _inputs(self) -> Iterator[Path]:
        for name, table in self.config.tables.items():
            if table.file:
                yield from self._files(name).paths
        for files in self._raw_files.values():
            yield from files.paths
        if database := duckdb_file(self.config):
            yield database
            if (log := database.with_name(database.name + ".wal")).exists():
                yield log

    def _files(self, name: str) -> Files:
        table = self.config.tables[name]
        where = f"[tables.{name}]"
        return find_files(table.file, self.config.folder, where, table.delimiter, table.encoding)

    @cached_property
    def _raw_files(self) -> dict[str, Files]:
        folder = self.config.folder
        return {
            name: find_files(spec, folder, f"[files] {name}")
            for name, spec in self.config.files.items()
        }

    def _make_raw_views(self) -> None:
        """Make the views that ``sql`` selects from, once."""
        if self._raw_made:
            return
        for name, files in self._raw_files.items():
            if files.is_csv:
                columns = {column: column for column in csv_columns(files, files.paths[0])}
                sql = f"SELECT * EXCLUDE (_file) FROM ({csv_sql(files, columns)})"
                self._view(name, sql, files.where)
            else:
                sql = f"SELECT * FROM {parquet_sql(files)}"
                self._view(name, sql, files.where, files.paths)
        self._raw_made = True

    def _view(self, name: str, sql: str, where: str, paths: Sequence[Path] = ()) -> ir.Table:
        try:
            self.con.raw_sql(f"CREATE VIEW memory.main.{quote(name)} AS ({sql})")
            return self.con.table(name, database=("memory", "main"))
        except duckdb.Error as error:
            raise explain(error, where, paths) from error

    def _read(self, name: str) -> Reading:
        table, where = self.config.tables[name], f"[tables.{name}]"
        if not on_duckdb(self.config) and (table.file or self.config.files):
            raise UsageError(
                f"{where}: files are read by DuckDB, but connect is another engine.",
                "Use table or sql there, or leave connect out.",
            )
        if table.file:
            return self._read_files(name, self._files(name))
        if table.table:
            rows = self._database_table(table.table, where)
        else:
            rows = self._select(name, table.sql.strip(" \n;"))
        return Reading.of(TABLES[name], table.columns, rows, where, self.con)

    def _read_files(self, name: str, files: Files) -> Reading:
        table, view = TABLES[name], gen_name(f"ops {name}")
        mapping = self.config.tables[name].columns
        if files.is_csv:
            held = list(csv_columns(files, files.paths[0]))
            columns = Reading.match(table, mapping, held, files.where, str(files.paths[0]))
            filed = self._view(view, csv_sql(files, columns), files.where)
            sql = csv_sql(files, columns, located=True)
            located = self._view(f"{view} located", sql, files.where)
            return Reading(table, filed.drop("_file"), filed, located, files.where, files)
        read = parquet_sql(files)
        everything = f"SELECT * FROM {read}"
        raw = self._view(f"{view} raw", everything, files.where, files.paths)
        held = list(raw.columns)
        columns = Reading.match(table, mapping, held, files.where, str(files.paths[0]))
        chosen = [f"{quote(column)} AS {quote(target)}" for target, column in columns.items()]
        # Virtual columns of the reader: free until an example asks for them, and hidden where
        # the file has a column of that name.
        file = "NULL" if "filename" in held else "filename"
        row = "NULL" if "file_row_number" in held else "file_row_number + 1"
        chosen += [f"CAST({file} AS VARCHAR) AS _file", f"CAST({row} AS BIGINT) AS _row"]
        located = self._view(view, f"SELECT {', '.join(chosen)} FROM {read}", files.where)
        filed = located.drop("_row")
        return Reading(table, filed.drop("_file"), filed, located, files.where, files)

    def _database_table(self, name: str, where: str) -> ir.Table:
        *path, last = name.split(".")
        database = (ATTACHED, *(path or ["main"])) if duckdb_file(self.config) else tuple(path)
        try:
            return self.con.table(last, database=".".join(database) or None)
        except Exception as error:
            try:
                known = self.con.list_tables(database=".".join(database) or None)
            except Exception:
                known = []
            raise DataError(
                f"{where}: the database has no table {name!r}.", nearest(last, known)
            ) from error

    def _select(self, name: str, sql: str) -> ir.Table:
        self._make_raw_views()
        where = f"[tables.{name}]"
        try:
            if on_duckdb(self.config):
                return self._view(f"ops {name}", sql, where)
            return self.con.sql(sql)
        except Exception as error:
            cause = error.__cause__ or error
            raise UsageError(
                f"{self.config.path}: the sql of {where} cannot run: {first_sentence(str(cause))}",
                "Correct it there; try it in the database's own shell.",
            ) from cause


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
