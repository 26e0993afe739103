"""Decisions: what was decided, by whom, and what was expected of it."""

from __future__ import annotations

from ops_widgets.contract.scope import scope_column, scope_rules
from ops_widgets.contract.table import (
    MOST_OF_A_MARKET,
    Column,
    Rule,
    Table,
    dates,
    filled,
    ordered,
    planned,
)

TABLE = Table(
    "decisions",
    place=81,
    row="one thing that was decided",
    used_for="what became of decisions; no page reads it yet",
    unread=("decided_on", "text", "metric", "scope", "expected", "due_on", "owner"),
    columns=(
        Column("decided_on", "date", "The day", required=True, unit="local date"),
        Column("text", "text", "What was decided", required=True),
        Column("metric", "text", "What it is to move, as the pages call it"),
        scope_column(),
        Column(
            "expected",
            "number",
            "By how much, up or down (-), in the metric's unit: money in the currency, "
            "shares as 0.05",
            limit=MOST_OF_A_MARKET,
        ),
        Column("due_on", "date", "The day to look at it again", unit="local date"),
        Column("owner", "text", "Who looks after it"),
    ),
    rules=(
        *filled("decided_on", "text"),
        *dates("decided_on"),
        *planned("due_on"),
        ordered(
            "due_before_decided",
            *("decided_on", "due_on"),
            "A decision is looked at after it was made: correct the day.",
        ),
        *scope_rules(),
        Rule(
            "decision_duplicated",
            "unique_row",
            (),
            "Written down twice: one copy is used, further copies are set aside.",
        ),
    ),
)
