"""Products on pages: how they appeal, where the shop shows them, and what is clicked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets.samples import places_plan as planned
from ops_widgets.samples.catalogue import Catalogue
from ops_widgets.samples.categories import LEAVES
from ops_widgets.samples.listings import Listings


@dataclass(frozen=True)
class Page:
    """``product``: numbers, in the order in which the shop shows them; ``appeal``: of each."""

    name: str
    product: np.ndarray
    appeal: np.ndarray


def examination() -> np.ndarray:
    """Chance that each place is looked at, the first one first."""
    return np.arange(1.0, planned.POSITIONS + 1) ** -planned.EXAMINATION_FADING


def pages(catalogue: Catalogue, listings: Listings, rng: np.random.Generator) -> list[Page]:
    """Each page's products, appeals and order: mostly by appeal, with one that is misjudged."""
    whole = ~(catalogue.missing | catalogue.uncategorised | listings.bare)
    whole[listings.hero] = False
    paths = np.array([leaf.path.lower() for leaf in LEAVES])[catalogue.leaf]
    found = []
    for name in planned.PAGES:
        own = whole & (paths == name) if (paths == name).any() else whole
        product = rng.choice(np.flatnonzero(own), planned.POSITIONS, replace=False)
        drawn = np.exp(rng.normal(np.log(planned.APPEAL), planned.APPEAL_SPREAD, len(product)))
        appeal = np.minimum(drawn, planned.HIDDEN_APPEAL * 0.8)
        judged = np.log(appeal) + rng.normal(0, planned.MISJUDGED, len(product))
        order = np.argsort(-judged)
        product, appeal = product[order], appeal[order]
        appeal[planned.HIDDEN_AT - 1] = planned.HIDDEN_APPEAL
        found.append(Page(name, product, appeal))
    return found
