"""What visitors want and do not buy: pages without pictures, and what is sold out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples.campaign import SOLD_OUT
from ops_widgets.samples.campaign_plan import CAMPAIGNS
from ops_widgets.samples.catalogue import Catalogue
from ops_widgets.samples.days import day_index
from ops_widgets.samples.listings import Listings

NOTHING = -1
#: The number of the campaign whose product is sold out.
[SOLD_OUT_NUMBER] = [number for number, one in enumerate(CAMPAIGNS) if one.kind == "sold_out"]


@dataclass(frozen=True)
class Shelf:
    """The products as visitors find them.

    ``gone_from`` to ``gone_to`` (exclusive) are the days without the campaign's product.
    """

    catalogue: Catalogue
    listings: Listings
    gone_from: int
    gone_to: int

    def featured(self, campaign: np.ndarray) -> np.ndarray:
        """The product that each visit's campaign shows, ``NOTHING`` where it shows none."""
        return np.where(campaign == SOLD_OUT_NUMBER, self.listings.hero, NOTHING)

    def bought(self, wanted: np.ndarray, day: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What is taken instead of each ``wanted`` product, mostly the same.

        Who leaves a product takes another one of the category, by its popularity.
        """
        gone = (wanted == self.listings.hero) & (self.gone_from <= day) & (day < self.gone_to)
        bare = self.listings.bare[wanted]
        turned = gone | (bare & (rng.random(len(wanted)) < planned.BARE_LISTINGS.lost))
        rows = np.flatnonzero(turned)
        other = self._another(wanted[rows], rng)
        again = self.listings.bare[other] | (other == self.listings.hero)
        other[again] = np.where(gone[rows], self._beside, wanted[rows])[again]
        taken = wanted.copy()
        taken[rows] = other
        return taken

    @property
    def _beside(self) -> int:
        """The product that stands in for the one that is sold out."""
        leaf = self.catalogue.leaf == self.catalogue.leaf[self.listings.hero]
        able = leaf & ~self.listings.bare & ~self.catalogue.missing
        able[self.listings.hero] = False
        return int(np.flatnonzero(able)[0])

    def _another(self, product: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        leaf = self.catalogue.leaf[product]
        low, high = self.catalogue.leaf_low[leaf], self.catalogue.leaf_high[leaf]
        at = low + rng.random(len(product)) * (high - low)
        found = np.searchsorted(self.catalogue.upto, at, side="right")
        return np.minimum(found, len(self.catalogue.ids) - 1)


def stocked(catalogue: Catalogue, listings: Listings) -> Shelf:
    """The shelf of a shop; the campaign's product is back some days after its end."""
    first = day_index(CAMPAIGNS[SOLD_OUT_NUMBER].starts_on)
    return Shelf(
        catalogue, listings, first + SOLD_OUT.days_of_stock, first + SOLD_OUT.back_after_days
    )
