"""Findings on what a category offers to who enters it: open and growing, or not."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ops_widgets.analyses.category_opportunity.market import Market, market
from ops_widgets.analyses.category_opportunity.queries import largest
from ops_widgets.analyses.category_opportunity.view import CategoryOpportunityView
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.category import (
    months_grown,
    mostly_listed,
    of_some_size,
)
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import (
    Figure,
    Finding,
    count,
    money,
    named,
    share,
)

#: Above this HHI the US authorities call a market highly concentrated (Merger Guidelines, 2023).
HIGHLY_CONCENTRATED = 1_800
#: Growth is steady where at least this part of the months compared was larger than a year earlier.
STEADY = 0.75
#: Fewer months than these show no course.
LEAST_MONTHS = 3


def grown(store: Store, view: CategoryOpportunityView) -> tuple[Market, pd.DataFrame]:
    """The market of a view, and its categories of some size whose growth is known, and of most of
    whose sales it is known by whom, with ``gain``: what is open there gains in the same months of
    next year, at the pace of this one.

    Raises ``MissingDataError`` where there is none.
    """
    found = market(store, view.replace(picked=""))
    known = of_some_size(found.frame.dropna(subset=["growth"]))
    if known.empty:
        raise MissingDataError("No category's growth is known in these months.")
    known = mostly_listed(known)
    if known.empty:
        raise MissingDataError("Most of these sales are not listed by brand.")
    return found, known.assign(gain=known["open_gmv"] * known["growth"])


def look_first(store: Store, view: CategoryOpportunityView) -> list[Finding]:
    """The category whose open market gains most, beside the one that has most of it.

    One that is highly concentrated is no place to look first, however much is open there.
    """
    found, known = once(store, grown, view.replace(picked=""))
    ordered = known.sort_values("gain", ascending=False, kind="stable")
    if view.picked:
        return _place(store, view, ordered)
    free = ordered[(ordered["hhi"] <= HIGHLY_CONCENTRATED) & (ordered["gain"] > 0)]
    if free.empty:
        return []
    best = free.iloc[0]
    category = str(best["category"])
    figures = about(store, view, best)
    first = "Look at {category} first" if len(known) > 1 else "{category} grows"
    claim = f"{first}: {{gmv}}, {{growth}} on last year, " + held(figures, "hold")
    because = "At the pace of {compared:month} compared its open {open} grows by {gain} a year"
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
    elif len(known) > 1 and (ordered["gain"] >= best["gain"]).sum() == 1:
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
            overturned_by="If it came from one season: it was larger than a year earlier in {up} "
            "of {compared:month}." + overturned,
            link={} if len(known) == 1 else {"picked": category},
            stake="gain",
        )
    ]


def about(store: Store, view: CategoryOpportunityView, row: pd.Series) -> dict[str, Figure]:
    """The figures of one category."""
    figures = {
        "category": named(row["category"]),
        "gmv": money(store, row["gmv"]),
        "growth": share(row["growth"], signed=True),
        "held": share(row["leaders_share"]),
        "open": money(store, row["open_gmv"]),
        "gain": money(store, row["gain"]),
    }
    return figures | leaders_of(view, row)


def leaders_of(view: CategoryOpportunityView, row: pd.Series) -> dict[str, Figure]:
    """How many brands lead a category, unless it is one: no more than it has."""
    many = min(view.leaders, int(row["brands"]))
    return {"leaders": count(many)} if many > 1 else {}


def held(figures: Mapping[str, Figure], verb: str) -> str:
    """What the leaders hold, as the end of a sentence."""
    if "leaders" in figures:
        return f"{{leaders:brand}} {verb} {{held}}."
    return f"the largest brand {verb}s {{held}}."


def _if_wrong(
    store: Store, view: CategoryOpportunityView, row: pd.Series
) -> tuple[str, dict[str, Figure]]:
    """What may be wrong with the open part of a category, and the figures of it."""
    said, figures = "", dict[str, Figure]()
    rest = int(row["brands"]) - view.leaders
    if rest > 0:
        each = (int(row["listed_gmv"]) - int(row["leaders_gmv"])) / rest
        others = "each of the other {rest:brand} sells on average"
        figures["each"] = money(store, each)
        if rest > 1:
            figures["rest"] = count(rest)
        else:
            others = "the one other brand sells"
        said += f" If {{each}}, what {others}, is too small to live on."
    if row["unlisted_share"] > 0:
        said += " If somebody large hides in the {unlisted} that is not listed by brand."
        figures["unlisted"] = share(row["unlisted_share"])
    return said, figures


def _place(store: Store, view: CategoryOpportunityView, ordered: pd.DataFrame) -> list[Finding]:
    """Where the picked category stands among those beside it."""
    places = ordered["category"].tolist()
    if view.picked not in places:
        raise MissingDataError(
            "The growth of this category is unknown, it is too small, or most of its sales are "
            "not listed by brand."
        )
    if len(places) == 1:
        return []
    row, first = ordered.iloc[places.index(view.picked)], ordered.iloc[0]
    place = int((ordered["gain"] > row["gain"]).sum())
    grows, free = row["gain"] > 0, row["hhi"] <= HIGHLY_CONCENTRATED
    figures = about(store, view, row)
    figures |= {"place": count(place + 1), "many": count(len(places))}
    figures["gain"] = money(store, abs(row["gain"]))
    way = "grows" if grows else "shrinks" if row["gain"] else "changes"
    because = f"At {{growth}} on last year its open {{open}} {way} by {{gain}} within a year"
    if place:
        because += "; first is {first} with {first_gain}"
        figures |= {"first": named(first["category"]), "first_gain": money(store, first["gain"])}
    overturned, more = _if_wrong(store, view, row)
    return [
        Finding.of(
            "opportunity" if grows and free and not place else "question" if grows else "warning",
            figures | more,
            claim="{category}, {gmv}, is number {place} of {many} by the growth of what is open: "
            + held(figures, "hold"),
            because=because + ".",
            do="Look inside it for the part that grows."
            if grows
            else "Do not enter it for its size: look for a part of it that grows.",
            overturned_by="If these months are no measure of the next ones." + overturned,
            stake="gain",
        )
    ]
