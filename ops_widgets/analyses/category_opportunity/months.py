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
from ops_widgets.charts.formats import grouped
from ops_widgets.charts.marks import currency_axis, in_currency, in_full, money_axis
from ops_widgets.charts.others import OTHERS
from ops_widgets.charts.theme import SERIES
from ops_widgets.periods import index_start
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import brushable, described
from ops_widgets.views.window import period_end

QUESTION = "Does the growth go on?"
#: More lines than these cross each other too often to be read.
MOST_LINES = 8


def compute(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Market size of the largest categories by month and of all others, over the whole window;
    when one is picked, of that one. A month of which the market table has no row is empty.
    """
    first, last = whole_window(store, view)
    months = market_months(store, look_of(view), first, last, ()).drop(columns="open_gmv")
    months = _every_month(_with_others(months), first, last)
    empty = months[months["gmv"].isna() & ~months[OTHERS]]
    lacking = [f"{c} of {months_list(of)}" for c, of in empty.groupby("category")["month_index"]]
    months["month"] = pd.to_datetime([index_start(int(m), "month") for m in months["month_index"]])
    notes = [f"The market data lack {'; '.join(lacking)}."] if lacking else []
    if months[OTHERS].any():
        notes.append("The largest are drawn; all others together stand in the table.")
    shown = described(store, months, TERMS, note=" ".join(notes))
    shown[OTHERS] = months[OTHERS].to_numpy()
    ends = pd.Series([period_end(int(m), "month") for m in months["month_index"]], dtype=object)
    return brushable(shown, "month", ends, view)


def _with_others(months: pd.DataFrame) -> pd.DataFrame:
    """The largest categories, and where there are more, all others as one: not drawn, since
    beside it the lines of the largest would lie on the ground.
    """
    sizes = months.groupby("category")["gmv"].sum().sort_values(ascending=False, kind="stable")
    if len(sizes) <= MOST_LINES:
        return months.assign(**{OTHERS: False})
    largest = months["category"].isin(sizes.index[:MOST_LINES])
    others = months[~largest].groupby("month_index", as_index=False)["gmv"].sum()
    name = f"{grouped(len(sizes) - MOST_LINES, 0)} others"
    together = pd.concat([months[largest], others.assign(category=name)], ignore_index=True)
    return together.assign(**{OTHERS: together["category"].eq(name)})


def _every_month(months: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """A row for each category and month ``first..last``; the size is NA where there was none."""
    names = months.drop_duplicates("category").set_index("category")[OTHERS]
    ordered = names.sort_index().sort_values(kind="stable").index
    every = pd.MultiIndex.from_product(
        [ordered, range(first, last + 1)], names=["category", "month_index"]
    )
    filled = months.set_index(["category", "month_index"])["gmv"].reindex(every).reset_index()
    return filled.assign(**{OTHERS: filled["category"].map(names).astype(bool)})


def chart(frame: pd.DataFrame) -> alt.Chart:
    """Size of the largest categories, month by month."""
    return (
        alt.Chart(frame, height=300)
        .transform_filter(f"!datum.{OTHERS}")
        .transform_calculate(amount=in_currency(frame, "gmv"))
        .mark_line(point=alt.OverlayMarkDef(size=24))
        .encode(
            x=alt.X(
                "month:T",
                title=None,
                axis=alt.Axis(format="%b %y", tickCount="month", labelOverlap=True),
            ),
            y=alt.Y("amount:Q", **money_axis(frame, "Market size", "y")),
            color=alt.Color("category:N", title=None, scale=alt.Scale(range=SERIES)),
            tooltip=[
                alt.Tooltip("category:N", title="Category"),
                alt.Tooltip("month:T", title="Month", format="%b %Y"),
                alt.Tooltip("amount:Q", title=currency_axis(frame, "Size"), format=in_full(frame)),
            ],
        )
    )
