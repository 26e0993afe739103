"""Stock of the sample shop: the watched products and the one that sells out, day by day."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples.stream import Shop
from ops_widgets.samples.warehouse import Levels, levels
from ops_widgets.samples.write import coded, on_day

CODED = frozenset({"product_id"})


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a day and product, as left by what was truly sold."""
    stocked, sold = shop.listings.stocked, shop.ledger.sold
    found: Levels = levels(sold, shop.listings.lead_days[stocked], shop.sells_out, rng)
    days, products = sold.shape
    return {
        "day": on_day(np.repeat(np.arange(days), products)),
        "product_id": coded(shop.product_ids, np.tile(stocked, days)),
        "on_hand": pa.array(found.on_hand.ravel()),
        "on_order": pa.array(found.on_order.ravel()),
        "reorder_point": pa.array(np.tile(found.reorder_point, days)),
    }
