"""Connections to the engines that hold a source."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.util import gen_name

from ops_widgets.errors import DataError, OpsError, UsageError, nearest
from ops_widgets.sources.config import SourceConfig
from ops_widgets.sources.postgres import ByteOrder

#: The catalog name under which a DuckDB file is attached, read-only.
ATTACHED = "ops_source"
#: Where DuckDB keeps what is made on the way: its catalog and schema.
MEMORY = ("memory", "main")
#: What brings the driver of an engine.
EXTRAS = {
    "postgres": "ops-widgets[postgres]",
    "postgresql": "ops-widgets[postgres]",
    "pyspark": "ops-widgets[spark]",
}

#: Rows of a batch: a driver that makes Python objects of them needs about 100 MB meanwhile.
BATCH = 100_000


def on_duckdb(config: SourceConfig) -> bool:
    """Whether ``connect`` means DuckDB: the only engine that reads files."""
    return config.connect.startswith("duckdb:")


def duckdb_file(config: SourceConfig) -> Path | None:
    """The database file that ``connect`` names; None for the embedded engine alone."""
    name = config.connect.removeprefix("duckdb:").removeprefix("//")
    if not on_duckdb(config) or name in ("", ":memory:"):
        return None
    return (config.folder / name).absolute()


def open_duckdb(config: SourceConfig, memory: str | None, temp_directory: Path | None) -> Any:
    """Embedded DuckDB in memory, with the database file of the source attached read-only."""
    # A folder of its own: whatever lies beside it is no business of a sql, nor it of others.
    spill = temp_directory or Path(tempfile.mkdtemp(prefix="ops-spill-"))
    settings = {
        # Nothing is fetched from a network, not even by a sql that asks for an extension.
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        # A name in a sql is a table or a file, never a variable of this program.
        "python_enable_replacements": False,
        "temp_directory": str(spill),
    }
    con = ibis.duckdb.connect(**settings | ({"memory_limit": memory} if memory else {}))
    if temp_directory is None:
        weakref.finalize(con, shutil.rmtree, spill, ignore_errors=True)
    if database := duckdb_file(config):
        if not database.exists():
            raise DataError(f"{config.path}: there is no database {database}.", "Correct connect.")
        try:
            con.attach(database, name=ATTACHED, read_only=True)
            con.raw_sql(f"SET search_path = 'memory.main,{ATTACHED}.main'")
        except duckdb.Error as error:
            raise DataError(
                f"{database} cannot be opened as a DuckDB database.",
                "Check that it is one, is complete, and that no other program is writing to it.",
            ) from error
    return con


def open_other(config: SourceConfig) -> Any:
    """Any other engine that Ibis knows, in UTC; no message repeats the password."""
    url = urlsplit(config.connect)
    place = url.hostname or ""
    place += f":{url.port}" if url.port else ""
    try:
        if url.scheme == "pyspark":
            from ops_widgets.sources.spark_session import open_spark

            return open_spark(config.connect)
        con = ibis.connect(config.connect)
        if con.name == "postgres":
            con.compiler = ByteOrder()
        return con
    except OpsError as error:
        raise type(error)(f"{config.path}: {error.message}", error.remedy) from error.__cause__
    except (ImportError, ModuleNotFoundError) as error:
        raise UsageError(
            f"{config.path}: the driver for {url.scheme} is not installed.",
            f"Install it: pip install '{EXTRAS.get(url.scheme, f'ibis-framework[{url.scheme}]')}'.",
        ) from error
    except ValueError as error:
        if "Don't know how to connect" not in str(error):
            raise
        known = {entry.name for entry in ibis.util.backend_entry_points()}
        raise UsageError(
            f"{config.path}: connect names an unknown engine {url.scheme!r}.",
            nearest(url.scheme, known),
        ) from None
    except Exception as error:
        # The driver's text may repeat the whole address: it is the cause only without a password.
        harmless = not url.password or url.password not in str(error)
        raise DataError(
            f"{config.path}: the {url.scheme} database at {place or 'that address'} refused "
            "the connection.",
            "Check that it runs, that host, port and database are right, and the user may enter.",
        ) from (error if harmless else None)


def stream(con: Any, held: ir.Table) -> pa.RecordBatchReader:
    """The rows of ``held``, a table of the engine ``con``, in Arrow batches.

    Whole, whatever else is asked meanwhile. That takes a connection of its own on DuckDB: on a
    shared one the next statement of anybody would silently end the stream. PostgreSQL's cursor
    lives as long as it is read, not as long as a transaction, which others could end.
    """
    schema = held.schema()
    if con.name == "duckdb":
        found = con.con.cursor().execute(ibis.to_sql(held, dialect="duckdb"))
        return found.fetch_record_batch(BATCH)
    if con.name == "postgres":
        rows = _fetched(con, ibis.to_sql(held, dialect="postgres"), schema.as_struct().to_pyarrow())
        return pa.RecordBatchReader.from_batches(schema.to_pyarrow(), rows)
    return held.to_pyarrow_batches(chunk_size=BATCH)


def _fetched(con: Any, sql: str, row: pa.StructType) -> Iterator[pa.RecordBatch]:
    with con.con.cursor(name=gen_name("stream"), withhold=True) as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(BATCH):
            yield pa.RecordBatch.from_struct_array(pa.array(rows, type=row))
