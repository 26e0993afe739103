"""The market around the sample shop, with the planted volumes and brand shares."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets import periods
from ops_widgets.samples import plan
from ops_widgets.samples.catalogue import brand_names
from ops_widgets.samples.categories import LEAVES, OTHER
from ops_widgets.samples.market import brand_shares, monthly_gmv
from ops_widgets.samples.stream import Shop

#: Shared with the products, which are drawn before the market.
GENERATOR = 3

BRAND_JITTER = 0.03


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """By month, then category, then brand (largest first)."""
    months = shop.months
    firsts = [periods.add_periods(plan.START, number, "month") for number in range(months)]
    day = np.array([periods.day_number(first) for first in firsts], dtype="int32")
    parts = []
    for number, leaf in enumerate(LEAVES):
        shares, brands = brand_shares(leaf), brand_names(leaf)
        noisy = shares * np.exp(rng.normal(0, BRAND_JITTER, (months, len(shares))))
        noisy *= shares.sum() / noisy.sum(axis=1, keepdims=True)
        if leaf.other:
            noisy = np.column_stack([noisy, np.full(months, leaf.other)])
            brands = [*brands, OTHER]
        gmv = np.round(noisy * monthly_gmv(leaf, months)[:, None], -2)
        price = leaf.median_price * np.exp(rng.normal(0, 0.15, len(brands)))
        units = np.round(gmv / price)
        on_sale = np.round(20 + 400 * np.sqrt(noisy[0]) * np.ones((months, 1)))
        searches = np.round(units * rng.uniform(4, 9, len(brands)), -1)
        size = gmv.size
        parts.append(
            {
                "month": np.repeat(day, len(brands)),
                "order": np.repeat(np.arange(months), len(brands)) * len(LEAVES) + number,
                "category": np.full(size, leaf.path, dtype=object),
                "brand": np.tile(np.array(brands, dtype=object), months),
                "gmv": gmv.ravel(),
                "units": units.astype("int64").ravel(),
                "products": on_sale.astype("int64").ravel(),
                "searches": searches.astype("int64").ravel(),
            }
        )
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(columns.pop("order"), kind="stable")
    arrays = {name: pa.array(column[order]) for name, column in columns.items()}
    return arrays | {"month": arrays["month"].cast(pa.date32())}
