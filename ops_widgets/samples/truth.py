"""The planted truths as one value that a machine can read: numbers, and how to recover them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from ops_widgets import periods
from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.samples import campaigns, market, operations_truth, plan
from ops_widgets.samples.baskets import mean_net_value
from ops_widgets.samples.campaigns import Summary
from ops_widgets.samples.catalogue import Catalogue
from ops_widgets.samples.customers import Customers
from ops_widgets.samples.days import Days, day_index
from ops_widgets.samples.stream import Shop

RETENTION_MONTHS = 12

_TOLD = {
    "plain": "Compare the arms over the campaign's days.",
    "broken_split": "Sample ratio mismatch: active customers slipped into the treatment, 56/44 "
    "instead of 50/50. A naive comparison shows a gain that is not there: do not read it.",
    "about_to_buy": "Aimed at the most active customers: many orders carry its campaign_id and "
    "its ROAS looks great, yet the arms do not differ.",
    "overpriced": "Costs more than it brings: net revenue of the orders credited to it, less "
    "their goods, less its cost, is negative.",
    "sold_out": "Compare the arms over the campaign's days; what it shows is gone after its second "
    "day, and so is its effect.",
    "heavy_spend": "A hold-out of one in twenty; few customers of either arm spend very much, and "
    "the arms do not differ.",
    "pull_forward": "Gains over its days, loses as much over the 28 days that follow: nothing "
    "remains over all 42.",
}


def describe(seed: int, shop: Shop, rows: dict[str, int]) -> dict[str, Any]:
    """Everything that is planted in a shop just written; ``rows`` by table."""
    days, customers, planned = shop.days, shop.customers, shop.campaigns
    return {
        "about": "A synthetic shop. Every number here was planted and can be recovered.",
        "seed": seed,
        "customers": len(customers.rate),
        "first_day": plan.START.isoformat(),
        "last_day": (plan.START + timedelta(days=days.count - 1)).isoformat(),
        "timezone": plan.TIMEZONE,
        "rows": rows,
        "market": market.truth(),
        "price_band": _price_band(),
        "campaigns": _campaigns(planned, shop.catalogue, customers),
        "acquisition_channels": _channels(days, customers, planned),
        "odd_weeks": _odd_weeks(days),
        "promotions": [
            {"day": peak.day.isoformat(), "traffic": peak.traffic, "conversion": peak.conversion}
            for peak in plan.PEAKS
            if day_index(peak.day) < days.count
        ],
        "operations": operations_truth.describe(shop),
        "mess": _mess(shop),
    }


def _price_band() -> dict[str, Any]:
    band = plan.PRICE_BAND
    return {
        "how_to_read": "Products of `category` (missing ones aside) by list_price in [low, high): "
        "their share of the pieces sold and their share of the products listed.",
        "category": band.category,
        "low": band.low,
        "high": band.high,
        "demand_share": band.demand_share,
        "supply_share": band.supply_share,
    }


def _campaigns(
    planned: Sequence[Summary], catalogue: Catalogue, customers: Customers
) -> dict[str, Any]:
    value = mean_net_value(catalogue)
    return {
        "how_to_read": "Treatment minus control, per customer of the audience, over local days "
        "starts_on .. starts_on + window_days - 1: orders (distinct order_id whatever their "
        "status) and net revenue (quantity x unit_price - discount of completed lines). The share "
        "of customers with an order rises by (1 - control's share) x (1 - exp(-incremental "
        "orders)). new_customers: first orders credited to the campaign.",
        "mean_net_order_value": round(value, 2),
        "items": [_campaign(one, value, customers) for one in planned],
    }


def _campaign(one: Summary, value: float, customers: Customers) -> dict[str, Any]:
    campaign = one.campaign
    said: dict[str, Any] = {
        "campaign_id": campaigns.campaign_id(one.number),
        "name": campaign.name,
        "content_type": campaign.content_type,
        "starts_on": campaign.starts_on.isoformat(),
        "window_days": campaign.days,
        "kind": campaign.kind,
        "new_customers": int((customers.first_campaign == one.number).sum()),
        "planned_ctr": campaign.response.ctr,
        "planned_cvr": campaign.response.cvr,
    }
    if not one.treatment:
        return said | {"note": "Nobody was held back: its effect cannot be read."}
    extra = round(one.caused / one.treatment, 4)
    return said | {
        "note": _TOLD[campaign.kind],
        "intended_treatment_share": campaign.treatment_share,
        "treatment": one.treatment,
        "control": one.control,
        "incremental_orders": extra,
        "incremental_net_revenue": round(extra * value, 2),
        "days_after": campaign.days_after,
        "incremental_orders_after": -extra if campaign.days_after else 0.0,
    }


def _channels(days: Days, customers: Customers, planned: Sequence[Summary]) -> dict[str, Any]:
    months = int(days.month[-1]) + 1
    busy = np.bincount(days.month, weights=days.orders)
    additional = _additional(days, customers, planned)
    shape = plan.RATE_SHAPE
    ages = range(1, min(RETENTION_MONTHS, months - 1) + 1)

    def retention(channel: int, age: int) -> float:
        rate = plan.CHANNELS[channel].orders_a_month
        expected = rate * float(age**-plan.FADING) * busy[age:]
        arrived = np.bincount(customers.first_month[customers.channel == channel], minlength=months)
        stays = 1 - (1 + expected / shape) ** -shape * np.exp(-np.diagonal(additional, age))
        return float(np.average(stays, weights=arrived[: months - age] + 1e-9))

    return {
        "how_to_read": "Cohorts by local calendar month of the first order, channel by the "
        "channel of the first order; retention[k] is the share of customers with an order in the "
        "k-th calendar month after it, over all cohorts whose k-th month is complete. In month M "
        "that is 1 - exp(-additional) x (1 + m[M] x orders_a_month x k^-fading / shape)^-shape, "
        "additional being the orders that campaigns add to those who were there in time.",
        "shape": shape,
        "fading": plan.FADING,
        "m": busy.round(4).tolist(),
        "items": [
            {
                "channel": channel.name,
                "orders_a_month": channel.orders_a_month,
                "retention": {str(age): round(retention(number, age), 4) for age in ages},
            }
            for number, channel in enumerate(plan.CHANNELS)
        ],
    }


def _additional(days: Days, customers: Customers, planned: Sequence[Summary]) -> np.ndarray:
    """Expected orders that campaigns add for a customer: cohorts x calendar months.

    A campaign has none of the customers who came after its audience was drawn.
    """
    months = int(days.month[-1]) + 1
    began = np.bincount(customers.first_month, minlength=months)
    found = np.zeros((months, months))
    for one in planned:
        first = day_index(one.campaign.starts_on)
        at = slice(first, first + one.campaign.days)
        there = customers.arrived(first - 1)
        share = days.orders[at] / days.orders[at].sum()
        caused = np.bincount(days.month[at], weights=one.caused * share, minlength=months)
        of_cohort = np.bincount(customers.first_month[:there], minlength=months)
        found += np.outer(of_cohort / np.maximum(began, 1), caused / max(there, 1))
    return found


def _odd_weeks(days: Days) -> dict[str, Any]:
    return {
        "how_to_read": "Week from Monday, against the mean of two weeks before and two after: "
        "visits (distinct session_id) times `traffic`, orders per visit times `conversion`.",
        "items": [
            {
                "name": week.name,
                "monday": week.monday.isoformat(),
                "traffic": week.traffic,
                "conversion": week.conversion,
            }
            for week in plan.ODD_WEEKS
            if day_index(week.monday) + 7 <= days.count
        ],
    }


def _mess(shop: Shop) -> dict[str, Any]:
    mess = shop.mess
    late = {
        periods.add_periods(plan.START, month, "month").strftime("%Y-%m"): count
        for month, count in sorted(mess.late_by_month.items())
        if count
    }
    return {
        "how_to_read": "Rows by table and rule of the contract (rules not named find nothing); "
        "order lines by status, broken rows left out; late: lines of that local month at the end "
        "of the file.",
        "rules": {
            "orders": {rule: mess.counts[rule] for rule in sorted(mess.counts)},
            "products": {
                "category_missing": plan.MESS.products_without_category,
                "product_id_duplicated": 1,
            },
            "events": {"customer_id_missing": shop.events_without_customer},
        },
        "status": dict(zip(STATUSES, mess.status.tolist(), strict=True)),
        "late": late,
    }
