"""Steps of colour that come from the values that are shown: as many in each, at round numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ops_widgets.charts import locales
from ops_widgets.charts.formats import is_missing
from ops_widgets.charts.theme import HEAT

#: Colours of one to five steps, apart from each other and from the paper.
COLOURS = [HEAT[i] for i in (1, 2, 3, 4, 6)]
#: Steps from this one on take paper as the colour of their text, those before it ink.
DARK = 3
#: No edge is rounder than it must be, and none is finer than this.
_FINEST = 1e-9


@dataclass(frozen=True)
class Steps:
    """The ``edges`` between steps in order: a value at an edge belongs to the step above it."""

    edges: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Steps:
        """Steps over ``values`` (missing ones count for nothing): five, or one for each value
        where fewer differ. Every step holds about as many different values, and at least one.
        """
        known = np.unique([float(value) for value in values if not is_missing(value)])
        count = min(len(COLOURS), len(known))
        # An edge may move a little to where a round number is, but never past a neighbour's.
        slack = len(known) // (4 * len(COLOURS))
        splits = [round(i * len(known) / count) for i in range(1, count)]
        return cls(tuple(_round_in(known[i - 1 - slack], known[i + slack]) for i in splits))

    def place(self, value: float) -> int:
        """The number of the step that holds ``value``, from 0."""
        return int(np.searchsorted(self.edges, value, side="right"))

    def shares(self) -> list[str]:
        """The name of each step of shares: "<5%", "5–7.5%", "≥7.5%"; of a single one, "all"."""
        if not self.edges:
            return ["all"]
        texts = [_percent(edge) for edge in self.edges]
        between = [f"{low}–{high}" for low, high in pairwise(texts)]
        return [locales.percent(text) for text in (f"<{texts[0]}", *between, f"≥{texts[-1]}")]


def _round_in(low: float, high: float) -> float:
    """The roundest number above ``low`` and not above ``high``.

    >>> _round_in(0.083, 0.124), _round_in(0.0512, 0.0523), _round_in(0.0, 0.5)
    (0.1, 0.052, 0.5)
    """
    power = 0.0
    while (unit := 10.0**power) > _FINEST:
        for part in (0.5, 0.2, 0.1):
            found = round(int(high / (part * unit) + 1e-9) * part * unit, 12)
            if low < found <= high:
                return found
        power -= 1
    return high


def _percent(share: float) -> str:
    """A share in percent without the sign, with the digits that it has.

    >>> _percent(0.05), _percent(0.0755), _percent(1)
    ('5', '7.55', '100')
    """
    digits = f"{100 * share:.7f}".rstrip("0").partition(".")[2]
    return locales.decimal(100 * share, len(digits))
