"""Targets: what was to be reached."""

from __future__ import annotations

from ops_widgets.contract.period import period_rules
from ops_widgets.contract.scope import scope_column, scope_rules
from ops_widgets.contract.table import MOST_OF_A_MARKET, Column, Table, filled, once

TABLE = Table(
    "targets",
    place=77,
    row="one goal",
    used_for="how far we are from our goals; no page reads it yet",
    unread=("period", "metric", "value", "scope"),
    columns=(
        Column(
            "period",
            "text",
            "2025, 2025-Q2, 2025-06, 2025-W23 (ISO week) or 2025-06-01/2025-06-30",
            required=True,
        ),
        Column("metric", "text", "What is measured, as the pages call it", required=True),
        Column(
            "value",
            "number",
            "What it is to be, in its unit: money in the currency, shares as 0.05",
            required=True,
            limit=MOST_OF_A_MARKET,
        ),
        scope_column(),
    ),
    rules=(
        *filled("period", "metric", "value"),
        *period_rules("period"),
        *scope_rules(),
        once(
            "target_duplicated",
            *("period", "metric", "scope"),
            remedy="A metric has one goal a period and scope: keep the one that holds.",
        ),
    ),
)
