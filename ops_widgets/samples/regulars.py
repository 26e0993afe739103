"""Customers who come back less after a promise was broken."""

from __future__ import annotations

import numpy as np

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples.baskets import Items
from ops_widgets.samples.days import day_index
from ops_widgets.samples.listings import Listings
from ops_widgets.samples.visits import GUEST, RETURNING, Visits

NEVER = np.iinfo(np.int32).max


class Regulars:
    """Who was let down, and from which day: one number a customer."""

    def __init__(self, customers: int, listings: Listings) -> None:
        self._since = np.full(customers, NEVER, dtype=np.int32)
        self._slow = listings.slow

    def stay_away(self, visits: Visits, items: Items, rng: np.random.Generator) -> np.ndarray:
        """Which visits are not made, one flag each, now that the block's orders are known.

        Whoever orders of the slow seller is let down once the parcel should have arrived. What
        campaigns cause is not lost, so that their effects stay as planted.
        """
        day = visits.day
        known = visits.customer != GUEST
        slow = planned.SLOW_SELLER
        at = items.visit[self._slow[items.product] & visits.ordered[items.visit]]
        at = at[known[at] & (day[at] >= day_index(slow.since))]
        let_down = day[at] + min(planned.PROMISED_DAYS)
        np.minimum.at(self._since, visits.customer[at], let_down.astype(np.int32))
        lost = known & (day > self._since[visits.customer])
        lost &= visits.origin == RETURNING
        return lost & (rng.random(len(visits)) < slow.lost)
