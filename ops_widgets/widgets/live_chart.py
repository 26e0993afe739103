"""A chart in the page that takes new data into the drawing it already has."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
import traitlets
from altair.typing import ChartType
from altair.utils.schemapi import debug_mode

from ops_widgets.charts.drawing import Draw, Drawing, Frames, emptied, outline
from ops_widgets.charts.theme import WIDTHS, room_for, themed
from ops_widgets.widgets.bundle import bring_vega
from ops_widgets.widgets.columns import pack
from ops_widgets.widgets.one_way import OneWay, script


class LiveChart(OneWay):
    """An Altair chart in the house style; ``label`` is what a screen reader says of it.

    The specification travels once; after that only data do, as long as the chart of another
    frame differs in nothing but its data. Of a :class:`Drawing` that is known without making
    the chart. ``pick`` (``field``, ``column``, ``value``)
    says what a clicked mark is a wish for, ``brush`` (``column``, ``since``, ``until``) over
    which time a part can be selected; empty: nothing.
    """

    _esm = script("shared.js", "brush.js", "live_chart.js")
    spec = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    pick = traitlets.Dict().tag(sync=True)
    brush = traitlets.Dict().tag(sync=True)
    #: What of the config hangs on the width: from how many pixels on, and what it is then.
    rooms = traitlets.List([[width, room_for(width)] for width in WIDTHS]).tag(sync=True)

    def __init__(
        self,
        chart: Draw,
        frame: pd.DataFrame,
        label: str = "",
        page: str = "",
        marks: Mapping[str, Any] | None = None,
    ) -> None:
        bring_vega()
        self._chart, self._is_new = chart, True
        self._drawn = ""  # the outline of what the specification is of
        super().__init__(page=page, **self._state(frame, label, marks or {}))

    def show(
        self, frame: pd.DataFrame, label: str = "", marks: Mapping[str, Any] | None = None
    ) -> None:
        """Show another frame; ``marks`` may hold its ``pick`` and ``brush``."""
        with self.hold_sync():
            for name, value in self._state(frame, label, marks or {}).items():
                setattr(self, name, value)

    def _state(self, frame: pd.DataFrame, label: str, marks: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be seen, by trait; without a specification that is on the page already."""
        state = {"label": label, "pick": marks.get("pick", {}), "brush": marks.get("brush", {})}
        if not isinstance(self._chart, Drawing):
            # Altair checks every part against its schema, each time: once is enough.
            with debug_mode(self._is_new):
                spec, data = separate(themed(self._chart(frame)))
            self._is_new = False
            return state | {"spec": spec, "data": _packed(data)}
        frames = self._chart.frames(frame)
        outlined, found = specified(self._chart, frames)
        if outlined != self._drawn:
            self._drawn, state["spec"] = outlined, found.spec
        return state | {"data": _packed({n: frames[i] for n, i in found.places.items()})}


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


def _packed(frames: dict[str, pd.DataFrame]) -> dict[str, Any]:
    return {name: pack(frame) for name, frame in frames.items()}
