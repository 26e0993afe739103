"""Slot plan of the sample shop: the best wishes for each slot, but for the one planted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples.slotting import NONE, given
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.tables.slot_requests import request_id
from ops_widgets.samples.write import on_day


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a slot, day and request; what campaigns are given is promised to them."""
    found = given(shop.wishes, shop.days)
    return {
        "slot_id": pa.array([place.slot for place, _, _ in found]),
        "day": on_day(np.array([day for _, day, _ in found])),
        "request_id": pa.array([request_id(number) for _, _, number in found]),
        "locked": pa.array([shop.wishes[number].campaign != NONE for _, _, number in found]),
    }
