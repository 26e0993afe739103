"""One row a parcel: the days of its way, and its cost."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.expressions import named

TABLE = "shipments"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``order_id, promised_on, shipped_on, delivered_on, cost, carrier``."""
    return rows.select(
        "order_id",
        promised_on=day_of(rows.promised_on),
        shipped_on=day_of(rows.shipped_on),
        delivered_on=day_of(rows.delivered_on),
        cost=minor_units(rows.cost, digits),
        carrier=named(rows.carrier),
    )
