"""Events of the shop's own calendar."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.summaries.expressions import filled_text

TABLE = "calendar"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``name, kind, starts_on, ends_on, scope``; where no last day is given it is the first."""
    return rows.select(
        "name",
        "kind",
        starts_on=day_of(rows.starts_on),
        ends_on=day_of(rows.ends_on.fill_null(rows.starts_on)),
        scope=filled_text(rows.scope),
    )
