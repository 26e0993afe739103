"""The headline numbers in full, as a table: the twin of the row, for those who want the figures."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ops_widgets.charts.formats import MISSING, Number, grouped, is_missing
from ops_widgets.charts.tables import to_html


def figures_html(numbers: Sequence[Number]) -> str:
    """A closed table of the exact values: of what they are, what they are compared with, their
    targets and samples. A column that would be empty is left out.
    """
    rows = [
        {
            "Number": number.label,
            "Value": _text(number, number.value),
            "Of": number.detail,
            "The period before": _then(number, number.previous, number.previous_detail),
            "Last year": _then(number, number.last_year, number.last_year_detail),
            "Target": "" if number.target is None else number.exact(number.target),
            "Rests on": _samples(number),
        }
        for number in numbers
    ]
    if not rows:
        return ""
    shown = [name for name in rows[0] if any(row[name] for row in rows)]
    frame = pd.DataFrame(rows, columns=shown)
    table = to_html(frame, dict.fromkeys(shown, "text"), caption="The numbers in full")
    return f'<details class="ops-twin"><summary>The numbers in full</summary>{table}</details>'


def _then(number: Number, value: float | None, detail: str) -> str:
    return f"{_text(number, value)} ({detail})" if detail else ""


def _text(number: Number, value: float | None) -> str:
    return MISSING if is_missing(value) else number.exact(value)


def _samples(number: Number) -> str:
    """On how many observations the value rests, and those it is compared with."""
    if number.n is None:
        return ""
    then = {"before": number.previous_n, "last year": number.last_year_n}
    counts = [f"{when} {grouped(n, 0)}" for when, n in then.items() if n is not None]
    beside = f" ({', '.join(counts)})" if counts else ""
    return f"{grouped(number.n, 0)} {number.n_of}{beside}"
