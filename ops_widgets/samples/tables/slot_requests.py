"""Slot requests of the sample shop: its campaigns' and its sellers'."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples.campaigns import campaign_id
from ops_widgets.samples.categories import LEAVES
from ops_widgets.samples.listings import seller_id
from ops_widgets.samples.slotting import NONE
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import on_day

TIERS = ((2500, "S"), (1000, "A"))


def request_id(number: int) -> str:
    """The id of a request in both tables."""
    return f"R{number + 1:05d}"


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a request, by its first day."""
    found, shelf, sellers = shop.wishes, shop.catalogue, shop.listings.seller
    product = [wish.product for wish in found]
    return {
        "request_id": pa.array([request_id(number) for number in range(len(found))]),
        "starts_on": on_day(np.array([wish.first for wish in found])),
        "ends_on": on_day(np.array([wish.last for wish in found])),
        "slot_id": pa.array([wish.place.slot for wish in found]),
        "campaign_id": pa.array(
            [None if wish.campaign == NONE else campaign_id(wish.campaign) for wish in found],
            pa.string(),
        ),
        "product_id": pa.array([_or_none(one, shelf.ids) for one in product], pa.string()),
        "category": pa.array(
            [None if one == NONE else LEAVES[shelf.leaf[one]].path for one in product], pa.string()
        ),
        "seller_id": pa.array(
            [None if one == NONE else seller_id(sellers[one]) for one in product], pa.string()
        ),
        "expected_value": pa.array([float(wish.value) for wish in found]),
        "tier": pa.array(
            [next((t for least, t in TIERS if wish.value >= least), "B") for wish in found]
        ),
    }


def _or_none(number: int, names: list[str]) -> str | None:
    return None if number == NONE else names[number]
