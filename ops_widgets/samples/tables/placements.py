"""Placements of the sample shop: two pages over its last weeks, day by day."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ops_widgets.samples import places_plan as planned
from ops_widgets.samples.pages import Page, examination
from ops_widgets.samples.stream import Shop
from ops_widgets.samples.write import coded, on_day

CODED = frozenset({"page", "product_id"})


def rows(shop: Shop, rng: np.random.Generator) -> dict[str, pa.Array]:
    """By page, then as the shop orders its products, then shuffled; one row a day and place.

    A shuffled page has one order a day, drawn anew.
    """
    days = np.arange(max(shop.days.count - 7 * planned.WEEKS_SEEN, 0), shop.days.count)
    parts = [
        _seen(number, page, days, shuffled, rng)
        for number, page in enumerate(shop.pages)
        for shuffled in (False, True)
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    counts = {
        name: pa.array(columns[name]) for name in ("position", "impressions", "clicks", "orders")
    }
    return {
        "day": on_day(columns["day"]),
        "page": coded(pa.array(planned.PAGES), columns["page"]),
        "product_id": coded(shop.product_ids, columns["product"]),
        **counts,
        "shuffled": pa.array(columns["shuffled"]),
    }


def _seen(
    number: int, page: Page, days: np.ndarray, shuffled: bool, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    size = (len(days), planned.POSITIONS)
    place = np.tile(np.arange(planned.POSITIONS), (len(days), 1))
    if shuffled:
        place = rng.permuted(place, axis=1)
    share = planned.SHUFFLED_SHARE if shuffled else 1 - planned.SHUFFLED_SHARE
    views = rng.poisson(planned.VIEWS_A_DAY * share, (len(days), 1))
    impressions = np.broadcast_to(views, size)
    clicks = rng.binomial(impressions, examination() * page.appeal[place])
    columns = {
        "day": np.broadcast_to(days[:, None], size),
        "page": np.full(size, number),
        "product": page.product[place],
        "position": np.broadcast_to(np.arange(1, planned.POSITIONS + 1), size),
        "impressions": impressions,
        "clicks": clicks,
        "orders": rng.binomial(clicks, planned.CLICKS_TO_ORDER),
        "shuffled": np.full(size, shuffled),
    }
    return {name: column.ravel() for name, column in columns.items()}
