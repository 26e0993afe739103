"""Who was given which place, day by day."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of

TABLE = "slot_plan"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``slot_id, request_id, locked, day``."""
    return rows.select(
        "slot_id",
        "request_id",
        "locked",
        day=day_of(rows.day),
    )
