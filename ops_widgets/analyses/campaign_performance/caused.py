"""Findings on campaigns with a control group: what they caused, beside what they are credited with.

A control group tells of a campaign as a whole, from the day its arms were drawn; so what it is
credited with, and what it cost, is taken over its whole run here, whatever days are looked at.
"""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.reviewed import reviewed
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.errors import MissingDataError
from ops_widgets.summaries.store import Store
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


def readable(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The rows of :func:`.reviewed.reviewed` whose control group can be read.

    Raises ``MissingDataError`` where there is none.
    """
    rows = reviewed(store, view, campaign=True)
    rows = rows[rows["incremental_sure_low"].notna()]
    if rows.empty:
        raise MissingDataError("No control group of these campaigns can be read.")
    return rows


def near(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """The campaign that is credited with most that its control group says it did not cause."""
    table = readable(store, view)
    rows = table[
        (table["orders"] >= ENOUGH) & (table["incremental_sure_high"] < table["net_revenue"])
    ]
    rows = rows.assign(more=rows["net_revenue"] - rows["incremental_sure_high"].clip(lower=0))
    if rows.empty:
        return []
    row = rows.sort_values("more", ascending=False, kind="stable").iloc[0]
    figures = {
        "name": named(row["name"]),
        "credited": money(store, row["net_revenue"]),
        "more": money(store, row["more"]),
        "treated": count(row["treated"]),
        "caused": money(store, row["incremental"]),
        "low": money(store, row["incremental_sure_low"]),
        "high": money(store, row["incremental_sure_high"]),
        "level": share(LEVEL),
    }
    loses = row["left_sure_high"] < 0
    do = "Plan with what it caused, not with what it is credited with."
    if loses:
        figures["cost"] = money(store, row["cost"])
        do = "Stop it: even at the good end it brings less than the {cost} that it cost."
    elif row["incremental_sure_low"] <= 0:
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
    table = readable(store, view)
    rows = table[(table["left_sure_low"] > 0) & (table["orders"] >= ENOUGH)]
    if rows.empty:
        return []
    row = rows.sort_values("left_sure_low", ascending=False, kind="stable").iloc[0]
    return [
        Finding.of(
            "opportunity",
            {
                "name": named(row["name"]),
                "caused": money(store, row["incremental"]),
                "cost": money(store, row["cost"]),
                "least": money(store, row["left_sure_low"]),
                "low": money(store, row["left_sure_low"]),
                "high": money(store, row["left_sure_high"]),
                "level": share(LEVEL),
            },
            claim="{name} caused {caused} of sales and cost {cost}: at least {least} is left.",
            because="Against its control group, over its whole run, goods and cost leave {low} to "
            "{high} ({level} interval).",
            do="Give it more, in small steps, and keep a control group.",
            overturned_by="If what is spent next finds fewer people than what was spent first, or "
            "sales are only bought earlier than they would have been.",
            link=picking(view, "campaign", row["name"]),
            stake="least",
        )
    ]
