"""Stock: what could be sold, day by day."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_PIECES,
    Column,
    Rule,
    Table,
    dates,
    filled,
    known,
    not_negative,
    once,
)

TABLE = Table(
    "stock",
    place=72,
    row="one product on one day",
    days=("day",),
    used_for="which promoted products were sold out, and days that say nothing of demand",
    unread=("on_order", "reorder_point"),
    columns=(
        Column("day", "date", "The day", required=True, unit="local date"),
        Column("product_id", "text", "The product", required=True, unit="id"),
        Column(
            "on_hand",
            "integer",
            "What can be sold at the end of the day; 0 is sold out",
            required=True,
            unit="pieces",
            limit=MOST_PIECES,
        ),
        Column(
            "on_order",
            "integer",
            "Ordered from suppliers and not there yet",
            unit="pieces",
            limit=MOST_PIECES,
        ),
        Column(
            "reorder_point",
            "integer",
            "At how many, on hand and on order, it is ordered again",
            unit="pieces",
            limit=MOST_PIECES,
        ),
    ),
    rules=(
        *filled("day", "product_id", "on_hand"),
        *dates("day"),
        Rule(
            "on_hand_negative",
            "not_negative",
            ("on_hand",),
            "Less than nothing is a booking error, or sold ahead of delivery: write 0.",
        ),
        *not_negative("on_order", "reorder_point"),
        once(
            "stock_duplicated",
            *("day", "product_id"),
            remedy="A product has one row a day: add up the warehouses first, in a sql.",
        ),
        known("product_id", "products.product_id", " without a name and category"),
    ),
)
