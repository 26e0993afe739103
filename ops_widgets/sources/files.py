"""The files of a source on DuckDB: looked at, and turned into the SQL that reads them.

The only module that writes DuckDB's own SQL. Every value of a text file is read as text, so that a
wrong one costs its row and not the file; a row of the wrong width stops the reading.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from ops_widgets.errors import DataError
from ops_widgets.sources.encodings import advice, better, plausible
from ops_widgets.sources.found import Files
from ops_widgets.sources.layout import first_rows, look_at_layout
from ops_widgets.sources.options import FileOptions
from ops_widgets.sources.records import (
    MAX_LINE,
    Record,
    delimiter_of,
    kind_of,
    opened,
    records,
)
from ops_widgets.sources.words import reading_failed

# Beyond this many rows the exact line of an example is not worth walking the file for.
_MAX_WALK = 1_000_000


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
        look_at_layout(files.where, path, options, files.setting, first_rows(path, options))
    names = [name.strip() or f"column{i}" for i, name in enumerate(first.values)]
    folded = [name.casefold() for name in names]
    if twice := [name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1]:
        raise DataError(
            f"{files.where}: {path} has the column {twice[0]!r} more than once.", "Rename one."
        )
    return names


def _line_of(path: Path, options: FileOptions) -> int | None:
    """The first line that is not in the encoding given; None where lines are not told apart."""
    encoding = options.encoding
    if kind_of(path.name) != "text" or "utf-16" in codecs.lookup(encoding).name:
        return None
    with opened(path) as stream:
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
    return _columns_of(files, path, header(files, path))


def _columns_of(files: Files, path: Path, names: list[str]) -> dict[str, str]:
    found = {name: f"c{i}" for i, name in enumerate(names)}
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
        names = header(files, path)
        read = _columns_of(files, path, names)
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
        selects.append(f"SELECT {', '.join(chosen)} FROM {_read_csv(files, path, len(names))}")
    return " UNION ALL ".join(selects)


def _read_csv(files: Files, path: Path, width: int) -> str:
    readable, options = files.readable(path)
    declared = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
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


def parquet_columns(files: Files) -> str:
    """``*`` of a :func:`parquet_sql`; a column without any value, which pandas writes without a
    type, is text and not the integer that DuckDB takes it for.
    """
    empty: set[str] | None = None
    for path in files.paths:
        try:
            fields = pq.read_schema(path)
        except (OSError, pa.ArrowException):
            return "*"  # the engine says what is wrong with it
        nulls = {field.name for field in fields if pa.types.is_null(field.type)}
        empty = nulls if empty is None else empty & nulls
        if not empty:
            return "*"
    text = ", ".join(f"CAST(NULL AS VARCHAR) AS {quote(name)}" for name in sorted(empty or ()))
    return f"* REPLACE ({text})"


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
