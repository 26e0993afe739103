"""Cost and credited sales, week by week."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ops_widgets.analyses.campaign_performance.queries import DAYS_A_WEEK, weeks
from ops_widgets.analyses.campaign_performance.reasons import unknown_or_nothing
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.charts.marks import currency_axis, in_currency, in_full, money_axis
from ops_widgets.charts.theme import SERIES
from ops_widgets.periods import from_day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import brushable, described

QUESTION = "Do sales follow the cost?"


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Cost and credited net revenue of the chosen campaigns, by week wholly in the window.

    A cost is NA where the shop does not know it for every campaign and day of the week; both are
    in a week in which no campaign ran.
    """
    store.require("campaign_days", "cost", shows="what campaigns cost, week by week")
    sums = weeks(store, view)[["cost", "net_revenue"]]
    sums.insert(0, "week", pd.to_datetime([from_day_number(d) for d in sums.index]))
    long = sums.melt("week", var_name="measure", value_name="amount")
    long["measure"] = long["measure"].map({"cost": "Cost", "net_revenue": "Net revenue"})
    shown = described(store, long, TERMS, note=_note(store, sums))
    return brushable(shown, "week", long["week"] + pd.Timedelta(days=DAYS_A_WEEK - 1), view)


def _note(store: Store, sums: pd.DataFrame) -> str:
    """Why weeks are missing from the lines."""
    idle = int(sums["net_revenue"].isna().sum())
    unknown = int(sums["cost"].isna().sum()) - idle
    said = []
    if unknown:
        lacks = "week lacks" if unknown == 1 else "weeks lack"
        said.append(f"The cost of {unknown} {lacks} a day of a campaign that ran.")
    if idle:
        said.append(f"No campaign ran in {idle} week{'' if idle == 1 else 's'}.")
    return " ".join([*said, unknown_or_nothing(store)])


def chart(frame: pd.DataFrame) -> alt.Chart:
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
            y=alt.Y("money:Q", **money_axis(frame, "Each week", "y")),
            color=alt.Color(
                "measure:N",
                title=None,
                scale=alt.Scale(domain=["Net revenue", "Cost"], range=[SERIES[0], SERIES[1]]),
            ),
            tooltip=[
                alt.Tooltip("week:T", title="Week of", format="%-d %b %Y"),
                alt.Tooltip("measure:N", title="Measure"),
                alt.Tooltip("money:Q", title=currency_axis(frame, "Amount"), format=in_full(frame)),
            ],
        )
    )
