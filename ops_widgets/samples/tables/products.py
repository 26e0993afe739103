"""Products of the sample shop, as its catalogue has them but for the planted gaps."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets import periods
from ops_widgets.samples import plan
from ops_widgets.samples.categories import LEAVES
from ops_widgets.samples.listings import seller_id
from ops_widgets.samples.stream import Shop

#: Shared with the market, which is drawn after the products.
GENERATOR = 3

ATTRIBUTES = 12


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a product, without the missing ones, with one row twice."""
    catalogue = shop.catalogue
    count = len(catalogue.ids)
    opened = periods.day_number(plan.START)
    page = shop.generator(13)
    listed, bare = shop.listings, shop.listings.bare
    reviews = page.poisson(shop.catalogue.demand * 40_000)
    rating = np.round(np.clip(page.normal(4.3, 0.3, count), 1, 5), 1)
    columns = {
        "product_id": pa.array(catalogue.ids),
        "name": pa.array(catalogue.name),
        "category": pa.array(
            [
                None if hidden else LEAVES[leaf].path
                for leaf, hidden in zip(catalogue.leaf, catalogue.uncategorised, strict=True)
            ]
        ),
        "brand": pa.array(catalogue.brand),
        "seller_id": pa.array([seller_id(number) for number in listed.seller]),
        "list_price": pa.array(catalogue.list_price),
        "unit_cost": pa.array(catalogue.unit_cost),
        "listed_on": pa.array((opened - rng.integers(1, 700, count)).astype("int32")).cast(
            pa.date32()
        ),
        "price_floor": pa.array(listed.price_floor),
        "images": pa.array(np.where(bare, 0, page.integers(3, 10, count))),
        "description_length": pa.array(page.integers(180, 1600, count)),
        "attributes_filled": pa.array(page.binomial(ATTRIBUTES, 0.8, count)),
        "rating": pa.array(rating, mask=reviews == 0),
        "reviews": pa.array(reviews),
        "lead_days": pa.array(listed.lead_days.astype(float)),
    }
    present = np.flatnonzero(~catalogue.missing)
    twice = present[~catalogue.uncategorised[present]][-1]
    listed = pa.array(np.append(present, twice))
    return {name: column.take(listed) for name, column in columns.items()}
