"""One row a product: what its page shows, its prices, and how long it takes to come."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.expressions import named

TABLE = "products"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``product_id, seller_id, images, description_length, attributes_filled, rating, reviews,
    lead_days, name, category_path, brand, list_price, price_floor, unit_cost, listed_on``.
    """
    return rows.select(
        "product_id",
        "seller_id",
        "images",
        "description_length",
        "attributes_filled",
        "rating",
        "reviews",
        "lead_days",
        name=rows.name.fill_null(rows.product_id),
        category_path=named(rows.category),
        brand=named(rows.brand),
        list_price=minor_units(rows.list_price, digits),
        price_floor=minor_units(rows.price_floor, digits),
        unit_cost=minor_units(rows.unit_cost, digits),
        listed_on=day_of(rows.listed_on),
    )
