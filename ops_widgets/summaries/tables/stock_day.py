"""Pieces on hand and on order by product and day; null where the shop does not know."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of

TABLE = "stock"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``product_id, on_hand, on_order, reorder_point, day``."""
    return rows.select(
        "product_id",
        "on_hand",
        "on_order",
        "reorder_point",
        day=day_of(rows.day),
    )
