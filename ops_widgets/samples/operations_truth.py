"""The planted truths of the work behind the shop, and how to recover each from the files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import places_plan, plan
from ops_widgets.samples.campaign import SOLD_OUT
from ops_widgets.samples.campaign_plan import CAMPAIGNS
from ops_widgets.samples.campaigns import campaign_id
from ops_widgets.samples.goals import goals, quarter_months
from ops_widgets.samples.listings import Listings
from ops_widgets.samples.occasions import ODD_NAMES, last_day, occasions
from ops_widgets.samples.pages import examination
from ops_widgets.samples.shelf import SOLD_OUT_NUMBER
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.tables.slot_requests import request_id


def describe(shop: Shop) -> dict[str, Any]:
    """All of them; a truth whose days the shop does not reach is left out."""
    written = {one.number for one in shop.campaigns}
    found: dict[str, Any] = {
        "bare_listings": _bare_listings(shop),
        "slow_seller": _slow_seller(),
        "undercut": _undercut(shop.listings, shop.catalogue.ids),
        "discovery": _discovery(),
        "pages": _pages(shop),
        "calendar": _calendar(shop),
    }
    if SOLD_OUT_NUMBER in written:
        found |= {"sold_out": _sold_out(shop), "wrong_plan": _wrong_plan(shop)}
    for number in filter(_is_heavy, written):
        found["heavy_spend"] = _heavy_spend(number)
    if quarter_months()[-1] < shop.months:
        found["missed_goal"] = _missed_goal(shop)
    return found


def _is_heavy(number: int) -> bool:
    return CAMPAIGNS[number].kind == "heavy_spend"


def _sold_out(shop: Shop) -> dict[str, Any]:
    first = CAMPAIGNS[SOLD_OUT_NUMBER].starts_on
    gone = first + timedelta(days=SOLD_OUT.days_of_stock - 1)
    return {
        "how_to_read": "At the end of day sold_out_on, the campaign's second, stock.on_hand of "
        "product_id is 0, and stays so until the day before back_on. No line of it is ordered in "
        "these days, while events of the campaign go on viewing it.",
        "campaign_id": campaign_id(SOLD_OUT_NUMBER),
        "product_id": shop.catalogue.ids[shop.listings.hero],
        "sold_out_on": gone.isoformat(),
        "back_on": (first + timedelta(days=SOLD_OUT.back_after_days)).isoformat(),
        "orders_while_gone": 0,
    }


def _slow_seller() -> dict[str, Any]:
    slow = planned.SLOW_SELLER
    return {
        "how_to_read": "Parcels of orders of seller_id from `since` on: share with delivered_on "
        "after promised_on, and that of all other parcels. comes_back: customers by their first "
        "order from `since` on; orders without campaign_id in the 60 days from its fifth day on, "
        "a customer, where that order had a line of seller_id, relative to where it had none.",
        "seller_id": slow.seller,
        "since": slow.since.isoformat(),
        "late_share": round(slow.late_share + (1 - slow.late_share) * planned.LATE_SHARE, 4),
        "late_share_of_others": planned.LATE_SHARE,
        "comes_back": round(1 - slow.lost, 4),
    }


def _undercut(listings: Listings, ids: list[str]) -> dict[str, Any]:
    undercut = planned.UNDERCUT
    return {
        "how_to_read": "Offers of seller_id on `channel` are below products.price_floor from "
        "`since` on, and no other offer ever is. Orders of customers who ordered before, without "
        "campaign_id, with one of the products: `diverted` of those that would have come through "
        "other channels come through `channel` instead: 1 - (1 - share since) / (1 - share "
        "before).",
        "seller_id": undercut.seller,
        "channel": undercut.channel,
        "since": undercut.since.isoformat(),
        "price_of_floor": round(undercut.price * 0.985, 4),
        "diverted": undercut.diverted,
        "products": [ids[number] for number in listings.watched],
    }


def _discovery() -> dict[str, Any]:
    discovery = planned.DISCOVERY
    [channel] = [one for one in plan.CHANNELS if one.name == discovery.channel]
    return {
        "how_to_read": "First orders without campaign_id, of `channel` to all other channels: "
        "their ratio from `since` on, relative to the ratio before.",
        "channel": discovery.channel,
        "since": discovery.since.isoformat(),
        "ratio": round((channel.share + discovery.acquires) / channel.share, 4),
    }


def _bare_listings(shop: Shop) -> dict[str, Any]:
    """What a view of a bare listing is worth, relative to one of another in its category."""
    lost, bare = planned.BARE_LISTINGS.lost, shop.listings.bare
    leaf, demand = shop.catalogue.leaf, shop.catalogue.demand
    leaves = np.unique(leaf[bare])
    browsed, wanted = shop.looked
    sums = np.zeros((2, 2))
    for number in leaves:
        inside = leaf == number
        share = demand[inside & bare].sum() / demand[inside].sum()
        for row, (whose, taken) in enumerate(
            ((inside & bare, 1 - lost * (1 - share)), (inside & ~bare, 1 + lost * share))
        ):
            viewed = browsed + wanted * max(taken, 1.0)
            sums[row] += demand[whose].sum() * np.array([wanted * taken, viewed])
    taken_of_viewed = sums[:, 0] / np.maximum(sums[:, 1], 1)
    ratio = float(taken_of_viewed[0] / taken_of_viewed[1]) if taken_of_viewed[1] else 1.0
    return {
        "how_to_read": "Products with images = 0 against all others, in categories that have any: "
        "order lines of known customers per view (events), relative to the others'; the views of "
        "a product are as many as those of the others, since both are of every popularity alike.",
        "products": int(bare.sum()),
        "lost": lost,
        "orders_per_view": round(ratio, 4),
    }


def _pages(shop: Shop) -> dict[str, Any]:
    at = places_plan.HIDDEN_AT - 1
    return {
        "how_to_read": "A click has the chance examination[position - 1] x the product's appeal. "
        "On shuffled pages products stand anywhere, so clicks = impressions x examination x "
        "appeal identifies both up to a factor; examination[0] is 1. On each page the most "
        "appealing product stands at `hidden_at` of the unshuffled ones.",
        "shuffled_share": places_plan.SHUFFLED_SHARE,
        "examination": examination().round(4).tolist(),
        "hidden_at": places_plan.HIDDEN_AT,
        "most_appealing": {page.name: shop.catalogue.ids[page.product[at]] for page in shop.pages},
    }


def _wrong_plan(shop: Shop) -> dict[str, Any]:
    number = next(n for n, wish in enumerate(shop.wishes) if wish.forced)
    other = next(n for n, wish in enumerate(shop.wishes) if wish.forced is False)
    given, rejected = shop.wishes[number], shop.wishes[other]
    days = rejected.last - rejected.first + 1
    return {
        "how_to_read": "Of every slot and day, the planned request's expected_value against that "
        "of the best request for it that is not planned: only here the rejected one is worth more.",
        "slot_id": given.place.slot,
        "first": places_plan.WRONG_PLAN.first.isoformat(),
        "last": places_plan.WRONG_PLAN.last.isoformat(),
        "request_id": request_id(number),
        "rejected": request_id(other),
        "lost_a_day": rejected.value - given.value,
        "lost": (rejected.value - given.value) * days,
        "campaigns": [campaign_id(one.campaign) for one in (given, rejected)],
    }


def _calendar(shop: Shop) -> dict[str, Any]:
    effects = {ODD_NAMES[week.name][0]: week for week in plan.ODD_WEEKS}
    return {
        "how_to_read": "Events of the calendar that last a week: orders of that week against the "
        "mean of two weeks before and two after (no event's), times `orders`. The others are "
        "promotion days.",
        "items": [
            {
                "name": one.name,
                "kind": one.kind,
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "moved": one.moved,
                "orders": round(week.traffic * week.conversion, 4) if week else 1.0,
            }
            for one in occasions(last_day(shop.months))
            if (week := effects.get(one.name)) or not one.moved
        ],
    }


def _missed_goal(shop: Shop) -> dict[str, Any]:
    months, net = quarter_months(), shop.ledger.net
    now = net[months].sum(axis=0)
    spent = shop.ledger.fees[months].sum()
    missed = planned.MISSED_GOAL
    period = f"{missed.year}-Q{missed.quarter}"
    wanted = [one for one in goals(net) if one.period == period and one.metric == missed.metric]
    target = wanted[0].value
    return {
        "how_to_read": "payment_fee_rate: payment_fee of completed lines over their net revenue. "
        "The rate of each channel is its target; the whole shop's is above its own by `mix`, the "
        "sum over channels of (share of net revenue - share in the targets of net_revenue) x "
        "target rate.",
        "period": period,
        "metric": missed.metric,
        "target": target,
        "actual": round(float(spent / now.sum()), 4),
        "mix": round(float(spent / now.sum()) - target, 4),
        "by_channel": {name: planned.FEES[name] for name in plan.CHANNEL_NAMES},
    }


def _heavy_spend(number: int) -> dict[str, Any]:
    campaign = CAMPAIGNS[number]
    return {
        "how_to_read": "campaign_audience.value of the campaign: the arms do not differ in mean "
        "(compare them by drawing the arms anew), and the few who bought in bulk, `heavy_share` "
        "of the audience, hold most of what was spent.",
        "campaign_id": campaign_id(number),
        "hold_out": round(1 - campaign.treatment_share, 4),
        "incremental_value": 0.0,
        "heavy_share": planned.BULK_ORDERS.share,
        "pieces": list(planned.BULK_ORDERS.pieces),
    }
