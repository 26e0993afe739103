"""A tiny shop whose rows, files and layout change: what a refresh has to keep up with."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import crc32

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from .drawn_rows import DATED, SCHEMAS, Row

LAYOUTS = ("one parquet", "one csv", "parquet a month", "csv a month", "scattered", "twice")


class ChangingShop:
    """Rows by table, and the files in ``folder`` that hold them.

    ``layouts`` says for orders and events how rows become files; a file is written only when
    what it holds has changed, as an export would.
    """

    def __init__(self, folder: Path, layouts: dict[str, str], timezone: str) -> None:
        self.folder, self.layouts, self.timezone = folder, layouts, timezone
        self.rows: dict[str, list[Row]] = {}
        self.salt = self.edition = 0
        self._held: dict[Path, tuple[Any, ...]] = {}
        folder.mkdir(parents=True)

    def write(self) -> None:
        """Bring the files up to date."""
        sections = []
        for table in self.rows:
            layout = self.layouts.get(table, "one parquet")
            kind = "csv" if "csv" in layout else "parquet"
            if layout.startswith("one"):
                spec, files = f"{table}.{kind}", {f"{table}.{kind}": self.rows[table]}
            else:
                spec, files = table, self._split(table, layout, kind)
            sections.append(f'[tables.{table}]\nfile = "{spec}"\n')
            wanted = {self.folder / name: rows for name, rows in files.items()}
            for path in [p for p in self._held if p.parent.name == table and p not in wanted]:
                path.unlink()
                del self._held[path]
            for path, rows in wanted.items():
                self._write_file(table, path, rows)
        (self.folder / "source.toml").write_text(
            f'timezone = "{self.timezone}"\nmax_rejected_share = 1.0\n' + "".join(sections)
        )

    def _split(self, table: str, layout: str, kind: str) -> dict[str, list[Row]]:
        """File name -> rows; there is always at least one file."""
        files: dict[str, list[Row]] = {f"{table}/none.{kind}": []}
        for place, one in enumerate(self.rows[table]):
            when = one[DATED[table]]
            month = f"{when:%Y-%m}" if when else "none"
            part = crc32(f"{self.salt} {place}".encode()) % 3
            name = month if "month" in layout else f"part-{part}"
            files.setdefault(f"{table}/{name}-{self.edition}.{kind}", []).append(one)
        if layout == "twice":
            files |= {f"{table}/again-{Path(n).name}": rows for n, rows in [*files.items()]}
        return files

    def _write_file(self, table: str, path: Path, rows: list[Row]) -> None:
        held = tuple(tuple(one.values()) for one in rows)
        if self._held.get(path) == held:
            return
        self._held[path] = held
        path.parent.mkdir(exist_ok=True)
        schema = pa.schema(SCHEMAS[table])
        arrow = pa.Table.from_pylist(rows, schema=schema)
        if path.suffix == ".csv":
            pyarrow.csv.write_csv(arrow, path)
        else:
            pq.write_table(arrow, path)

    def touch(self) -> None:
        """Write every file again, with the same rows in another order."""
        for rows in self.rows.values():
            rows.reverse()
        self._held = {path: () for path in self._held}
        self.salt += 1

    def rows_of(self, table: str, month: int) -> list[Row]:
        """The rows of one month of 2024 (UTC)."""
        column = DATED[table]
        return [one for one in self.rows[table] if one[column] and one[column].month == month + 1]
