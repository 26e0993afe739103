"""The largest brands of the categories shown, or of the picked one."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity.market import market
from ops_widgets.analyses.category_opportunity.queries import market_brands
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import (
    CategoryOpportunityView,
    look_of,
)
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.formats import format_value, scale_of
from ops_widgets.charts.marks import (
    BY_PLACE,
    SHARE_TIP,
    currency_axis,
    in_currency,
    in_full,
    money_axis,
)
from ops_widgets.charts.theme import INK, SERIES
from ops_widgets.metrics.category import largest_brands
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described
from ops_widgets.views.names import one_or_two, some_names

QUESTION = "Who holds it?"
#: Pixels beside the longest bar, for its share.
SHARES = 52


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """The brands of the categories shown, or of the picked one, largest first; money and share."""
    looked_at = market(store, view)
    sold = market_brands(store, look_of(view), looked_at.known)
    frame = largest_brands(sold, len(sold))
    where = view.picked or view.within or "all categories shown"
    notes = [f"{where}, {looked_at.words}."]
    if sold["collected"].any():
        notes.append(f"Collected, not a brand: {some_names(sold.loc[sold['collected'], 'brand'])}.")
    notes += one_or_two(store, "brand", sold["brand"])
    return described(store, frame, TERMS, note=" ".join(notes))


def drawn(frame: pd.DataFrame) -> Frames:
    """The brands, with ``ops_share``: the share of each as text."""
    scale = scale_of(frame["share"], "percent")
    said = [format_value(share, "percent", scale=scale) for share in frame["share"]]
    return (frame.assign(ops_share=said),)


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """The largest brands and what each holds, with its share beside the bar."""
    base = (
        alt.Chart(frame, height=alt.Step(20))
        .transform_calculate(amount=in_currency(frame, "brand_gmv"))
        .encode(
            y=alt.Y("brand:N", title=None, sort=BY_PLACE),
            x=alt.X(
                "amount:Q",
                scale=alt.Scale(range=[0, alt.expr(f"width - {SHARES}")]),
                **money_axis(frame, "Sales"),
            ),
        )
    )
    bars = base.mark_bar(color=SERIES[0]).encode(
        tooltip=[
            alt.Tooltip("brand:N", title="Brand"),
            alt.Tooltip("amount:Q", title=currency_axis(frame, "Sales"), format=in_full(frame)),
            alt.Tooltip("share:Q", title="Share", format=SHARE_TIP),
        ],
    )
    shares = base.mark_text(align="left", baseline="middle", dx=5, color=INK).encode(
        text="ops_share:N"
    )
    return alt.LayerChart(layer=[bars, shares])


chart = Drawing(draw, drawn)
