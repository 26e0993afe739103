"""Prices of sellers by day, product and channel."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.expressions import named

TABLE = "offers"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``product_id, seller_id, in_stock, match_confidence, day, channel, price``."""
    return rows.select(
        "product_id",
        "seller_id",
        "in_stock",
        "match_confidence",
        day=day_of(rows.day),
        channel=named(rows.channel),
        price=minor_units(rows.price, digits),
    )
