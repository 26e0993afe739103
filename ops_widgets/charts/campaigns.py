"""Charts of the campaign notebook."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.charts.marks import (
    BAD,
    GOOD,
    currency_axis,
    in_currency,
    label_of,
    shade,
    short_axis,
)
from ops_widgets.charts.theme import SERIES

STEPS = {
    "impressions": "Impressions",
    "clicks": "Clicks",
    "orders": "Orders",
    "new_customers": "New customers",
}


def funnel_bars(frame: pd.DataFrame) -> alt.Chart:
    """The funnel of each group on a logarithmic scale: equal ratios are equal distances."""
    names = ", ".join(f"{key}: '{name}'" for key, name in STEPS.items())
    return (
        alt.Chart(frame, height=300)
        .transform_filter("datum['count'] > 0")
        .transform_calculate(stage=f"({{{names}}})[datum.step]")
        .mark_line(point=alt.OverlayMarkDef(size=60))
        .encode(
            x=alt.X("stage:N", title=None, sort=list(STEPS.values()), axis=alt.Axis(labelAngle=0)),
            y=alt.Y(
                "count:Q",
                title="Count (logarithmic)",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="~s", tickCount=5),
            ),
            color=alt.Color("group:N", title=None, scale=alt.Scale(range=SERIES)),
            tooltip=[
                alt.Tooltip("group:N", title=label_of(frame, "group")),
                alt.Tooltip("stage:N", title="Step"),
                alt.Tooltip("count:Q", title="Count", format=",.0f"),
                alt.Tooltip("of_previous:Q", title="Of the step before", format=".2%"),
            ],
            opacity=shade(frame),
        )
    )


def revenue_and_contribution(frame: pd.DataFrame) -> alt.LayerChart:
    """What each campaign is credited with, and inside it what it left; losses to the left."""
    revenue, left = "Credited net revenue", "Contribution"
    # Layers of different rows share an order only by an aggregate.
    by_revenue = alt.EncodingSortField("net_revenue", op="max", order="descending")
    base = (
        alt.Chart(frame, height=alt.Step(26))
        .transform_calculate(
            revenue=in_currency(frame, "net_revenue"), left=in_currency(frame, "contribution")
        )
        .encode(
            y=alt.Y("name:N", title=None, sort=by_revenue),
            tooltip=[
                alt.Tooltip("name:N", title="Campaign"),
                alt.Tooltip("content_type:N", title="Content type"),
                alt.Tooltip("revenue:Q", title=currency_axis(frame, revenue), format=",.0f"),
                alt.Tooltip("left:Q", title=currency_axis(frame, left), format=",.0f"),
                alt.Tooltip("roas:Q", title="ROAS", format=".2f"),
            ],
            opacity=shade(frame),
        )
    )
    names = alt.Scale(
        domain=[revenue, f"{left}, gained", f"{left}, lost"], range=["var(--ops-line)", GOOD, BAD]
    )
    axis = short_axis()
    whole = base.transform_calculate(what=f"'{revenue}'").mark_bar()
    part = (
        base.transform_filter("isValid(datum.contribution)")
        .transform_calculate(what=f"datum.contribution < 0 ? '{left}, lost' : '{left}, gained'")
        .mark_bar(height=10)
    )
    return whole.encode(
        x=alt.X("revenue:Q", title=frame.attrs["currency"], axis=axis),
        color=alt.Color("what:N", title=None, scale=names),
    ) + part.encode(x="left:Q", color="what:N")


def cost_and_revenue(frame: pd.DataFrame) -> alt.Chart:
    """What campaigns cost and what the shop credits to them, week by week."""
    return (
        alt.Chart(frame, height=260)
        .transform_calculate(money=in_currency(frame, "amount"))
        .mark_line(point=alt.OverlayMarkDef(size=24))
        .encode(
            x=alt.X(
                "yearmonthdate(week):O",
                title="Week of",
                axis=alt.Axis(format="%-d %b %y", labelOverlap=True, labelAngle=-45),
            ),
            y=alt.Y(
                "money:Q",
                title=f"{frame.attrs['currency']} a week",
                axis=short_axis(),
            ),
            color=alt.Color(
                "measure:N",
                title=None,
                scale=alt.Scale(domain=["Net revenue", "Cost"], range=[SERIES[0], SERIES[1]]),
            ),
            tooltip=[
                alt.Tooltip("week:T", title="Week of", format="%-d %b %Y"),
                alt.Tooltip("measure:N", title="Measure"),
                alt.Tooltip("money:Q", title=frame.attrs["currency"], format=",.0f"),
            ],
        )
    )
