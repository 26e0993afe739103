"""Bars inside the cells of a table: a value's length beside its number.

They are plain HTML, hidden from screen readers: the number that stands beside says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from ops_widgets.charts.formats import is_missing

#: The bar of one cell: where it begins and how long each of its parts is, in percent of the
#: cell's room; None: nothing is drawn.
Bar = tuple[float, ...] | None


def bars_of(values: Sequence[Any], parts: Sequence[Sequence[Any]] = ()) -> list[Bar]:
    """The bars of a column, all on one scale that holds zero.

    ``parts`` are columns that make up the values, drawn one after the other; without them, or
    where one of a row is unknown or below zero, the value is one bar. A value below zero lies
    to the left of the zero line, an unknown one has no bar.

    >>> bars_of([50, -50, None], [])
    [(50.0, 50.0), (0.0, 50.0), None]
    >>> bars_of([100, 50], [[25, 50], [75, 0]])
    [(0.0, 25.0, 75.0), (0.0, 50.0, 0.0)]
    """
    known = [float(value) for value in values if not is_missing(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    room = (high - low) or 1.0

    def share(size: float) -> float:
        return round(100 * size / room, 1)

    found: list[Bar] = []
    for row, value in enumerate(values):
        split = [part[row] for part in parts]
        if is_missing(value):
            found.append(None)
        elif split and not any(is_missing(size) or size < 0 for size in split):
            found.append((share(0.0 - low), *(share(float(size)) for size in split)))
        else:
            size = float(value)
            found.append((share(min(size, 0.0) - low), share(abs(size))))
    return found


def zero_of(values: Sequence[Any]) -> float:
    """Where the zero line of a column's bars stands, in percent; 0 where nothing is below it."""
    known = [float(value) for value in values if not is_missing(value)]
    low, high = min([0.0, *known]), max([0.0, *known])
    return round(100 * (0.0 - low) / ((high - low) or 1.0), 1)


def bar_html(bar: Bar, zero: float = 0.0) -> str:
    """One bar; with a line at ``zero`` where a column has values on both sides of it."""
    line = f'<b style="left:{zero:g}%"></b>' if zero else ""
    pieces, left = [], bar[0] if bar else 0.0
    for width in bar[1:] if bar else ():
        pieces.append(f'<i style="left:{left:g}%;width:{width:g}%"></i>')
        left += width
    return f'<span class="ops-inline" aria-hidden="true">{"".join(pieces)}{line}</span>'


def bar_text(bar: Bar) -> str:
    """A bar as the page's script reads it: numbers with commas between, a dash for none."""
    return ",".join(f"{number:g}" for number in bar) if bar else "-"


def key_html(labels: Sequence[str]) -> str:
    """What the parts of a column's bars are, for its head."""
    named = "".join(f"<span><i></i>{escape(label)}</span>" for label in labels)
    return f'<span class="ops-key">{named}</span>' if named else ""
