"""Terms: what people call a column or number, how it is written, and what it means.

A column of a frame is shown where its name has a term, and only there: nothing on a page is
without a meaning. Terms belong to their analysis; here are those that mean the same in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ops_widgets.charts.formats import Format, Total


@dataclass(frozen=True)
class Term:
    """One name of a frame's column or of a headline number.

    ``total`` says how many rows of a column are one number: below a list, and where it is cut.
    """

    label: str
    format: Format
    meaning: str
    total: Total = ""


Terms = Mapping[str, Term]

SHARED: dict[str, Term] = {
    "category": Term(
        "Category",
        "text",
        "Path from coarse to fine as the shop or the market names it; without a name it is "
        "(unknown).",
    ),
    "brand": Term("Brand", "text", "As the market table names it."),
    "month": Term("Month", "month", "A calendar month that has wholly passed."),
}
