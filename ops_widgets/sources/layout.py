"""What the first rows of a file say of its header: that it is a title, or parted otherwise."""

from __future__ import annotations

import csv
import re
from collections import Counter
from contextlib import suppress
from itertools import islice
from pathlib import Path

from ops_widgets.errors import DataError, shortened
from ops_widgets.sources.options import FileOptions, Setting
from ops_widgets.sources.records import Record, delimiter_of, kind_of, records

_DELIMITERS = {";": ";", "\t": "\\t", "|": "|", ",": ","}
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,]*$")


def first_rows(path: Path, options: FileOptions) -> list[Record]:
    """Some rows with the header, up to a broken one: who reads them all says what is wrong."""
    found: list[Record] = []
    with suppress(csv.Error, OSError, EOFError, UnicodeError):
        found.extend(islice(records(path, options), 40))
    return found


def look_at_layout(
    where: str, path: Path, options: FileOptions, setting: Setting, first: list[Record]
) -> None:
    """Raise :class:`DataError` where the ``first`` rows show that the header is none of theirs.

    It is a title, or another delimiter is used.
    """
    given = delimiter_of(options, path.name)
    names = [value for value in first[0].values if value.strip()] if first else []
    found = {given: _layout(first)}
    if len(names) == 1 and kind_of(path.name) == "text":
        for sign in _DELIMITERS:
            other = options.model_copy(update={"delimiter": sign})
            found.setdefault(sign, _layout(first_rows(path, other)))
    sign, (usual, start) = max(found.items(), key=lambda one: one[1][0])
    if start is None or usual <= max(2 * len(names), 1):
        return
    said = [f'delimiter = "{_DELIMITERS[sign]}"'] if sign != given else []
    if start.line != first[0].line:
        said.append(f"skip = {start.line - 1}")
    what = "one column, named" if len(names) == 1 else "a first line with"
    raise DataError(
        f"{where}: {path} has {what} {shortened(', '.join(names), 80)!r}, but rows of "
        f"{usual} columns from line {start.line} on"
        + (f", by the delimiter {_DELIMITERS[sign]!r}." if sign != given else "."),
        setting.of(*said),
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
