"""What is wrong with a broken file, and what helps: the same words whoever read it."""

from __future__ import annotations

import csv
import gzip
import zipfile
import zlib

from ops_widgets.errors import DataError, shortened
from ops_widgets.sources.options import Setting

_NO_QUOTES = 'quote = ""'


def wrong_width(place: str, found: int, expected: int, line: str, setting: Setting) -> DataError:
    """A row of ``found`` values where the header has ``expected``; ``line`` is its text."""
    remedy = "A value that holds the delimiter needs double quotes around it."
    if found < expected:
        remedy = "The file was cut off there, or a line break lacks quotes: write it again."
    if found == 1 and line.strip():
        start = " ".join(line.strip().strip('"').split()[:3])
        remark = setting.of(f'comment = "{shortened(start, 30).rstrip("…")}"')
        remedy += f" If the line is a remark and no row: {remark}"
    return DataError(f"{place} has {found} of {expected} columns.", remedy)


def never_closed(place: str, setting: Setting) -> DataError:
    """A double quote opens a value that does not end."""
    return DataError(
        f"{place} opens a double quote that is never closed.",
        "The file was cut off there, or the quote belongs to the value: write it as two. If the "
        f"file puts no quotes around values: {setting.of(_NO_QUOTES)}",
    )


def odd_quotes(place: str, setting: Setting) -> DataError:
    """Line ends or quotes that can be read in two ways."""
    return DataError(
        f"{place} mixes line ends or quotes in a way that has no one meaning.",
        "Write the file again with one kind of line end and RFC 4180 quotes. If it puts no quotes "
        f"around values: {setting.of(_NO_QUOTES)}",
    )


def too_long(place: str) -> DataError:
    """A line that is longer than any that is read."""
    return DataError(
        f"{place} has a line of over 16 million bytes.",
        "A double quote is probably never closed before it.",
    )


def damaged(place: str) -> DataError:
    """An archive, a workbook or a Parquet file that does not hold what its name says."""
    return DataError(f"{place} is damaged inside.", "Write or copy the file again.")


def reading_failed(error: Exception, place: str, setting: Setting) -> Exception:
    """What a reader of Python says of a broken file, in our words; ``error`` if it is no such."""
    text = str(error)
    if isinstance(error, csv.Error):
        if "limit" in text:
            return too_long(place)
        closed = "end of data" not in text
        return odd_quotes(place, setting) if closed else never_closed(place, setting)
    module = type(error).__module__.split(".")[0]
    if "calamine" in module:
        return DataError(
            f"{place} cannot be read as a workbook: {shortened(text, 200)}",
            "Open it in a spreadsheet program and save it as .xlsx or .csv; without a password.",
        )
    if isinstance(error, zipfile.BadZipFile | gzip.BadGzipFile | zlib.error | EOFError):
        return damaged(place)
    if isinstance(error, ValueError):
        return DataError(f"{place} is no JSON: {text}.", "Write the file again.")
    return error
