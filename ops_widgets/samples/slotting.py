"""Wishes for the shop's slots, and who is given which on which day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets.samples import places_plan as planned
from ops_widgets.samples.campaign import Place
from ops_widgets.samples.campaign_plan import CAMPAIGNS
from ops_widgets.samples.campaigns import within
from ops_widgets.samples.catalogue import Catalogue
from ops_widgets.samples.days import Days, day_index
from ops_widgets.samples.listings import Listings

NONE = -1


@dataclass(frozen=True)
class Wish:
    """One request; days count from the shop's first, ``last`` inclusive; ``NONE`` is no one."""

    place: Place
    first: int
    last: int
    value: float
    campaign: int = NONE
    product: int = NONE
    #: Given whatever it is worth, or refused.
    forced: bool | None = None


def wishes(
    days: Days, catalogue: Catalogue, listings: Listings, rng: np.random.Generator
) -> list[Wish]:
    """All wishes within ``days``, by their first day: campaigns, the rejected one, sellers."""
    low, high = planned.CAMPAIGN_VALUE
    wrong = planned.WRONG_PLAN
    found = []
    for number, value in zip(
        within(days), rng.integers(low, high, len(CAMPAIGNS)).tolist(), strict=False
    ):
        one, first = CAMPAIGNS[number], day_index(CAMPAIGNS[number].starts_on)
        given = True if one.name == wrong.given_to else None
        found.append(Wish(one.place, first, first + one.days - 1, value, number, forced=given))
        if given:
            [rejected] = [n for n, other in enumerate(CAMPAIGNS) if other.name == wrong.rejected]
            worth = round(value * wrong.times)
            last = day_index(wrong.last)
            found.append(
                Wish(one.place, day_index(wrong.first), last, worth, rejected, forced=False)
            )
    whole = np.flatnonzero(~(catalogue.missing | catalogue.uncategorised | listings.bare))
    low, high = planned.SELLER_VALUE
    for place in planned.SLOTS:
        for first in range(0, days.count, planned.WISH_DAYS):
            last = min(first + planned.WISH_DAYS, days.count) - 1
            for _ in range(1 + int(rng.random() < 0.5)):
                value, product = int(rng.integers(low, high)), int(rng.choice(whole))
                found.append(Wish(place, first, last, value, product=product))
    return sorted(found, key=lambda wish: wish.first)


def given(found: list[Wish], days: Days) -> list[tuple[Place, int, int]]:
    """Slot, day and number of the wish, by slot and day: the best that the slot has room for."""
    rows = []
    for place, (_, _, capacity) in planned.SLOTS.items():
        own = [(number, wish) for number, wish in enumerate(found) if wish.place == place]
        own.sort(key=lambda one: (one[1].forced is not True, -one[1].value))
        room = np.full(days.count, capacity)
        for number, wish in own:
            if wish.forced is False:
                continue
            open_days = wish.first + np.flatnonzero(room[wish.first : wish.last + 1])
            room[open_days] -= 1
            rows += [(place, int(day), number) for day in open_days]
    return sorted(rows, key=lambda row: (row[0].slot, row[1], row[2]))
