"""How each product is offered: by whom, at what floor, and how well its page is filled in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import plan
from ops_widgets.samples.campaign import SOLD_OUT
from ops_widgets.samples.catalogue import Catalogue
from ops_widgets.samples.categories import LEAVES


@dataclass(frozen=True)
class Listings:
    """One value a product; ``seller`` counts from 0.

    ``bare``: without pictures; ``watched``: numbers of the products whose stock and rival offers
    are known, best sellers of each category; ``hero``: what the sold-out campaign offers;
    ``lead_days``: from an order at the supplier to its arrival.
    """

    seller: np.ndarray
    price_floor: np.ndarray
    bare: np.ndarray
    watched: np.ndarray
    hero: int
    lead_days: np.ndarray

    @property
    def slow(self) -> np.ndarray:
        """Products of the seller whose parcels are late."""
        return self.seller == SLOW

    @property
    def stocked(self) -> np.ndarray:
        """Numbers of the products whose stock is known."""
        return np.union1d(self.watched, self.hero)


def seller_id(number: int) -> str:
    """The id of a seller in every table."""
    return f"seller-{number + 1:02d}"


SLOW = [seller_id(n) for n in range(planned.SELLERS)].index(planned.SLOW_SELLER.seller)


def build(catalogue: Catalogue, rng: np.random.Generator) -> Listings:
    """Draw who sells what, and which pages have no pictures."""
    count = len(catalogue.ids)
    seller = rng.integers(0, planned.SELLERS - 1, count)
    seller += seller >= SLOW
    whole = ~(catalogue.missing | catalogue.uncategorised)
    demand = catalogue.demand
    [sold_out] = [n for n, leaf in enumerate(LEAVES) if leaf.path == SOLD_OUT.category]
    # As dear as a piece sold is on average, so that the campaign is worth what others are.
    apart = np.abs(catalogue.list_price - catalogue.mean_price)
    hero = int(np.argmin(np.where(whole & (catalogue.leaf == sold_out), apart, np.inf)))
    watched, bare, slow = [], [], []
    for number, leaf in enumerate(LEAVES):
        own = np.flatnonzero(whole & (catalogue.leaf == number))
        own = own[np.argsort(-demand[own], kind="stable")]
        own = own[own != hero]
        watched.append(own[: planned.WATCHED])
        rest = own[planned.WATCHED :]
        slow.append(_every(rest, planned.SLOW_SELLER.products, rng))
        if leaf.path != plan.PRICE_BAND.category:
            bare.append(_every(rest, planned.BARE_LISTINGS.share, rng))
    seller[np.concatenate(slow)] = SLOW
    without = np.zeros(count, dtype=bool)
    without[np.concatenate(bare)] = True
    floor = np.round(catalogue.list_price * planned.PRICE_FLOOR, 2)
    return Listings(
        seller,
        floor,
        without,
        np.sort(np.concatenate(watched)),
        hero,
        rng.integers(3, 15, count),
    )


def _every(ranked: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the products, of every popularity alike: one in each run of neighbours."""
    if not share:
        return ranked[:0]
    run = round(1 / share)
    whole = len(ranked) // run
    return ranked[np.arange(whole) * run + rng.integers(0, run, whole)]
