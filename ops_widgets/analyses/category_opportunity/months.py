"""Size of the largest categories, month by month."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import market_months
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import (
    CategoryOpportunityView,
    look_of,
    months_list,
    whole_window,
)
from ops_widgets.charts.marks import currency_axis, in_currency, short_axis
from ops_widgets.charts.theme import SERIES
from ops_widgets.periods import index_start
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import brushable, described
from ops_widgets.views.window import period_end

QUESTION = "Does the growth go on?"
#: More lines than these cross each other too often to be read.
MOST_LINES = 8


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Market size of the largest categories by month, over the whole window; when one is picked,
    of that one. A month of which the market table has no row is empty.
    """
    first, last = whole_window(store, view)
    months = market_months(store, look_of(view), first, last, ()).drop(columns="open_gmv")
    largest = months.groupby("category")["gmv"].sum().nlargest(MOST_LINES).index
    every = pd.MultiIndex.from_product(
        [sorted(largest), range(first, last + 1)], names=["category", "month_index"]
    )
    months = months.set_index(["category", "month_index"]).reindex(every).reset_index()
    empty = months.loc[months["gmv"].isna(), ["category", "month_index"]]
    lacking = [f"{c} of {months_list(of)}" for c, of in empty.groupby("category")["month_index"]]
    months["month"] = pd.to_datetime([index_start(int(m), "month") for m in months["month_index"]])
    note = f"The market data lack {'; '.join(lacking)}." if lacking else ""
    shown = described(store, months, TERMS, note=note)
    ends = pd.Series([period_end(int(m), "month") for m in months["month_index"]], dtype=object)
    return brushable(shown, "month", ends, view)


def chart(frame: pd.DataFrame) -> alt.Chart:
    """Size of the largest categories, month by month."""
    return (
        alt.Chart(frame, height=300)
        .transform_calculate(amount=in_currency(frame, "gmv"))
        .mark_line(point=alt.OverlayMarkDef(size=24))
        .encode(
            x=alt.X(
                "month:T",
                title=None,
                axis=alt.Axis(format="%b %y", tickCount="month", labelOverlap=True),
            ),
            y=alt.Y(
                "amount:Q",
                title=currency_axis(frame, "Market size"),
                axis=short_axis(),
            ),
            color=alt.Color("category:N", title=None, scale=alt.Scale(range=SERIES)),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("month:T", title="Month", format="%b %Y"),
                alt.Tooltip("amount:Q", title=currency_axis(frame, "Size"), format=",.0f"),
            ],
        )
    )
