"""What was decided, and what was expected of it."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.summaries.expressions import filled_text

TABLE = "decisions"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``text, metric, expected, owner, decided_on, due_on, scope``.

    What is expected is a difference, in the metric's unit.
    """
    return rows.select(
        "text",
        "metric",
        "expected",
        "owner",
        decided_on=day_of(rows.decided_on),
        due_on=day_of(rows.due_on),
        scope=filled_text(rows.scope),
    )
