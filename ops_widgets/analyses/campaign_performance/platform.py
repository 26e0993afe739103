"""What the platforms themselves count of each campaign: reach, cost, and their own conversions."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.counted import counted
from ops_widgets.analyses.campaign_performance.reasons import unknown_or_nothing
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import (
    CampaignPerformanceView,
    window_text,
)
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.marks import (
    BY_PLACE,
    currency_axis,
    in_currency,
    in_full,
    money_axis,
    shade,
)
from ops_widgets.charts.theme import HEAT, INK, SERIES
from ops_widgets.metrics.campaigns import platform_economics
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "What do the platforms count?"
NOT_OURS = "Conversions are the platform's own count, not what the shop sold."
COST, VALUE = "Cost", "Value claimed"


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Reach, cost and the platform's conversions, one row a campaign, the dearest first."""
    rows = counted(store, view)
    table = platform_economics(rows, "campaign_id")
    table = table.merge(rows[["campaign_id", "name", "content_type"]], on="campaign_id")
    table = table.sort_values(["cost", "name"], ascending=[False, True])
    said = f"{window_text(store, view)}. {NOT_OURS} {unknown_or_nothing(store)}"
    return pickable(described(store, table, TERMS, note=said), "name", "campaign", view)


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """A bar of what each campaign cost, and a tick for what the platform says that it brought."""
    money = {"spent": "cost", "brought": "conversion_value"}
    base = (
        alt.Chart(frame, height=alt.Step(26))
        .transform_calculate(**{name: in_currency(frame, field) for name, field in money.items()})
        .encode(
            y=alt.Y("name:N", title=None, sort=BY_PLACE),
            tooltip=[
                alt.Tooltip("name:N", title="Campaign"),
                alt.Tooltip("spent:Q", title=currency_axis(frame, COST), format=in_full(frame)),
                alt.Tooltip("brought:Q", title=currency_axis(frame, VALUE), format=in_full(frame)),
                alt.Tooltip("conversions:Q", title="Conversions", format=",.1~f"),
            ],
            opacity=shade(frame),
        )
    )
    names = alt.Scale(domain=[COST, VALUE], range=[HEAT[2], INK])

    def named(what: str, chart: alt.Chart) -> alt.Chart:
        return chart.transform_calculate(what=f"'{what}'").encode(
            color=alt.Color("what:N", title=None, scale=names)
        )

    bars = base.mark_bar(stroke=SERIES[0], strokeWidth=1)
    brought = base.transform_filter("isValid(datum.conversion_value)")
    ticks = brought.mark_tick(thickness=3, size=18)
    layers = [
        named(COST, bars.encode(x=alt.X("spent:Q", **money_axis(frame)))),
        named(VALUE, ticks.encode(x="brought:Q")),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
