"""One row a customer that the shop knows: since when, where, of which segment."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.summaries.expressions import named

TABLE = "customers"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``customer_id, household_id, is_guest, first_known_on, region, segment``."""
    return rows.select(
        "customer_id",
        "household_id",
        "is_guest",
        first_known_on=day_of(rows.first_known_on),
        region=named(rows.region),
        segment=named(rows.segment),
    )
