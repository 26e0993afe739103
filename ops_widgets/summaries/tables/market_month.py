"""The whole market by month, category path and brand."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.expressions import first_level, named, total

TABLE = "market"
VERSION = 2


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``month_index, category_path, category, brand, gmv, units, products, searches``."""
    month = rows.month
    market = rows.select(
        brand=named(rows.brand),
        month_index=(month.year() * 12 + month.month() - 1).cast("int64"),
        category_path=named(rows.category),
        category=first_level(named(rows.category)),
        gmv=minor_units(rows.gmv, digits),
        units=rows.units,
        products=rows.products,
        searches=rows.searches,
    )
    return market.group_by("month_index", "category_path", "category", "brand").agg(
        **{name: total(market[name]) for name in ("gmv", "units", "products", "searches")}
    )
