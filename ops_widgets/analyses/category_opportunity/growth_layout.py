"""Where the dots of :mod:`.growth`, their names and the words on its ground stand."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import pandas as pd

from ops_widgets.charts.formats import format_value
from ops_widgets.charts.labels import LINE, Box, Dot, free_at, short, sides_of, text_width
from ops_widgets.names import leaves
from ops_widgets.views.frames import SHADE

HEIGHT = 380
#: Square pixels of the smallest and of the largest dot; names beside dots, besides the picked.
AREAS, MOST_NAMED = (40.0, 1600.0), 5
#: Room beside the outermost dots, as a part of what they span.
PADDING = 0.12
#: What lies where: to the right of no growth or not, above the share of all leaders or below.
CORNERS = {
    (True, False): "growing and open",
    (True, True): "growing, held by few",
    (False, False): "shrinking, open",
    (False, True): "shrinking, held by few",
}


def laid_out(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The dots with ``ops_area, ops_radius, ops_name, ops_sides``, and the words on the ground.

    Words: ``text`` at the growth ``at``, ``dx`` pixels beside it and ``y`` from the top, shown
    at the widths that ``ops_sides`` says; with the columns that the lines are drawn by.
    """
    together, attrs = frame.attrs["together"], frame.attrs
    dots = _dots(frame, attrs.get("pick", {}).get("value", ""))
    known = [*dots["growth"], 0.0, together["growth"]]
    low, high = min(known), max(known)
    room = PADDING * ((high - low) or 0.1)
    low, high = low - room, high + room

    def part(growth: float) -> float:
        return (growth - low) / (high - low)

    placed = [
        Dot(part(growth), (1 - share) * HEIGHT, radius, name)
        for growth, share, radius, name in zip(
            dots["growth"], dots["leaders_share"], dots["ops_radius"], dots["ops_name"], strict=True
        )
    ]
    upright = [Box(part(at), -2, 2, 0, HEIGHT) for at in (0.0, together["growth"])]
    level = (1 - together["leaders_share"]) * HEIGHT
    lines = [*upright, Box(0, 0, 9_999, level - 2, level + 2)]
    words = _words(together, low, high, part(together["growth"]))
    taken = [_box(word, part(word["at"])) for word in words]
    for i, word in enumerate(words):
        in_the_way = [*taken[:i], *(dot.box() for dot in placed), *lines]
        word["ops_sides"] = free_at(taken[i], in_the_way, HEIGHT)
    dots["ops_sides"] = sides_of(placed, HEIGHT, taken, lines)
    dots.attrs = attrs
    ground = pd.DataFrame(words).assign(
        none=0.0, growth=together["growth"], leaders_share=together["leaders_share"]
    )
    ground["end"] = [low if i % 2 else high for i in range(len(ground))]
    return dots, ground


def _dots(frame: pd.DataFrame, picked: str) -> pd.DataFrame:
    """The rows that can be drawn, with area and radius; what is picked and the largest open
    ones come first, and have a name.
    """
    needed = ["category", "growth", "leaders_share", "open_gmv", SHADE]
    dots = frame[needed].dropna(subset=["growth", "leaders_share"]).copy()
    opened = dots["open_gmv"].astype("float64").clip(lower=0)
    dots["ops_area"] = AREAS[0] + (AREAS[1] - AREAS[0]) * opened / max(opened.max(), 1.0)
    dots["ops_radius"] = [sqrt(area / pi) for area in dots["ops_area"]]
    is_picked = dots["category"].eq(picked) & (picked != "")
    named = is_picked | (opened.rank(method="first", ascending=False) <= MOST_NAMED)
    dots["ops_name"] = [
        short(name) if said else ""
        for name, said in zip(leaves(dots["category"]), named, strict=True)
    ]
    order = dots.assign(picked=is_picked).sort_values(["picked", "ops_area"], ascending=False)
    return dots.loc[order.index]


def _words(
    together: dict[str, float], low: float, high: float, mean: float
) -> list[dict[str, Any]]:
    """The words on the ground, most important first; ``low`` and ``high`` are the edges, and
    ``mean`` where the growth of all categories together stands, as a part of the width.
    """

    def word(text: str, at: float, right: bool, y: float) -> dict[str, Any]:
        aligned = {"align": "right", "dx": -4.0} if right else {"align": "left", "dx": 4.0}
        return {"text": text, "at": at, "y": y} | aligned

    grown = format_value(together["growth"], "percent")
    grown = grown if together["growth"] < 0 else f"+{grown}"
    share = format_value(together["leaders_share"], "percent")
    level = (1 - together["leaders_share"]) * HEIGHT
    corners = [
        word(text, high if growing else low, growing, 28.0 if above else HEIGHT - 10.0)
        for (growing, above), text in CORNERS.items()
    ]
    return [
        word(f"all together {grown}", together["growth"], mean > 0.5, 8.0),
        word(f"all together {share}", high, True, level + (-10.0 if level > 60 else 10.0)),
        *corners,
    ]


def _box(word: dict[str, Any], at: float) -> Box:
    """Where a word stands, beside ``at``, a part of the width."""
    wide = text_width(word["text"])
    left = word["dx"] - (wide if word["align"] == "right" else 0)
    return Box(at, left, left + wide, word["y"] - LINE / 2, word["y"] + LINE / 2)
