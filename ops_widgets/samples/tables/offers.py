"""Offers of the sample shop: what we and two others ask for the watched products, every week."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples.days import day_index
from ops_widgets.samples.listings import seller_id
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import coded, on_day

RIVAL, RIVAL_CHANNEL = "rival-east", "search"
CODED = frozenset({"product_id", "seller_id", "channel"})
EVERY_DAYS = 7


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a Monday, product and seller: our own, a fair rival, and the reseller."""
    undercut, watched = planned.UNDERCUT, shop.listings.watched
    mondays = np.arange(0, shop.days.count, EVERY_DAYS)
    shape = len(mondays), len(watched)
    listed, floor = shop.catalogue.list_price[watched], shop.listings.price_floor[watched]
    rival = listed * rng.uniform(0.94, 1.08, len(watched)) * rng.uniform(0.98, 1.02, shape)
    fair = listed * rng.uniform(0.95, 1.0, shape)
    below = floor * undercut.price * rng.uniform(0.97, 1.0, shape)
    since = mondays >= day_index(undercut.since)
    prices = [
        np.broadcast_to(listed, shape),
        np.maximum(rival, floor),
        np.where(since[:, None], below, fair),
    ]
    own = [seller_id(number) for number in shop.listings.seller[watched]]
    sellers = [*dict.fromkeys(own), RIVAL, undercut.seller]
    seller = np.stack(
        [
            np.array([sellers.index(one) for one in own]),
            np.full(len(watched), len(sellers) - 2),
            np.full(len(watched), len(sellers) - 1),
        ]
    )
    names = list(planned.FEES)
    channel = [names.index(one) for one in ("app", RIVAL_CHANNEL, undercut.channel)]
    count = len(prices)
    size = count * shape[0] * shape[1]
    sure = np.where(np.repeat(np.arange(count), size // count) == 0, 1.0, rng.uniform(0.8, 1, size))
    return {
        "day": on_day(np.tile(np.repeat(mondays, len(watched)), count)),
        "product_id": coded(shop.product_ids, np.tile(watched, count * len(mondays))),
        "seller_id": coded(
            pa.array(sellers), np.concatenate([np.tile(one, len(mondays)) for one in seller])
        ),
        "channel": coded(pa.array(names), np.repeat(channel, size // count)),
        "price": pa.array(np.round(np.concatenate([one.ravel() for one in prices]), 2)),
        "in_stock": pa.array(rng.random(size) < 0.96),
        "match_confidence": pa.array(np.round(sure, 2)),
    }
