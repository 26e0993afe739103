"""What a promotion added after the dips around it, and what it took from other categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ops_widgets.analyses.campaign_performance.beside import day_text
from ops_widgets.analyses.campaign_performance.daily import campaign_by_day
from ops_widgets.analyses.campaign_performance.gone import ran_out
from ops_widgets.analyses.campaign_performance.ordinary import (
    Ordinary,
    days_of,
    ordinary,
    within,
)
from ops_widgets.analyses.campaign_performance.promoted import (
    Promotion,
    picked,
    promotion,
)
from ops_widgets.analyses.campaign_performance.queries import only_window
from ops_widgets.analyses.campaign_performance.sold_around import beside_baseline, sold_by_day
from ops_widgets.analyses.campaign_performance.view import UNKNOWN, CampaignPerformanceView
from ops_widgets.charts.formats import format_value
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.baseline import Excess
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once

#: The four areas in the order of a waterfall; together they are the net.
PARTS = ("before", "during", "after", "others")
NET = "net"
MONEY = ("revenue", "margin")


@dataclass(frozen=True)
class Part:
    """One area: over how many days, in net revenue and in margin; None: unknown, and ``why``."""

    days: int
    revenue: Excess | None
    margin: Excess | None
    why: str = ""


@dataclass(frozen=True)
class Netted:
    """One promotion: its four areas and their sum (``parts``, by :data:`PARTS` and "net").

    The net is of the areas that are known. ``daily``: ``day, part, sold, expected, low, high`` in
    its own category, minor units; ``cost`` of the campaign in its days, NA where it is not known;
    ``said``: what to bear in mind.
    """

    promotion: Promotion
    parts: dict[str, Part]
    daily: pd.DataFrame
    cost: float
    said: tuple[str, ...]

    @property
    def unseen(self) -> tuple[str, ...]:
        """The areas that the net lacks, though the promotion may have moved them."""
        own = PARTS if self.promotion.category else PARTS[:3]
        wanted = self.promotion.wanted
        return tuple(p for p in own if self.parts[p].days < wanted.get(p, 1))


def promotion_of(store: Store, view: CampaignPerformanceView, campaign_id: str) -> Netted:
    """What the campaign added, of all its days and those around it, as of the day looked at.

    Raises ``MissingDataError`` where its days are not known or not in the data, or too few
    ordinary days say what would have been sold without it.
    """
    return _netted(store, promotion(store, view, campaign_id))


def _netted(store: Store, one: Promotion) -> Netted:
    sold, unknown = sold_by_day(store, one)
    found = ordinary(store, one, sold)
    begin, end = one.since - one.before, one.planned + one.after if one.after else one.until
    days = np.arange(begin, end + 1)
    x = found.regressors.of(days, campaigns=False)
    strange = days[~found.baseline.knows(x)]
    if len(strange):
        raise MissingDataError(
            f"{one.name}: no ordinary day is like {day_text(int(strange[0]))}.",
            "Pick a campaign with more ordinary days around it.",
        )
    spans = one.spans
    told = [part for part in PARTS if len(spans[part]) and (part != "others" or one.category)]
    y = sold.loc[days].to_numpy(dtype=float)
    areas: dict[str, dict[str, Excess]] = {}
    for money in MONEY if not unknown else MONEY[:1]:
        weights = np.zeros((len(told) + 1, len(days), sold.shape[1]))
        for row, part in enumerate(told):
            column = f"{'others' if part == 'others' else 'own'}_{money}"
            weights[row, np.isin(days, spans[part]), sold.columns.get_loc(column)] = 1.0
        weights[-1] = weights[:-1].sum(axis=0)
        found_areas = found.baseline.excess(days, x, y, weights)
        areas[money] = dict(zip((*told, NET), found_areas, strict=True))
    seen = {part: len(spans[part]) for part in told} | {NET: len(days)}
    parts = {
        part: Part(
            seen.get(part, 0),
            areas["revenue"].get(part),
            areas.get("margin", {}).get(part),
            unknown if part in seen else one.why(part),
        )
        for part in (*PARTS, NET)
    }
    said = (ran_out(store, one), *_said(one, days, found), found.said)
    daily = beside_baseline(found, sold, one)
    return Netted(one, parts, daily, _cost(store, one), tuple(filter(None, said)))


def _cost(store: Store, one: Promotion) -> float:
    """What the campaign cost in its days; NA where a day of it is not known."""
    rows = campaign_by_day(store, one.since, one.until)
    return float(rows.loc[rows["campaign_id"] == one.campaign_id, "cost"].sum(skipna=False))


def _said(one: Promotion, days: np.ndarray, found: Ordinary) -> list[str]:
    """What the promotion is, what ran beside it, and what the calendar has in its days."""
    said = [f"{one.name} is taken as a promotion of {_of_what(one)}."]
    if one.until < one.planned:
        said.append(f"It still runs: until {day_text(one.planned)}.")
    if one.beside:
        said.append(
            f"On days of it ran {', '.join(one.beside)} too: these numbers hold both, nobody can "
            "tell them apart."
        )
    for part, wanted in one.wanted.items():
        if part in one.stopped:
            seen = getattr(one, part)
            said.append(f"Days {part} it: {seen} of {wanted}, since {one.stopped[part]}.")
    special = one.calendar
    if found.regressors.holidays:
        special = special[special["kind"] != "holiday"]
    inside = special[[bool(within(days, days_of(special.loc[[i]])).any()) for i in special.index]]
    if len(inside):
        names = ", ".join(dict.fromkeys(inside["name"]))
        said.append(f"The calendar has {names} in these days: what that brought is in here too.")
    return said


def _of_what(one: Promotion) -> str:
    """Its category, and why it is that one."""
    part = format_value(one.share, "percent")
    if one.category:
        return f"{one.category}, which has {part} of its sales"
    if not one.most:
        return "the whole shop: nothing is credited to it"
    why = f"no category has half of its sales ({one.most} most, {part})"
    if one.most == UNKNOWN:
        why = f"of {part} of its sales the category is not known"
    return f"the whole shop: {why}"


def netted(store: Store, view: CampaignPerformanceView) -> Netted:
    """:func:`promotion_of` the campaign that the page speaks of, once for every view of it."""
    as_of = only_window(view).replace(since=None, until=None)
    return once(store, _by_id, as_of.replace(campaign=picked(store, view)))


def _by_id(store: Store, view: CampaignPerformanceView) -> Netted:
    """Of a view that names the campaign by its id: names may be shared."""
    return promotion_of(store, view, view.campaign)
