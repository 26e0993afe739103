"""Where what a campaign caused came from: which categories, new or known customers."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import tested
from ops_widgets.analyses.campaign_performance.reviewed import require_control, reviewed
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.drawing import Drawing
from ops_widgets.charts.marks import (
    BY_PLACE,
    SILENT,
    in_currency,
    money_axis,
    money_tips,
)
from ops_widgets.charts.theme import INK, SERIES
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.experiments import parts
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described

QUESTION = "Where did what campaigns caused come from?"
IGNORES = ("since", "until")
ADDS_UP = (
    "Not adjusted for what customers bought before; each split adds up to the same sum. Intervals "
    "are of one part each: of twenty parts without any effect one shows one."
)
CUSTOMERS = {True: "New customers", False: "Known customers"}


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a category, one for new and for known customers, and one a segment where customers
    have any; of the picked campaign, or of all that can be read, together.

    Each part counts everybody who was assigned, so that parts add up to what was caused in all.
    Raises ``MissingDataError`` where nothing can be read.
    """
    require_control(store)
    rows = reviewed(store, view, campaign=True)
    arms = tested(store, view).arms.set_index("campaign_id")
    told = rows.loc[rows["incremental_sure_low"].notna(), "campaign_id"]
    ids = [one for one in told if pd.isna(arms.loc[one, "cap"])]
    if not ids:
        raise MissingDataError(
            "What these campaigns caused cannot be told, and no part of it.",
            "Pick a campaign whose control group can be read.",
        )
    sizes = arms.loc[ids, ["treated", "held"]]
    categories = store.query(
        "select campaign_id, arm, category as part, net_revenue, net_revenue_squares "
        "from campaign_arm_category order by all"
    )
    customers = store.query(
        "select campaign_id, arm, is_new as part, net_revenue, net_revenue_squares "
        "from campaign_arm order by all"
    )
    customers["part"] = customers["part"].map(CUSTOMERS)
    splits = {"By category": categories, "By customer": customers}
    if store.has("campaign_arm_segment") and store.maps("customers", "segment"):
        splits["By segment"] = store.query(
            "select campaign_id, arm, segment as part, net_revenue, net_revenue_squares "
            "from campaign_arm_segment order by all"
        )
    found = pd.concat(
        [parts(rows, sizes).assign(split=split) for split, rows in splits.items()],
        ignore_index=True,
    )
    whose = rows["name"].iloc[0] if len(ids) == 1 else f"{len(ids)} campaigns together"
    note = f"Of {whose}: as the arms differ, not adjusted. Of whole campaigns, whatever days."
    return described(store, found, TERMS, more={"part_caused": ADDS_UP}, note=note)


def draw(frame: pd.DataFrame) -> alt.LayerChart:
    """The part of each category and kind of customer, with its interval."""
    money = {"caused": "part_caused", "low": "part_low", "high": "part_high"}
    base = (
        alt.Chart(frame, height=alt.Step(24))
        .transform_calculate(**{name: in_currency(frame, field) for name, field in money.items()})
        .encode(
            y=alt.Y("part:N", title=None, sort=BY_PLACE),
            tooltip=[
                alt.Tooltip("part:N", title="Part"),
                *money_tips(frame, {"caused": "Caused", "low": "From (95%)", "high": "To (95%)"}),
            ],
            color=alt.Color("split:N", title=None, scale=alt.Scale(range=SERIES[:3])),
        )
    )
    x = alt.X("caused:Q", **money_axis(frame, "Caused"))
    layers = [
        base.mark_rule(strokeWidth=3).encode(x="low:Q", x2="high:Q", tooltip=SILENT),
        base.mark_point(size=70, opacity=1).encode(x=x),
        alt.Chart(frame).mark_rule(color=INK, strokeWidth=1).encode(x=alt.datum(0)),
    ]
    return alt.LayerChart(layer=layers)


chart = Drawing(draw)
