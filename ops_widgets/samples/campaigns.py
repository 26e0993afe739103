"""Campaigns at work: who is in the audience and in which arm, what it costs, what it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets.samples.campaign import LEAK, SOLD_OUT, Campaign
from ops_widgets.samples.campaign_plan import CAMPAIGNS
from ops_widgets.samples.customers import Customers, fading
from ops_widgets.samples.days import Days, day_index

#: Clicks fade over a campaign's days: by 1/e in this many.
CLICK_FADING_DAYS = 12.0


@dataclass(frozen=True)
class Summary:
    """A campaign in numbers: sizes of its arms, expected additional orders of all the treated."""

    number: int
    treatment: int
    control: int
    caused: float

    @property
    def campaign(self) -> Campaign:
        """What was planned."""
        return CAMPAIGNS[self.number]


@dataclass(frozen=True)
class Running:
    """A campaign that has started; days count from ``plan.START``, ``end`` and ``over`` exclusive.

    ``members``: customer numbers of the audience; ``treated`` one flag each. ``is_treated``: one
    flag for every customer. ``extra``: expected additional orders of each treated member over
    the campaign's days; from day ``gone_from`` on, what it shows is sold out, and who comes for it
    orders nothing. From ``end`` to ``over`` the treated lose ``campaign.pulled`` of their orders.
    ``caused``: expected additional orders of all of them.
    """

    number: int
    campaign: Campaign
    first: int
    end: int
    over: int
    members: np.ndarray
    treated: np.ndarray
    is_treated: np.ndarray
    extra: np.ndarray
    gone_from: int
    caused: float

    @property
    def summary(self) -> Summary:
        """What is worth keeping once the campaign is over."""
        treatment = int(self.treated.sum())
        control = len(self.members) - treatment
        return Summary(self.number, treatment, control, self.caused)


@dataclass(frozen=True)
class Reach:
    """What a campaign reaches and costs: one value for each of its days."""

    impressions: np.ndarray
    clicks: np.ndarray
    cost: np.ndarray


def within(days: Days) -> list[int]:
    """Numbers of the campaigns whose whole story fits into ``days``."""
    return [
        number
        for number, campaign in enumerate(CAMPAIGNS)
        if day_index(campaign.starts_on) + campaign.days + campaign.days_after <= days.count
    ]


def campaign_id(number: int) -> str:
    """The id of a campaign in every table."""
    return f"C{number + 1:02d}"


def start(number: int, customers: Customers, days: Days, rng: np.random.Generator) -> Running:
    """Draw the audience among those who arrived before the day of assignment, and the arms."""
    campaign = CAMPAIGNS[number]
    first = day_index(campaign.starts_on)
    end = first + campaign.days
    over = end + campaign.days_after
    eligible = customers.arrived(first - 1)
    size = min(round(campaign.audience * len(customers.rate)), eligible)
    rate = customers.monthly_rate(eligible, int(days.month[first]))
    if campaign.kind == "about_to_buy":
        members = np.sort(np.argsort(-rate, kind="stable")[:size])
    else:
        members = np.sort(rng.permutation(eligible)[:size])
    treated = rng.random(size) < campaign.treatment_share
    if campaign.kind == "broken_split":
        busy = rate[members] > np.quantile(rate[members], 0.75)
        treated |= busy & (rng.random(size) < LEAK)
    is_treated = np.zeros(len(customers.rate), dtype=bool)
    is_treated[members[treated]] = True
    if campaign.kind == "pull_forward":
        later = expected_orders(customers, members[treated], days, end, over)
        extra = campaign.pulled * later
    else:
        extra = np.full(int(treated.sum()), campaign.effect)
    gone_from = first + SOLD_OUT.days_of_stock if campaign.kind == "sold_out" else end
    served = days.orders[first:gone_from].sum() / days.orders[first:end].sum()
    caused = float(extra.sum() * served)
    return Running(
        number, campaign, first, end, over, members, treated, is_treated, extra, gone_from, caused
    )


def expected_orders(
    customers: Customers, members: np.ndarray, days: Days, first: int, end: int
) -> np.ndarray:
    """Orders of each member without campaigns, from day ``first`` to ``end`` (exclusive)."""
    total = np.zeros(len(members))
    for month in np.unique(days.month[first:end]):
        at = first + np.flatnonzero(days.month[first:end] == month)
        age = month - customers.first_month[members]
        total += customers.rate[members] * fading(age) * days.orders[at].sum()
    return total


def reach(running: Running, customers: Customers, days: Days, rng: np.random.Generator) -> Reach:
    """As many clicks as the campaign's orders need at the planned CVR, most of them early."""
    campaign, at = running.campaign, np.arange(running.first, running.end)
    base = expected_orders(
        customers, running.members[running.treated], days, running.first, running.end
    )
    won = (customers.first_campaign == running.number).sum()
    orders = running.extra.sum() + campaign.credited * base.sum() + won
    shape = np.exp(-np.arange(campaign.days) / CLICK_FADING_DAYS) * days.traffic[at]
    shape *= np.exp(rng.normal(0, 0.08, campaign.days))
    clicks = rng.poisson(orders / campaign.response.cvr * shape / shape.sum())
    missed = rng.poisson(clicks * (1 / campaign.response.ctr - 1))
    cost = clicks * campaign.cost_per_click * np.exp(rng.normal(0, 0.05, campaign.days))
    return Reach(impressions=clicks + missed, clicks=clicks, cost=np.round(cost, 2))
