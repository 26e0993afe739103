"""Products: what the shop sells, under which category and brand."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_COUNTED,
    MOST_DAYS,
    MOST_MONEY,
    MOST_PIECES,
    Column,
    Rule,
    Table,
    filled,
    not_negative,
)

TABLE = Table(
    "products",
    place=20,
    row="one product",
    used_for="customers by category, our share of a market, cost of goods where orders have none",
    unread=(
        "brand",
        "seller_id",
        "list_price",
        "listed_on",
        *("price_floor", "images", "description_length", "attributes_filled"),
        *("rating", "reviews", "lead_days"),
    ),
    columns=(
        Column("product_id", "text", "The product", required=True, unit="id"),
        Column("name", "text", "What people call it"),
        Column("category", "text", "Path from coarse to fine, `A / B / C`", names="category"),
        Column("brand", "text", "The brand", names="brand"),
        Column("seller_id", "text", "Who sells it, on a marketplace", unit="id"),
        Column(
            "list_price", "number", "Price before any reduction", unit="currency", limit=MOST_MONEY
        ),
        Column(
            "unit_cost",
            "number",
            "What one piece costs the shop",
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column("listed_on", "date", "First day on sale"),
        Column(
            "price_floor",
            "number",
            "The lowest price it may be sold at",
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column("images", "integer", "Pictures on its page", unit="pictures", limit=MOST_PIECES),
        Column(
            "description_length",
            "integer",
            "Length of its description",
            unit="characters",
            limit=MOST_PIECES,
        ),
        Column(
            "attributes_filled",
            "integer",
            "Attributes (colour, size, ...) that are filled in",
            unit="attributes",
            limit=MOST_PIECES,
        ),
        Column(
            "rating",
            "number",
            "What reviews give it on average; blank where there is none",
            unit="0 to 5",
            at_most=5,
        ),
        Column("reviews", "integer", "How many reviews", unit="reviews", limit=MOST_COUNTED),
        Column(
            "lead_days",
            "number",
            "From an order at the supplier to its arrival, as it is planned",
            unit="days",
            limit=MOST_DAYS,
        ),
    ),
    rules=(
        *filled("product_id"),
        Rule(
            "product_id_duplicated",
            "unique",
            ("product_id",),
            "A product has one row: keep the current one.",
        ),
        Rule(
            "list_price_not_positive",
            "positive",
            ("list_price",),
            "A list price is above zero: leave it empty where there is none.",
        ),
        *not_negative("unit_cost", "price_floor", "images", "description_length"),
        *not_negative("attributes_filled", "rating", "reviews", "lead_days"),
        Rule(
            "category_missing",
            "not_null",
            ("category",),
            "Kept, and shown as category (unknown): map the shop's category path.",
            severity="note",
        ),
    ),
)
