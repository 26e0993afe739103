"""Customers who follow a reseller to another channel, and what that reseller asks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import plan
from ops_widgets.samples.baskets import Items
from ops_widgets.samples.days import day_index
from ops_widgets.samples.listings import Listings
from ops_widgets.samples.visits import NO_CAMPAIGN, RETURNING, Visits


def follow(visits: Visits, items: Items, listings: Listings, rng: np.random.Generator) -> Visits:
    """The visits, some of those who order a product that is undercut through the other channel.

    Only who has bought before and would have come anyway: nobody is won by it.
    """
    undercut = planned.UNDERCUT
    with_it = np.zeros(len(visits), dtype=bool)
    with_it[items.visit[np.isin(items.product, listings.watched)]] = True
    follows = with_it & visits.ordered & (visits.origin == RETURNING)
    follows &= (visits.campaign == NO_CAMPAIGN) & (visits.day >= day_index(undercut.since))
    follows &= rng.random(len(visits)) < undercut.diverted
    there = plan.CHANNEL_NAMES.index(undercut.channel)
    return replace(visits, channel=np.where(follows, there, visits.channel))
