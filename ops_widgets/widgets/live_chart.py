"""A chart in the page that takes new data into the drawing it already has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
import traitlets
from altair.typing import ChartType

from ops_widgets.charts.theme import WIDTHS, room_for, themed
from ops_widgets.widgets.bundle import bring_vega
from ops_widgets.widgets.columns import pack
from ops_widgets.widgets.one_way import OneWay, script


class LiveChart(OneWay):
    """An Altair chart in the house style; ``label`` is what a screen reader says of it.

    The specification travels once; after that only data do, as long as :meth:`show` is given
    a chart that differs in nothing but its data. ``pick`` (``field``, ``column``, ``value``)
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
        chart: ChartType,
        label: str = "",
        page: str = "",
        marks: Mapping[str, Any] | None = None,
    ) -> None:
        bring_vega()
        spec, frames = separate(themed(chart))
        marks = marks or {}
        super().__init__(
            spec=spec,
            data=_packed(frames),
            label=label,
            page=page,
            pick=marks.get("pick", {}),
            brush=marks.get("brush", {}),
        )

    def show(
        self, chart: ChartType, label: str = "", marks: Mapping[str, Any] | None = None
    ) -> None:
        """Show another chart: its data alone if its specification is the one on the page.

        ``marks`` may hold the chart's ``pick`` and ``brush``.
        """
        spec, frames = separate(themed(chart))
        marks = marks or {}
        with self.hold_sync():
            self.spec, self.data, self.label = spec, _packed(frames), label
            self.pick, self.brush = marks.get("pick", {}), marks.get("brush", {})


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
