"""Findings on what new customers cost: a campaign where they are far dearer than elsewhere."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.judged import economics, new_of, subjects_of
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.proportion import among
from ops_widgets.stats.rates import rate_ratio
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import ENOUGH, LEVEL, Finding, count, money, named, picking, share

#: A new customer is dear where he costs at least so many times what he costs elsewhere.
FAR_ABOVE = 1.5
DEAR = ["campaign_id", "elsewhere"]


def overpaid(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """The campaign whose new customers cost far more than those of the others."""
    table = once(store, economics, view)
    table = table[(table["cost"] > 0) & table["new_customers"].notna()]
    enough = table[table["new_customers"] >= ENOUGH]
    if table.empty:
        raise MissingDataError("What a new customer costs is unknown.")
    dear = []
    for name, cost, own in zip(
        enough["campaign_id"], enough["cost"], enough["new_customers"], strict=True
    ):
        rest = table[table["campaign_id"] != name]
        new, paid = new_of(store, view, rest), float(rest["cost"].sum())
        if new >= ENOUGH and own * paid > 0:
            low, _ = rate_ratio(new, paid, own, cost, among(LEVEL, len(enough)))
            if low > 1 and cost / own >= FAR_ABOVE * paid / new:
                dear.append({"campaign_id": name, "elsewhere": paid / new})
    rows = subjects_of(enough, view).merge(pd.DataFrame(dear, columns=DEAR), on="campaign_id")
    rows = rows.assign(more=rows["cost"] - rows["new_customers"] * rows["elsewhere"])
    if rows.empty:
        return []
    row = rows.sort_values("more", ascending=False, kind="stable").iloc[0]
    return [
        Finding.of(
            "warning",
            {
                "name": named(row["name"]),
                "cac": money(store, row["cac"]),
                "elsewhere": money(store, row["elsewhere"]),
                "new": count(row["new_customers"]),
                "more": money(store, row["more"]),
                "level": share(LEVEL),
            },
            claim="A new customer of {name} costs {cac}, elsewhere {elsewhere}.",
            because="{new:new customer} for {more} more than they would have cost elsewhere; "
            "more than chance explains ({level} interval).",
            do="Win new customers elsewhere, or say what else it is for.",
            overturned_by="If its customers come back more often than the others', or it was never "
            "meant to win new ones.",
            link=picking(view, "campaign", row["name"]),
            stake="more",
        )
    ]
