"""Slots of the sample shop: where its campaigns are seen."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples import places_plan as planned
from ops_widgets.samples.stream import Shop


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a slot; all have always been there, and nothing is drawn."""
    places = list(planned.SLOTS)
    pages, positions, capacities = zip(*planned.SLOTS.values(), strict=True)
    return {
        "slot_id": pa.array([place.slot for place in places]),
        "page": pa.array(pages),
        "position": pa.array(positions),
        "capacity": pa.array(capacities),
        "starts_on": pa.nulls(len(places), pa.date32()),
        "ends_on": pa.nulls(len(places), pa.date32()),
        "channel": pa.array([place.channel for place in places]),
    }
