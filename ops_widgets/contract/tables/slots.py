"""Slots: the places of the shop that are given out."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_PIECES,
    Column,
    Table,
    filled,
    once,
    ordered,
    planned,
    positive,
)

TABLE = Table(
    "slots",
    place=78,
    row="one place that is given out",
    used_for="which places there are; no page reads it yet",
    unread=("slot_id", "page", "position", "capacity", "starts_on", "ends_on", "channel"),
    columns=(
        Column("slot_id", "text", "The slot", required=True),
        Column("page", "text", "The page it is on", names="page"),
        Column("position", "integer", "Its place there, 1 is first", limit=MOST_PIECES),
        Column(
            "capacity",
            "integer",
            "How many it holds on one day",
            required=True,
            unit="requests",
            limit=MOST_PIECES,
        ),
        Column("starts_on", "date", "First day; blank: always was", unit="local date"),
        Column("ends_on", "date", "Last day; blank: no end", unit="local date"),
        Column("channel", "text", "Where it is (app, mail, ...)", names="channel"),
    ),
    rules=(
        *filled("slot_id", "capacity"),
        *positive("position", remedy="Places are counted from 1: add 1 where they begin at 0."),
        *positive("capacity", remedy="A slot holds at least one: end a slot that is closed."),
        *planned("starts_on", "ends_on"),
        ordered(
            "slot_ends_before_start",
            *("starts_on", "ends_on"),
            "The last day cannot be before the first: swap or correct them.",
        ),
        once(
            "slot_duplicated",
            *("slot_id", "starts_on"),
            remedy="A slot has one row, or one from each day on which it changed.",
        ),
    ),
)
