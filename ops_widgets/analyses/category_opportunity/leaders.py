"""Findings on what leaders hold: a category that is closed, and one that they take over."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.category_opportunity.entry import (
    HIGHLY_CONCENTRATED,
    about,
    grown,
    held,
    leaders_of,
)
from ops_widgets.analyses.category_opportunity.market import market
from ops_widgets.analyses.category_opportunity.queries import largest, market_sizes
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView, look_of
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.category import market_structure, mostly_listed, of_some_size
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import Figure, Finding, count, money, named, picking, points, share

#: Leaders took over where their share rose by at least this much within a year.
MOVED = 0.02


def closed(store: Store, view: CategoryOpportunityView) -> list[Finding]:
    """The category whose growth goes to its leaders: it grows, and is highly concentrated."""
    _, known = once(store, grown, view.replace(picked=""))
    if view.picked:
        known = known[known["category"] == view.picked]
    known = known[(known["growth"] > 0) & (known["hhi"] > HIGHLY_CONCENTRATED)]
    known = known.assign(theirs=known["leaders_gmv"] * known["growth"])
    row = largest(known, "theirs")
    if row is None:
        return []
    figures = about(store, view, row)
    del figures["gmv"], figures["gain"]
    figures |= {
        "hhi": count(round(row["hhi"])),
        "bound": count(HIGHLY_CONCENTRATED),
        "theirs": money(store, row["theirs"]),
    }
    return [
        Finding.of(
            "warning",
            figures,
            claim="{category} grows ({growth}) but is closed: " + held(figures, "hold"),
            because="At these shares {theirs} of its next growth goes to them. HHI {hhi}: above "
            "{bound} a market counts as highly concentrated.",
            do="Do not enter it for its growth alone: ask first what the leaders leave, {open}.",
            overturned_by="If a leader withdraws, or a part of it is open: look inside.",
            link=picking(view, "picked", row["category"]),
            stake="theirs",
        )
    ]


def taken_over(store: Store, view: CategoryOpportunityView) -> list[Finding]:
    """The category whose leaders hold clearly more than those of a year earlier did.

    By more than what is listed by brand now, and was not then.
    """
    now, then = once(store, _both_years, view)
    both = now.merge(then, on="category", suffixes=("", "_then"))
    both = of_some_size(both).assign(rise=both["leaders_share"] - both["leaders_share_then"])
    listed_anew = (both["unlisted_share_then"] - both["unlisted_share"]).clip(lower=0)
    both = mostly_listed(both[both["rise"] - listed_anew >= MOVED])
    row = largest(both.assign(won=both["rise"] * both["gmv"]), "won")
    if row is None:
        return []
    figures: dict[str, Figure] = {
        "category": named(row["category"]),
        "held": share(row["leaders_share"]),
        "rise": points(row["rise"]),
        "won": money(store, row["won"]),
    }
    figures |= leaders_of(view, row)
    return [
        Finding.of(
            "warning",
            figures,
            claim="Leaders take over in {category}: " + held(figures, "hold"),
            because="That is {rise} on the leaders of a year earlier: {won} that was open.",
            do="See who they are, and enter only with what they lack.",
            overturned_by="If a brand was bought, renamed or spelt anew, or its rows were "
            "collected under another name before.",
            link=picking(view, "picked", row["category"]),
            stake="won",
        )
    ]


def _both_years(store: Store, view: CategoryOpportunityView) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``market_structure`` of the months known in both years, and of the same a year earlier.

    Only of categories that the market table has in each of these months.
    """
    found, look = market(store, view), look_of(view)
    known = found.months.groupby("month_index").size()
    months = [month for month in found.known if month - 12 in known.index]
    if not months:
        raise MissingDataError("No month of the market is known a year earlier as well.")
    now = found.frame
    if months != found.known:
        now = market_structure(market_sizes(store, look, months))
    earlier = [month - 12 for month in months]
    then = market_structure(market_sizes(store, look, earlier))
    asked = found.months[found.months["month_index"].isin([*months, *earlier])]
    whole = asked.groupby("category")["month_index"].nunique() == 2 * len(months)
    alike = set(whole.index[whole])
    return now[now["category"].isin(alike)], then[then["category"].isin(alike)]
