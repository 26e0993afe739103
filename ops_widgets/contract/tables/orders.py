"""Order lines: what was bought, by whom, and what became of it."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_MONEY,
    MOST_PIECES,
    Column,
    Rule,
    Table,
    dates,
    filled,
    not_negative,
)

STATUSES = ("completed", "cancelled", "returned", "credited")
#: A line that never was needs neither a price nor a quantity.
CANCELLED = ("status", "cancelled")

TABLE = Table(
    "orders",
    place=10,
    row="one product line of an order",
    required=True,
    used_for="sales, customers, retention, campaign results",
    unread=(
        *("line_id", "returned_on", "return_reason", "shipping_charged", "shipping_cost"),
        *("payment_fee", "tax", "seller_id", "region"),
    ),
    dated="ordered_at",
    columns=(
        Column("order_id", "text", "The order this line belongs to", required=True),
        Column("line_id", "text", "What tells two equal lines of an order apart: a line's number"),
        Column("ordered_at", "timestamp", "When the order was placed", required=True, unit="UTC"),
        Column("customer_id", "text", "Who ordered; null where the shop does not know"),
        Column("product_id", "text", "What was ordered", required=True),
        Column(
            "quantity",
            "integer",
            "How many; not needed where cancelled",
            required=True,
            unit="pieces",
            limit=MOST_PIECES,
        ),
        Column(
            "unit_price",
            "number",
            "What one piece was charged, before `discount`; not needed where cancelled",
            required=True,
            unit="currency",
            limit=MOST_MONEY,
            times="quantity",
        ),
        Column(
            "discount", "number", "Taken off this line in total", unit="currency", limit=MOST_MONEY
        ),
        Column(
            "unit_cost", "number", "What one piece cost the shop", unit="currency", limit=MOST_MONEY
        ),
        Column("channel", "text", "Where the order came from (app, search, ...)", names="channel"),
        Column("campaign_id", "text", "The campaign the shop credits with this order"),
        Column(
            "status",
            "text",
            "completed (the default for null); cancelled before delivery; returned: this very "
            "line came back; credited: a credit note for an earlier line that stays completed, "
            "its value is subtracted",
            choices=STATUSES,
            default="completed",
        ),
        Column("returned_on", "date", "The day this line came back", unit="local date"),
        Column("return_reason", "text", "Why it came back", names="return_reason"),
        Column(
            "shipping_charged",
            "number",
            "What the customer paid for the delivery of this line, not in `unit_price`",
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column(
            "shipping_cost",
            "number",
            "What the shop paid for the delivery of this line, where no `shipments` say it",
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column(
            "payment_fee",
            "number",
            "What payment or the marketplace cost for this line",
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column(
            "tax",
            "number",
            "Tax on this line in total, not in `unit_price`",
            unit="currency",
            limit=MOST_MONEY,
        ),
        Column("seller_id", "text", "Who sold it, on a marketplace"),
        Column("region", "text", "Where it was sent", names="region"),
    ),
    rules=(
        *filled("order_id", "ordered_at", "product_id"),
        *filled("quantity", "unit_price", unless=CANCELLED),
        *dates("ordered_at"),
        Rule(
            "quantity_not_positive",
            "positive",
            ("quantity",),
            "A line has at least one piece: give returns a positive quantity and a status.",
            unless=CANCELLED,
        ),
        Rule(
            "unit_price_not_positive",
            "positive",
            ("unit_price",),
            "A price is above zero: bad debt, fees and samples are no product lines.",
            unless=CANCELLED,
        ),
        *not_negative("discount", "unit_cost"),
        *dates("returned_on"),
        *not_negative("shipping_charged", "shipping_cost", "payment_fee", "tax"),
        Rule(
            "status_unknown",
            "one_of",
            ("status",),
            f"Map the shop's own words to {', '.join(STATUSES)}.",
        ),
        Rule(
            "exact_duplicate",
            "unique_row",
            (),
            "Delivered twice: one copy is used, further copies are set aside. If they are pieces, "
            "one row each, map line_id (the number of the line or item): it tells them apart.",
            identity=("order_id", "line_id"),
            pieces="quantity",
        ),
        Rule(
            "customer_unknown",
            "not_null",
            ("customer_id",),
            "Kept in sales, left out of customer counts: map a stable customer id if there is one.",
            severity="note",
        ),
        Rule(
            "product_unknown",
            "known_in",
            ("product_id",),
            "Kept in sales as category (unknown): add the product to `products`.",
            severity="note",
            reference="products.product_id",
        ),
    ),
)
