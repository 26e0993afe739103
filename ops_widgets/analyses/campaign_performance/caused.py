"""Findings on campaigns with a control group: what they caused, beside what they are credited with.

A control group tells of a campaign as a whole, from the day its arms were drawn; so what it is
credited with, and what it cost, is taken over its whole run here, whatever days are looked at.
"""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import NOT_AS_DRAWN, tested
from ops_widgets.analyses.campaign_performance.reviewed import reviewed
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.errors import MissingDataError
from ops_widgets.summaries.moments import DAYS_AFTER
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
    do = "Plan with what it caused, not with what it is credited with."
    if row["verdict"] == "stop":
        figures["cost"] = money(store, row["cost"])
        do = "Stop it: by itself, even the good end of its interval is below the {cost} it cost."
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
    rows = table[
        table["left_low"].gt(0) & table["verdict"].eq("scale") & (table["orders"] >= ENOUGH)
    ]
    if rows.empty:
        return []
    # Where none is beyond doubt among all, one may be by itself.
    ends = "left_sure" if (rows["left_sure_low"] > 0).any() else "left"
    row = rows.sort_values(f"{ends}_low", ascending=False, kind="stable").iloc[0]
    alone = (
        "" if ends == "left_sure" else "; taken by itself, of {family:campaign} that were tested"
    )
    family = {"family": count(tested(store, view).family)} if alone else {}
    return [
        Finding.of(
            "opportunity",
            {
                "name": named(row["name"]),
                "caused": money(store, row["incremental"]),
                "cost": money(store, row["cost"]),
                "least": money(store, row[f"{ends}_low"]),
                "low": money(store, row[f"{ends}_low"]),
                "high": money(store, row[f"{ends}_high"]),
                "level": share(LEVEL),
            }
            | family,
            claim="{name} caused {caused} of sales and cost {cost}: at least {least} is left.",
            because="Against its control group, over its whole run, goods and cost leave {low} to "
            "{high} ({level} interval" + alone + ").",
            do="Give it more, in small steps, and keep a control group.",
            overturned_by="If what is spent next finds fewer people than what was spent first, or "
            "sales are only bought earlier than they would have been.",
            link=picking(view, "campaign", row["name"]),
            stake="least",
        )
    ]


def pulled_forward(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """The campaign whose sales the weeks after it took back, beyond doubt on both sides."""
    table = readable(store, view)
    rows = table[(table["during_sure_low"] > 0) & (table["after_sure_high"] < 0)]
    if rows.empty:
        return []
    row = rows.sort_values("after", kind="stable").iloc[0]
    return [
        Finding.of(
            "warning",
            {
                "name": named(row["name"]),
                "during": money(store, row["during"]),
                "after": money(store, -row["after"]),
                "left": money(store, row["incremental"]),
                "low": money(store, row["incremental_sure_low"]),
                "high": money(store, row["incremental_sure_high"]),
                "days": count(DAYS_AFTER),
                "level": share(LEVEL),
            },
            claim="{name} sold {during} more in its days, and {after} less in the {days} after.",
            because="Against its control group {left} remains of it ({low} to {high}, {level} "
            "interval): customers bought earlier, not more.",
            do="Do not count its days alone; offer it to whoever has not bought for long.",
            overturned_by="If those who bought earlier buy again later than is watched.",
            link=picking(view, "campaign", row["name"]),
            stake="after",
        )
    ]


def broken(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """Campaigns whose arms are not as they were drawn: nothing may be read from them."""
    rows = reviewed(store, view, campaign=True)
    rows = rows[rows["lost"].str.startswith(NOT_AS_DRAWN)]
    if rows.empty:
        return []
    row = rows.sort_values("net_revenue", ascending=False, kind="stable").iloc[0]
    figures = {"name": named(row["name"]), "credited": money(store, row["net_revenue"])}
    more = {"others": count(len(rows) - 1)} if len(rows) > 1 else {}
    claim = "The test of {name} is broken" + (", and so are {others:other}" if more else "")
    return [
        Finding.of(
            "question",
            figures | more,
            claim=f"{claim}: its arms are not as they were drawn.",
            because="What it is credited with, {credited}, has no control group to be held "
            "against; a comparison would show a gain that is none.",
            do="Find out who moved customers between the arms, and run the test again.",
            overturned_by="If the planned split in the campaigns table is wrong.",
            link=picking(view, "campaign", row["name"]),
            stake="credited" if row["net_revenue"] >= 0 else "",
        )
    ]
