"""Growth against concentration: where to look first."""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity import open_market
from ops_widgets.analyses.category_opportunity.market import market
from ops_widgets.analyses.category_opportunity.queries import largest
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView, window_text
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.labels import (
    GAP,
    LINE,
    Box,
    Dot,
    free_at,
    short,
    side_now,
    sides_of,
    text_width,
)
from ops_widgets.charts.marks import (
    SHARE_AXIS,
    SHARE_TIP,
    currency_axis,
    in_currency,
    in_full,
    label_of,
    shade,
)
from ops_widgets.charts.theme import INK, MUTED, SERIES
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.category import growth_together
from ops_widgets.names import leaves
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.frames import SHADE

QUESTION = "Is it growing, and is it still open?"
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


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """The categories of :mod:`.open_market`, where the growth of any is known.

    ``attrs["together"]``: ``growth`` and ``leaders_share`` of all of them as one. Raises
    ``MissingDataError`` when no growth is known, with the reasons.
    """
    table: pd.DataFrame = once(store, open_market.compute, view)
    found = market(store, view.replace(picked="")).frame
    if not table["growth"].notna().any():
        reasons = dict.fromkeys(found["growth_unknown"])
        raise MissingDataError(
            f"Growth is unknown in {window_text(store, view)}: "
            f"{' or '.join(reasons) or 'no category is shown'}.",
            "Add earlier months to the table `market`, or choose other months or categories.",
        )
    frame = table.copy(deep=False)
    frame.attrs = {name: value for name, value in table.attrs.items() if name != "first"}
    frame.attrs["together"] = {
        "growth": growth_together(found),
        "leaders_share": found["leaders_gmv"].sum() / found["gmv"].sum(),
    }
    frame.attrs["note"] = f"{_size_in_words(frame)} {table.attrs['note']}"
    return frame


def _size_in_words(frame: pd.DataFrame) -> str:
    """What the area of a dot says, since no legend does."""
    best = largest(frame.dropna(subset=["growth", "leaders_share"]), "open_gmv")
    if best is None or best["open_gmv"] <= 0:
        return ""
    money = frame.attrs["currency"], frame.attrs["minor_digits"]
    amount = format_value(best["open_gmv"], "money", *money)
    return f"The area of a dot is its open market: {amount} of {best['category']} is the largest."


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """Where to look first: growing and open is the lower right; the area is the open market.

    Lines stand at no growth, and at growth and leaders' share of all categories together.
    """
    held = label_of(frame, "leaders_share")
    dots, words = _laid_out(frame)
    base = alt.Chart(dots, height=HEIGHT).encode(
        x=_across("growth"), y=_down("leaders_share", held)
    )
    marks = (
        base.transform_calculate(open=in_currency(frame, "open_gmv"))
        .mark_circle(color=SERIES[0])
        .encode(
            size=alt.Size("ops_area:Q", scale=None),
            opacity=shade(dots),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("growth:Q", title="Growth", format=f"+{SHARE_TIP}"),
                alt.Tooltip("leaders_share:Q", title=held, format=SHARE_TIP),
                alt.Tooltip(
                    "open:Q", title=currency_axis(frame, "Open market"), format=in_full(frame)
                ),
            ],
        )
    )
    side, r = side_now("ops_sides"), f"datum.ops_radius + {GAP:g}"
    half = f"{LINE / 2 - 2:g}"
    names = base.mark_text(
        color=INK,
        baseline="middle",
        align=alt.expr(f"{side} == 'r' ? 'left' : {side} == 'l' ? 'right' : 'center'"),
        dx=alt.expr(f"{side} == 'r' ? {r} : {side} == 'l' ? -({r}) : 0"),
        dy=alt.expr(f"{side} == 'a' ? -({r} + {half}) : {side} == 'b' ? {r} + {half} : 0"),
        opacity=alt.expr(f"{side} == '-' ? 0 : 1"),
    ).encode(text="ops_name:N")
    return _ground(words, held) + marks + names


def _across(field: str) -> alt.X:
    """Growth; how far it goes is said by the data, so that the drawing takes new ones."""
    return alt.X(
        f"{field}:Q",
        title="Growth on last year",
        axis=alt.Axis(
            labelExpr=f"format(datum.value, datum.value ? '+{SHARE_AXIS}' : '{SHARE_AXIS}')",
            tickCount=6,
        ),
        scale=alt.Scale(zero=False, nice=False),
    )


def _down(field: str, title: str) -> alt.Y:
    return alt.Y(
        f"{field}:Q",
        title=title,
        axis=alt.Axis(format=SHARE_AXIS, tickCount=5),
        scale=alt.Scale(domain=[0, 1]),
    )


def _ground(words: pd.DataFrame, held: str) -> alt.LayerChart:
    """Lines to compare with, and words, which say what they and the corners are."""
    base = alt.Chart(words)
    ends = base.mark_point(opacity=0).encode(x=_across("end"))
    none = base.mark_rule().encode(x=_across("none"))
    mean = base.mark_rule(strokeDash=[4, 3]).encode(x=_across("growth"))
    level = base.mark_rule(strokeDash=[4, 3]).encode(y=_down("leaders_share", held))
    texts = base.mark_text(
        color=MUTED,
        baseline="middle",
        align=alt.expr("datum.align"),
        dx=alt.expr("datum.dx"),
        y=alt.expr("datum.y"),
        opacity=alt.expr(f"{side_now('ops_sides')} == '-' ? 0 : 1"),
    ).encode(x=_across("at"), text="text:N")
    return ends + none + mean + level + texts


def _laid_out(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
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
