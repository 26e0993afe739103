"""What each campaign is credited with, what it caused, and what it cost."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance import impossible
from ops_widgets.analyses.campaign_performance.economics import note, whole
from ops_widgets.analyses.campaign_performance.effect import (
    EFFECT,
    NO_CONTROL,
    effects,
    said_of_effects,
)
from ops_widgets.analyses.campaign_performance.queries import facts
from ops_widgets.analyses.campaign_performance.reasons import unknown_or_nothing
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.marks import (
    BY_PLACE,
    SILENT,
    in_currency,
    money_axis,
    money_tips,
    shade,
)
from ops_widgets.charts.theme import HEAT, INK, SERIES
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "Which campaign paid for itself?"
CREDITED, CAUSED, COST = "Credited net revenue", "Incremental (95%)", "Campaign cost"


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Funnel and economics, one row a campaign (of the picked kind), largest net revenue first.

    What a campaign caused is of the whole campaign, the rest of the days looked at.
    """
    frame = facts(store, view, group=True)
    table = whole(store, view, frame.assign(group=frame["campaign_id"]))
    table = table.rename(columns={"group": "campaign_id"}).drop(columns="campaigns")
    table = table.merge(frame[["campaign_id", "name", "content_type"]], on="campaign_id")
    table = table.merge(effects(store, view)[EFFECT], on="campaign_id", how="left")
    table["control_group"] = table["control_group"].fillna(NO_CONTROL)
    effects_said = said_of_effects(store, view, frame)
    told = (impossible.said(table), note(store, view, frame), effects_said)
    said = " ".join(filter(None, told))
    more = {"cost": unknown_or_nothing(store)}
    return pickable(described(store, table, TERMS, more=more, note=said), "name", "campaign", view)


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """A bar of what is credited; on it what was caused, with its interval, and what it cost."""
    money = {"credited": "net_revenue", "cost_of_it": "cost", "left": "contribution"}
    money |= {"caused": "incremental", "low": "incremental_low", "high": "incremental_high"}
    titles = {"credited": CREDITED, "caused": "Incremental", "low": "From (95%)"}
    titles |= {"high": "To (95%)", "cost_of_it": COST, "left": "Contribution"}
    base = (
        alt.Chart(frame, height=alt.Step(26))
        .transform_calculate(**{name: in_currency(frame, field) for name, field in money.items()})
        .encode(
            y=alt.Y("name:N", title=None, sort=BY_PLACE),
            tooltip=[
                alt.Tooltip("name:N", title="Campaign"),
                alt.Tooltip("content_type:N", title="Content type"),
                *money_tips(frame, titles),
                alt.Tooltip("control_group:N", title="Control group"),
            ],
            opacity=shade(frame),
        )
    )
    # What is uncertain is neither good nor bad: colours only tell the marks apart.
    names = alt.Scale(domain=[CREDITED, CAUSED, COST], range=[HEAT[2], SERIES[1], INK])

    def named(what: str, chart: alt.Chart) -> alt.Chart:
        return chart.transform_calculate(what=f"'{what}'").encode(
            color=alt.Color("what:N", title=None, scale=names)
        )

    told = base.transform_filter("isValid(datum.incremental)")
    x = alt.X("credited:Q", **money_axis(frame))
    cost = base.transform_filter("isValid(datum.cost)").mark_tick(thickness=3, size=18)
    layers = [
        named(CREDITED, base.mark_bar(stroke=SERIES[0], strokeWidth=1).encode(x=x)),
        named(COST, cost.encode(x="cost_of_it:Q", tooltip=SILENT)),
        named(CAUSED, told.mark_rule(strokeWidth=3).encode(x="low:Q", x2="high:Q", tooltip=SILENT)),
        named(CAUSED, told.mark_point(size=70, opacity=1).encode(x="caused:Q")),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
