"""Visits of one block of days: who comes when, through what, and whether an order follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ops_widgets import periods
from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import plan
from ops_widgets.samples.campaigns import Running
from ops_widgets.samples.customers import Customers
from ops_widgets.samples.days import Block, Days

GUEST = NO_CAMPAIGN = -1
#: Why a visit is made.
RETURNING, FIRST, CAUSED, BULK, AS_GUEST = range(5)
_HALF_HOUR = 1800
#: A visit starts before 23:30 and lasts less than half an hour: it stays within its local day.
_HALF_HOURS = np.repeat(np.array(plan.HOURS + plan.LATE_HOURS, dtype=float), 2)[:-1]


@dataclass(frozen=True)
class Visits:
    """One value a visit, sorted by start.

    ``start``: local seconds since 1970-01-01; ``customer`` and ``campaign``: numbers, -1 for a
    guest and for none; ``channel``: number in ``plan.CHANNELS``; ``peak``: a promotion day;
    ``origin``: why it is made, one of ``RETURNING`` .. ``AS_GUEST``.
    """

    start: np.ndarray
    customer: np.ndarray
    channel: np.ndarray
    campaign: np.ndarray
    ordered: np.ndarray
    peak: np.ndarray
    origin: np.ndarray

    @property
    def day(self) -> np.ndarray:
        """Days since the shop opened."""
        return self.start // periods.SECONDS_A_DAY - periods.day_number(plan.START)

    def take(self, rows: np.ndarray) -> Visits:
        """Some of the visits, by number or by flag."""
        return Visits(**{name: column[rows] for name, column in vars(self).items()})

    def __len__(self) -> int:
        return len(self.start)


def draw(
    block: Block,
    days: Days,
    customers: Customers,
    running: Sequence[Running],
    rng: np.random.Generator,
) -> Visits:
    """All visits of the block; ``running`` in the order in which the campaigns started."""
    parts = [
        _returning(block, days, customers, running, rng),
        _first(block, customers),
        *(_caused(block, days, one, rng) for one in running if block.first < one.end),
        *(_bulk(block, days, one, rng) for one in running if _is_bulky(one, block)),
    ]
    orders = sum(int(part[2].sum()) for part in parts)
    parts.append(_guests(block, days, orders, rng))
    who, day, ordered, campaign, origin = map(np.concatenate, zip(*parts, strict=True))
    start = (periods.day_number(plan.START) + day) * periods.SECONDS_A_DAY + _seconds(len(day), rng)
    rows = np.argsort(start, kind="stable")
    return Visits(
        start=start[rows],
        customer=who[rows],
        channel=_channels(who[rows], day[rows], campaign[rows], customers, running, rng),
        campaign=campaign[rows],
        ordered=ordered[rows],
        peak=days.peak[day[rows]],
        origin=origin[rows],
    )


#: who, day, ordered, campaign, origin
_Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _returning(
    block: Block,
    days: Days,
    customers: Customers,
    running: Sequence[Running],
    rng: np.random.Generator,
) -> _Part:
    """Visits after the first order, as often as the customer's rate says."""
    rate = customers.monthly_rate(customers.arrived(block.end), block.month)
    months = days.traffic[block.first : block.end].sum() / plan.DAYS_A_MONTH
    counts = rng.poisson(rate * (months / plan.CONVERSION))
    who = np.repeat(np.arange(len(rate)), counts)
    day = _days(block, days.traffic, len(who), rng)
    later = day > customers.first_day[who]
    who, day = who[later], day[later]
    ordered = rng.random(len(who)) < plan.CONVERSION * days.conversion[day]
    campaign = np.full(len(who), -1)
    for one in running:
        treated = one.is_treated[who]
        if block.first < one.end:
            campaign[treated & (rng.random(len(who)) < one.campaign.credited)] = one.number
        else:
            ordered &= ~(treated & (rng.random(len(who)) < one.campaign.pulled))
    return who, day, ordered, campaign, np.full(len(who), RETURNING)


def _first(block: Block, customers: Customers) -> _Part:
    """The visit with which a customer arrives: it always ends in the first order."""
    who = np.arange(customers.arrived(block.first), customers.arrived(block.end))
    ordered, origin = np.ones(len(who), bool), np.full(len(who), FIRST)
    return who, customers.first_day[who], ordered, customers.first_campaign[who], origin


def _caused(block: Block, days: Days, one: Running, rng: np.random.Generator) -> _Part:
    """Orders that would not exist without the campaign, and visits in vain once it is sold out."""
    share = days.orders[block.first : block.end].sum() / days.orders[one.first : one.end].sum()
    who = np.repeat(one.members[one.treated], rng.poisson(one.extra * share))
    day = _days(block, days.orders, len(who), rng)
    ordered, origin = day < one.gone_from, np.full(len(who), CAUSED)
    return who, day, ordered, np.full(len(who), one.number), origin


def _is_bulky(one: Running, block: Block) -> bool:
    return one.campaign.kind == "heavy_spend" and block.first < one.end


def _bulk(block: Block, days: Days, one: Running, rng: np.random.Generator) -> _Part:
    """Few members of the audience, of both arms alike, buy for a whole company."""
    share = days.orders[block.first : block.end].sum() / days.orders[one.first : one.end].sum()
    count = round(len(one.members) * planned.BULK_ORDERS.share * share)
    who = rng.choice(one.members, count)
    day = _days(block, days.orders, count, rng)
    return who, day, np.ones(count, bool), np.full(count, -1), np.full(count, BULK)


def _guests(block: Block, days: Days, orders: int, rng: np.random.Generator) -> _Part:
    """Orders without a customer, a fixed share of all."""
    count = rng.poisson(orders * plan.GUEST_SHARE / (1 - plan.GUEST_SHARE))
    day = _days(block, days.orders, count, rng)
    ordered, origin = np.ones(count, bool), np.full(count, AS_GUEST)
    return np.full(count, GUEST), day, ordered, np.full(count, -1), origin


def _days(block: Block, weight: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    upto = np.cumsum(weight[block.first : block.end])
    found = np.searchsorted(upto[:-1], rng.random(count) * upto[-1], side="right")
    return block.first + found


def _seconds(count: int, rng: np.random.Generator) -> np.ndarray:
    upto = np.cumsum(_HALF_HOURS)
    half_hour = np.searchsorted(upto[:-1], rng.random(count) * upto[-1], side="right")
    return half_hour * _HALF_HOUR + rng.integers(0, _HALF_HOUR, count)


def _channels(
    who: np.ndarray,
    day: np.ndarray,
    campaign: np.ndarray,
    customers: Customers,
    running: Sequence[Running],
    rng: np.random.Generator,
) -> np.ndarray:
    """The campaign's channel, else on the first day and often later the one of acquisition."""
    upto = np.cumsum([channel.share for channel in plan.CHANNELS])
    channel = np.searchsorted(upto[:-1], rng.random(len(who)) * upto[-1], side="right")
    known = who != GUEST
    own = known & (rng.random(len(who)) < plan.CHANNEL_LOYALTY)
    own |= known & (day == customers.first_day[who])
    channel[own] = customers.channel[who[own]]
    for one in running:
        place = plan.CHANNEL_NAMES.index(one.campaign.place.channel)
        channel[campaign == one.number] = place
    return channel
