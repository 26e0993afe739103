"""Order lines of the sample shop, block by block of its days."""

from __future__ import annotations

import pyarrow as pa

from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.samples.baskets import Lines
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import coded, named, numbered, utc

CODED = frozenset({"product_id", "channel", "campaign_id", "status"})
VARIED = frozenset({"order_id", "ordered_at", "customer_id"})


def rows_of_lines(shop: Shop, lines: Lines) -> dict[str, pa.Array]:
    """One row a line, in the order of the lines."""
    return {
        "order_id": numbered("O", lines["order"] + 1, 9),
        "line_id": pa.nulls(len(lines["order"]), pa.string()),  # the till of this shop writes none
        "ordered_at": utc(lines["second"], shop.utc_offset),
        "customer_id": named(shop.customer_ids, lines["customer"]),
        "product_id": coded(shop.product_ids, lines["product"]),
        "quantity": pa.array(lines["quantity"]),
        "unit_price": pa.array(lines["unit_price"]),
        "discount": pa.array(lines["discount"]),
        "unit_cost": pa.array(lines["unit_cost"]),
        "currency": pa.nulls(len(lines["order"]), pa.string()),  # all of it in the shop's own
        "channel": coded(shop.channels, lines["channel"]),
        "campaign_id": coded(shop.campaign_ids, lines["campaign"]),
        "status": coded(pa.array(STATUSES), lines["status"]),
    }
