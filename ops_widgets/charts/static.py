"""Charts as SVG in the page, for reports and for notebooks that are read without a kernel."""

from __future__ import annotations

import json
import re
from datetime import date
from html import escape
from itertools import count

import altair as alt
from altair.typing import ChartType

from ops_widgets.charts.theme import LEGEND_ENTRY, themed

#: The Vega-Lite that Altair 6 writes for, as vl-convert names it.
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
#: Pixels inside a panel: of a page at 1280, and of one at 390.
WIDE, NARROW = 1020, 324
_numbers = count(1)


def to_svg(chart: ChartType, width: int = WIDE, label: str = "") -> str:
    """``chart`` in the house style as one ``<svg>``, laid out for ``width`` pixels.

    ``label`` (default: the chart's description or title) is what a screen reader says instead.
    Ids inside are unique in this process, so that many drawings can share a page.
    """
    import vl_convert  # 60 MB of a JavaScript engine that a live page never needs

    spec = themed(chart).to_dict()
    if spec.get("width") == "container":
        spec["width"] = width
    spec["config"]["legend"]["columns"] = max(1, width // LEGEND_ENTRY)
    label = label or str(spec.get("description") or spec.get("title") or "Chart")
    svg = vl_convert.vegalite_to_svg(json.dumps(spec, default=_day), vl_version=VEGA_LITE)
    return _labelled(_unique_ids(svg), label)


def two_widths(wide: str, narrow: str) -> str:
    """Drawings of one chart for a screen and for a phone; the style sheet shows the one that fits.

    One drawing that is scaled would have letters of five pixels on a phone.
    """
    return (
        f'<div class="ops-chart ops-wide">{wide}</div>'
        f'<div class="ops-chart ops-narrow">{narrow}</div>'
    )


def _day(value: date) -> str:
    """A day in local time: JavaScript takes a bare ``2024-05-01`` for UTC, a day early in Lima."""
    return f"{value.isoformat()}T00:00:00"


def _unique_ids(svg: str) -> str:
    prefix = f"ops{next(_numbers)}-"
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", svg)


def _labelled(svg: str, label: str) -> str:
    """One picture with one name, instead of hundreds of marks read out one by one."""
    head, body = svg.split(">", 1)
    body = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", body)
    return f'{head} role="img" aria-label="{escape(label)}">{body}'
