"""What this shop sells itself: period by period, and which part of it each category is."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity.sold import sold
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import (
    OWN_SALES,
    CategoryOpportunityView,
)
from ops_widgets.charts.drawing import Drawing, Frames
from ops_widgets.charts.marks import (
    DAYS_AXIS,
    SHARE_TIP,
    currency_axis,
    in_currency,
    in_full,
    money_axis,
)
from ops_widgets.charts.others import OTHERS
from ops_widgets.charts.theme import SERIES
from ops_widgets.periods import from_day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described

QUESTION = "What do we sell ourselves?"
IGNORES = ("since", "until")
#: More lines than these cross each other too often to be read.
MOST_LINES = 6


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Our sales by period and category, the largest categories first; all others are one."""
    rows = _with_others(sold(store, view))
    whole = rows.groupby("starts_on")["own_revenue"].transform("sum")
    rows["part"] = rows["own_revenue"] / whole.where(whole > 0)
    for name in ("starts_on", "ends_on"):
        rows[name] = pd.to_datetime([from_day_number(int(day)) for day in rows[name]])
    by = "in the periods of the table `sales`"
    if not OWN_SALES.maps(store):
        by = "by month, from the orders"
    note = f"What this shop charged, {by}. Only periods that lie wholly in these months."
    shown = described(store, rows, TERMS, note=note)
    shown[OTHERS] = rows[OTHERS].to_numpy()
    return shown


def _with_others(rows: pd.DataFrame) -> pd.DataFrame:
    """The largest categories, and where there are more, all others as one."""
    sizes = rows.groupby("category")["own_revenue"].sum()
    order = sizes.sort_values(ascending=False, kind="stable").index
    few = order[:MOST_LINES] if len(order) > MOST_LINES + 1 else order
    name = f"{len(order) - len(few)} others"
    inside = rows["category"].isin(few)
    named = rows.assign(category=rows["category"].where(inside, name))
    together = named.groupby(["starts_on", "ends_on", "category"], as_index=False).agg(
        own_revenue=("own_revenue", "sum"),
        own_units=("own_units", lambda units: units.sum(skipna=False)),
    )
    place = {category: n for n, category in enumerate(order)} | {name: len(order)}
    together[OTHERS] = together["category"].eq(name) & ~together["category"].isin(order)
    together["place"] = together["category"].map(place)
    return together.sort_values(["place", "starts_on"], ignore_index=True)


def drawn(frame: pd.DataFrame) -> Frames:
    """The lines: one of each category that is named."""
    return (frame[~frame[OTHERS]],)


def draw(frame: pd.DataFrame) -> alt.Chart:
    """A line a category over its periods; a period without a row is a gap."""
    return (
        alt.Chart(frame, height=260)
        .transform_calculate(amount=in_currency(frame, "own_revenue"))
        .mark_line(point=alt.OverlayMarkDef(size=24))
        .encode(
            x=alt.X("starts_on:T", title=None, axis=DAYS_AXIS),
            y=alt.Y("amount:Q", **money_axis(frame, "Our sales", "y")),
            color=alt.Color("category:N", title=None, scale=alt.Scale(range=SERIES)),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("starts_on:T", title="From", format="%-d %b %Y"),
                alt.Tooltip("ends_on:T", title="To", format="%-d %b %Y"),
                alt.Tooltip(
                    "amount:Q", title=currency_axis(frame, "Our sales"), format=in_full(frame)
                ),
                alt.Tooltip("part:Q", title="Part of our sales", format=SHARE_TIP),
            ],
        )
    )


chart = Drawing(draw, drawn)
