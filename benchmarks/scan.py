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
BATCH_ROWS = 1 << 20
#: What forces a column to be decoded, by its DuckDB type.
DECODE = {"VARCHAR": "sum(strlen({c}))", "DATE": "max({c})"} | dict.fromkeys(
    ("TIMESTAMP", "TIMESTAMP_MS"), "sum(epoch_us({c}))"
)


def read_by_pyarrow(folder: str) -> dict[str, Any]:
    """Readings by pyarrow on all cores, batch by batch, nothing kept."""
    import pyarrow.dataset as ds

    shop = Shop(Path(folder))
    sets = [(ds.dataset(shop.files(name)), needed(name)) for name in shop.tables]

    def read() -> None:
        for files, columns in sets:
            held = [name for name in columns if name in files.schema.names]
            for _ in files.scanner(columns=held, batch_size=BATCH_ROWS).to_batches():
                pass

    return _repeated(read)


def decode_by_duckdb(folder: str) -> dict[str, Any]:
    """The same columns decoded by DuckDB: the least that a build could take."""
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

        return _repeated(decode)


def needed(table: str) -> tuple[str, ...]:
    """The columns of a table that a build reads."""
    from ops_widgets.contract import TABLES

    return TABLES[table].names


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Seconds of one call by the clock, and those in which a core worked on it."""
    start, worked = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - worked}


def _repeated(work: Callable[[], None]) -> dict[str, Any]:
    """:data:`REPEATS` calls, after one that warms the disk's cache."""
    work()
    return {"runs": [timed(work) for _ in range(REPEATS)]}


@dataclass
class Scan:
    """Scans of one shop, taken before and after what is compared with them."""

    shop: Shop
    runs: list[dict[str, float]] = field(default_factory=list)
    decoded: list[dict[str, float]] = field(default_factory=list)

    def take(self) -> None:
        """Scan again."""
        self.runs += fresh(read_by_pyarrow, self.shop.folder)["runs"]
        self.decoded += fresh(decode_by_duckdb, self.shop.folder)["runs"]

    def ratio(self, runs: list[dict[str, float]], of: str = "seconds") -> float:
        """How many times the scans by pyarrow ``runs`` took."""
        return median(runs, of) / median(self.runs, of)


def slowest(runs: list[dict[str, float]], of: str = "seconds") -> float:
    """What the slowest twentieth of runs took at least (the 95th percentile)."""
    return sorted(run[of] for run in runs)[int(0.95 * len(runs))]


def median(runs: list[dict[str, float]], of: str = "seconds") -> float:
    """The median of what was timed."""
    return statistics.median(run[of] for run in runs)


def spread(runs: list[dict[str, float]], of: str = "seconds") -> str:
    """The least and the most of some seconds: how noisy the machine was."""
    times = [run[of] for run in runs]
    return f"{min(times):.2f} to {max(times):.2f} s" if len(times) > 1 else ""
