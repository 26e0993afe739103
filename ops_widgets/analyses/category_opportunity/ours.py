"""Findings on this shop's part of the market: share that is lost, and sales in a falling market."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.category_opportunity.market import market
from ops_widgets.analyses.category_opportunity.queries import largest, own_months
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView, look_of
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.category import own_against_market
from ops_widgets.stats.proportion import among
from ops_widgets.stats.rates import total
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import ENOUGH, LEVEL, Finding, count, money, named, picking, share

#: A market falls, and we lose ground, by at least this part within a year.
FALLEN = 0.05
#: Fewer months than these do not show how much they differ by chance.
LEAST_MONTHS = 3


def losing_share(store: Store, view: CategoryOpportunityView) -> list[Finding]:
    """The category in which we lost most against our share of a year earlier, beyond chance."""
    months = once(store, _against_market, view)
    lost = []
    tested = months.groupby("category")
    for category, rows in tested:
        enough = min(rows["units"].sum(), rows["units_before"].sum()) >= ENOUGH
        if enough and len(rows) >= LEAST_MONTHS:
            change = total((rows["own_gmv"] - rows["expected_gmv"]).tolist())
            sure = change.interval(among(LEVEL, tested.ngroups))[1] < 0
            if sure and -change.value >= FALLEN * rows["expected_gmv"].sum():
                sums = rows[["own_gmv", "expected_gmv"]].sum()
                lost.append(
                    {"category": category, "lost": -change.value, "months": len(rows)}
                    | sums.to_dict()
                )
    row = largest(pd.DataFrame(lost), "lost") if lost else None
    if row is None:
        return []
    return [
        Finding.of(
            "warning",
            {
                "category": named(row["category"]),
                "sold": money(store, row["own_gmv"]),
                "fall": share(row["own_gmv"] / row["expected_gmv"] - 1, signed=True),
                "expected": money(store, row["expected_gmv"]),
                "lost": money(store, row["lost"]),
                "months": count(row["months"]),
                "level": share(LEVEL),
            },
            claim="We lose ground in {category}: {lost} less than at our share of last year.",
            because="We sold {sold}; with the market it would have been {expected} ({fall}). Over "
            "{months:month} that is more than chance ({level} interval).",
            do="Find what competitors do there that we do not: price, range or stock.",
            overturned_by="If we were out of stock or dropped products on purpose, or if the "
            "market's numbers now count sellers that they did not count before.",
            link=picking(view, "picked", row["category"]),
            stake="lost",
        )
    ]


def _against_market(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """:func:`own_against_market` of the months that both sides know in both years.

    Raises ``MissingDataError`` where there is none, or our share is unknown at all.
    """
    found = market(store, view)
    if found.frame["own_share"].isna().all():
        raise MissingDataError("Our share of these categories is unknown.")
    seen = store.seen()
    first, last = seen.first_whole("month"), seen.last_whole(seen.whole, "month")
    both = [m for m in found.known if first <= m - 12 and m <= last]
    if not both:
        raise MissingDataError("Our sales of a year earlier are unknown.")
    own = own_months(store, look_of(view), [*both, *(month - 12 for month in both)])
    return own_against_market(found.months, own, both)


def falling(store: Store, view: CategoryOpportunityView) -> list[Finding]:
    """The category that falls and in which most of our money is."""
    frame = market(store, view).frame.dropna(subset=["growth", "own_share"])
    if frame.empty:
        raise MissingDataError("Our share of these categories is unknown.")
    frame = frame[(frame["growth"] <= -FALLEN) & (frame["own_gmv"] > 0)]
    row = largest(frame.assign(less=-frame["growth"] * frame["own_gmv"]), "less")
    if row is None:
        return []
    return [
        Finding.of(
            "warning",
            {
                "category": named(row["category"]),
                "growth": share(row["growth"], signed=True),
                "own": money(store, row["own_gmv"]),
                "less": money(store, row["less"]),
            },
            claim="{category} falls ({growth} on last year), and {own} of our sales are in it.",
            because="If we fall with the market, that is {less} less in as many months.",
            do="Order less for it, and look inside for a part that still grows.",
            overturned_by="If only one part of it falls, or the months to come are its season.",
            link=picking(view, "picked", row["category"]),
            stake="less",
        )
    ]
