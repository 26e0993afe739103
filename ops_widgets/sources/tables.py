"""The tables that a source maps, as views on its engine: files, tables of a database, selects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.util import gen_name

from ops_widgets.contract import TABLES
from ops_widgets.errors import DataError, OpsError, UsageError, nearest
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.engine import ATTACHED, duckdb_file, on_duckdb
from ops_widgets.sources.explain import explain, first_sentence
from ops_widgets.sources.files import Files, csv_columns, csv_sql, find_files, parquet_sql, quote
from ops_widgets.sources.reading import Reading
from ops_widgets.sources.selects import confine, one_select


class MappedTables:
    """The tables that ``config`` maps, by name, on the engine ``con``.

    Raises :class:`DataError` for files, columns or types that are broken, :class:`UsageError`
    for a ``sql`` that cannot run or files that the engine does not read.
    """

    def __init__(self, config: SourceConfig, con: Any) -> None:
        self.config, self.con = config, con
        self._readings: dict[str, Reading] = {}
        #: Mapped tables with all columns that the source has, but for those in CSV.
        self._raw: dict[str, ir.Table] = {}
        self._raw_made = False
        self._confined = False

    def reading(self, name: str) -> Reading:
        """The table as it is in the source, read at most once."""
        if name not in self._readings:
            self._readings[name] = self._read_once(self._read(name))
        return self._readings[name]

    def part(self, name: str, paths: Collection[str]) -> Reading:
        """The table as only these of its files hold it (all of it where there are none)."""
        files = self.reading(name).files
        chosen = tuple(path for path in files.paths if str(path) in paths) if files else ()
        if files is None or chosen in ((), files.paths):
            return self.reading(name)
        return self._read_once(self._read_files(name, replace(files, paths=chosen)))

    def files(self, name: str) -> Files:
        """The files that hold a table which is mapped to files."""
        table = self.config.tables[name]
        where = f"[tables.{name}]"
        return find_files(table.file, self.config.folder, where, table.delimiter, table.encoding)

    def column(self, name: str, column: str, named_for: str) -> ir.Table:
        """One column of a mapped table as the source has it, whether the contract knows it or not.

        ``named_for`` is the key of the source that names it.
        """
        reading = self.reading(name)
        files = reading.files if name not in self._raw else None
        held = csv_columns(files, files.paths[0]) if files else self._raw[name].columns
        if column in held:
            if files is None:
                return self._raw[name].select(column)
            sql = csv_sql(files, {column: column})
            return self._view(gen_name(f"ops {name} {column}"), sql, files.where, files.paths)
        raise DataError(
            f"{reading.where}: there is no column {column!r}, named for {named_for}.",
            nearest(column, held),
        )

    @cached_property
    def raw_files(self) -> dict[str, Files]:
        """The files that ``sql`` selects from, by the name it knows them by."""
        folder = self.config.folder
        return {
            name: find_files(spec, folder, f"[files] {name}")
            for name, spec in self.config.files.items()
        }

    def _read(self, name: str) -> Reading:
        table, where = self.config.tables[name], f"[tables.{name}]"
        if not on_duckdb(self.config) and (table.file or self.config.files):
            raise UsageError(
                f"{where}: files are read by DuckDB, but connect is another engine.",
                "Use table or sql there, or leave connect out.",
            )
        if table.file:
            return self._read_files(name, self.files(name))
        if table.table:
            rows = self._database_table(table.table, where)
        else:
            rows = self._select(name, table.sql.strip(" \n;"))
        self._raw[name] = rows
        return Reading.of(TABLES[name], table.columns, rows, where, self.con)

    def _read_once(self, reading: Reading) -> Reading:
        """Text is read by a view of DuckDB; other engines hold what they are asked once anyway."""
        if not on_duckdb(self.config):
            return reading
        return reading.with_text_read(
            lambda rows: self._view(
                gen_name(f"ops {reading.table.name} read"),
                str(ibis.to_sql(rows, dialect="duckdb")),
                reading.where,
            )
        )

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
        # All files are mapped before some of them are read again.
        self._raw.setdefault(name, raw)
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
            sql = one_select(sql, self.con, where, with_files=self.config.allow_sql_files)
            if on_duckdb(self.config):
                self._confine()
                return self._view(f"ops {name}", sql, where)
            return self.con.sql(sql)
        except OpsError as error:
            cause = error.__cause__
            if not isinstance(cause, Exception) or isinstance(cause, duckdb.PermissionException):
                raise
            raise self._cannot_run(where, cause) from cause
        except Exception as error:
            raise self._cannot_run(where, error) from error

    def _cannot_run(self, where: str, cause: Exception) -> UsageError:
        return UsageError(
            f"{self.config.path}: the sql of {where} cannot run: {first_sentence(str(cause))}",
            "Correct it there; try it in the database's own shell.",
        )

    def _confine(self) -> None:
        """Before the first ``sql`` of the source runs: it opens the files that the source names."""
        if self._confined or self.config.allow_sql_files:
            return
        tables = (self.files(name) for name, one in self.config.tables.items() if one.file)
        confine(self.con, [p for files in (*tables, *self.raw_files.values()) for p in files.paths])
        self._confined = True

    def _make_raw_views(self) -> None:
        """Make the views that ``sql`` selects from, once."""
        if self._raw_made:
            return
        for name, files in self.raw_files.items():
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
            self.con.raw_sql(f"CREATE VIEW memory.main.{quote(name)} AS (\n{sql}\n)")
            return self.con.table(name, database=("memory", "main"))
        except duckdb.Error as error:
            raise explain(error, where, paths) from error
