"""The yardstick: how long it takes to read the needed columns of all Parquet files, and no more.

The checks look at every column of the contract, so these are the needed ones.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.processes import fresh
from benchmarks.shop import Shop

REPEATS = 3
#: What forces a column to be decoded, by its DuckDB type.
DECODE = {"VARCHAR": "sum(strlen({c}))", "DATE": "max({c})"} | dict.fromkeys(
    ("TIMESTAMP", "TIMESTAMP_MS"), "sum(epoch_us({c}))"
)


def read_by_pyarrow(folder: str) -> dict[str, Any]:
    """Seconds of every reading by pyarrow on all cores, batch by batch, nothing kept."""
    import pyarrow.dataset as ds

    shop = Shop(Path(folder))
    sets = [(ds.dataset(shop.files(name)), needed(name)) for name in shop.tables]

    def read() -> None:
        for files, columns in sets:
            held = [name for name in columns if name in files.schema.names]
            for _ in files.scanner(columns=held).to_batches():
                pass

    return {"seconds": _timed(read)}


def decode_by_duckdb(folder: str) -> dict[str, Any]:
    """Seconds in which DuckDB decodes the same columns: the least that a build could take."""
    import duckdb

    shop = Shop(Path(folder))
    with duckdb.connect() as con:
        selects = []
        for name in shop.tables:
            files = [str(path) for path in shop.files(name)]
            columns = con.execute(f"describe select * from read_parquet({files})").fetchall()
            sums = [
                DECODE.get(kind, "sum({c})").format(c=f'"{column}"')
                for column, kind, *_ in columns
                if column in needed(name)
            ]
            selects.append(f"select {', '.join(sums)} from read_parquet({files})")

        def decode() -> None:
            for select in selects:
                con.execute(select).fetchall()

        return {"seconds": _timed(decode)}


def needed(table: str) -> tuple[str, ...]:
    """The columns of a table that a build reads."""
    from ops_widgets.sources.contract import TABLES

    return TABLES[table].names


def _timed(work: Callable[[], None]) -> list[float]:
    """Seconds of each of :data:`REPEATS` runs, after one that warms the disk's cache."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return times


@dataclass
class Scan:
    """Scans of one shop, taken before and after what is compared with them."""

    shop: Shop
    times: list[float] = field(default_factory=list)
    decoded: list[float] = field(default_factory=list)

    def take(self) -> None:
        """Scan again."""
        self.times += fresh(read_by_pyarrow, self.shop.folder)["seconds"]
        self.decoded += fresh(decode_by_duckdb, self.shop.folder)["seconds"]

    @property
    def seconds(self) -> float:
        """The median of all scans by pyarrow."""
        return statistics.median(self.times)


def spread(times: list[float]) -> str:
    """The least and the most of some seconds: how noisy the machine was."""
    return f"{min(times):.2f} to {max(times):.2f} s" if len(times) > 1 else ""
