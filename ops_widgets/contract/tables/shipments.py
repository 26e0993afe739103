"""Shipments: what was promised, when it arrived, and what that cost."""

from __future__ import annotations

from ops_widgets.contract.table import (
    MOST_MONEY,
    Column,
    Rule,
    Table,
    dates,
    filled,
    not_negative,
    ordered,
    planned,
)

TABLE = Table(
    "shipments",
    place=73,
    row="one parcel",
    used_for="promises kept and broken, what delivery costs; no page reads it yet",
    unread=("order_id", "promised_on", "shipped_on", "delivered_on", "cost", "carrier"),
    columns=(
        Column("order_id", "text", "The order it belongs to; one may have several", required=True),
        Column("promised_on", "date", "Last day promised for delivery", unit="local date"),
        Column("shipped_on", "date", "Day it left", unit="local date"),
        Column(
            "delivered_on",
            "date",
            "Day it arrived; blank where it has not, or nobody knows",
            unit="local date",
        ),
        Column("cost", "number", "What the shop paid for it", unit="currency", limit=MOST_MONEY),
        Column("carrier", "text", "Who brings it", names="carrier"),
    ),
    rules=(
        *filled("order_id"),
        *planned("promised_on"),
        *dates("shipped_on"),
        *dates("delivered_on"),
        *not_negative("cost"),
        # Nobody can say which of the two is wrong, and every delay is measured by one of them.
        ordered(
            "delivered_before_shipped",
            *("shipped_on", "delivered_on"),
            "A parcel arrives after it left: correct the day that is wrong, or leave it empty.",
        ),
        Rule(
            "shipment_duplicated",
            "unique_row",
            (),
            "Delivered twice: one copy is used, further copies are set aside.",
        ),
    ),
)
