"""Synthetic shops laid out as shops of that size are: a Parquet file a month."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

#: Roughly how many events a customer of the synthetic shop leaves in 24 months.
EVENTS_A_CUSTOMER = 36
#: The moment as of which everything is built and checked: naive UTC, after the shop's last day.
NOW = datetime(2030, 1, 1)
#: The tables that grow, and the column that says when a row happened.
MONTHLY = {"orders": "ordered_at", "events": "occurred_at"}
#: The file of the rows that lie in no month of the shop: clocks that were never set.
UNDATED = "undated"


class Shop:
    """A shop in a folder, whose large tables are folders of monthly files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def tables(self) -> list[str]:
        """Names of its tables."""
        return sorted({path.stem for path in self.folder.glob("*.parquet")} | set(MONTHLY))

    def files(self, table: str) -> list[Path]:
        """The Parquet files of a table."""
        if table in MONTHLY:
            return sorted((self.folder / table).glob("*.parquet"))
        return [self.folder / f"{table}.parquet"]

    @property
    def months(self) -> list[str]:
        """Months with orders, ``2024-01`` first."""
        return [path.stem for path in self.files("orders") if path.stem != UNDATED]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Rows of every file, by its path within the folder."""
        import pyarrow.parquet as pq

        return {
            str(path.relative_to(self.folder)): pq.read_metadata(path).num_rows
            for table in self.tables
            for path in self.files(table)
        }

    def rows_of_month(self, month: str) -> int:
        """Rows of all tables that came with the files of one month."""
        return sum(count for path, count in self.rows.items() if Path(path).stem == month)

    def store(self) -> tuple[Path, Path]:
        """The file of summaries in force, and that of the partials."""
        from ops_widgets.sources.config import load_config
        from ops_widgets.summaries.build import PARTIALS_FILE
        from ops_widgets.summaries.manifest import read_manifest, store_folder

        folder = store_folder(load_config(self.folder))
        manifest = read_manifest(folder)
        assert manifest is not None, f"{self.folder} has no summaries"
        return folder / manifest["store"], folder / PARTIALS_FILE

    def linked(self, folder: Path) -> Shop:
        """The same data in another folder of the disk, without a copy and without summaries."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(
            self.folder, folder, copy_function=os.link, ignore=shutil.ignore_patterns(".ops")
        )
        return Shop(folder)


def shop_of(millions: int, folder: Path) -> Shop:
    """The shop of so many million events in ``folder``, made if it is not there."""
    kept, single = folder / f"months-{millions}m", folder / f"shop-{millions}m"
    if not kept.exists():
        from ops_widgets.samples import generate

        ours = not (single / "truth.json").exists()
        if ours:
            print(f"making a shop of {millions} million events ...", flush=True)
            generate(single, customers=millions * 1_000_000 // EVENTS_A_CUSTOMER)
        lay_out(single, kept)
        if ours:
            shutil.rmtree(single)
    return Shop(kept)


def lay_out(single: Path, out: Path) -> None:
    """Write the tables of ``single`` (one file each) to ``out``, the large ones a file a month."""
    import duckdb

    from ops_widgets.sources.config import load_config

    zone = ZoneInfo(load_config(single).timezone)
    draft = out.with_name(out.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for path in [*single.glob("*.parquet"), single / "source.toml"]:
        if path.stem not in MONTHLY:
            shutil.copy(path, draft)
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(draft)}) as con:
        for table, column in MONTHLY.items():
            (draft / table).mkdir()
            source = f"from '{single / table}.parquet' where "
            spans = list(month_spans(zone))
            wheres = {
                name: f"{column} >= '{start}' and {column} < '{end}'" for name, start, end in spans
            }
            inside = f"{column} >= '{spans[0][1]}' and {column} < '{spans[-1][2]}'"
            wheres[UNDATED] = f"({inside}) is not true"
            for name, where in wheres.items():
                file = draft / table / f"{name}.parquet"
                copied: Any = con.execute(
                    f"copy (select * {source}{where}) to '{file}' (compression zstd)"
                ).fetchone()
                if not copied[0]:
                    file.unlink()
    draft.rename(out)


def month_spans(zone: ZoneInfo) -> Iterator[tuple[str, datetime, datetime]]:
    """Every local month of the shop: its name, its first moment and the next one's (naive UTC)."""
    from ops_widgets.periods import add_periods
    from ops_widgets.samples.plan import PLAN_MONTHS, START

    def moment(day: date) -> datetime:
        local = datetime(day.year, day.month, day.day, tzinfo=zone)
        return local.astimezone(UTC).replace(tzinfo=None)

    for number in range(PLAN_MONTHS):
        first = add_periods(START, number, "month")
        yield f"{first:%Y-%m}", moment(first), moment(add_periods(first, 1, "month"))
