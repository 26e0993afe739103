"""What to do with each campaign: what it caused, what is left, how far that can be trusted."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import family_said, said_of_effects
from ops_widgets.analyses.campaign_performance.next_budget import no_curves
from ops_widgets.analyses.campaign_performance.reviewed import RULE, reviewed
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.charts.marks import (
    BAD,
    BY_PLACE,
    GOOD,
    SILENT,
    in_currency,
    money_axis,
    money_tips,
    shade,
)
from ops_widgets.charts.theme import INK, MUTED, SERIES
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "Which campaigns to scale, keep, test or stop?"
#: The rule looks at whole campaigns.
IGNORES = ("since", "until")
SHOWN = [
    *("name", "verdict", "grade", "cost", "credited", "incremental", "incremental_low"),
    *(
        "incremental_high",
        "caused_shrunk",
        "q",
        "left",
        "left_low",
        "left_high",
        "lost",
        "overlaps",
    ),
    *("next_budget", "next_step"),
]
WHOLE = "Of whole campaigns, whatever part of the window is looked at."
VERDICTS = {"scale": "Scale", "stop": "Stop", "keep": "Keep", "test": "Test"}
#: Verdicts after which a campaign is given money again.
SPENT_ON = ("scale", "keep")
#: What of a row says what comes next.
READ = ["verdict", "next_said", "arm_size", "test_days", "test_effect", "cost", "treated"]


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a campaign that ran in the window, to scale or stop first, then by what is left."""
    rows = reviewed(store, view)
    order = list(VERDICTS)
    rows = rows.assign(
        verdict=rows["verdict"].map(VERDICTS),
        credited=rows["net_revenue"],
        next_step=[_next(store, row) for row in rows[READ].to_dict("records")],
        next_budget=rows["next_budget"].where(rows["verdict"].isin(SPENT_ON)),
        place=rows["verdict"].map(order.index),
        unknown=rows["left"].isna(),
    )
    rows = rows.sort_values(
        ["place", "unknown", "left", "credited", "name"], ascending=[True, True, False, False, True]
    )
    more = {
        "verdict": RULE,
        "q": family_said(store, view),
        "incremental": said_of_effects(store, view, rows),
        "next_budget": no_curves(rows),
    }
    shown = described(store, rows[SHOWN], TERMS, more=more, note=WHOLE)
    # Where nobody was held back, credit is all that can be drawn.
    shown["ops_by_credit"] = rows["contribution"].to_numpy()
    return pickable(shown, "name", "campaign", view)


def _next(store: Store, row: Mapping[Hashable, Any]) -> str:
    """What comes next, in words: how much to spend, what to do, or which test would tell."""
    size, days = row["arm_size"], row["test_days"]
    if row["verdict"] == "stop":
        return "Spend it elsewhere"
    if row["verdict"] in SPENT_ON and row["next_said"]:
        return str(row["next_said"])
    if row["verdict"] == "scale":
        return "Give it more in small steps, and keep a control group"
    if not math.isfinite(size) or pd.isna(days):
        return "Hold some of its customers back by lot, and keep a record of who"
    money = store.source["currency"], store.source["minor_digits"]
    effect = format_value(row["test_effect"], "money", *money)
    held = f"{grouped(size, 0)} customers in each arm, {grouped(days, 0)} days"
    whose = "it" if row["cost"] > 0 and row["treated"] > 0 else "a campaign"
    return f"Hold back by lot: {held}, would show {effect} a customer, what {whose} takes to pay"


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """What each campaign left after goods and cost, with its interval; a hollow point: credit."""
    money = {"kept": "left", "low": "left_low", "high": "left_high", "credit": "ops_by_credit"}
    titles = {"kept": "Left", "low": "From (95%)", "high": "To (95%)", "credit": "By credit"}
    colours = alt.Scale(domain=list(VERDICTS.values()), range=[GOOD, BAD, SERIES[0], MUTED])
    base = (
        alt.Chart(frame, height=alt.Step(22))
        .transform_calculate(**{name: in_currency(frame, field) for name, field in money.items()})
        .encode(
            y=alt.Y("name:N", title=None, sort=BY_PLACE),
            color=alt.Color("verdict:N", title=None, scale=colours),
            opacity=shade(frame),
            tooltip=[
                alt.Tooltip("name:N", title="Campaign"),
                alt.Tooltip("verdict:N", title="What to do"),
                alt.Tooltip("grade:N", title="Grade"),
                *money_tips(frame, titles),
                alt.Tooltip("next_step:N", title="Next"),
            ],
        )
    )
    told = base.transform_filter("isValid(datum.left)")
    credited = base.transform_filter("!isValid(datum.left) && isValid(datum.ops_by_credit)")
    x = alt.X("kept:Q", **money_axis(frame, "Left after goods and cost"))
    layers = [
        told.mark_rule(strokeWidth=3).encode(x="low:Q", x2="high:Q", tooltip=SILENT),
        told.mark_point(size=70, opacity=1).encode(x=x),
        credited.mark_point(size=60, filled=False, strokeWidth=1.5, opacity=1).encode(x="credit:Q"),
        alt.Chart(frame).mark_rule(color=INK, strokeWidth=1).encode(x=alt.datum(0)),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
