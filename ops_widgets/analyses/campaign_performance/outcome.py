"""Findings on what campaigns left by credit: losses, and what left most or least for its cost."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.judged import Judged, judged
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView, window
from ops_widgets.stats.rates import Total, together
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import LEVEL, Figure, Finding, count, money, named, picking, share
from ops_widgets.views.frames import one_of

CREDITED = "Credited is not caused: "
#: What is said of sales that brought less than their goods cost.
SHORT = "and its sales brought {short} less than their goods cost."


def lost(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """The campaign that lost most, beyond doubt; else the one that may have."""
    found = once(store, judged, view)
    rows = found.table[one_of(found.table["campaign_id"], set(found.enough) & found.subjects)]
    rows = rows[rows["contribution"] < 0].sort_values("contribution", kind="stable")
    ends = {name: found.left[name].interval(found.level)[1] for name in rows["campaign_id"]}
    sure = rows[[ends[name] < 0 for name in rows["campaign_id"]]]
    if rows.empty:
        return []
    row = (sure if len(sure) else rows).iloc[0]
    end = ends[row["campaign_id"]]
    figures = {
        "name": named(row["name"]),
        "loss": money(store, -row["contribution"]),
        "cost": money(store, row["cost"]),
        "orders": count(row["orders"]),
        "level": share(LEVEL),
    }
    gross = row["net_revenue"] - row["goods_cost"]
    figures["gross" if gross >= 0 else "short"] = money(store, abs(gross))
    spent = "{cost} spent, " + ("{only}{gross} left after goods." if gross >= 0 else SHORT)
    link = picking(view, "campaign", row["name"])
    if not len(sure):
        most = {"most": money(store, end)} if end < float("inf") else {}
        chance = "could as well have gained {most}" if most else "could as well have gained"
        return [
            Finding.of(
                "question",
                figures | most,
                claim="{name} may have lost {loss}: " + spent.replace("{only}", ""),
                because="From {orders:credited order}; by chance alone it "
                + chance
                + " ({level} interval).",
                do="Do not stop it on this alone: look at it over more days.",
                overturned_by="If it gains in the days to come, or its new customers come back.",
                link=link,
                stake="loss",
            )
        ]
    because = (
        "From {orders:credited order}; at the good end of the {level} interval {least} is lost"
    )
    figures["least"] = money(store, -end)
    if len(sure) > 1:
        because += "; {others} more lost {other_loss}"
        figures["others"] = count(len(sure) - 1)
        figures["other_loss"] = money(store, -sure["contribution"].iloc[1:].sum())
    return [
        Finding.of(
            "warning",
            figures,
            claim="{name} lost {loss}: " + spent.replace("{only}", "only "),
            because=because + ".",
            do="Stop it, or run it again at a fraction of the cost: stopping saves {loss}."
            if _runs(store, view, str(row["campaign_id"]))
            else "Do not repeat it as it was: that saves {loss}.",
            overturned_by=CREDITED
            + "a control group may show sales that carry no campaign. Or its "
            "new customers come back often enough to pay for it.",
            link=link,
            stake="loss",
        )
    ]


def _runs(store: Store, view: CampaignPerformanceView, campaign: str) -> bool:
    """Whether a campaign still runs at the end of what is looked at: no end of it lies before."""
    if not store.has("campaign"):
        return True
    last = window(store, view)[1]
    found = store.query(
        "select count(*) as ended from campaign where campaign_id = $campaign and ends_on <= $last",
        {"campaign": campaign, "last": last},
    )
    return not int(found["ended"][0])


def _beside(found: Judged, place: int) -> tuple[pd.Series, Total] | None:
    """Of the subjects the one at a place by what it left for its cost (0: most, -1: least), and
    what it left more than the same cost left in all others together, as an amount with its error.

    None where there is no subject, or nothing to compare it with.
    """
    table = found.table.set_index("campaign_id")
    rates = (table["contribution"] / table["cost"]).loc[found.enough]
    rates = rates.sort_values(ascending=False, kind="stable")
    names = [str(one) for one in rates.index if one in found.subjects]
    if len(rates) < 2 or not names:
        return None
    name = names[place]
    rest = [str(one) for one in rates.index if one != name]
    row = found.table[found.table["campaign_id"] == name].iloc[0]
    part = float(row["cost"]) / table.loc[rest, "cost"].to_numpy().sum()
    others = together([found.left[one] for one in rest])
    return row, found.left[name] - others * part


def best(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """The campaign that left most for its cost, where that is clearly more than the others left."""
    found = once(store, judged, view)
    beside = _beside(found, 0)
    if beside is None or beside[0]["contribution"] <= 0:
        return []
    row, more = beside
    if more.interval(found.level)[0] <= 0:
        return []
    new = {} if pd.isna(row["new_customers"]) else {"new": count(row["new_customers"])}
    first = ", {new} of them of new customers" if new else ""
    return [
        Finding.of(
            "opportunity",
            _figures(store, row, more) | new,
            claim="{name} left {left} after goods and its cost of {cost}; elsewhere that cost left "
            "{elsewhere}.",
            because="From {orders:credited order}" + first + ": {more} more than elsewhere, "
            "beyond chance ({level} interval).",
            do="See by a control group whether it caused them; if so, give it more in small steps.",
            overturned_by=CREDITED + "if a control group buys as much, these customers would have "
            "come anyway. And what is spent next may find fewer people than what was spent first.",
            link=picking(view, "campaign", row["name"]),
            stake="more",
        )
    ]


def worst(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """The campaign that left least for its cost, though it lost nothing, where that is clear."""
    found = once(store, judged, view)
    beside = _beside(found, -1)
    if beside is None or beside[0]["contribution"] < 0:
        return []
    row, more = beside
    if more.interval(found.level)[1] >= 0:
        return []
    return [
        Finding.of(
            "warning",
            _figures(store, row, more),
            claim="{name} left only {left} after goods and its cost of {cost}; elsewhere that cost "
            "left {elsewhere}.",
            because="From {orders:credited order}: {more} less than elsewhere, beyond chance "
            "({level} interval).",
            do="Cut what it costs, or spend that on the others.",
            overturned_by=CREDITED + "a control group may show that it caused more than it is "
            "credited with, and the others less.",
            link=picking(view, "campaign", row["name"]),
            stake="more",
        )
    ]


def _figures(store: Store, row: pd.Series, more: Total) -> dict[str, Figure]:
    """The figures of a campaign beside the others."""
    return {
        "name": named(row["name"]),
        "left": money(store, row["contribution"]),
        "cost": money(store, row["cost"]),
        "elsewhere": money(store, row["contribution"] - more.value),
        "orders": count(row["orders"]),
        "more": money(store, abs(more.value)),
        "level": share(LEVEL),
    }
