"""Sales without orders: what was sold in a period, where nobody kept the single orders."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_MONEY,
    MOST_PIECES,
    Column,
    Table,
    dates,
    filled,
    known,
    not_negative,
    once,
    ordered,
    planned,
)

TABLE = Table(
    "sales",
    row="one product or category in one channel or store over one period",
    days=("starts_on", "ends_on"),
    of_periods=True,
    used_for="our own sales, their course and their parts, where there are no orders",
    unread=("channel", "cost"),
    columns=(
        Column("starts_on", "date", "First day of the period", required=True, unit="local date"),
        Column(
            "ends_on",
            "date",
            "Last day of the period; blank: it is that one day",
            unit="local date",
        ),
        Column("channel", "text", "The channel or store that sold it", names="channel"),
        Column("product_id", "text", "What was sold", unit="id"),
        Column(
            "category",
            "text",
            "Path from coarse to fine, `A / B / C`; blank: that of the product",
            names="category",
        ),
        Column("units", "integer", "Pieces sold", unit="pieces", limit=MOST_PIECES),
        Column(
            "revenue",
            "number",
            "What was charged, less discounts and returns",
            required=True,
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column("cost", "number", "What the goods cost", unit="currency", limit=MOST_MONEY),
    ),
    rules=(
        *filled("starts_on", "revenue"),
        *dates("starts_on"),
        *planned("ends_on"),
        ordered("period_ends_early", "starts_on", "ends_on", "A period ends after it begins."),
        *not_negative("units", "revenue", "cost"),
        once(
            "sales_duplicated",
            *("starts_on", "channel", "product_id", "category"),
            remedy="A product or category has one row a period and channel: add the rows up first.",
        ),
        known("product_id", "products.product_id", " in category (unknown), unless it names one"),
    ),
)
