"""Goals, as they were written: ``contract.period`` and ``contract.scope`` read them."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.summaries.expressions import filled_text

TABLE = "targets"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``period, metric, value, scope``; the value is in the metric's unit."""
    return rows.select(
        "period",
        "metric",
        "value",
        scope=filled_text(rows.scope),
    )
