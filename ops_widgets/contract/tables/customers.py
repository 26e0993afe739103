"""Customers: what the shop knows of them, beside what they buy."""

from __future__ import annotations

from ops_widgets.contract.table import Column, Table, dates, filled, once

TABLE = Table(
    "customers",
    place=71,
    row="one customer",
    used_for="who customers are, and since when; no page reads it yet",
    unread=("customer_id", "first_known_on", "region", "segment", "household_id", "is_guest"),
    columns=(
        Column("customer_id", "text", "The customer", required=True),
        Column(
            "first_known_on",
            "date",
            "First day on which the shop knew of the customer: signed up, or bought",
            unit="local date",
        ),
        Column("region", "text", "Where the customer lives", names="region"),
        Column("segment", "text", "The shop's own segment", names="segment"),
        Column("household_id", "text", "Customers of one household share it"),
        Column("is_guest", "boolean", "Whether the customer bought without an account"),
    ),
    rules=(
        *filled("customer_id"),
        *dates("first_known_on"),
        once(
            "customer_id_duplicated",
            "customer_id",
            remedy="A customer has one row: keep the current one.",
        ),
    ),
)
