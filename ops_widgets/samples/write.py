"""Parquet files by the contract: columns, order and types are read there and nowhere else.

The bytes depend on the rows alone: no clock, no pandas metadata, fixed compression and fixed
row groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ops_widgets import periods
from ops_widgets.contract.table import Table
from ops_widgets.samples import plan

ROWS_A_GROUP = 131_072
COMPRESSION = "zstd"

_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("ms"),
    "date": pa.date32(),
}


def on_day(days: np.ndarray) -> pa.Array:
    """Dates from days since the shop opened; a negative one is a null."""
    number = (days + periods.day_number(plan.START)).astype("int32")
    return pa.array(number, mask=days < 0).cast(pa.date32())


def schema(table: Table, coded: frozenset[str]) -> pa.Schema:
    """The Arrow schema in which rows of a table are handed over, some columns as codes.

    Parquet stores codes and names as they are; in the file they are plain text like any other.
    """
    return pa.schema(
        [
            (column.name, pa.dictionary(pa.int32(), _ARROW[column.type]))
            if column.name in coded
            else (column.name, _ARROW[column.type])
            for column in table.columns
        ]
    )


class TableWriter:
    """Writes one table as it comes; ``pool`` compresses a row group while the next one grows.

    ``sample`` is the module that fills the table (see ``samples.tables``).
    """

    def __init__(self, folder: Path, table: Table, sample: ModuleType, pool: Executor) -> None:
        self.sample = sample
        table = table.extended(getattr(sample, "FAMILIES", ()))
        self._pool = pool
        self._writing: Future[None] | None = None
        self._schema = schema(table, getattr(sample, "CODED", frozenset()))
        self._waiting: list[pa.Table] = []
        self._rows_waiting = 0
        self.rows = 0
        varied: frozenset[str] = getattr(sample, "VARIED", frozenset())
        self._file = pq.ParquetWriter(
            folder / f"{table.name}.parquet",
            self._schema,
            compression=COMPRESSION,
            use_dictionary=[name for name in table.names if name not in varied],
            store_schema=False,
            write_statistics=True,
        )

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._rows_waiting:
            self._flush()
        if self._writing is not None:
            self._writing.result()
        self._file.close()

    def write(self, columns: Mapping[str, Any]) -> None:
        """Add rows; every column of the contract must be there, in any order."""
        table = pa.table({name: columns[name] for name in self._schema.names}, schema=self._schema)
        self._waiting.append(table)
        self._rows_waiting += table.num_rows
        self.rows += table.num_rows
        if self._rows_waiting >= ROWS_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._writing is not None:
            self._writing.result()
        table = pa.concat_tables(self._waiting)
        self._writing = self._pool.submit(self._file.write_table, table, table.num_rows)
        self._waiting, self._rows_waiting = [], 0


def numbered(compose: str, numbers: np.ndarray, digits: int) -> pa.Array:
    """Ids such as ``C0000017``: a letter and a number with leading zeros."""
    texts = pc.cast(pa.array(numbers), pa.string())
    return pc.binary_join_element_wise(compose, pc.utf8_lpad(texts, digits, "0"), "")


def named(names: pa.Array, numbers: np.ndarray) -> pa.Array:
    """The name of each number; a negative number is a null."""
    return names.take(pa.array(numbers, mask=numbers < 0))


def coded(names: pa.Array, numbers: np.ndarray) -> pa.Array:
    """Like :func:`named`, for the columns in a table's ``CODED``."""
    codes = pa.array(numbers.astype("int32"), mask=numbers < 0)
    return pa.DictionaryArray.from_arrays(codes, names)


def utc(local_seconds: np.ndarray, utc_offset: int) -> pa.Array:
    """Timestamps in UTC from local seconds since 1970-01-01."""
    return pa.array((local_seconds - utc_offset) * 1000).cast(pa.timestamp("ms"))
