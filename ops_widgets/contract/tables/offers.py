"""Offers: what sellers, competitors among them, asked for a product on a day."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_MONEY,
    Column,
    Table,
    dates,
    filled,
    known,
    not_negative,
    once,
    positive,
)

TABLE = Table(
    "offers",
    place=74,
    row="one seller's price seen on one day",
    used_for="our price against that of others; no page reads it yet",
    unread=(
        *("day", "product_id", "seller_id", "channel"),
        *("price", "in_stock", "match_confidence"),
    ),
    columns=(
        Column("day", "date", "The day it was seen", required=True, unit="local date"),
        Column("product_id", "text", "Our product that it is, or stands against", required=True),
        Column("seller_id", "text", "Who offers it", required=True),
        Column("channel", "text", "Where it was seen", names="channel"),
        Column(
            "price",
            "number",
            "What one piece costs there",
            required=True,
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column("in_stock", "boolean", "Whether it could be bought"),
        Column(
            "match_confidence",
            "number",
            "How sure it is that this is the same product",
            unit="0 to 1",
            at_most=1,
        ),
    ),
    rules=(
        *filled("day", "product_id", "seller_id", "price"),
        *dates("day"),
        *positive("price", remedy="A price is above zero: drop offers without one."),
        *not_negative("match_confidence"),
        once(
            "offer_duplicated",
            *("day", "product_id", "seller_id", "channel"),
            remedy="A seller has one price a day, product and channel: keep the last one.",
        ),
        known("product_id", "products.product_id", " without a name and category"),
    ),
)
