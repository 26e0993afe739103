"""Findings on campaigns with a control group: what they caused, beside what they are credited with.

A control group tells of a campaign as a whole, from the day its arms were drawn; so what it is
credited with, and what it cost, is taken over its whole run here, whatever days are looked at.
"""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import effects
from ops_widgets.analyses.campaign_performance.queries import campaign_facts, chosen, only_window
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView, whole_window
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.campaigns import campaign_economics
from ops_widgets.periods import day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import (
    ENOUGH,
    LEVEL,
    Finding,
    count,
    money,
    named,
    picking,
    share,
)


def whole_runs(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The economics of each chosen campaign over its whole run, and what it caused.

    One row a campaign that ran in the days looked at and whose control group can be read:
    ``name``, the columns of ``metrics.campaigns.campaign_economics``, of :func:`.effect.effects`,
    and ``margin``, the part of net revenue that is left after goods (NA: unknown). Raises
    ``MissingDataError`` where there is none.
    """
    caused = effects(store, view)
    caused = caused[caused["incremental"].notna()]
    of_day = only_window(view).replace(since=None, until=None)
    rows = chosen(once(store, _whole, of_day), view, campaign=True, group=True)
    rows = rows[rows["campaign_id"].isin(caused["campaign_id"])]
    if rows.empty:
        raise MissingDataError("No control group of these campaigns can be read.")
    table = campaign_economics(rows, "campaign_id").merge(caused, on="campaign_id")
    table["margin"] = 1 - table["goods_cost"] / table["net_revenue"].where(table["net_revenue"] > 0)
    return table.merge(rows[["campaign_id", "name"]], on="campaign_id")


def _whole(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The sums of the whole run, to the day looked at, of what ran in the window."""
    first, last = whole_window(store, view)
    ran = campaign_facts(store, first, last)["campaign_id"]
    rows = campaign_facts(store, day_number(store.first_day), last)
    return rows[rows["campaign_id"].isin(ran)]


def near(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """The campaign that is credited with most that its control group says it did not cause."""
    table = once(store, whole_runs, view)
    rows = table[(table["orders"] >= ENOUGH) & (table["sure_high"] < table["net_revenue"])]
    rows = rows.assign(more=rows["net_revenue"] - rows["sure_high"].clip(lower=0))
    if rows.empty:
        return []
    row = rows.sort_values("more", ascending=False, kind="stable").iloc[0]
    figures = {
        "name": named(row["name"]),
        "credited": money(store, row["net_revenue"]),
        "more": money(store, row["more"]),
        "treated": count(row["treated"]),
        "caused": money(store, row["incremental"]),
        "low": money(store, row["sure_low"]),
        "high": money(store, row["sure_high"]),
        "level": share(LEVEL),
    }
    loses = not pd.isna(row["margin"]) and row["sure_high"] * row["margin"] < row["cost"]
    do = "Plan with what it caused, not with what it is credited with."
    if loses:
        figures["cost"] = money(store, row["cost"])
        do = "Stop it: even at the good end it brings less than the {cost} that it cost."
    elif row["sure_low"] <= 0:
        do = "Do not spend more on it: test it again with more customers held back."
    return [
        Finding.of(
            "warning",
            figures,
            claim="{name} stood near {credited} of sales; at least {more} of it would have come "
            "anyway.",
            because="Over its whole run, {treated:treated customer} and as many like those held "
            "back differ by {caused} ({low} to {high}, {level} interval).",
            do=do,
            overturned_by="If it works later than its control group is watched, or on customers "
            "who were held back as well.",
            link=picking(view, "campaign", row["name"]),
            stake="more",
        )
    ]


def paid(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """The campaign that caused most beyond its cost, at the bad end of its interval."""
    table = once(store, whole_runs, view)
    rows = table.dropna(subset=["margin", "cost"])
    rows = rows.assign(least=rows["sure_low"] * rows["margin"] - rows["cost"])
    rows = rows[(rows["least"] > 0) & (rows["orders"] >= ENOUGH)]
    if rows.empty:
        return []
    row = rows.sort_values("least", ascending=False, kind="stable").iloc[0]
    return [
        Finding.of(
            "opportunity",
            {
                "name": named(row["name"]),
                "caused": money(store, row["incremental"]),
                "cost": money(store, row["cost"]),
                "least": money(store, row["least"]),
                "low": money(store, row["sure_low"]),
                "high": money(store, row["sure_high"]),
                "margin": share(row["margin"]),
                "level": share(LEVEL),
            },
            claim="{name} caused {caused} of sales and cost {cost}: at least {least} is left.",
            because="Against its control group, over its whole run: {low} to {high} ({level} "
            "interval), of which {margin} stays after goods.",
            do="Give it more, in small steps, and keep a control group.",
            overturned_by="If what is spent next finds fewer people than what was spent first, or "
            "sales are only bought earlier than they would have been.",
            link=picking(view, "campaign", row["name"]),
            stake="least",
        )
    ]
