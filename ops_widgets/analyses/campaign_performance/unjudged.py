"""Findings on what cannot be said of campaigns: costs nobody knows, and numbers of too few."""

from __future__ import annotations

from ops_widgets.analyses.campaign_performance.daily import is_complete
from ops_widgets.analyses.campaign_performance.effect import effects
from ops_widgets.analyses.campaign_performance.judged import economics, new_of, subjects_of
from ops_widgets.analyses.campaign_performance.queries import facts, lacking
from ops_widgets.analyses.campaign_performance.reasons import has_column
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.rates import poisson
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import ENOUGH, LEVEL, Finding, count, money, named, picking, share
from ops_widgets.views.frames import one_of

#: A window in which most shops have enough.
A_YEAR = 365


def cost_missing(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """Campaigns of which nobody knows what they cost; where no cost is mapped, the page says so."""
    if not has_column(store, "campaign_days", "cost"):
        raise MissingDataError("What campaigns cost is not in the data.")
    table = subjects_of(once(store, economics, view), view)
    unknown = table[table["cost"].isna()]
    if unknown.empty:
        return []
    found = lacking(store, view)
    days = found[one_of(found["campaign_id"], unknown["campaign_id"])]["day"].nunique()
    revenue = facts(store, view, group=True).set_index("campaign_id")["net_revenue"]
    credited = money(store, revenue.loc[unknown["campaign_id"]].sum())
    figures = {"credited": credited, "days": count(days)}
    if len(table) == 1:
        figures["name"] = named(unknown["name"].iloc[0])
        claim = "What {name} cost is unknown, so nobody knows whether it paid."
    elif len(table) == len(unknown):
        figures["many"] = count(len(table))
        claim = "What these {many:campaign} cost is unknown: nobody can say whether they paid."
    else:
        figures |= {"unknown": count(len(unknown)), "many": count(len(table))}
        claim = "What {unknown} of {many:campaign} cost is unknown: nobody can say whether " + (
            "it paid." if len(unknown) == 1 else "they paid."
        )
    return [
        Finding.of(
            "question",
            figures,
            claim=claim,
            because="{credited} of net revenue is credited there; a cost is missing on {days:day}.",
            do="Add these days to campaign_days, with nothing where nothing was spent."
            if is_complete(store)
            else "Add these days to campaign_days, or say in the source that no row means no cost.",
            overturned_by="If nothing was spent on these days.",
            stake="credited" if credited.value >= 0 else "",
        )
    ]


def few_orders(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """Campaigns that cost money and have too few orders to be judged."""
    table = subjects_of(once(store, economics, view), view)
    # What a control group tells needs no credited orders.
    told = effects(store, view).dropna(subset=["incremental"])["campaign_id"]
    few = table[(table["orders"] < ENOUGH) & (table["cost"] > 0)]
    few = few[~one_of(few["campaign_id"], told)]
    if few.empty:
        return []
    figures = {
        "enough": count(ENOUGH),
        "cost": money(store, few["cost"].sum()),
        "orders": count(few["orders"].sum()),
    }
    if len(few) == 1:
        figures["name"] = named(few["name"].iloc[0])
        claim = "{name}: too few orders to say whether it paid."
        do, window = "Give it no more budget on this: look over more days.", "it has"
        because = "It cost {cost} and has {orders:credited order}; under {enough} chance decides."
    else:
        figures |= {"few": count(len(few)), "many": count(len(table))}
        claim = "{few} of {many:campaign}: too few orders to say whether they paid."
        do = "Give them no more budget on this: look over more days, or at their kind together."
        window = "each of them has"
        because = "Together they cost {cost}; with under {enough} orders each ({orders} in all) "
        because += "chance decides."
    return [
        Finding.of(
            "too_few",
            figures,
            claim=claim,
            because=because,
            do=do,
            overturned_by=f"A window in which {window} enough orders.",
            link=picking(view, "campaign", few["name"].iloc[0]) if len(few) == 1 else {},
        )
    ]


def few_new(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """A CAC of all that is looked at, which rests on too few new customers."""
    table = subjects_of(once(store, economics, view), view)
    new, cost = new_of(store, view, table), table["cost"].sum(skipna=False)
    if not (0 < new < ENOUGH and cost > 0):
        return []
    low, high = poisson(new, LEVEL)
    return [
        Finding.of(
            "too_few",
            {
                "cac": money(store, cost / new),
                "new": count(new),
                "low": money(store, cost / high),
                "high": money(store, cost / low),
                "level": share(LEVEL),
                "enough": count(ENOUGH),
            },
            claim="The CAC of {cac} rests on {new:new customer}: too few to say.",
            because="Chance alone puts it anywhere from {low} to {high} ({level} interval).",
            do="Judge nothing by it: look over a longer time, until there are {enough}.",
            overturned_by="The same CAC from a window with enough new customers.",
            link={"days": A_YEAR} if view.days < A_YEAR and not (view.since or view.until) else {},
        )
    ]
