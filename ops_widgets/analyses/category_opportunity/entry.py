"""Findings on what a category offers to who enters it: open and growing, closed, or taken over."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ops_widgets.analyses.category_opportunity.market import Market, market
from ops_widgets.analyses.category_opportunity.queries import largest, market_sizes
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView, look_of
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.category import market_structure, months_grown, of_some_size
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import (
    Figure,
    Finding,
    count,
    money,
    named,
    points,
    share,
)

#: Above this HHI the US authorities call a market highly concentrated (Merger Guidelines, 2023).
HIGHLY_CONCENTRATED = 1_800
#: Growth is steady where at least this part of the months compared was larger than a year earlier.
STEADY = 0.75
#: Fewer months than these show no course.
LEAST_MONTHS = 3
#: Leaders took over where their share rose by at least this much within a year.
MOVED = 0.02


def grown(store: Store, view: CategoryOpportunityView) -> tuple[Market, pd.DataFrame]:
    """The market of a view, and its categories of some size whose growth is known, with ``gain``:
    what is open there gains in the same months of next year, at the pace of this one.

    Raises ``MissingDataError`` where no growth is known.
    """
    found = market(store, view.replace(picked=""))
    known = of_some_size(found.frame.dropna(subset=["growth"]))
    if known.empty:
        raise MissingDataError("No category's growth is known in these months.")
    return found, known.assign(gain=known["open_gmv"] * known["growth"])


def look_first(store: Store, view: CategoryOpportunityView) -> list[Finding]:
    """The category whose open market gains most, beside the one that has most of it."""
    found, known = once(store, grown, view.replace(picked=""))
    ordered = known.sort_values("gain", ascending=False, kind="stable")
    if view.picked:
        return _place(store, view, ordered)
    best = ordered.iloc[0]
    if best["gain"] <= 0:
        return []
    category = str(best["category"])
    figures = _about(store, view, best)
    claim = "Look at {category} first: {gmv}, {growth} on last year, " + _held(view, "hold")
    because = "At the pace of {compared} months compared its open {open} grows by {gain} a year"
    rival = largest(found.frame, "open_gmv")
    if rival is not None and rival["category"] != category:
        because += "; {rival} has more open, {rival_open}"
        figures |= {
            "rival": named(rival["category"]),
            "rival_open": money(store, rival["open_gmv"]),
        }
        if not pd.isna(rival["growth"]):
            because += ", at {rival_growth}"
            figures["rival_growth"] = share(rival["growth"], signed=True)
    elif len(known) > 1:
        because += ", more than that of any other here"
    up = int(months_grown(found.months, found.known).get(category, 0))
    compared = int(best["compared_months"])
    figures |= {"up": count(up), "compared": count(compared)}
    steady = compared >= LEAST_MONTHS and up >= STEADY * compared
    overturned, more = _if_wrong(store, view, best)
    return [
        Finding.of(
            "opportunity" if steady else "question",
            figures | more,
            claim=claim,
            because=because + ".",
            do="Look inside it, and test a few products before you stock up."
            if steady
            else "Wait with buying: see in the months whether it is more than one season.",
            overturned_by="If it came from one season: {up} of {compared} months compared were "
            "larger than a year earlier." + overturned,
            link={} if len(known) == 1 else {"picked": category},
            stake="gain",
        )
    ]


def _about(store: Store, view: CategoryOpportunityView, row: pd.Series) -> dict[str, Figure]:
    """The figures of one category."""
    figures = {
        "category": named(row["category"]),
        "gmv": money(store, row["gmv"]),
        "growth": share(row["growth"], signed=True),
        "held": share(row["leaders_share"]),
        "open": money(store, row["open_gmv"]),
        "gain": money(store, row["gain"]),
    }
    return figures | ({"leaders": count(view.leaders)} if view.leaders > 1 else {})


def _held(view: CategoryOpportunityView, verb: str) -> str:
    """What the leaders hold, as the end of a sentence."""
    if view.leaders > 1:
        return f"{{leaders}} brands {verb} {{held}}."
    return f"the largest brand {verb}s {{held}}."


def _if_wrong(
    store: Store, view: CategoryOpportunityView, row: pd.Series
) -> tuple[str, dict[str, Figure]]:
    """What may be wrong with the open part of a category, and the figures of it."""
    said, figures = "", dict[str, Figure]()
    rest = int(row["brands"]) - view.leaders
    if rest > 0:
        each = (int(row["listed_gmv"]) - int(row["leaders_gmv"])) / rest
        said += " If {each}, what each of the other {rest} brands sells on average, is too small"
        said += " to live on."
        figures |= {"each": money(store, each), "rest": count(rest)}
    if row["unlisted_share"] > 0:
        said += " If somebody large hides in the {unlisted} that is not listed by brand."
        figures["unlisted"] = share(row["unlisted_share"])
    return said, figures


def _place(store: Store, view: CategoryOpportunityView, ordered: pd.DataFrame) -> list[Finding]:
    """Where the picked category stands among those beside it."""
    places = ordered["category"].tolist()
    if view.picked not in places:
        raise MissingDataError("The growth of this category is unknown, or it is too small.")
    if len(places) == 1:
        return []
    place = places.index(view.picked)
    row, first = ordered.iloc[place], ordered.iloc[0]
    grows = row["gain"] > 0
    figures = _about(store, view, row)
    figures |= {"place": count(place + 1), "many": count(len(places))}
    figures["gain"] = money(store, abs(row["gain"]))
    way = "grows" if grows else "shrinks"
    because = f"At {{growth}} on last year its open {{open}} {way} by {{gain}} within a year"
    if place:
        because += "; first is {first} with {first_gain}"
        figures |= {"first": named(first["category"]), "first_gain": money(store, first["gain"])}
    overturned, more = _if_wrong(store, view, row)
    return [
        Finding.of(
            "opportunity" if grows and not place else "question" if grows else "warning",
            figures | more,
            claim="{category}, {gmv}, is number {place} of {many} by the growth of what is open: "
            + _held(view, "hold"),
            because=because + ".",
            do="Look inside it for the part that grows."
            if grows
            else "Do not enter it for its size: look for a part of it that grows.",
            overturned_by="If these months are no measure of the next ones." + overturned,
            stake="gain",
        )
    ]


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
    figures = _about(store, view, row)
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
            claim="{category} grows ({growth}) but is closed: " + _held(view, "hold"),
            because="At these shares {theirs} of its next growth goes to them. HHI {hhi}: above "
            "{bound} a market counts as highly concentrated.",
            do="Do not enter it for its growth alone: ask first what the leaders leave, {open}.",
            overturned_by="If a leader withdraws, or a part of it is open: look inside.",
            link={} if view.picked else {"picked": str(row["category"])},
            stake="theirs",
        )
    ]


def taken_over(store: Store, view: CategoryOpportunityView) -> list[Finding]:
    """The category whose leaders hold clearly more than those of a year earlier did."""
    now, then = once(store, _both_years, view)
    both = now.merge(then, on="category", suffixes=("", "_then"))
    both = of_some_size(both).assign(rise=both["leaders_share"] - both["leaders_share_then"])
    both = both[both["rise"] >= MOVED]
    row = largest(both.assign(won=both["rise"] * both["gmv"]), "won")
    if row is None:
        return []
    figures: dict[str, Any] = {
        "category": named(row["category"]),
        "held": share(row["leaders_share"]),
        "rise": points(row["rise"]),
        "won": money(store, row["won"]),
    }
    figures |= {"leaders": count(view.leaders)} if view.leaders > 1 else {}
    return [
        Finding.of(
            "warning",
            figures,
            claim="Leaders take over in {category}: " + _held(view, "hold"),
            because="That is {rise} on the leaders of a year earlier: {won} that was open.",
            do="See who they are, and enter only with what they lack.",
            overturned_by="If a brand was bought, renamed or spelt anew, or its rows were "
            "collected under another name before.",
            link={} if view.picked else {"picked": str(row["category"])},
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
