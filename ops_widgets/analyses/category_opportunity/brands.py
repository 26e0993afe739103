"""The largest brands of the categories shown, or of the picked one."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import market_brands
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import (
    CategoryOpportunityView,
    scope_of,
    window,
    window_text,
)
from ops_widgets.charts.marks import (
    BY_PLACE,
    SHARE_TIP,
    currency_axis,
    in_currency,
    in_full,
    short_axis,
)
from ops_widgets.charts.theme import SERIES
from ops_widgets.metrics.category import largest_brands
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described

QUESTION = "Who holds it?"


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """The brands of the categories shown, or of the picked one, largest first; money and share."""
    first, last = window(store, view)
    scope = scope_of(view, picked=True)
    sold = market_brands(store, first, last, view.categories, **scope)
    frame = largest_brands(sold, len(sold))
    where = view.picked or view.within or "all categories shown"
    return described(
        store,
        frame,
        TERMS,
        note=f"{where}, {window_text(store, view)}. Rows that collect brands are left out.",
    )


def chart(frame: pd.DataFrame) -> alt.Chart:
    """The largest brands and what each holds."""
    return (
        alt.Chart(frame, height=alt.Step(24))
        .transform_calculate(amount=in_currency(frame, "brand_gmv"))
        .mark_bar(color=SERIES[0])
        .encode(
            y=alt.Y("brand:N", title=None, sort=BY_PLACE),
            x=alt.X("amount:Q", title=currency_axis(frame, "Sales"), axis=short_axis()),
            tooltip=[
                alt.Tooltip("brand:N", title="Brand"),
                alt.Tooltip("amount:Q", title=currency_axis(frame, "Sales"), format=in_full(frame)),
                alt.Tooltip("share:Q", title="Share", format=SHARE_TIP),
            ],
        )
    )
