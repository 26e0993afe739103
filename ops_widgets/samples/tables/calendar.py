"""Calendar of the sample shop: its odd weeks, its promotions, and a week that moved nothing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples.occasions import last_day, occasions
from ops_widgets.samples.stream import Shop


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row an occasion; nothing is drawn, all of it is planned."""
    found = occasions(last_day(shop.months))
    return {
        "starts_on": pa.array([one.first for one in found], pa.date32()),
        "ends_on": pa.array([one.last for one in found], pa.date32()),
        "name": pa.array([one.name for one in found], pa.string()),
        "kind": pa.array([one.kind for one in found], pa.string()),
        "scope": pa.nulls(len(found), pa.string()),
    }
