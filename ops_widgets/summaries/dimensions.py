"""What rows of facts are joined to: their product, their cell, and the periods of their day.

The expressions run unchanged on every engine. The local day is the UTC second plus the zone's
offset, both integers; weeks and months come from a small calendar that is joined by day.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ops_widgets.summaries.customers.cells import Cells
from ops_widgets.summaries.expressions import first_level, named

#: The table that says which category a product is in, and what it costs.
PRODUCTS = "products"


def product_dimension(products: ir.Table | None, cells: Cells) -> ir.Table | None:
    """One row a product, small enough to join to any number of facts.

    product_id, category (first level), category_index, category_path, brand, product_cost
    (currency); None when the source has no products.
    """
    if products is None:
        return None
    path = named(products.category)
    dimension = products.select(
        "product_id",
        category=first_level(path),
        category_path=path,
        brand=named(products.brand),
        product_cost=products.unit_cost,
    )
    return dimension.inner_join(cells.categories_table(), "category")


def with_cell(facts: ir.Table, products: ir.Table | None, cells: Cells) -> ir.Table:
    """``facts`` with ``cell``, ``product_cost`` and ``stranger``.

    A product that nobody knows is in ``(unknown)``, and 1 in ``stranger``. Names of products
    come back where sums are named: numbers travel lighter than text.
    """
    facts = facts.mutate(channel=named(facts.channel))
    facts = facts.inner_join(cells.channels_table(), "channel")
    if products is None:
        known = facts.mutate(
            product_cost=ibis.null("float64"), category_index=cells.unknown_category, stranger=0
        )
    else:
        known = facts.left_join(products, "product_id")
        strange = known.product_id.notnull() & known.category_index.isnull()
        known = known.mutate(
            category_index=known.category_index.fill_null(cells.unknown_category),
            stranger=ibis.ifelse(strange, 1, 0),
        ).drop("product_id_right")
    return known.mutate(cell=cells.number_of(known.channel_index, known.category_index))


def with_periods(facts: ir.Table, calendar: ir.Table) -> ir.Table:
    """``facts`` with ``week_index`` and ``month_index`` of their ``day``."""
    return facts.inner_join(calendar.select("day", "week_index", "month_index"), "day")
