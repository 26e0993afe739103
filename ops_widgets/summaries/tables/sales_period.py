"""What was sold by period, channel and category, in sources that keep no single orders."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.dimensions import PRODUCTS
from ops_widgets.summaries.expressions import first_level, known_total, named, total

TABLE = "sales"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``starts_on, ends_on, channel, category_path, category, revenue, units``.

    Units are null as soon as one row does not know them. A blank category is that of the product.
    """
    if PRODUCTS in used:
        products = used[PRODUCTS].select("product_id", product_category="category")
        rows = rows.left_join(products, "product_id").drop("product_id_right")
        blank = ibis.ifelse(rows.category.strip() == "", None, rows.category)
        rows = rows.mutate(category=ibis.coalesce(blank, rows.product_category))
    path = named(rows.category)
    sold = rows.select(
        starts_on=day_of(rows.starts_on),
        ends_on=day_of(ibis.coalesce(rows.ends_on, rows.starts_on)),
        channel=named(rows.channel),
        category_path=path,
        category=first_level(path),
        revenue=minor_units(rows.revenue, digits),
        units=rows.units,
    )
    return sold.group_by("starts_on", "ends_on", "channel", "category_path", "category").agg(
        revenue=total(sold.revenue), units=known_total(sold.units)
    )
