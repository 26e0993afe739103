"""Where the cells of a notebook stand on a page: panels in a grid, the prose of each below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

_SPAN = re.compile(r"span-([1-9]|1[0-2])")


@dataclass(frozen=True)
class Place:
    """What stands around a cell: the tags that open before it and close after it."""

    opens: Markup
    closes: Markup


def places(cells: Sequence[Any]) -> list[Place]:
    """The place of each cell, in their order.

    A code cell that shows a panel (``page.panel(...)``) stands in a grid of 12 columns, over as
    many as its tag says (``span-6``; without one all 12), together with the Markdown cell just
    before it. Panels that follow each other share a grid. A tagged cell of any other output
    stands there likewise.
    """
    spans = [_span(cell) for cell in cells]
    starts, ends = {}, set()
    for index, span in enumerate(spans):
        if span:
            before = index > 0 and cells[index - 1].cell_type == "markdown"
            starts[index - before] = span
            ends.add(index)
    found, inside = [], False
    for index in range(len(cells)):
        opens = closes = ""
        if index in starts:
            opens = f'<div class="ops-item span-{starts[index]}">'
            if not inside:
                opens = f'<div class="ops-grid">{opens}'
            inside = True
        if index in ends:
            closes = "</div>"
            inside = index + 1 in starts
            if not inside:
                closes += "</div>"
        found.append(Place(Markup(opens), Markup(closes)))
    return found


def _span(cell: Any) -> int:
    """How many columns a panel's cell takes; 0: it stands in no grid."""
    if cell.cell_type != "code":
        return 0
    tags = cell.metadata.get("tags", [])
    tagged = [int(found[1]) for tag in tags if (found := _SPAN.fullmatch(tag))]
    return tagged[0] if tagged else 12 * (".panel(" in cell.source)
