"""Order lines of the sample shop, block by block of its days."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.contract.tables.orders import STATUSES
from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples.baskets import Lines
from ops_widgets.samples.listings import seller_id
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import coded, named, numbered, on_day, utc

CODED = frozenset({"product_id", "channel", "campaign_id", "status"})
CODED |= {"return_reason", "seller_id", "region"}
SELLER_IDS = pa.array([seller_id(number) for number in range(planned.SELLERS)])
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
        "returned_on": on_day(lines["returned"]),
        "return_reason": coded(pa.array(planned.RETURN_REASONS), lines["reason"]),
        "shipping_charged": pa.array(lines["shipping_charged"]),
        "shipping_cost": pa.array(lines["shipping_cost"]),
        "payment_fee": pa.array(lines["payment_fee"]),
        "tax": pa.array(np.zeros(len(lines["order"]))),  # every price is one with its tax
        "seller_id": coded(SELLER_IDS, lines["seller"]),
        "region": coded(pa.array(planned.REGIONS), lines["region"]),
    }
