"""Targets of the sample shop: net revenue by month and channel, and what payment may cost."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples.goals import goals
from ops_widgets.samples.stream import Shop


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """One row a goal, as the year before has them: nothing is drawn."""
    found = goals(shop.ledger.net)
    return {
        "period": pa.array([one.period for one in found], pa.string()),
        "metric": pa.array([one.metric for one in found], pa.string()),
        "value": pa.array([one.value for one in found], pa.float64()),
        "scope": pa.array([one.scope for one in found], pa.string()),
    }
