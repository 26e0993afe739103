"""Slot plan: which request has which place on which day."""

from __future__ import annotations

from ops_widgets.contract.table import Column, Table, filled, known, once, planned

TABLE = Table(
    "slot_plan",
    place=80,
    row="one given place",
    used_for="who was given which place; no page reads it yet",
    unread=("slot_id", "day", "request_id", "locked"),
    columns=(
        Column("slot_id", "text", "The slot", required=True),
        Column("day", "date", "The day", required=True, unit="local date"),
        Column("request_id", "text", "The request that has it", required=True),
        Column("locked", "boolean", "Whether the place was promised and may not change"),
    ),
    rules=(
        *filled("slot_id", "day", "request_id"),
        *planned("day"),
        # A slot holds several requests a day, each of them once: more than it holds is for a
        # page to say, since neither of the rows is wrong by itself.
        once(
            "slot_plan_duplicated",
            *("slot_id", "day", "request_id"),
            remedy="A request has a slot once a day: keep the current row.",
        ),
        known("slot_id", "slots.slot_id", ", and what it holds is not known"),
        known("request_id", "slot_requests.request_id", ", and what was shown is not known"),
    ),
)
