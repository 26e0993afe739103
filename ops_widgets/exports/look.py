"""A file of unknown make, looked at: how it is written, its header, and a sample of its rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ops_widgets.errors import DataError
from ops_widgets.sources.encodings import Plausible, plausible
from ops_widgets.sources.options import FileOptions
from ops_widgets.sources.records import Record, delimiter_of, kind_of, records

#: So many rows are looked at; the check reads them all.
SAMPLE = 5_000
#: A header stands in one of so many first lines.
_TOP = 30
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Looked:
    """One file: ``options`` by which it is read, its ``header``, and ``rows`` of its sample."""

    path: Path
    options: FileOptions
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    #: Option -> what the user is asked about it.
    confirm: dict[str, str] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Any]:
        """The file and its options as a TOML says them: what is usual needs no word."""
        said = {"file": self.path.name} | self.options.model_dump(exclude_defaults=True)
        if said.get("delimiter") == "," == delimiter_of(FileOptions(), self.path.name):
            del said["delimiter"]
        return said

    @property
    def is_typed(self) -> bool:
        """Whether its columns have types of their own."""
        return kind_of(self.path.name) == "parquet"

    def values(self, column: str) -> list[str]:
        """What the sample holds in one column, without blanks and empty cells."""
        at = self.header.index(column)
        found = (row[at].strip() for row in self.rows if at < len(row))
        return [value for value in found if value]


def look(path: Path) -> Looked:
    """Find out how ``path`` is written.

    Raises :class:`DataError` where it is empty, cannot be opened, or holds no table.
    """
    try:
        if not path.stat().st_size:
            raise DataError(f"{path} is empty (0 bytes).", "Export it again.")
        if kind_of(path.name) == "parquet":
            return _parquet(path)
        if not _is_text(path):
            return _with_header(path, FileOptions())
        found = plausible(path)
        if not found:
            raise DataError(
                f"{path} reads as no language in any encoding.",
                "Save it as UTF-8 where it comes from.",
            )
        looked = _with_header(path, _written(path, found[0].encoding))
        return replace(looked, confirm=_doubt(found))
    except PermissionError as error:
        raise DataError(
            f"{path} may not be read.", "Allow it: chmod u+r, or the file's properties."
        ) from error
    except DataError:
        raise
    except Exception as error:  # what readers of broken files raise has no common class
        raise DataError(
            f"{path} cannot be read as a table.", "Open it, save it as CSV, and run it again."
        ) from error


def all_rows(looked: Looked) -> Iterator[list[str]]:
    """Every row of the file, not only the sample; none of a Parquet file."""
    if looked.is_typed:
        return
    for record in islice(records(looked.path, looked.options), 1, None):
        yield record.values


def _is_text(path: Path) -> bool:
    return kind_of(path.name) in ("text", "zip")


def _parquet(path: Path) -> Looked:
    file = pq.ParquetFile(path)
    header = tuple(file.schema_arrow.names)
    batch = next(file.iter_batches(batch_size=SAMPLE), None)
    rows = batch.to_pylist() if batch is not None else []
    texts = tuple(tuple("" if v is None else str(v) for v in row.values()) for row in rows)
    return Looked(path, FileOptions(), header, texts)


def _doubt(found: list[Plausible]) -> dict[str, str]:
    """What to ask where several encodings read as a language."""
    if len(found) < 2:
        return {}
    first, *others = found
    readings = ", ".join(f"{one.encoding} reads {one.example!r}" for one in others)
    return {"encoding": f"it reads {first.example!r}; {readings}"}


def _written(path: Path, encoding: str) -> FileOptions:
    """Delimiter, quotes and comments of a text."""
    top = _first_lines(path, encoding)
    comment = "#" if top and top[0].startswith("#") else ""
    lines = [line for line in top if line.strip() and not (comment and line.startswith(comment))]
    delimiter = max(_DELIMITERS, key=lambda sign: _width(lines, sign))
    options = FileOptions(encoding=encoding, delimiter=delimiter, comment=comment)
    if _is_broken(path, options):
        options = options.model_copy(update={"quote": ""})
    return options


def _first_lines(path: Path, encoding: str) -> list[str]:
    """The first lines as they stand: each is one value."""
    whole = FileOptions(encoding=encoding, delimiter="\x01", quote="")
    return [record.values[0] if record.values else "" for record in _some(path, whole, 200)]


def _width(lines: Iterable[str], delimiter: str) -> tuple[int, int]:
    """How many lines agree on how many values they have, and on how many."""
    try:
        found = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0, 0
    width, count = max(
        found.items(), key=lambda one: (one[1] * (one[0] > 1), one[0]), default=(0, 0)
    )
    return (count, width) if width > 1 else (0, 0)


def _is_broken(path: Path, options: FileOptions) -> bool:
    """Whether double quotes around values make no sense in the file."""
    try:
        found = _some(path, options, SAMPLE)
    except (csv.Error, UnicodeError):
        return True
    widths = Counter(len(record.values) for record in found)
    odd = sum(widths.values()) - max(widths.values(), default=0)
    return odd > 0 and any('"' in value for record in found for value in record.values)


def _some(path: Path, options: FileOptions, count: int) -> list[Record]:
    return list(islice(records(path, options), count))


def _with_header(path: Path, options: FileOptions) -> Looked:
    found = _some(path, options, SAMPLE + _TOP)
    if not found:
        raise DataError(f"{path} holds no row.", "Export it again.")
    widths = Counter(len(record.values) for record in found)
    width = max(widths, key=lambda one: (widths[one], one))
    # Titles above a table are shorter than its rows; the header is the first that is not.
    at = next(n for n, record in enumerate(found[:_TOP]) if len(record.values) >= width)
    if at and kind_of(path.name) != "json":
        skip = found[at].line - 1
        options = options.model_copy(update={"skip": skip})
    header = tuple(name.strip() for name in found[at].values)
    rows = tuple(tuple(record.values) for record in found[at + 1 :])
    return Looked(path, options, header, rows)
