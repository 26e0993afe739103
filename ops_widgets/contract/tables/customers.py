"""Customers: what the shop knows of them, beside what they buy."""

from __future__ import annotations

from ops_widgets.contract.table import Column, Table, dates, filled, once

TABLE = Table(
    "customers",
    place=71,
    row="one customer",
    used_for="segments of customers, and what campaigns caused in each",
    unread=("first_known_on", "region", "household_id", "is_guest"),
    columns=(
        Column("customer_id", "text", "The customer", required=True, unit="id"),
        Column(
            "first_known_on",
            "date",
            "First day on which the shop knew of the customer: signed up, or bought",
            unit="local date",
        ),
        Column("region", "text", "Where the customer lives", names="region"),
        Column("segment", "text", "The shop's own segment", names="segment"),
        Column("household_id", "text", "Customers of one household share it", unit="id"),
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
