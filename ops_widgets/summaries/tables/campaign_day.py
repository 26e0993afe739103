"""Impressions, clicks and cost by campaign and day; null where the shop does not know."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.expressions import known_total

TABLE = "campaign_days"
VERSION = 3


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``campaign_id, day, impressions, clicks, cost``, all slots of a campaign together."""
    days = rows.select(
        "campaign_id",
        "impressions",
        "clicks",
        day=day_of(rows.day),
        cost=minor_units(rows.cost, digits),
    )
    return days.group_by("campaign_id", "day").agg(
        **{name: known_total(days[name]) for name in ("impressions", "clicks", "cost")}
    )
