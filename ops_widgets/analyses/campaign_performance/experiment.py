"""What the treated did that those held back did not, campaign by campaign, and what a test saw."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import (
    family_said,
    said_of_effects,
    tested,
)
from ops_widgets.analyses.campaign_performance.reviewed import (
    FALSE_DISCOVERIES,
    require_control,
    reviewed,
)
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.marks import BAD, BY_PLACE, SHARE_AXIS, SHARE_TIP, SILENT, shade
from ops_widgets.charts.theme import INK, MUTED, SERIES
from ops_widgets.errors import MissingDataError
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described, pickable

QUESTION = "What did each test see, and what could it have seen?"
IGNORES = ("since", "until")
#: An end further out than this is drawn at it: one vague test must not flatten all others.
FURTHEST = 2.0
ASSIGNED = "Per customer assigned, reached or not; of whole campaigns, whatever days are looked at."
SHOWN = [
    *("name", "treated", "held_back", "share_treated", "fewest_buyers", "bought_treated"),
    *("bought_held_back", "bought_low", "bought_high", "per_customer", "per_reached"),
    *("lift", "lift_low", "lift_high", "smallest_lift", "explained", "q", "seen"),
]
#: What of a row says what its test saw.
READ = ["why_money", "incremental", "incremental_low", "incremental_high", "q", "left_high"]


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a campaign with both arms that ran in the window: broken ones first, then those with
    the largest sure lift.

    Raises ``MissingDataError`` where no campaign has a control group.
    """
    require_control(store)
    found = tested(store, view)
    rows = reviewed(store, view)
    arms = found.arms[(found.arms["treated"] > 0) & (found.arms["held"] > 0)]
    sides = ["campaign_id", "held", "planned", "buyers_treated", "buyers_held", "why_money"]
    rows = rows.merge(arms[sides], on="campaign_id")
    if rows.empty:
        raise MissingDataError(
            "No campaign of these days has a control group.",
            "Map campaign_audience with `arm`, with customers who were held back by lot.",
        )
    sales, bought = (
        found.of(name).reindex(rows["campaign_id"]) for name in ("net_revenue", "bought")
    )
    values: dict[str, Any] = {
        "held_back": rows["held"],
        "share_treated": rows["treated"] / (rows["treated"] + rows["held"]),
        "fewest_buyers": rows[["buyers_treated", "buyers_held"]].min(axis=1),
        "bought_treated": bought["treated"].to_numpy("float64"),
        "bought_held_back": bought["held"].to_numpy("float64"),
        "bought_low": bought["low"].to_numpy("float64"),
        "bought_high": bought["high"].to_numpy("float64"),
        "per_customer": sales["effect"].to_numpy("float64"),
        "per_reached": sales["per_reached"].to_numpy("float64"),
        "lift": sales["lift"].to_numpy("float64"),
        "lift_low": sales["lift_low"].to_numpy("float64"),
        "lift_high": sales["lift_high"].to_numpy("float64"),
        "smallest_lift": (sales["smallest"] / sales["held"]).to_numpy("float64"),
        "explained": sales["explained"].to_numpy("float64"),
    }
    rows = rows.assign(**values)
    rows["seen"] = [_seen(row) for row in rows[READ].to_dict("records")]
    # What is broken comes first: nothing may be read from it.
    rows = rows.assign(broken=rows["seen"].str.startswith("not as drawn")).sort_values(
        ["broken", "lift_low", "name"], ascending=[False, False, True], na_position="last"
    )
    more = {
        "lift": "Adjusted for what customers bought before (CUPED); a conversion is not.",
        "q": family_said(store, view),
        "per_customer": said_of_effects(store, view, rows),
    }
    shown = described(store, rows[SHOWN], TERMS, more=more, note=ASSIGNED)
    return pickable(shown, "name", "campaign", view)


def _seen(row: Mapping[Hashable, Any]) -> str:
    """What a test saw, so that "none" and "too small to see" are told apart."""
    if row["why_money"]:
        return str(row["why_money"])
    if pd.isna(row["incremental"]):
        return "too few to say: the customers hardly differ"
    if row["incremental_low"] > 0:
        sure = row["q"] <= FALSE_DISCOVERIES
        return "more than without" if sure else "more than without: perhaps chance among so many"
    if row["incremental_high"] < 0:
        return "less than without"
    if row["left_high"] < 0:
        return "none that would pay"
    return "too small to see, if there is any"


def lift_tips() -> list[alt.Tooltip]:
    """What is said of a lift: how large it is, its interval, and what the test could have seen."""
    titles = {
        "lift": "Lift",
        "lift_low": "From (95%)",
        "lift_high": "To (95%)",
        "smallest_lift": "Smallest it would have seen",
    }
    return [
        alt.Tooltip(f"{name}:Q", title=title, format=SHARE_TIP) for name, title in titles.items()
    ]


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """The lift of each test with its interval, and the smallest that it would have seen."""
    failed = "indexof(datum.seen, 'not as drawn') == 0"
    ends = {
        "drawn_low": f"max(-{FURTHEST:g}, datum.lift_low)",
        "drawn_high": f"min({FURTHEST:g}, datum.lift_high)",
        "drawn": f"max(-{FURTHEST:g}, min({FURTHEST:g}, datum.lift))",
        "drawn_smallest": f"datum.smallest_lift <= {FURTHEST:g} ? datum.smallest_lift : null",
        "said": f"{failed} ? 'not as drawn: not read' : isValid(datum.lift) ? '' : datum.seen",
    }
    base = (
        alt.Chart(frame, height=alt.Step(22))
        .transform_calculate(**ends)
        .encode(
            y=alt.Y("name:N", title=None, sort=BY_PLACE),
            opacity=shade(frame),
            tooltip=[
                alt.Tooltip("name:N", title="Campaign"),
                alt.Tooltip("seen:N", title="Seen"),
                *lift_tips(),
            ],
        )
    )
    told = base.transform_filter("isValid(datum.lift_low)")
    names = ["Lift (95%)", "Smallest seen"]
    scale = alt.Scale(domain=names, range=[SERIES[1], INK])

    def named(what: str, chart: alt.Chart) -> alt.Chart:
        return chart.transform_calculate(what=f"'{what}'").encode(
            color=alt.Color("what:N", title=None, scale=scale)
        )

    x = alt.X("drawn:Q", title="More net revenue than held back",
              axis=alt.Axis(format=SHARE_AXIS, tickCount=6))  # fmt: skip
    layers = [
        named(
            names[0],
            told.mark_rule(strokeWidth=3).encode(
                x="drawn_low:Q", x2="drawn_high:Q", tooltip=SILENT
            ),
        ),
        named(names[0], told.mark_point(size=70, opacity=1).encode(x=x)),
        named(
            names[1],
            told.mark_tick(thickness=2, size=14).encode(x="drawn_smallest:Q", tooltip=SILENT),
        ),
        base.transform_filter("datum.said != ''")
        .mark_text(align="left", dx=4)
        .encode(
            text="said:N",
            x=alt.datum(0),
            color=alt.condition(failed, alt.value(BAD), alt.value(MUTED)),
        ),
        alt.Chart(frame).mark_rule(color=INK, strokeWidth=1).encode(x=alt.datum(0)),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
