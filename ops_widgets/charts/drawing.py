"""A chart in two parts: the frames that it is drawn from, and how they are drawn.

Altair takes ten times as long to say how as a shop's summaries take to say what. A live page says
it once, as long as the second part looks at no value of the first.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def outline(frames: Sequence[pd.DataFrame]) -> list[Any]:
    """All of ``frames`` that a :class:`Drawing` looks at: where it is the same, so is the chart."""
    seen = [[list(f.columns), {n: f.attrs.get(n) for n in LOOKED_AT}] for f in frames]
    return [current(), *seen]


def emptied(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame without rows that a :class:`Drawing` sees the same in."""
    result = pd.DataFrame(columns=frame.columns)
    result.attrs = {name: frame.attrs[name] for name in LOOKED_AT if name in frame.attrs}
    return result


@dataclass(frozen=True)
class Specified:
    """The specification of a drawing; ``places`` of its data, by name, among the frames."""

    spec: dict[str, Any]
    places: dict[str, int]


#: What was specified in this process, by drawing and outline, the latest last; and how many stay.
_specified: OrderedDict[tuple[Drawing, str], Specified] = OrderedDict()
KEPT = 64


def specified(chart: Drawing, frames: Frames) -> tuple[str, Specified]:
    """The outline of ``frames`` as text, and how the chart of all such frames is drawn."""
    outlined = json.dumps(outline(frames), default=str)
    key = (chart, outlined)
    if key not in _specified:
        places = [emptied(one) for one in frames]
        spec, named = separate(themed(chart.draw(*places)))
        at = {n: next(i for i, p in enumerate(places) if p is one) for n, one in named.items()}
        _specified[key] = Specified(spec, at)
        if len(_specified) > KEPT:
            _specified.popitem(last=False)
    return outlined, _specified[key]


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
