"""Views, clicks and orders by day, page, place and product."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.summaries.expressions import named

TABLE = "placements"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``product_id, position, shuffled, impressions, clicks, orders, day, page``."""
    return rows.select(
        "product_id",
        "position",
        "shuffled",
        "impressions",
        "clicks",
        "orders",
        day=day_of(rows.day),
        page=named(rows.page),
    )
