"""Calendar: what happened in the shop or the world that may have moved sales."""

from __future__ import annotations

from ops_widgets.contract.scope import scope_column, scope_rules
from ops_widgets.contract.table import Column, Rule, Table, filled, once, ordered, planned

KINDS = ("promotion", "holiday", "incident", "price", "assortment", "competitor")

TABLE = Table(
    "calendar",
    place=76,
    row="one event of the shop or the world",
    used_for="days that are not ordinary, and what else may have moved a promotion",
    columns=(
        Column("starts_on", "date", "First day", required=True, unit="local date"),
        Column("ends_on", "date", "Last day; blank: the first", unit="local date"),
        Column("name", "text", "What people call it", required=True),
        Column("kind", "text", "What kind of event it is", required=True, choices=KINDS),
        scope_column(),
    ),
    rules=(
        *filled("starts_on", "name", "kind"),
        *planned("starts_on", "ends_on"),
        ordered(
            "event_ends_before_start",
            *("starts_on", "ends_on"),
            "The last day cannot be before the first: swap or correct them.",
        ),
        Rule("kind_unknown", "one_of", ("kind",), f"A kind is one of {', '.join(KINDS)}."),
        *scope_rules(),
        once(
            "event_duplicated",
            *("starts_on", "name", "kind", "scope"),
            remedy="An event has one row: keep the one whose last day is right.",
        ),
    ),
)
