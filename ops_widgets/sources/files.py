"""The files of a source on DuckDB: found, looked at, and turned into the SQL that reads them.

The only module that writes DuckDB's own SQL. Every value of a text file is read as text, so that a
wrong one costs its row and not the file; a row of the wrong width stops the reading.
"""

from __future__ import annotations

import codecs
import csv
import glob
import gzip
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

from ops_widgets.errors import DataError, nearest, shortened
from ops_widgets.sources.encodings import advice, better, plausible
from ops_widgets.sources.options import FileOptions, Setting
from ops_widgets.sources.records import (
    MAX_LINE,
    SUFFIXES,
    Record,
    delimiter_of,
    kind_of,
    records,
)
from ops_widgets.sources.words import reading_failed

_DELIMITERS = {";": ";", "\t": "\\t", "|": "|", ",": ","}
#: What a copy is: UTF-8 as RFC 4180 has it.
_PLAIN = FileOptions()
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*$")
# Beyond this many rows the exact line of an example is not worth walking the file for.
_MAX_WALK = 1_000_000


@dataclass(frozen=True)
class Files:
    """The files behind one table, and how they are read.

    ``setting`` says where an option of theirs is written. ``copies`` has the plain CSV that was
    made of a file which DuckDB does not read as it stands.
    """

    where: str
    paths: tuple[Path, ...]
    hive: bool = False
    options: FileOptions = _PLAIN
    setting: Setting = field(default_factory=Setting)
    copies: Mapping[Path, Path] = field(default_factory=dict)

    @property
    def is_csv(self) -> bool:
        """Text without types, or Parquet."""
        return kind_of(self.paths[0].name) != "parquet"

    def needs_copy(self, path: Path) -> bool:
        """Whether DuckDB does not read ``path`` as it stands."""
        options = self.options
        is_text = kind_of(path.name) == "text"
        return not is_text or bool(options.comment) or not options.native_encoding

    def readable(self, path: Path) -> tuple[Path, FileOptions]:
        """The file that is read for ``path``, and how: a copy, or itself."""
        copy = self.copies.get(path)
        return (path, self.options) if copy is None else (copy, _PLAIN)


def find_files(
    options: FileOptions, folder: Path, where: str, setting: Setting | None = None
) -> Files:
    """The files that ``options.file`` (a file, folder or glob below ``folder``) means, sorted.

    Raises :class:`DataError` naming ``where`` (the key of the source) and the path when there
    are none, one is empty, or one is of no kind that is read.
    """
    path = folder / options.file
    if path.is_dir():
        paths = [p for p in path.rglob("*") if p.is_file() and _is_data(p)]
    elif path.exists():
        paths = [path]
    else:
        paths = [Path(p) for p in glob.glob(str(path), recursive=True)]
    if not paths:
        near = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        hint = nearest(path.name, near)
        raise DataError(
            f"{where}: there is no file {path}.",
            hint if hint.startswith("Did") else "Correct the path, or put the file there.",
        )
    for p in paths:
        if not kind_of(p.name):
            raise DataError(
                f"{where}: {p} is of no kind that is read, by its name.",
                f"Save it as one of {', '.join(SUFFIXES)}.",
            )
        if p.stat().st_size == 0:
            raise DataError(f"{where}: {p} is empty (0 bytes).", "Write the file again.")
    if len({kind_of(p.name) == "parquet" for p in paths}) > 1:
        raise DataError(f"{where}: {path} holds both CSV and Parquet.", "Name one kind only.")
    return Files(where, tuple(sorted(paths)), path.is_dir(), options, setting or Setting())


def _is_data(path: Path) -> bool:
    """Whether a file of a folder is meant: no lock of a program that has it open."""
    return bool(kind_of(path.name)) and not path.name.startswith((".", "~$"))


def quote(name: str) -> str:
    """``name`` as an SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """``text`` as an SQL string, whatever it holds."""
    return "'" + str(text).replace("'", "''") + "'"


def header(files: Files, path: Path) -> list[str]:
    """Column names of one text file; an unnamed column (a saved row index) is ``column0``, ...

    Raises :class:`DataError` for a header that is not in the given encoding, has a name twice,
    or shows that it is none, or that another delimiter is used.
    """
    readable, options = files.readable(path)
    try:
        first = next(records(readable, options), None)
    except Exception as error:
        raise broken_file(error, files, path) from error
    if first is None:
        raise DataError(f"{files.where}: {path} holds no header and no rows.", "Export it again.")
    if readable == path:
        look_at_layout(files, path, first_rows(path, options))
    names = [name.strip() or f"column{i}" for i, name in enumerate(first.values)]
    folded = [name.casefold() for name in names]
    if twice := [name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1]:
        raise DataError(
            f"{files.where}: {path} has the column {twice[0]!r} more than once.", "Rename one."
        )
    return names


def first_rows(path: Path, options: FileOptions) -> list[Record]:
    """Some rows with the header, up to a broken one: who reads them all says what is wrong."""
    found: list[Record] = []
    with suppress(csv.Error, OSError, EOFError, UnicodeError):
        found.extend(islice(records(path, options), 40))
    return found


def look_at_layout(files: Files, path: Path, first: list[Record]) -> None:
    """Raise :class:`DataError` where the ``first`` rows show that the header is none of theirs.

    It is a title, or another delimiter is used.
    """
    given = delimiter_of(files.options, path.name)
    names = [value for value in first[0].values if value.strip()] if first else []
    found = {given: _layout(first)}
    if len(names) == 1 and kind_of(path.name) == "text":
        for sign in _DELIMITERS:
            options = files.options.model_copy(update={"delimiter": sign})
            found.setdefault(sign, _layout(first_rows(path, options)))
    sign, (usual, start) = max(found.items(), key=lambda one: one[1][0])
    if start is None or usual <= max(2 * len(names), 1):
        return
    said = [f'delimiter = "{_DELIMITERS[sign]}"'] if sign != given else []
    if start.line != first[0].line:
        said.append(f"skip = {start.line - 1}")
    what = "one column, named" if len(names) == 1 else "a first line with"
    raise DataError(
        f"{files.where}: {path} has {what} {shortened(', '.join(names), 80)!r}, but rows of "
        f"{usual} columns from line {start.line} on"
        + (f", by the delimiter {_DELIMITERS[sign]!r}." if sign != given else "."),
        files.setting.of(*said),
    )


def _layout(first: list[Record]) -> tuple[int, Record | None]:
    """How many columns most rows have, and the header among them: the first, if of words."""
    widths = Counter(sum(map(bool, record.values)) for record in first[1:])
    whole = Counter(len(record.values) for record in first[1:])
    usual = max(whole, key=lambda width: (whole[width], width), default=0)
    for record in first:
        values = [value.strip() for value in record.values if value.strip()]
        is_of_words = len(set(values)) == len(values) and not any(map(_NUMBER.match, values))
        if len(record.values) == usual and is_of_words and len(values) >= max(widths, default=0):
            return usual, record
    return usual, None


def _line_of(path: Path, options: FileOptions) -> int | None:
    """The first line that is not in the encoding given; None where lines are not told apart."""
    encoding = options.encoding
    if kind_of(path.name) != "text" or "utf-16" in codecs.lookup(encoding).name:
        return None
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    with opener(path, "rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode(encoding)
            except UnicodeError:
                return number
    return None


def broken_file(error: Exception, files: Files, path: Path) -> Exception:
    """The error to raise for what a reader of ``path`` says: in our words, or as it is."""
    if not isinstance(error, UnicodeError):
        return reading_failed(error, f"{files.where}: {path}", files.setting)
    return wrong_encoding(files, path, _line_of(path, files.options))


def wrong_encoding(files: Files, path: Path, line: int | None = None) -> DataError:
    """The error to raise for a file that is not in its encoding: which ones it may be in."""
    place = f"{path}, line {line}" if line else str(path)
    return DataError(
        f"{files.where}: {place} is not in its encoding, {files.options.encoding}.",
        advice(plausible(path), files.setting),
    )


def require_language(files: Files, path: Path) -> None:
    """Raise :class:`DataError` where the encoding that was given decodes a file to mojibake."""
    if files.options.native_encoding in ("utf-8", "utf-16") or kind_of(path.name) == "book":
        return
    if found := better(path, files.options.encoding):
        raise DataError(
            f"{files.where}: {path} can be read as {files.options.encoding}, but not as any "
            "language.",
            advice(found, files.setting),
        )


def csv_columns(files: Files, path: Path) -> dict[str, str]:
    """Column of one CSV file -> SQL that reads it: by place, or the value of its hive folder."""
    found = {name: f"c{i}" for i, name in enumerate(header(files, path))}
    if files.hive:
        pairs = (part.split("=", 1) for part in path.parts[:-1] if "=" in part)
        found |= {key: literal(unquote(value)) for key, value in pairs}
    return found


def csv_sql(files: Files, columns: dict[str, str], *, located: bool = False) -> str:
    """A select of ``columns`` (name in the result -> column of the file) and ``_file``, all text.

    ``located`` adds ``_row`` (1 for the first row of data), which costs the parallel reading.
    Files may order their columns differently; one that lacks a column raises
    :class:`DataError`.
    """
    selects = []
    for path in files.paths:
        read = csv_columns(files, path)
        if lost := [column for column in columns.values() if column not in read]:
            raise DataError(
                f"{files.where}: {path} has no column {lost[0]!r}, which "
                f"{files.paths[0].name} has.",
                "Files of one table need the same columns.",
            )
        chosen = [f"{read[column]} AS {quote(name)}" for name, column in columns.items()]
        chosen.append(f"{literal(path)} AS _file")
        if located:
            chosen.append("row_number() OVER () AS _row")
        selects.append(f"SELECT {', '.join(chosen)} FROM {_read_csv(files, path)}")
    return " UNION ALL ".join(selects)


def _read_csv(files: Files, path: Path) -> str:
    readable, options = files.readable(path)
    declared = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(header(files, path))))
    sign = literal(options.quote)
    return (
        f"read_csv({literal(readable)}, columns = {{{declared}}}, "
        f"auto_detect = false, header = true, skip = {options.skip}, "
        f"delim = {literal(delimiter_of(options, readable.name))}, "
        f"quote = {sign}, escape = {sign}, strict_mode = true, "
        f"max_line_size = {MAX_LINE}, encoding = {literal(options.native_encoding)})"
    )


def parquet_sql(files: Files) -> str:
    """A ``read_parquet`` of all the files, with the columns of hive folders.

    Raises :class:`DataError` naming the first file that is not a whole Parquet file.
    """
    for path in files.paths:
        with path.open("rb") as stream:
            start = stream.read(4)
            stream.seek(max(0, path.stat().st_size - 4))
            end = stream.read(4)
        if start != b"PAR1" or end != b"PAR1":
            kind = "was cut off" if start == b"PAR1" else "is not a Parquet file"
            raise DataError(
                f"{files.where}: {path} {kind} ({path.stat().st_size:,} bytes).",
                "Write or copy the file again.",
            )
    listed = ", ".join(literal(path) for path in files.paths)
    return f"read_parquet([{listed}], hive_partitioning = {str(files.hive).lower()})"


def place_of_row(files: Files, path: Path, row: int) -> Record | None:
    """The data row of a text file, with its line and its file of an archive; None far from the
    file's start.

    The line differs from ``row + 1`` where a value spans lines or a line is blank.
    """
    if row > _MAX_WALK:
        return None
    seen, member = 0, None
    for record in records(path, files.options):
        if record.member != member:
            member = record.member  # the header of the next file
            continue
        seen += 1
        if seen == row:
            return record
    return None
