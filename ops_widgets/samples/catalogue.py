"""What the shop sells: products with plausible names, prices, brands and popularity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops_widgets.samples import categories, plan
from ops_widgets.samples.categories import LEAVES, Leaf

COST_SHARE = (0.55, 0.75)
#: Sales of products within a category differ by about this much (standard deviation of the log).
POPULARITY_SPREAD = 0.8


@dataclass(frozen=True)
class Catalogue:
    """Products grouped by leaf category; every array has one value a product.

    ``upto`` is the running share of order lines: ``upto[-1]`` is 1. ``leaf_low`` and
    ``leaf_high`` (one value a leaf) are the part of [0, 1) that belongs to a leaf.
    ``missing`` products are sold and absent from the products table.
    """

    ids: list[str]
    leaf: np.ndarray
    name: list[str]
    brand: list[str]
    list_price: np.ndarray
    unit_cost: np.ndarray
    upto: np.ndarray
    leaf_low: np.ndarray
    leaf_high: np.ndarray
    missing: np.ndarray
    uncategorised: np.ndarray

    @property
    def demand(self) -> np.ndarray:
        """Share of each product among the pieces sold."""
        return np.diff(self.upto, prepend=0.0)

    @property
    def mean_price(self) -> float:
        """Mean list price of a piece sold."""
        return float(self.demand @ self.list_price)


def brand_names(leaf: Leaf) -> list[str]:
    """The leaf's brands, largest first; leaves of one top category share their names."""
    first = next(number for number, other in enumerate(LEAVES) if other.top == leaf.top)
    names = [
        begin + end for end in categories.BRAND_ENDINGS for begin in categories.BRAND_BEGINNINGS
    ]
    start = first * 37
    return [names[(start + 59 * number) % len(names)] for number in range(leaf.brands)]


def build(rng: np.random.Generator) -> Catalogue:
    """Draw the catalogue."""
    leaf = np.repeat(np.arange(len(LEAVES)), [item.products for item in LEAVES])
    prices, weights, names, brands = [], [], [], []
    for item in LEAVES:
        price = np.exp(
            rng.normal(np.log(item.median_price), categories.PRICE_SPREAD, item.products)
        )
        weight = np.exp(rng.normal(0.0, POPULARITY_SPREAD, item.products))
        weight /= weight.sum()
        if item.path == plan.PRICE_BAND.category:
            _plant_band(price, weight, rng)
        prices.append(np.maximum(np.round(price), 5.0) - 0.1)
        weights.append(weight * item.popularity / sum(other.popularity for other in LEAVES))
        leaf_names, leaf_brands = _names(item, rng)
        names += leaf_names
        brands += leaf_brands
    list_price = np.round(np.concatenate(prices), 2)
    upto = np.cumsum(np.concatenate(weights))
    upto /= upto[-1]
    edges = np.append(0.0, upto[np.cumsum([item.products for item in LEAVES]) - 1])
    missing, uncategorised = _gaps(leaf, rng)
    return Catalogue(
        ids=[f"P{number:05d}" for number in range(1, len(leaf) + 1)],
        leaf=leaf,
        name=names,
        brand=brands,
        list_price=list_price,
        unit_cost=np.round(list_price * rng.uniform(*COST_SHARE, len(leaf)), 2),
        upto=upto,
        leaf_low=edges[:-1],
        leaf_high=edges[1:],
        missing=missing,
        uncategorised=uncategorised,
    )


def pick(
    catalogue: Catalogue, favourite: np.ndarray, known: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Product numbers: from the favourite leaf or from all; unknown customers have none."""
    count = len(favourite)
    own = known & (rng.random(count) < plan.FAVOURITE_SHARE)
    low = np.where(own, catalogue.leaf_low[favourite], 0.0)
    high = np.where(own, catalogue.leaf_high[favourite], 1.0)
    at = low + rng.random(count) * (high - low)
    found = np.searchsorted(catalogue.upto, at, side="right")
    return np.minimum(found, len(catalogue.ids) - 1)


def _plant_band(price: np.ndarray, weight: np.ndarray, rng: np.random.Generator) -> None:
    band = plan.PRICE_BAND
    inside = np.zeros(len(price), dtype=bool)
    inside[: round(band.supply_share * len(price))] = True
    outside = ~inside & (price > band.low - 1) & (price < band.high + 1)
    price[outside] *= band.low / band.high * 0.95
    price[inside] = rng.uniform(band.low + 5, band.high - 5, inside.sum())
    weight[inside] *= band.demand_share / weight[inside].sum()
    weight[~inside] *= (1 - band.demand_share) / weight[~inside].sum()


def _names(leaf: Leaf, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Names that say what it is; a look (adjective, colour) makes most of them unique."""
    nouns = leaf.nouns.split(", ")
    market = brand_names(leaf)
    house = rng.random(leaf.products) < categories.HOUSE_BRAND_SHARE
    ranks = rng.integers(0, min(24, leaf.brands), leaf.products)
    brands = [
        categories.HOUSE_BRAND if own else market[rank]
        for own, rank in zip(house, ranks, strict=True)
    ]
    looks = rng.integers(0, len(categories.ADJECTIVES), leaf.products)
    colours = rng.integers(0, len(categories.COLOURS), leaf.products)
    names = [
        f"{brand} {categories.ADJECTIVES[look]} {nouns[number % len(nouns)]}, "
        f"{categories.COLOURS[colour]}"
        for number, (brand, look, colour) in enumerate(zip(brands, looks, colours, strict=True))
    ]
    return names, brands


def _gaps(leaf: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which products the products table lacks, and which have no category there."""
    banded = [number for number, item in enumerate(LEAVES) if item.path == plan.PRICE_BAND.category]
    # Product 0 stays whole: it stands in where a missing one would confuse the counts.
    free = rng.permutation(np.flatnonzero(~np.isin(leaf, banded))[1:])
    missing, uncategorised = (np.zeros(len(leaf), dtype=bool) for _ in range(2))
    missing[free[: plan.MESS.products_missing]] = True
    uncategorised[free[-plan.MESS.products_without_category :]] = True
    return missing, uncategorised
