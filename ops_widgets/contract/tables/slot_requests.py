"""Slot requests: who wishes for a place, when, and what they expect of it."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_MONEY,
    Column,
    Table,
    filled,
    known,
    not_negative,
    once,
    ordered,
    planned,
)

TABLE = Table(
    "slot_requests",
    place=79,
    row="one wish for a place",
    used_for="who wishes for which place; no page reads it yet",
    unread=(
        *("request_id", "starts_on", "ends_on", "slot_id", "campaign_id"),
        *("product_id", "category", "seller_id", "expected_value", "tier"),
    ),
    columns=(
        Column("request_id", "text", "The request", required=True),
        Column("starts_on", "date", "First day wished for", required=True, unit="local date"),
        Column("ends_on", "date", "Last day; blank: the first", unit="local date"),
        Column("slot_id", "text", "The slot wished for; blank: any"),
        Column("campaign_id", "text", "The campaign that would be shown"),
        Column("product_id", "text", "The product that would be shown"),
        Column("category", "text", "What it is about, `A / B / C`", names="category"),
        Column("seller_id", "text", "Whose wish it is, on a marketplace"),
        Column(
            "expected_value",
            "number",
            "What a day is expected to bring",
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column("tier", "text", "What takes part in which round (S, A, B, ...)", names="tier"),
    ),
    rules=(
        *filled("request_id", "starts_on"),
        *planned("starts_on", "ends_on"),
        ordered(
            "request_ends_before_start",
            *("starts_on", "ends_on"),
            "The last day cannot be before the first: swap or correct them.",
        ),
        *not_negative("expected_value"),
        once(
            "request_id_duplicated",
            "request_id",
            remedy="A request has one row: keep the current one.",
        ),
        known("slot_id", "slots.slot_id", ", and no place is known for it"),
        known("campaign_id", "campaigns.campaign_id", " without a name"),
        known("product_id", "products.product_id", " without a name and category"),
    ),
)
