"""Shipments of the sample shop, block by block of its days."""

from __future__ import annotations

import pyarrow as pa

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples.parcels import Parcels
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import coded, numbered, on_day

CODED = frozenset({"carrier"})
VARIED = frozenset({"order_id"})


def rows_of_parcels(shop: Shop, parcels: Parcels) -> dict[str, pa.Array]:
    """One row a parcel: an order has one of each of its sellers."""
    return {
        "order_id": numbered("O", parcels["order"] + 1, 9),
        "promised_on": on_day(parcels["promised"]),
        "shipped_on": on_day(parcels["shipped"]),
        "delivered_on": on_day(parcels["delivered"]),
        "cost": pa.array(parcels["cost"]),
        "carrier": coded(pa.array(planned.CARRIERS), parcels["carrier"]),
    }
