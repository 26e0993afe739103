"""Audiences and what became of them: how many customers share all that is known of them."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.contract import TABLES
from ops_widgets.sources.money import minor_units

TABLE = "campaign_audience"
VERSION = 1


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``campaign_id, arm, reached, converted, value``, every ``pre_*`` of the source, and
    ``customers``.

    Most bought nothing, and of those one row tells how many.
    """
    known = rows.select(
        *("campaign_id", "arm", "reached", "converted"),
        *(name for name in rows.columns if name not in TABLES[TABLE].names),
        value=minor_units(rows.value, digits),
    )
    return known.group_by(*known.columns).agg(customers=known.count())
