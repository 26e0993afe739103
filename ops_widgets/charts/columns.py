"""One column of a table: its head, its cells, and in which order its values stand.

Everything is escaped: a product may be called ``<script>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from ops_widgets.charts.bars import Bar, bar_html, bars_of, key_html, zero_of
from ops_widgets.charts.formats import (
    MISSING,
    NUMERIC,
    Format,
    exact_value,
    format_value,
    is_missing,
    scale_of,
    unit_of,
)

#: Longest name that can be picked: it must fit into a link.
LONGEST_PICK = 400


@dataclass(eq=False)
class Column:
    """The column ``name`` of a table: what each of its ``rows`` shows.

    ``apart`` is its value of all other rows together, where the table has that row: it shares
    scale and decimals, but neither order nor bars. ``bars`` (None: none) are what its bars are
    made of, label -> values; without parts they are the values themselves. ``pick`` makes its
    cells buttons, or, on a page where nobody can, what is ``picked`` stands out. ``more``: it is
    shown to whoever asks for all columns.
    """

    name: str
    label: str
    format: Format
    rows: list[Any]
    apart: list[Any] = field(default_factory=list)
    currency: str = ""
    minor_digits: int = 2
    pick: Mapping[str, str] | None = None
    picked: str = ""
    bars: Mapping[str, list[Any]] | None = None
    more: bool = False

    def __post_init__(self) -> None:
        self.numeric = self.format in NUMERIC
        #: Whether its values have another order than the texts that they are shown as.
        self.ordered = self.format != "text"
        values = [*self.rows, *self.apart]
        self.scale = scale_of(values, self.format, self.minor_digits) if self.numeric else None
        self.drawn: list[Bar] = []
        if self.bars is not None:
            self.drawn = bars_of(self.rows, list(self.bars.values()))
        self.zero = zero_of(self.rows) if self.drawn else 0.0

    def places(self) -> list[str]:
        """The place of each row among the column's values, by their exact value: equal ones
        share a place, a missing one has none. Written short.
        """
        known = sorted({value for value in self.rows if not is_missing(value)})
        places = {value: _short(i) for i, value in enumerate(known)}
        return ["-" if is_missing(value) else places[value] for value in self.rows]

    def head(self, order: int) -> str:
        """Its head; ``order`` is the number of its place among those of a row."""
        at = f' data-order="{order}"' if self.ordered else ""
        zero = f' data-zero="{self.zero:g}"' if self.drawn else ""
        text = escape(self.label)
        if self.format == "money" and self.scale is not None:
            unit = unit_of(self.currency, self.scale)
            text += f' <span class="ops-unit">({escape(unit)})</span>' if unit else ""
        classes = self._classes(barred=bool(self.drawn))
        key = key_html(list(self.bars or {}))
        column = escape(self.name)
        return f'<th scope="col"{classes} data-column="{column}"{at}{zero}>{text}{key}</th>'

    def cell(self, row: int) -> str:
        """The cell of a row."""
        value = self.rows[row]
        if self.pick and not is_missing(value) and 0 < len(str(value)) <= LONGEST_PICK:
            return self._pick_cell(str(value), self.pick)
        return self._cell(value, row) if self.drawn else self._cell(value)

    def plain(self, value: Any) -> str:
        """The cell of several rows as one."""
        return self._cell(value)

    def empty(self) -> str:
        """The cell of several rows whose values are no one value."""
        return f"<td{self._classes()}></td>"

    def text(self, row: int) -> str:
        """What the cell of a row shows, without its unit, which stands in the head."""
        return " ".join(self._shown(self.rows[row]).split())

    def widest(self) -> int:
        """Letters of its longest number."""
        return max((len(self._shown(value)) for value in self.rows), default=1)

    def _classes(self, *, missing: bool = False, barred: bool = False) -> str:
        said = {
            "ops-number": self.numeric,
            "ops-missing": missing,
            "ops-barred": barred,
            "ops-more": self.more,
        }
        named = " ".join(name for name, holds in said.items() if holds)
        return f' class="{named}"' if named else ""

    def _shown(self, value: Any) -> str:
        shown = format_value(value, self.format, "", self.minor_digits, self.scale)
        unit = self.scale.unit if self.scale is not None else ""
        return shown.removesuffix(unit).rstrip() if unit else shown

    def _exact(self, value: Any) -> str:
        return exact_value(value, self.format, self.currency, self.minor_digits)

    def _pick_cell(self, text: str, pick: Mapping[str, str]) -> str:
        """A cell that can be picked; a name longer than a link carries is only text."""
        pressed = "true" if text == pick["value"] else "false"
        return (
            f'<td{self._classes()}><button type="button" class="ops-pick" '
            f'data-pick="{escape(pick["field"])}" data-value="{escape(text)}" '
            f'aria-pressed="{pressed}">{escape(text)}</button></td>'
        )

    def _cell(self, value: Any, barred: int | None = None) -> str:
        """A cell, with the bar of the row ``barred``."""
        if is_missing(value):
            dash = f'<abbr title="no value">{MISSING}</abbr>'
            return f"<td{self._classes(missing=True)}>{dash}</td>"
        if not self.numeric:
            text = escape(format_value(value, self.format))
            text = f"<strong>{text}</strong>" if self.picked and self.picked == value else text
            return f"<td{self._classes()}>{text}</td>"
        shown, exact = self._shown(value), self._exact(value)
        tip = exact if exact != shown else ""
        text = escape(shown)
        if barred is not None:
            made_of = [
                f"{label} {self._exact(v[barred])}" for label, v in (self.bars or {}).items()
            ]
            tip = ": ".join([exact, ", ".join(made_of)]) if made_of else tip
            text = f"<div>{bar_html(self.drawn[barred], self.zero)}<span>{text}</span></div>"
        title = f' title="{escape(tip)}"' if tip else ""
        return f"<td{self._classes(barred=barred is not None)}{title}>{text}</td>"


@cache
def _short(place: int) -> str:
    """A place in as few letters as the page's script can read."""
    return np.base_repr(place, 36).lower()


def guess_format(column: pd.Series) -> Format:
    """The format of a column nobody described: by its type, never by its name."""
    if pd.api.types.is_bool_dtype(column):
        return "text"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_numeric_dtype(column):
        return "decimal"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    return "date" if pd.api.types.infer_dtype(column, skipna=True) == "date" else "text"
