"""Where customers live."""

from __future__ import annotations

import numpy as np

from ops_widgets.samples import operations_plan as planned


def regions_of(count: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers of regions, by how many live there."""
    upto = np.cumsum(list(planned.REGIONS.values()))
    return np.searchsorted(upto[:-1], rng.random(count), side="right").astype(np.int8)
