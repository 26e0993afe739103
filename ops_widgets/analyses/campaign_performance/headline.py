"""The headline of the campaign notebook: what campaigns cost, what is credited, what is left."""

from __future__ import annotations

from functools import partial

import pandas as pd

from ops_widgets.analyses.campaign_performance.queries import (
    campaign_facts,
    chosen,
    facts,
    weeks,
)
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import (
    CampaignPerformanceView,
    window,
    window_text,
)
from ops_widgets.charts.formats import Number, format_value
from ops_widgets.metrics.campaigns import campaign_economics
from ops_widgets.metrics.compare import DAYS_A_YEAR
from ops_widgets.periods import day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.comparison import Comparison, Headline, Known, Measure, trend
from ops_widgets.views.window import days_text

MEASURES = (
    Measure.of(TERMS, "net_revenue", "Credited net revenue"),
    Measure.of(TERMS, "orders", "Credited orders"),
    Measure.of(TERMS, "cost", "Campaign cost", better=""),
    Measure.of(TERMS, "roas"),
    Measure.of(TERMS, "cac", better="lower"),
    Measure.of(TERMS, "contribution"),
)
#: Why a number may be unknown.
UNKNOWN = {
    "net_revenue": "no sales are credited",
    "orders": "no sales are credited",
    "cost": "cost is not known for every campaign",
    "roas": "cost is not known",
    "cac": "cost is not known",
    "contribution": "cost of goods or campaigns is not known",
}
#: What the small print says of a number instead of the window.
OF_WHAT = {
    "roas": "net revenue per unit of cost",
    "cac": "cost per new customer",
    "contribution": "after goods and campaign cost",
}


def _economics(frame: pd.DataFrame) -> pd.Series:
    """The economics of all campaigns of ``frame`` together; empty when there is none."""
    table = campaign_economics(frame.assign(all="all"), "all")
    return table.iloc[0] if len(table) else pd.Series(dtype="float64")


def _headline(store: Store, view: CampaignPerformanceView) -> list[Number]:
    now = _economics(facts(store, view, campaign=True, group=True))
    first, last = window(store, view)
    before_data = f"the data begin {format_value(store.first_day, 'date')}"
    begins = day_number(store.first_day)
    comparison = Comparison(first, last, begins, DAYS_A_YEAR, days_text, before_data)
    then: dict[tuple[int, int], pd.Series] = {}

    def economics_of(a: int, z: int) -> pd.Series:
        if (a, z) not in then:
            frame = chosen(campaign_facts(store, a, z), view, campaign=True, group=True)
            then[a, z] = _economics(frame)
        return then[a, z]

    def ask(name: str, a: int, z: int) -> Known:
        row = economics_of(a, z)
        reason = UNKNOWN[name] if len(row) else "no campaign ran then"
        return Known.of(row.get(name), "", reason)

    sums = weeks(store, view).assign(week=lambda f: f.index)
    by_week = campaign_economics(sums, "week").set_index("week").reindex(sums.index)
    text = window_text(store, view)
    return [
        measure.number(
            store,
            Known.of(now.get(measure.name), OF_WHAT.get(measure.name, text), UNKNOWN[measure.name]),
            comparison.of(partial(ask, measure.name)),
            trend(by_week[measure.name], f"{len(by_week)} weeks of the window"),
        )
        for measure in MEASURES
    ]


HEADLINE = Headline(MEASURES, _headline)
