"""A panel in the page: heading, chart and table; new data go into the drawing that is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import traitlets
from altair.utils.schemapi import debug_mode

from ops_widgets.charts.drawing import Draw, Drawing, outline, separate, specified
from ops_widgets.charts.tables import page_code
from ops_widgets.charts.theme import WIDTHS, room_for, themed
from ops_widgets.widgets.bundle import bring_vega
from ops_widgets.widgets.columns import pack
from ops_widgets.widgets.one_way import OneWay, script

SCRIPTS = ("shared.js", "brush.js", "html_place.js", "chart_place.js", "live_panel.js")


class LivePanel(OneWay):
    """Shows ``head`` and ``body`` (HTML, already escaped) and between them, if ``drawn``, a chart.

    The chart is an Altair one in the house style; ``label`` is what a screen reader says of it.
    Its specification travels once; after that only data do, as long as the chart of another
    frame differs in nothing but its data. Of a :class:`Drawing` that is known without making
    the chart. ``pick`` (``field``, ``column``, ``value``) says what a clicked mark is a wish for,
    ``brush`` (``column``, ``since``, ``until``) over which time a part can be selected; empty:
    nothing.
    """

    _esm = page_code() + script(*SCRIPTS)
    head = traitlets.Unicode().tag(sync=True)
    body = traitlets.Unicode().tag(sync=True)
    drawn = traitlets.Bool(False).tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    pick = traitlets.Dict().tag(sync=True)
    brush = traitlets.Dict().tag(sync=True)
    #: What of the config hangs on the width: from how many pixels on, and what it is then.
    rooms = traitlets.List([[width, room_for(width)] for width in WIDTHS]).tag(sync=True)

    def __init__(self, chart: Draw | None = None, page: str = "") -> None:
        if chart is not None:
            bring_vega()
        self._chart = chart
        super().__init__(page=page)

    def draw(
        self, frame: pd.DataFrame, label: str = "", marks: Mapping[str, Any] | None = None
    ) -> None:
        """Let the chart show a frame; ``marks`` may hold its ``pick`` and ``brush``."""
        marks = marks or {}
        spec, data = self._specified(frame)
        with self.hold_sync():
            self.spec, self.data, self.label = spec, {n: pack(f) for n, f in data.items()}, label
            self.pick, self.brush = marks.get("pick", {}), marks.get("brush", {})

    def _specified(self, frame: pd.DataFrame) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
        """The specification and the data by their names in it."""
        assert self._chart is not None  # nothing is drawn of a panel without one
        if not isinstance(self._chart, Drawing):
            # Altair checks every part against its schema, each time: once is enough.
            with debug_mode(not self.spec):
                return separate(themed(self._chart(frame)))
        frames = self._chart.frames(frame)
        found = specified(self._chart, outline(frames))
        return found.spec, {name: frames[i] for name, i in found.places.items()}
