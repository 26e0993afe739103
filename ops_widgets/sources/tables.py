"""The tables that a source maps, as views on its engine: files, tables of a database, selects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.util import gen_name

from ops_widgets.contract import TABLES
from ops_widgets.errors import DataError, OpsError, UsageError, nearest
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.engine import ATTACHED, MEMORY, duckdb_file, on_duckdb
from ops_widgets.sources.explain import explain, first_sentence
from ops_widgets.sources.files import csv_columns, csv_sql, parquet_columns, parquet_sql, quote
from ops_widgets.sources.found import Files, find_files
from ops_widgets.sources.mapping import how_to_set
from ops_widgets.sources.plain import Copies
from ops_widgets.sources.reading import PLACE, Reading, without_places
from ops_widgets.sources.selects import confine, one_select
from ops_widgets.sources.shape import LEFT_OUT, odd_counts, prepared, require_columns, select


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
        #: Raw file that a select has read -> one row that counts what the select does not see.
        self.odd: dict[str, ir.Table] = {}
        self._confined = False

    def close(self) -> None:
        """Remove what was made of files on the way."""
        if "_copies" in self.__dict__:
            self._copies.close()

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
        where = f"[tables.{name}]"
        setting = how_to_set(self.config, "tables", name)
        return find_files(self.config.tables[name], self.config.folder, where, setting)

    def column(self, name: str, column: str, named_for: str) -> ir.Table:
        """One column of a mapped table as the source has it, whether the contract knows it or not.

        ``named_for`` is the key of the source that names it.
        """
        reading = self.reading(name)
        rows = self._raw[name]
        if column in rows.columns:
            return rows.select(column)
        raise DataError(
            f"{reading.where}: there is no column {column!r}, named for {named_for}.",
            nearest(column, rows.columns),
        )

    @cached_property
    def raw_files(self) -> dict[str, Files]:
        """The files that ``sql`` selects from, by the name it knows them by."""
        return {
            name: find_files(
                one, self.config.folder, f"[files] {name}", how_to_set(self.config, "files", name)
            )
            for name, one in self.config.files.items()
        }

    @cached_property
    def _copies(self) -> Copies:
        """What is made of files that DuckDB does not read: beside what it spills."""
        (folder,) = self.con.raw_sql("SELECT current_setting('temp_directory')").fetchone()
        return Copies(folder)

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
        return Reading.of(TABLES[name], table.columns, rows, where, self.con, table.written)

    def _read_once(self, reading: Reading) -> Reading:
        """It is shaped and read by a view of DuckDB; other engines are asked but once anyway."""
        if not on_duckdb(self.config):
            return reading
        return reading.with_text_read(
            lambda rows: self._view(
                gen_name(f"ops {reading.table.name} read"),
                _sql(rows),
                reading.where,
                reading.files,
            )
        )

    def _read_files(self, name: str, files: Files) -> Reading:
        table, spec = TABLES[name], self.config.tables[name]
        files = self._copies.of(files)
        filed, located = self._base(f"ops {name}", files, ordered=bool(spec.fill_down))
        # All files are mapped before some of them are read again.
        raw = self._raw.setdefault(name, filed)
        held = [one for one in raw.columns if one not in PLACE]
        columns = Reading.match(table, spec.columns, held, files.where, str(files.paths[0]))
        require_columns(held, spec, files.where, str(files.paths[0]))
        if spec.drop or any(one.sql for one in columns.values()):
            self._confine()
        order = columns.get("order_id")
        within = spec.fill_within or (order.column if order else "")

        def shaped(rows: ir.Table, *carried: str) -> ir.Table:
            rows = prepared(rows, spec, within, self.con, files.where)
            carried += (LEFT_OUT,) if spec.drop else ()
            return select(rows, columns, self.con, files.where, *carried)

        is_located = filed is located
        located = shaped(located, *PLACE)
        filed = located if is_located else shaped(filed, "_file")
        left_out = None
        if spec.drop:
            left_out = located.filter(located[LEFT_OUT].notnull())
            located = located.filter(located[LEFT_OUT].isnull()).drop(LEFT_OUT)
            filed = located if is_located else filed.filter(filed[LEFT_OUT].isnull()).drop(LEFT_OUT)
        rows = without_places(filed)
        return Reading(table, rows, filed, located, files.where, files, spec.written, left_out)

    def _base(self, name: str, files: Files, *, ordered: bool) -> tuple[ir.Table, ir.Table]:
        """All columns of ``files`` and ``_file``; and the same with ``_row``.

        The first has ``_row`` too where it costs nothing, or rows are ``ordered`` by it.
        """
        name = gen_name(name)
        if not files.is_csv:
            read = parquet_sql(files)
            every = f"SELECT {parquet_columns(files)}"
            raw = self._view(f"{name} raw", f"{every} FROM {read}", files.where, files)
            # Virtual columns of the reader: free until an example asks for them, and hidden where
            # the file has a column of that name.
            file = "NULL" if "filename" in raw.columns else "filename"
            row = "NULL" if "file_row_number" in raw.columns else "file_row_number + 1"
            sql = f"{every}, CAST({file} AS VARCHAR) AS _file, CAST({row} AS BIGINT) AS _row"
            located = self._view(name, f"{sql} FROM {read}", files.where, files)
            return located, located
        columns = {column: column for column in csv_columns(files, files.paths[0])}
        sql = csv_sql(files, columns, located=True)
        located = self._view(f"{name} located", sql, files.where, files)
        if ordered:
            return located, located
        return self._view(name, csv_sql(files, columns), files.where, files), located

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
        paths = [p for files in (*tables, *self.raw_files.values()) for p in files.paths]
        confine(self.con, paths, self._copies.folder)
        self._confined = True

    def _make_raw_views(self) -> None:
        """Make the views that ``sql`` selects from, once."""
        if self._raw_made:
            return
        for name, found in self.raw_files.items():
            spec, files = self.config.files[name], self._copies.of(found)
            filed, _ = self._base(f"ops {name}", files, ordered=bool(spec.fill_down))
            require_columns(filed.columns, spec, files.where, str(files.paths[0]))
            rows = prepared(filed, spec, spec.fill_within, self.con, files.where)
            if counts := odd_counts(rows, spec):
                self.odd[name] = rows.agg(**counts)
            if spec.drop:
                rows = rows.filter(rows[LEFT_OUT].isnull())
            held = [column for column in filed.columns if column not in PLACE]
            self._view(name, _sql(rows.select(held)), files.where, files)
        self._raw_made = True

    def _view(self, name: str, sql: str, where: str, files: Files | None = None) -> ir.Table:
        try:
            self.con.raw_sql(f"CREATE VIEW {'.'.join(MEMORY)}.{quote(name)} AS (\n{sql}\n)")
            return self.con.table(name, database=MEMORY)
        except duckdb.Error as error:
            raise explain(error, where, files) from error


def _sql(rows: ir.Table) -> str:
    return str(ibis.to_sql(rows, dialect="duckdb"))
