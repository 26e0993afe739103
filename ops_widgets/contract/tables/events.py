"""Events: what visitors did on the way to an order."""

from __future__ import annotations

from ops_widgets.contract.table import Column, Table, dates, filled

TABLE = Table(
    "events",
    place=30,
    row="one thing a visitor did",
    used_for="who was active without buying, and by which campaigns they came",
    dated="occurred_at",
    columns=(
        Column("occurred_at", "timestamp", "When it happened", required=True, unit="UTC"),
        Column("customer_id", "text", "Who did it", required=True, unit="id"),
        Column("event", "text", "What was done (view, cart, ...)", required=True),
        Column("product_id", "text", "On which product", unit="id"),
        Column("channel", "text", "Where the visitor came from", names="channel"),
        Column("campaign_id", "text", "Which campaign the visitor came by", unit="id"),
        Column("session_id", "text", "The visit it belongs to", unit="id"),
    ),
    rules=(
        *filled("occurred_at", "customer_id", "event"),
        *dates("occurred_at"),
    ),
)
