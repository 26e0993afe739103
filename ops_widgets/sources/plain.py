"""Files that DuckDB does not read as they stand, as plain CSV: row by row, once per connection."""

from __future__ import annotations

import csv
import tempfile
import zipfile
from dataclasses import replace
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from ops_widgets.errors import DataError, OpsError
from ops_widgets.sources.files import broken_file, require_language
from ops_widgets.sources.found import Files
from ops_widgets.sources.layout import look_at_layout
from ops_widgets.sources.records import Record, kind_of, members, records
from ops_widgets.sources.words import wrong_width


class Copies:
    """The plain copies that were made for one connection, in a folder of its temporary files."""

    def __init__(self, beside: str) -> None:
        Path(beside).mkdir(parents=True, exist_ok=True)
        self._held = tempfile.TemporaryDirectory(prefix="ops-plain-", dir=beside)
        self.folder = Path(self._held.name)
        #: What was looked at -> its copy; None where it needs none.
        self._made: dict[tuple[Any, Path], Path | None] = {}
        self._numbers = count()

    def of(self, files: Files) -> Files:
        """``files`` with a copy of every one that needs it; raises :class:`DataError`."""
        if not files.is_csv:
            return files
        copies = {}
        for path in files.paths:
            key = (files.options.model_dump_json(), path)
            if key not in self._made:
                require_language(files, path)
                self._made[key] = self._copy(files, path) if files.needs_copy(path) else None
            if copy := self._made[key]:
                copies[path] = copy
        return replace(files, copies=copies)

    def close(self) -> None:
        """Remove the copies."""
        self._held.cleanup()

    def _copy(self, files: Files, path: Path) -> Path:
        copy = self.folder / f"{next(self._numbers)}.csv"
        with copy.open("w", encoding="utf-8", newline="") as stream:
            try:
                _write(csv.writer(stream, lineterminator="\n"), files, path)
            except OpsError:
                raise
            except Exception as error:
                raise broken_file(error, files, path) from error
        return copy


def _write(writer: Any, files: Files, path: Path) -> None:
    rows = records(path, files.options)
    first = list(islice(rows, 40))
    if not first:
        raise _no_rows(files, path)
    look_at_layout(files.where, path, files.options, files.setting, first)
    member, names = first[0].member, [name.strip() for name in first[0].values]
    order, width = list(range(len(names))), len(names)
    for record in chain(first, rows):
        if record.member != member:
            member, width = record.member, len(record.values)
            order = _order(files, path, record, names)
        elif len(record.values) != width:
            line = ",".join(record.values)
            place = _place(files, path, record)
            raise wrong_width(place, len(record.values), width, line, files.setting)
        elif record is not first[0]:
            writer.writerow([record.values[n] for n in order])
        else:
            writer.writerow(names)


def _order(files: Files, path: Path, header: Record, names: list[str]) -> list[int]:
    """Where a further file of an archive has the columns of its first one."""
    found = [name.strip() for name in header.values]
    if lost := [name for name in names if name not in found]:
        raise DataError(
            f"{_place(files, path, header)} has no column {lost[0]!r}, which the first file of "
            "the archive has.",
            "Files of one table need the same columns.",
        )
    return [found.index(name) for name in names]


def _no_rows(files: Files, path: Path) -> DataError:
    if kind_of(path.name) == "zip":
        with zipfile.ZipFile(path) as archive:
            if not members(archive):
                return DataError(
                    f"{files.where}: {path} holds no CSV, JSON or workbook.",
                    "Put the export itself into the archive.",
                )
    return DataError(f"{files.where}: {path} holds no header and no rows.", "Export it again.")


def _place(files: Files, path: Path, record: Record) -> str:
    name = f"{path}/{record.member}" if record.member else str(path)
    return f"{files.where}: {name}, line {record.line}"
