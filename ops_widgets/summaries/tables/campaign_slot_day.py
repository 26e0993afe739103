"""What a campaign reached, cost and led to, by day and slot."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.sources.money import minor_units

TABLE = "campaign_days"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``campaign_id, slot_id, impressions, clicks, conversions, day, cost, conversion_value``."""
    return rows.select(
        "campaign_id",
        "slot_id",
        "impressions",
        "clicks",
        "conversions",
        day=day_of(rows.day),
        cost=minor_units(rows.cost, digits),
        conversion_value=minor_units(rows.conversion_value, digits),
    )
