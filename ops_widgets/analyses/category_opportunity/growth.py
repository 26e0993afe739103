"""Growth against concentration: where to look first."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity import open_market
from ops_widgets.analyses.category_opportunity.growth_layout import HEIGHT, laid_out
from ops_widgets.analyses.category_opportunity.market import market
from ops_widgets.analyses.category_opportunity.queries import largest
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView, window_text
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.formats import format_value
from ops_widgets.charts.labels import (
    GAP,
    LINE,
    side_now,
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
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once

QUESTION = "Is it growing, and is it still open?"


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """The categories of :mod:`.open_market`, where the growth of any is known.

    ``attrs["together"]``: ``growth`` and ``leaders_share`` of all of them as one. Raises
    ``MissingDataError`` when no growth is known, with the reasons.
    """
    table: pd.DataFrame = once(store, open_market.compute, view)
    looked_at = market(store, view.replace(picked=""))
    found = looked_at.frame
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
    # Our own share is in the table alone.
    frame.attrs["more"] = table.attrs["more"] | {"own_share": looked_at.own}
    frame.attrs["note"] = f"{_size_in_words(frame)} {open_market.note(store, looked_at)}".lstrip()
    return frame


def _size_in_words(frame: pd.DataFrame) -> str:
    """What the area of a dot says, since no legend does."""
    best = largest(frame.dropna(subset=["growth", "leaders_share"]), "open_gmv")
    if best is None or best["open_gmv"] <= 0:
        return ""
    money = frame.attrs["currency"], frame.attrs["minor_digits"]
    amount = format_value(best["open_gmv"], "money", *money)
    return f"The area of a dot is its open market: {amount} of {best['category']} is the largest."


def draw(dots: pd.DataFrame, words: pd.DataFrame) -> alt.LayerChart:
    """Where to look first: growing and open is the lower right; the area is the open market.

    Lines stand at no growth, and at growth and leaders' share of all categories together.
    """
    held = label_of(dots, "leaders_share")
    base = alt.Chart(dots, height=HEIGHT).encode(
        x=_across("growth"), y=_down("leaders_share", held)
    )
    marks = (
        base.transform_calculate(open=in_currency(dots, "open_gmv"))
        .mark_circle(color=SERIES[0])
        .encode(
            size=alt.Size("ops_area:Q", scale=None),
            opacity=shade(dots),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("growth:Q", title="Growth", format=f"+{SHARE_TIP}"),
                alt.Tooltip("leaders_share:Q", title=held, format=SHARE_TIP),
                alt.Tooltip(
                    "open:Q", title=currency_axis(dots, "Open market"), format=in_full(dots)
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
    return alt.LayerChart(layer=[*_ground(words, held), marks, names])


chart = Drawing(draw, laid_out)


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


def _ground(words: pd.DataFrame, held: str) -> list[alt.Chart]:
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
    return [ends, none, mean, level, texts]
