"""How every chart and page looks, once: CSS variables that charts name as their colours.

Vega hands colour strings of non-interpolated scales to the SVG untouched, so the same drawing
follows light and dark without being drawn again. A sequential scale must therefore be
``quantize`` or ``threshold`` over :data:`HEAT`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
from altair.typing import ChartType

from ops_widgets.charts.locales import current, vega_locale

SERIES = [f"var(--ops-series-{i})" for i in range(1, 9)]
HEAT = [f"var(--ops-heat-{i})" for i in range(7)]
INK, MUTED, LINE = "var(--ops-ink)", "var(--ops-muted)", "var(--ops-line)"
PAPER = "var(--ops-paper)"
#: The style sheet of every page, one file for each part of it; later ones win.
STYLES = (
    "theme",
    "grid",
    "header",
    "controls",
    "findings",
    "numbers",
    "panels",
    "tables",
    "print",
)
#: Room for one entry of a legend: entries do not wrap by themselves, on a phone they would be
#: cut. An expression of the width will not do, Vega lays the legend out before it knows it.
LEGEND_ENTRY = 180
#: A generic family only: quotes and long lists would be repeated at every label of the SVG.
FONT = "system-ui, sans-serif"

CONFIG: dict[str, Any] = {
    # A chart is one picture with a name, and has a table twin: hundreds of marks read out one
    # by one help nobody.
    "aria": False,
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "domainColor": MUTED,
        "tickColor": MUTED,
        "gridColor": LINE,
        "labelColor": MUTED,
        "labelFontSize": 12,
        "labelOverlap": "greedy",
        "titleColor": INK,
        "titleFontSize": 12,
        "titleFontWeight": 500,
        "titlePadding": 8,
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False, "labelPadding": 8},
    "legend": {
        "orient": "top",
        "labelColor": INK,
        "labelFontSize": 12,
        "labelLimit": 200,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": 500,
        "symbolStrokeWidth": 2,
    },
    "header": {"labelColor": INK, "titleColor": MUTED, "labelFontSize": 12},
    "title": {"color": INK, "fontSize": 14, "fontWeight": 600, "anchor": "start"},
    "mark": {"color": SERIES[0]},
    "bar": {"cornerRadiusEnd": 2},
    "line": {"strokeWidth": 2},
    "point": {"filled": True, "size": 60},
    "rule": {"color": MUTED},
    "text": {"color": INK, "fontSize": 12},
    "range": {"category": SERIES, "ordinal": HEAT, "heatmap": HEAT, "ramp": HEAT},
}


def themed(chart: ChartType) -> ChartType:
    """``chart`` in the house style, as wide as the place it stands in.

    Whoever draws it sets ``config.legend.columns`` to what fits, by :data:`LEGEND_ENTRY`.

    A width that the chart chose itself stays. Facets and concatenations cannot fill a
    container in Vega-Lite and keep their own widths too.
    """
    styled = chart.copy(deep=False)
    own = {} if chart.config is alt.Undefined else chart.config.to_dict()
    written = vega_locale(current())
    styled.config = CONFIG | own | ({"locale": written} if written else {})
    fills = isinstance(chart, alt.Chart | alt.LayerChart)
    if fills and getattr(chart, "width", alt.Undefined) is alt.Undefined:
        styled.width = "container"
    return styled


@cache
def css() -> str:
    """The style sheet of every page, to be put into it once."""
    folder = Path(__file__).parent / "styles"
    return "\n".join((folder / f"{name}.css").read_text("utf-8") for name in STYLES)
