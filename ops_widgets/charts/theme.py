"""How every chart and page looks, once: CSS variables that charts name as their colours.

Vega hands colour strings of non-interpolated scales to the SVG untouched, so the same drawing
follows light and dark without being drawn again. A sequential scale must therefore be
``quantize`` or ``threshold`` over :data:`HEAT`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
from altair.typing import ChartType

from ops_widgets.charts.fonts import FAMILY
from ops_widgets.charts.locales import current, vega_locale
from ops_widgets.charts.overlaps import PADDING

SERIES = [f"var(--ops-series-{i})" for i in range(1, 9)]
HEAT = [f"var(--ops-heat-{i})" for i in range(7)]
INK, MUTED, LINE = "var(--ops-ink)", "var(--ops-muted)", "var(--ops-line)"
PAPER = "var(--ops-paper)"
#: The style sheet of every page, one file for each part of it; later ones win.
STYLES = (
    "theme",
    "grid",
    "header",
    "words",
    "controls",
    "findings",
    "numbers",
    "panels",
    "tables",
    "print",
)
#: Pixels that a chart has inside a panel: on a phone, and in half of 1280 and of 1920.
WIDTHS = (324, 560, 880)
#: Room for one entry of a legend beside others, and what its symbol and the gap take of it.
LEGEND_ENTRY, LEGEND_SYMBOL = 150, 36
#: The first is measured; a browser takes what it lacks (Chinese, say) from the next ones.
FONT = f"{FAMILY}, system-ui, sans-serif"

CONFIG: dict[str, Any] = {
    # A chart is one picture with a name, and has a table twin: hundreds of marks read out one
    # by one help nobody.
    "aria": False,
    "background": "transparent",
    # At the right more than Vega's own: the name of a last step is wider than its step.
    "padding": {"left": PADDING, "top": PADDING, "right": 12, "bottom": PADDING},
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
        "titleFontWeight": 600,
        "titlePadding": 8,
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False, "labelPadding": 8},
    "legend": {
        "orient": "top",
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": 600,
        "symbolStrokeWidth": 2,
        "labelSeparation": 4,
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

    Whoever draws it adds the config of :func:`room_for` its width.

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


def room_for(width: int) -> dict[str, dict[str, Any]]:
    """What of the config hangs on the pixels that a drawing has: how long a name may be.

    Entries of a legend do not wrap by themselves, and names beside an axis would take all the
    room there is. An expression of the width will not do: Vega lays both out before it knows it.

    >>> room_for(324)["axisY"]
    {'labelLimit': 113}
    """
    columns = max(1, width // LEGEND_ENTRY)
    entry = width // columns - LEGEND_SYMBOL
    return {
        "legend": {
            "columns": columns,
            "labelLimit": entry,
            "gradientLength": min(360, width - 100),
        },
        "axisY": {"labelLimit": min(240, int(width * 0.35))},
        "text": {"limit": int(width * 0.35)},
    }


@cache
def css(turned: bool = True) -> str:
    """The style sheet of every page, to be put into it once; ``turned``: it may have controls."""
    folder = Path(__file__).parent / "styles"
    names = [name for name in STYLES if turned or name != "controls"]
    return compact("\n".join((folder / f"{name}.css").read_text("utf-8") for name in names))


def compact(css: str) -> str:
    """A style sheet without what only its authors read; every page carries it.

    >>> compact("/* Red. */\\na {\\n  color: red;\\n}\\n")
    'a{color: red}'
    """
    bare = re.sub(r"/\*.*?\*/|\s+", " ", css, flags=re.DOTALL)
    return re.sub(r" *([{};]) *", r"\1", bare).replace(";}", "}").strip()
