"""A panel's numbers as a file that a spreadsheet opens without running anything."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import escape
from io import StringIO

import pandas as pd

from ops_widgets.charts.formats import Format

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
    columns = {}
    for name in frame.columns:
        column, label = frame[name], (labels or {}).get(name, str(name))
        format = (formats or {}).get(name, "")
        if format == "money":
            major = pd.to_numeric(column).astype("Float64") / 10**minor_digits
            column, label = major.round(minor_digits), f"{label} ({currency})"
        elif format in ("date", "month"):
            days = pd.to_datetime(column)
            column = days.dt.strftime("%Y-%m-%d" if format == "date" else "%Y-%m")
        elif not pd.api.types.is_numeric_dtype(column):
            column = column.map(safe_text)
        columns[str(safe_text(label))] = column
    text = StringIO()
    pd.DataFrame(columns).to_csv(text, index=False, lineterminator="\r\n")
    return text.getvalue()


def csv_link(frame: pd.DataFrame, name: str) -> str:
    """A link that saves the table as a file: it is in the page, nobody is asked for it."""
    attrs = frame.attrs
    text = to_csv(
        frame,
        attrs.get("labels"),
        attrs.get("formats"),
        attrs.get("currency", ""),
        attrs.get("minor_digits", 2),
    )
    # The mark at the start tells spreadsheets that this is UTF-8.
    data = base64.b64encode(("\ufeff" + text).encode()).decode()
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
