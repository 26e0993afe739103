"""The places that are given out, and how many each holds."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.summaries.expressions import named

TABLE = "slots"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``slot_id, position, capacity, page, starts_on, ends_on, channel``."""
    return rows.select(
        "slot_id",
        "position",
        "capacity",
        page=named(rows.page),
        starts_on=day_of(rows.starts_on),
        ends_on=day_of(rows.ends_on),
        channel=named(rows.channel),
    )
