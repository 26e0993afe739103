"""Who buys: one value a customer, drawn once, in the order in which they arrive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import plan
from ops_widgets.samples.campaign import Campaign
from ops_widgets.samples.campaign_plan import CAMPAIGNS
from ops_widgets.samples.categories import LEAVES
from ops_widgets.samples.days import Days, day_index


@dataclass(frozen=True)
class Customers:
    """Customers sorted by ``first_day``: those who have arrived are always a prefix.

    ``rate``: expected further orders in a month right after the first; ``first_campaign``:
    number of the campaign that won the customer, -1 for none.
    """

    first_day: np.ndarray
    first_month: np.ndarray
    first_campaign: np.ndarray
    channel: np.ndarray
    favourite: np.ndarray
    rate: np.ndarray

    def arrived(self, day: int) -> int:
        """Number of customers whose first day is before ``day``."""
        return int(np.searchsorted(self.first_day, day))

    def monthly_rate(self, count: int, month: int) -> np.ndarray:
        """Expected orders a month of the first ``count`` customers in calendar month ``month``."""
        return self.rate[:count] * fading(np.arange(month + 1))[month - self.first_month[:count]]


def fading(age: np.ndarray) -> np.ndarray:
    """Rate so many calendar months after the first order, relative to the first month's."""
    return np.maximum(age, 1.0) ** -plan.FADING


def draw(count: int, days: Days, rng: np.random.Generator) -> Customers:
    """Draw ``count`` customers who arrive within ``days``."""
    monthly = np.array(plan.ARRIVALS)
    weight = monthly[np.minimum(days.month, len(monthly) - 1)] * days.traffic * days.conversion
    for campaign in CAMPAIGNS:
        weight[_days_of(campaign)] *= 1 + campaign.acquires
    discovery = planned.DISCOVERY
    discovered = max(day_index(discovery.since), 0)
    weight[discovered:] *= 1 + discovery.acquires
    upto = np.cumsum(weight)
    found = np.searchsorted(upto, rng.random(count) * upto[-1], side="right")
    first_day = np.sort(np.minimum(found, days.count - 1))

    channel = _choose([channel.share for channel in plan.CHANNELS], count, rng)
    first_campaign = np.full(count, -1)
    for number, campaign in enumerate(CAMPAIGNS):
        if not campaign.acquires:
            continue
        at = _days_of(campaign)
        low, high = np.searchsorted(first_day, [at.start, at.stop])
        won = low + np.flatnonzero(
            rng.random(high - low) < campaign.acquires / (1 + campaign.acquires)
        )
        first_campaign[won] = number
        channel[won] = plan.CHANNEL_NAMES.index(campaign.place.channel)

    late = np.flatnonzero((first_day >= discovered) & (first_campaign < 0))
    found = late[rng.random(len(late)) < discovery.acquires / (1 + discovery.acquires)]
    channel[found] = plan.CHANNEL_NAMES.index(discovery.channel)

    mean = np.array([channel.orders_a_month for channel in plan.CHANNELS])[channel]
    return Customers(
        first_day=first_day,
        first_month=days.month[first_day],
        first_campaign=first_campaign,
        channel=channel,
        favourite=_choose([leaf.popularity for leaf in LEAVES], count, rng),
        rate=rng.gamma(plan.RATE_SHAPE, mean / plan.RATE_SHAPE),
    )


def _days_of(campaign: Campaign) -> slice:
    first = day_index(campaign.starts_on)
    return slice(first, first + campaign.days)


def _choose(weights: list[float], count: int, rng: np.random.Generator) -> np.ndarray:
    upto = np.cumsum(weights)
    return np.searchsorted(upto[:-1] / upto[-1], rng.random(count), side="right")
