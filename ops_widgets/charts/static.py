"""Charts as SVG in the page, for reports and for notebooks that are read without a kernel."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import altair as alt
from altair.typing import ChartType

from ops_widgets.charts.fonts import measure_with_it
from ops_widgets.charts.overlaps import without_overlap
from ops_widgets.charts.svg import Link, as_picture
from ops_widgets.charts.theme import WIDTHS, room_for, themed
from ops_widgets.charts.tips import with_tips

#: The Vega-Lite that Altair 6 writes for, as vl-convert names it.
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def drawings(
    chart: ChartType, label: str = "", column: str = "", link: Link | None = None
) -> list[str]:
    """``chart`` drawn for each of :data:`WIDTHS`; the style sheet shows the one that fits.

    One drawing that is scaled would have letters of five pixels on a phone. See :func:`to_svg`.
    """
    return [to_svg(chart, width, label, column, link) for width in WIDTHS]


def to_svg(
    chart: ChartType,
    width: int = WIDTHS[-1],
    label: str = "",
    column: str = "",
    link: Link | None = None,
) -> str:
    """``chart`` in the house style as one ``<svg>``, laid out for ``width`` pixels.

    ``label`` (default: the chart's description or title) is what a screen reader says instead.
    A mark answers the pointer with its tooltip, and where ``link`` makes a query of its value in
    ``column``, it is an ``<a data-query>`` that a page with a server makes a link. Ids inside are
    unique in this process, so that many drawings can share a page.
    """
    import vl_convert  # 60 MB of a JavaScript engine that a live page never needs

    measure_with_it()
    spec = with_tips(_fitted(themed(chart).to_dict(), width), column)
    label = label or str(spec.get("description") or spec.get("title") or "Chart")
    vega = vl_convert.vegalite_to_vega(json.dumps(spec, default=_day), vl_version=VEGA_LITE)
    svg = vl_convert.vega_to_svg(without_overlap(vega))
    return as_picture(svg, width, label, link)


def _fitted(spec: dict[str, Any], width: int) -> dict[str, Any]:
    """The specification for ``width`` pixels in all, axes and legend included."""
    config = spec["config"]
    for part, values in room_for(width).items():
        config[part] = config[part] | values
    if spec.get("width") == "container":
        spec |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    return spec


def _day(value: date) -> str:
    """A day in local time: JavaScript takes a bare ``2024-05-01`` for UTC, a day early in Lima."""
    return f"{value.isoformat()}T00:00:00"
