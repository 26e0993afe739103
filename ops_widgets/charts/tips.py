"""What a chart says of a mark in a tooltip, for drawings that have no script to show one.

Vega writes a mark's description into its SVG: here it carries the tooltip's text, and the value
that the mark stands for.
"""

from __future__ import annotations

import json
from typing import Any

from ops_widgets.charts.formats import MISSING

#: Between the text of a tip and the value of its mark.
UNIT = "\u001f"


def with_tips(spec: dict[str, Any], column: str = "") -> dict[str, Any]:
    """A Vega-Lite specification whose marks carry their tooltip, and their value of ``column``."""
    spec["config"]["aria"] = True
    _describe(spec, {}, column)
    return spec


def _describe(part: dict[str, Any], above: dict[str, Any], column: str) -> None:
    encoding = above | part.get("encoding", {})
    for name in ("layer", "concat", "hconcat", "vconcat"):
        for child in part.get(name, []):
            _describe(child, encoding, column)
    if "spec" in part:
        _describe(part["spec"], encoding, column)
    if "mark" not in part:
        return
    tips = encoding.get("tooltip", [])
    lines = [_line(tip) for tip in (tips if isinstance(tips, list) else [tips]) if "field" in tip]
    value = f"toString(datum[{json.dumps(column)}])" if column else "''"
    text = " + '\\n' + ".join(lines) or "''"
    described = {"value": {"expr": f"{text} + '{UNIT}' + {value}"}}
    part["encoding"] = part.get("encoding", {}) | {"description": described}


def _line(tip: dict[str, Any]) -> str:
    """An expression: one line of a tooltip, its title and its value as Vega writes it."""
    derived = tip.get("aggregate") or tip.get("timeUnit")
    field = json.dumps(f"{derived}_{tip['field']}" if derived else tip["field"])
    value, form = f"datum[{field}]", json.dumps(tip.get("format", ""))
    if tip.get("type") == "temporal":
        shown = f"timeFormat({value}, {form})"
    elif tip.get("type") == "quantitative" or tip.get("format"):
        shown = f"format({value}, {form})"
    else:
        shown = value
    title = json.dumps(f"{tip.get('title') or tip['field']}: ")
    return f"{title} + (isValid({value}) ? {shown} : '{MISSING}')"
