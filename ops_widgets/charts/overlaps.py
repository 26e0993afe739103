"""Text in a chart that has no room is left out: no number or name lies over another one.

``chart_place.js`` does the same to the charts of a live page.
"""

from __future__ import annotations

from typing import Any

#: Pixels around a drawing.
PADDING = 5
#: Where a text stands, seen from its point, by ``align`` and ``baseline``; and which way its
#: ``dx`` may push it there.
_ACROSS = {"left": ("right", 1), "right": ("left", -1), "center": ("", 0)}
_UPRIGHT = {"top": "bottom", "bottom": "top", "middle": ""}
_USUAL = {"align": "center", "baseline": "middle", "dx": 0, "dy": 0, "angle": 0}


def without_overlap(vega: dict[str, Any]) -> dict[str, Any]:
    """A compiled Vega specification whose text marks give way to those before them.

    Vega's ``label`` transform knows only the place that it gives a text itself: here the one that
    the text has. Slanted texts, and those that stand at no point of two scales, stay as they are;
    one that would leave the drawing is left out.
    """
    for mark in vega.get("marks", []):
        if mark["type"] == "group":
            without_overlap(mark)
        elif mark["type"] == "text":
            _give_way(mark)
    return vega


def _give_way(mark: dict[str, Any]) -> None:
    encode = mark["encode"]["update"]
    fixed = {name: encode.get(name, {"value": usual}) for name, usual in _USUAL.items()}
    if not all("value" in part for part in fixed.values()):
        return
    align, baseline, dx, dy, angle = (part["value"] for part in fixed.values())
    across, way = _ACROSS[align]
    placed = all("scale" in encode.get(point, {}) for point in ("x", "y"))
    if angle or not placed or baseline not in _UPRIGHT or dx != abs(dx) * way:
        return
    encode |= {"dx": {"value": 0}, "dy": {"value": 0}, "y": encode["y"] | {"offset": dy}}
    mark["transform"] = [
        {
            "type": "label",
            "size": {"signal": "[width, height]"},
            "anchor": ["-".join(filter(None, (_UPRIGHT[baseline], across))) or "middle"],
            "offset": [abs(dx)],
            "avoidBaseMark": False,
            "padding": PADDING,
        }
    ]
