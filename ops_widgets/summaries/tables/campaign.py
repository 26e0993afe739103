"""One row a campaign: names, kinds, period, budget."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from ops_widgets.sources.clock import day_of
from ops_widgets.sources.money import minor_units
from ops_widgets.summaries.expressions import named

TABLE = "campaigns"
VERSION = 4


def define(rows: ir.Table, used: Mapping[str, ir.Table], digits: int) -> ir.Table:
    """``campaign_id, name, content_type, format, channel, slot_id, objective, starts_on, ends_on,
    budget, treatment_share`` (planned, 0 to 1); no slot is null.
    """
    return rows.select(
        "campaign_id",
        "slot_id",
        name=rows.name.fill_null(rows.campaign_id),
        content_type=named(rows.content_type),
        format=named(rows.format),
        channel=named(rows.channel),
        objective=named(rows.objective),
        starts_on=day_of(rows.starts_on),
        ends_on=day_of(rows.ends_on),
        budget=minor_units(rows.budget, digits),
        treatment_share=rows.treatment_share,
    )
