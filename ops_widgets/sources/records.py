"""The rows of a text file, a workbook or a JSON, one after the other, as text and with their lines.

What DuckDB does not read as it stands is read here; so are headers, and the lines of examples.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any, NamedTuple

from ops_widgets.errors import DataError
from ops_widgets.sources.options import FileOptions

#: The longest line that is read, in bytes: one hostile value must not cost the file.
MAX_LINE = 16_000_000
_TEXT = (".csv", ".tsv", ".txt", ".tab")
_JSON = (".json", ".jsonl", ".ndjson")
_BOOK = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_PARQUET = (".parquet", ".pq")
#: What a file may be called, as a message lists it.
SUFFIXES = (*_PARQUET, *_TEXT, *_JSON, *_BOOK, ".zip")
#: A letter of JSON's arrays is looked for in so many characters at once.
_CHUNK = 1 << 20


class Record(NamedTuple):
    """The values of one row; ``member`` is the file of an archive, ``line`` its line (from 1)."""

    member: str
    line: int
    values: list[str]


def kind_of(name: str) -> str:
    """``text``, ``json``, ``book``, ``parquet`` or ``zip`` by a file's name; else empty."""
    name = name.lower()
    if name.endswith(_PARQUET):
        return "parquet"
    if name.endswith(".zip"):
        return "zip"
    if name.endswith(_BOOK):
        return "book"
    bare = name.removesuffix(".gz")
    return "text" if bare.endswith(_TEXT) else "json" if bare.endswith(_JSON) else ""


def is_data(name: str) -> bool:
    """Whether a file of that name is meant: of a kind that is read, and no lock of a program."""
    return bool(kind_of(name)) and not name.startswith((".", "~$"))


def opened(path: Path) -> Any:
    """The bytes of a file, of a packed one as they were before."""
    opener: Any = gzip.open if path.name.lower().endswith(".gz") else open
    return opener(path, "rb")


def delimiter_of(options: FileOptions, name: str) -> str:
    """The sign between the values of the file ``name``."""
    tabs = name.lower().removesuffix(".gz").endswith((".tsv", ".tab"))
    return options.delimiter or ("\t" if tabs else ",")


def records(path: Path, options: FileOptions) -> Iterator[Record]:
    """The header of ``path``, then its rows; of an archive, those of each file in it.

    Blank lines are no rows, unless there is one column. Raises ``UnicodeError``, ``csv.Error``,
    ``OSError`` and what else readers of broken files raise; :func:`broken` explains it.
    """
    for member, kind, stream in _streams(path):
        with stream as opened:
            yield from _READERS[kind](opened, options, member or path.name, member)


def _streams(path: Path) -> Iterator[tuple[str, str, Any]]:
    """Every file behind ``path``: its name in the archive, its kind, and its opened bytes."""
    kind = kind_of(path.name)
    if kind != "zip":
        yield "", kind, opened(path)
        return
    with zipfile.ZipFile(path) as archive:
        for info in members(archive):
            yield info.filename, kind_of(info.filename), archive.open(info)


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The data files of an archive, in the order of their names."""
    found = [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and is_data(Path(info.filename).name)
        and kind_of(info.filename) not in ("zip", "parquet")
        and not info.filename.startswith("__MACOSX/")
    ]
    return sorted(found, key=lambda info: info.filename)


def _text(stream: IO[bytes], options: FileOptions, name: str, member: str) -> Iterator[Record]:
    lines = _Lines(io.TextIOWrapper(stream, options.decoded_by, newline=""), options)
    csv.field_size_limit(MAX_LINE)
    style: dict[str, Any] = {"quoting": csv.QUOTE_NONE}
    if options.quote:
        style = {"quotechar": options.quote, "strict": True}
    reader = csv.reader(lines, delimiter=delimiter_of(options, name), **style)
    width = 0
    while True:
        lines.is_between = True
        values = next(reader, None)
        if values is None:
            return
        if not values and width != 1:
            continue
        width = width or len(values)
        yield Record(member, lines.start, values)


class _Lines:
    """The lines of a text but for those that are skipped; ``start`` is where a row begins.

    ``is_between`` is set before a row is asked for: inside a quoted value no line is a comment.
    """

    def __init__(self, stream: Iterable[str], options: FileOptions) -> None:
        self.start, self.line, self.is_between = 0, 0, True
        self._lines, self._options = iter(stream), options

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text, comment = next(self._lines), self._options.comment
        self.line += 1
        while self.is_between and (
            self.line <= self._options.skip or (comment and text.startswith(comment))
        ):
            text = next(self._lines)
            self.line += 1
        if self.is_between:
            self.start, self.is_between = self.line, False
        return text


def _json(stream: IO[bytes], options: FileOptions, name: str, member: str) -> Iterator[Record]:
    """Objects, one a line or in an array; the header is every key in the order of its coming."""
    keys: dict[str, None] = {}
    if not stream.seekable():
        stream = io.BytesIO(stream.read())
    for _, found in _objects(stream, options):
        keys |= dict.fromkeys(found)
    stream.seek(0)
    yield Record(member, 1, list(keys))
    for line, found in _objects(stream, options):
        yield Record(member, line, [_as_text(found.get(key)) for key in keys])


def _objects(stream: IO[bytes], options: FileOptions) -> Iterator[tuple[int, dict[str, Any]]]:
    text = io.TextIOWrapper(stream, options.decoded_by)
    try:
        for line, value in _values(text):
            if not isinstance(value, dict):
                raise ValueError(f"line {line} is no object")
            yield line, value
    finally:
        text.detach()


def _values(text: IO[str]) -> Iterator[tuple[int, Any]]:
    """The values of JSON lines, or of an array, each with the line on which it begins."""
    # As they are written: 1.10 stays 1.10, and no digit of an id is lost.
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
    buffer, at, line, between = text.read(_CHUNK), 0, 1, " \t\r\n"
    if buffer.lstrip().startswith("["):
        between += ",[]"
    while True:
        start = at
        while at < len(buffer) and buffer[at] in between:
            at += 1
        line += buffer.count("\n", start, at)
        try:
            value, end = decoder.raw_decode(buffer, at)
        except json.JSONDecodeError as error:
            # It may only lack its end.
            more = text.read(max(_CHUNK, len(buffer) - at)) if len(buffer) - at < MAX_LINE else ""
            if not more and at < len(buffer):
                raise ValueError(f"line {line}: {error.msg}") from error
            if not more:
                return
            buffer, at = buffer[at:] + more, 0
            continue
        yield line, value
        line += buffer.count("\n", at, end)
        at = end


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def _book(stream: IO[bytes], options: FileOptions, name: str, member: str) -> Iterator[Record]:
    """The rows of a sheet; those without any value are none."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
    if options.sheet and options.sheet not in book.sheet_names:
        raise DataError(
            f"{name} has no sheet {options.sheet!r}.",
            f"Its sheets are {', '.join(map(repr, book.sheet_names))}.",
        )
    sheet = options.sheet or book.sheet_names[0]
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    for line, row in enumerate(rows, 1):
        values = [_cell(value) for value in row]
        is_comment = bool(options.comment) and values[0].startswith(options.comment)
        if line > options.skip and any(values) and not is_comment:
            yield Record(member, line, values)


def _cell(value: Any) -> str:
    """A cell as people read it: whole numbers without .0, days as ISO."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds" if value.microsecond else "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


_READERS = {"text": _text, "json": _json, "book": _book}
