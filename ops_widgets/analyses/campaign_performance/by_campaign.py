"""What each campaign is credited with, and what it left."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.economics import note
from ops_widgets.analyses.campaign_performance.queries import facts
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.marks import (
    BAD,
    BY_PLACE,
    GOOD,
    currency_axis,
    in_currency,
    in_full,
    money_axis,
    shade,
)
from ops_widgets.metrics.campaigns import campaign_economics
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "Which campaign paid for itself?"


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Funnel and economics, one row a campaign (of the picked kind), largest net revenue first."""
    frame = facts(store, view, group=True)
    table = campaign_economics(frame, "campaign_id").drop(columns="campaigns")
    table = table.merge(frame[["campaign_id", "name", "content_type"]], on="campaign_id")
    shown = described(store, table, TERMS, note=note(store, view, frame))
    return pickable(shown, "name", "campaign", view)


def chart(frame: pd.DataFrame) -> alt.LayerChart:
    """What each campaign is credited with, and inside it what it left; losses to the left."""
    revenue, left = "Credited net revenue", "Contribution"
    base = (
        alt.Chart(frame, height=alt.Step(26))
        .transform_calculate(
            revenue=in_currency(frame, "net_revenue"), left=in_currency(frame, "contribution")
        )
        .encode(
            y=alt.Y("name:N", title=None, sort=BY_PLACE),
            tooltip=[
                alt.Tooltip("name:N", title="Campaign"),
                alt.Tooltip("content_type:N", title="Content type"),
                alt.Tooltip(
                    "revenue:Q", title=currency_axis(frame, revenue), format=in_full(frame)
                ),
                alt.Tooltip("left:Q", title=currency_axis(frame, left), format=in_full(frame)),
                alt.Tooltip("roas:Q", title="ROAS", format=",.3~r"),
            ],
            opacity=shade(frame),
        )
    )
    names = alt.Scale(
        domain=[revenue, f"{left}, gained", f"{left}, lost"], range=["var(--ops-line)", GOOD, BAD]
    )
    whole = base.transform_calculate(what=f"'{revenue}'").mark_bar()
    part = (
        base.transform_filter("isValid(datum.contribution)")
        .transform_calculate(what=f"datum.contribution < 0 ? '{left}, lost' : '{left}, gained'")
        .mark_bar(height=10)
    )
    return whole.encode(
        x=alt.X("revenue:Q", **money_axis(frame)),
        color=alt.Color("what:N", title=None, scale=names),
    ) + part.encode(x="left:Q", color="what:N")
