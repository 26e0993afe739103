"""A panel's numbers as a file that a spreadsheet opens without running anything."""

from __future__ import annotations

import base64
import csv
import re
from collections.abc import Mapping
from datetime import date
from html import escape
from io import StringIO

import pandas as pd

from ops_widgets.charts.formats import Format, bare, is_missing

#: A spreadsheet takes a text that begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(value: object) -> object:
    """Text that a spreadsheet would run gets an apostrophe before it; all else stays.

    >>> safe_text('=HYPERLINK("http://x")'), safe_text("Beauty"), safe_text(-5)
    ('\\'=HYPERLINK("http://x")', 'Beauty', -5)
    """
    # Spreadsheets skip leading blanks when they look for a formula.
    risky = isinstance(value, str) and (
        value.startswith(FORMULA) or value.lstrip().startswith(FORMULA)
    )
    return f"'{value}" if risky else value


def to_csv(
    frame: pd.DataFrame,
    labels: Mapping[str, str] | None = None,
    formats: Mapping[str, Format] | None = None,
    currency: str = "",
    minor_digits: int = 2,
) -> str:
    """``frame`` as CSV with labels as heads: money in whole currency, days as ISO dates.

    Numbers are exact and stay numbers, a missing value is an empty field, and no text can
    become a formula.
    """
    frame, formats, labels = bare(frame), formats or {}, labels or {}
    heads, columns = [], []
    for name in frame.columns:
        format, label = formats.get(name, ""), labels.get(name, str(name))
        heads.append(safe_text(f"{label} ({currency})" if format == "money" else label))
        columns.append([_field(value, format, minor_digits) for value in frame[name].tolist()])
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([heads, *zip(*columns, strict=True)])
    return text.getvalue()


def _field(value: object, format: str, minor_digits: int) -> object:
    if is_missing(value):
        return ""
    if format == "money":
        return f"{float(str(value)) / 10**minor_digits:.{minor_digits}f}"
    if isinstance(value, date):
        return f"{value:%Y-%m}" if format == "month" else f"{value:%Y-%m-%d}"
    return safe_text(value)


def frame_csv(frame: pd.DataFrame) -> str:
    """:func:`to_csv` as the frame itself asks for it, by its ``attrs``."""
    attrs = frame.attrs
    return to_csv(
        frame,
        attrs.get("labels"),
        attrs.get("formats"),
        attrs.get("currency", ""),
        attrs.get("minor_digits", 2),
    )


def csv_bytes(text: str) -> bytes:
    """A CSV as the content of a file: a mark at its start tells spreadsheets it is UTF-8."""
    return ("\ufeff" + text).encode()


def csv_link(text: str, name: str) -> str:
    """A link that saves a CSV as a file: it is in the page, nobody is asked for it."""
    data = base64.b64encode(csv_bytes(text)).decode()
    return (
        f'<a class="ops-tool" download="{escape(file_name(name))}.csv" '
        f'href="data:text/csv;charset=utf-8;base64,{data}">CSV</a>'
    )


def file_name(title: str) -> str:
    """A title as the name of a file: letters, digits and dashes, at most 60.

    >>> file_name("Is it growing, and is it still open?"), file_name("../..")
    ('is-it-growing-and-is-it-still-open', 'table')
    """
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-_")[:60].strip("-_") or "table"
