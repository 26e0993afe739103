"""CSV and Parquet files on DuckDB: found, looked at, and turned into the SQL that reads them.

The only module that writes DuckDB's own SQL. Every CSV column is read as text, so that a wrong
value costs its row and not the file; a row of the wrong width stops the reading.
"""

from __future__ import annotations

import csv
import glob
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from ops_widgets.errors import DataError, nearest, shortened

_CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt")
_PARQUET = (".parquet", ".pq")
_DELIMITERS = {";": ";", "\t": "\\t", "|": "|", ",": ","}
# The longest line that is read, in bytes: one hostile value must not cost the file.
_MAX_LINE = 16_000_000
# Beyond this many rows the exact line of an example is not worth walking the file for.
_MAX_WALK = 1_000_000


@dataclass(frozen=True)
class Files:
    """The files behind one table, and how they are read."""

    where: str
    paths: tuple[Path, ...]
    hive: bool = False
    delimiter: str = ","
    encoding: str = "utf-8"

    @property
    def is_csv(self) -> bool:
        """Text without types, or Parquet."""
        return _kind(self.paths[0]) == "csv"


def find_files(
    spec: str, folder: Path, where: str, delimiter: str = ",", encoding: str = "utf-8"
) -> Files:
    """The files that ``spec`` (a file, folder or glob, relative to ``folder``) means, sorted.

    Raises :class:`DataError` naming ``where`` (the key of the source) and the path when there
    are none, one is empty, or one is neither CSV nor Parquet.
    """
    path = folder / spec
    if path.is_dir():
        paths = [p for p in path.rglob("*") if p.is_file() and _kind(p)]
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
        if not _kind(p):
            raise DataError(
                f"{where}: {p} is neither CSV nor Parquet by its name.",
                f"Save it as one of {', '.join(_CSV + _PARQUET)}.",
            )
        if p.stat().st_size == 0:
            raise DataError(f"{where}: {p} is empty (0 bytes).", "Write the file again.")
    if len({_kind(p) for p in paths}) > 1:
        raise DataError(f"{where}: {path} holds both CSV and Parquet.", "Name one kind only.")
    return Files(where, tuple(sorted(paths)), path.is_dir(), delimiter, encoding)


def _kind(path: Path) -> str:
    name = path.name.lower()
    return "csv" if name.endswith(_CSV) else "parquet" if name.endswith(_PARQUET) else ""


def quote(name: str) -> str:
    """``name`` as an SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """``text`` as an SQL string, whatever it holds."""
    return "'" + str(text).replace("'", "''") + "'"


def header(files: Files, path: Path) -> list[str]:
    """Column names of one CSV file; an unnamed column (a saved row index) is ``column0``, ...

    Raises :class:`DataError` for a header that is not in the given encoding, has a name twice,
    or shows that another delimiter is used.
    """
    try:
        with _open(files, path) as stream:
            names = next(csv.reader(stream, delimiter=files.delimiter), [])
    except (csv.Error, OSError, EOFError, UnicodeError) as error:
        raise DataError(
            f"{files.where}: the header of {path} cannot be read.", _encoding_remedy(path)
        ) from error
    if any("\udc80" <= compose <= "\udcff" for name in names for compose in name):
        raise DataError(
            f"{files.where}: {path}, line 1 is not {files.encoding}.", _encoding_remedy(path)
        )
    names = [name or f"column{i}" for i, name in enumerate(names)]
    folded = [name.casefold() for name in names]
    if twice := [name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1]:
        raise DataError(
            f"{files.where}: {path} has the column {twice[0]!r} more than once.", "Rename one."
        )
    if len(names) == 1:
        for sign, written in _DELIMITERS.items():
            if sign in names[0]:
                raise DataError(
                    f"{files.where}: {path} has one column, named {shortened(names[0], 80)!r}: its "
                    f"delimiter is not {_DELIMITERS.get(files.delimiter, files.delimiter)!r}.",
                    f'Set delimiter = "{written}" for this table in the TOML.',
                )
    return names


def _open(files: Files, path: Path):  # type: ignore[no-untyped-def]
    encoding = "utf-8-sig" if files.encoding == "utf-8" else files.encoding
    opener = gzip.open if path.name.endswith(".gz") else open
    errors = "surrogateescape" if encoding != "utf-16" else "strict"
    return opener(path, "rt", encoding=encoding, errors=errors, newline="")


def _encoding_remedy(path: Path) -> str:
    with path.open("rb") as stream:
        utf16 = stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
    encoding = "utf-16" if utf16 else "latin-1"
    return f'Set encoding = "{encoding}" for this table in the TOML, or save the file as UTF-8.'


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
        width = len(header(files, path))
        declared = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
        selects.append(
            f"SELECT {', '.join(chosen)} FROM read_csv({literal(path)}, columns = {{{declared}}}, "
            f"auto_detect = false, header = true, delim = {literal(files.delimiter)}, "
            f"quote = '\"', escape = '\"', strict_mode = true, "
            f"max_line_size = {_MAX_LINE}, encoding = {literal(files.encoding)})"
        )
    return " UNION ALL ".join(selects)


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


def line_of_row(files: Files, path: Path, row: int) -> int | None:
    """The line of the CSV file on which a data row starts; None far from the file's start.

    Differs from ``row + 1`` where a value spans lines or a line is blank.
    """
    if row > _MAX_WALK:
        return None
    csv.field_size_limit(_MAX_LINE)
    with _open(files, path) as stream:
        starts = _starts(csv.reader(stream, delimiter=files.delimiter))
        return next((line for found, line in starts if found == row), None)


def _starts(reader: Iterator[list[str]]) -> Iterator[tuple[int, int]]:
    """(data row, first line) of every row that DuckDB counts: blank lines are none."""
    row, width, line = -1, 0, 0
    for values in reader:
        line, start = reader.line_num, line + 1  # type: ignore[attr-defined]
        if not values and width > 1:
            continue
        row, width = row + 1, width or len(values)
        if row:
            yield row, start
