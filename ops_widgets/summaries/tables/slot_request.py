"""Wishes for places."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.expressions import named

TABLE = "slot_requests"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``request_id, slot_id, campaign_id, product_id, seller_id, starts_on, ends_on, category,
    expected_value, tier``.

    Where no last day is given it is the first; the value is that of a day.
    """
    return rows.select(
        "request_id",
        "slot_id",
        "campaign_id",
        "product_id",
        "seller_id",
        starts_on=day_of(rows.starts_on),
        ends_on=day_of(rows.ends_on.fill_null(rows.starts_on)),
        category=named(rows.category),
        expected_value=minor_units(rows.expected_value, digits),
        tier=named(rows.tier),
    )
