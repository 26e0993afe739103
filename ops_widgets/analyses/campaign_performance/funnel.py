"""The funnel of each kind of content: where it loses people."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.economics import groups
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.marks import SHARE_TIP, label_of, shade, short_axis
from ops_widgets.charts.theme import SERIES
from ops_widgets.metrics.campaigns import funnel
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "Where are people lost?"
#: More lines than these cross each other too often to be read.
MOST_LINES = 8
STEPS = {
    "impressions": "Impressions",
    "clicks": "Clicks",
    "orders": "Orders",
    "new_customers": "New customers",
}


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The funnel of each group: impressions, clicks, orders, new customers."""
    store.require(
        "campaign_days", "impressions", "clicks", shows="where each campaign loses people"
    )
    table, labels, note = groups(store, view)
    # Customers and orders of several kinds cannot be added up: there is no line of all others.
    kept = (table.index < MOST_LINES) | table["group"].eq(view.group)
    if not kept.all():
        note = f"The {MOST_LINES} kinds with most revenue, of {len(table)}. {note}".rstrip()
    shown = described(store, funnel(table[kept], "group"), TERMS, labels=labels, note=note)
    return pickable(shown, "group", "group", view)


def chart(frame: pd.DataFrame) -> alt.Chart:
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
                axis=short_axis(5),
            ),
            color=alt.Color("group:N", title=None, scale=alt.Scale(range=SERIES)),
            tooltip=[
                alt.Tooltip("group:N", title=label_of(frame, "group")),
                alt.Tooltip("stage:N", title="Step"),
                alt.Tooltip("count:Q", title="Count", format=",.0f"),
                alt.Tooltip("of_previous:Q", title="Of the step before", format=SHARE_TIP),
            ],
            opacity=shade(frame),
        )
    )
