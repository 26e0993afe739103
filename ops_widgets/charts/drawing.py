"""A chart in two parts: the frames that it is drawn from, and how they are drawn.

Altair takes ten times as long to say how as a shop's summaries take to say what. A live page says
it once, as long as the second part looks at no value of the first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
from altair.typing import ChartType

from ops_widgets.charts.locales import current
from ops_widgets.charts.theme import themed

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


def outline(frames: Sequence[pd.DataFrame]) -> str:
    """All of ``frames`` that a :class:`Drawing` looks at, as JSON: where it is the same, so is the
    chart.
    """
    seen = [[list(f.columns), {n: f.attrs[n] for n in LOOKED_AT if n in f.attrs}] for f in frames]
    return json.dumps([current(), *seen])


def emptied(outlined: str) -> list[pd.DataFrame]:
    """Frames without rows of an :func:`outline`."""
    frames = []
    for columns, attrs in json.loads(outlined)[1:]:
        frames.append(pd.DataFrame(columns=columns))
        frames[-1].attrs = attrs
    return frames


@dataclass(frozen=True)
class Specified:
    """The specification of a drawing; ``places`` of its data, by name, among the frames."""

    spec: dict[str, Any]
    places: dict[str, int]


@lru_cache(maxsize=64)
def specified(chart: Drawing, outlined: str) -> Specified:
    """How the chart of all frames of one :func:`outline` is drawn."""
    places = emptied(outlined)
    spec, named = separate(themed(chart.draw(*places)))
    at = {n: next(i for i, p in enumerate(places) if p is one) for n, one in named.items()}
    return Specified(spec, at)


def separate(chart: ChartType) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    """A chart's specification with named, empty data, and the frames by those names.

    The first frame is called ``data``, further ones ``data2``, ``data3``, ... in the order of
    their appearance, so that equal charts of other data have equal specifications.
    """
    frames: dict[str, pd.DataFrame] = {}

    def name_instead(data: Any) -> Any:
        if not isinstance(data, pd.DataFrame):
            return data
        for name, known in frames.items():
            if known is data:
                return {"name": name}
        name = f"data{len(frames) + 1}" if frames else "data"
        frames[name] = data
        return {"name": name}

    alt.data_transformers.register("ops_names", name_instead)
    with alt.data_transformers.enable("ops_names"):
        spec: dict[str, Any] = chart.to_dict(validate=False)
    return spec, frames
