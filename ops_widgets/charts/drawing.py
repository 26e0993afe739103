"""A chart in two parts: the frames that it is drawn from, and how they are drawn.

Altair takes ten times as long to say how as a shop's summaries take to say what. A live page says
it once, as long as the second part looks at no value of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from altair.typing import ChartType

from ops_widgets.charts.locales import current

#: What of a frame's ``attrs`` a chart may be drawn by; ``drawing`` holds what is its own.
LOOKED_AT = ("labels", "currency", "minor_digits", "drawing")
Frames = tuple[pd.DataFrame, ...]
#: What makes the chart of a panel's frame.
Draw = Callable[[pd.DataFrame], ChartType]


def itself(frame: pd.DataFrame) -> Frames:
    """The frames of a chart that is drawn from a panel's own frame."""
    return (frame,)


@dataclass(frozen=True)
class Drawing:
    """``draw(*frames(frame))`` is the chart of a panel's frame.

    ``frames`` computes all that is drawn. ``draw`` looks at the columns of its frames and at
    :data:`LOOKED_AT`, at no value: of empty frames it makes the same chart.
    """

    draw: Callable[..., ChartType]
    frames: Callable[[pd.DataFrame], Frames] = itself

    def __call__(self, frame: pd.DataFrame) -> ChartType:
        """The chart with its data."""
        return self.draw(*self.frames(frame))


def outline(frames: Sequence[pd.DataFrame]) -> list[Any]:
    """All of ``frames`` that a :class:`Drawing` looks at: where it is the same, so is the chart."""
    seen = [[list(f.columns), {n: f.attrs.get(n) for n in LOOKED_AT}] for f in frames]
    return [current(), *seen]


def emptied(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame without rows that a :class:`Drawing` sees the same in."""
    result = pd.DataFrame(columns=frame.columns)
    result.attrs = {name: frame.attrs[name] for name in LOOKED_AT if name in frame.attrs}
    return result
