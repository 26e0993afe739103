"""The whole market by brand, category and month, with planted size, growth and concentration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from ops_widgets import periods
from ops_widgets.samples import plan
from ops_widgets.samples.catalogue import brand_names
from ops_widgets.samples.categories import LEAVES, OTHER, Leaf

#: January to December: Spring Festival, 6.18 and 11.11.
SEASON = (1.06, 0.86, 0.95, 0.93, 0.98, 1.16, 0.93, 0.94, 0.98, 1.00, 1.22, 0.99)
BRAND_JITTER = 0.03
#: The twelve months whose volume ``Leaf.gmv_billions`` is; growth is the same all along.
LAST_YEAR = range(plan.PLAN_MONTHS - 12, plan.PLAN_MONTHS)

TEN_SHARES = np.array([4.6, 4.1, 3.6, 3.3, 3.0, 2.7, 2.5, 2.3, 2.0, 1.9]) / 100
FOUR_SHARES = np.array([45.0, 22.0, 10.0, 6.0]) / 100
TAIL_FADING = 0.7


def brand_shares(leaf: Leaf) -> np.ndarray:
    """Shares of the leaf's brands, largest first, without the collective brand; sum 1 - other."""
    head = {"ten_hold_30": TEN_SHARES, "four_hold_83": FOUR_SHARES}.get(leaf.shares)
    if head is None:
        weights = np.arange(1.0, leaf.brands + 1) ** -TAIL_FADING
        return weights / weights.sum() * (1 - leaf.other)
    small = np.linspace(1.3, 0.7, leaf.brands - len(head))
    return np.concatenate([head, small / small.sum() * (1 - head.sum())])


def monthly_gmv(leaf: Leaf, months: int) -> np.ndarray:
    """Volume of a leaf by month in the currency."""
    number = np.arange(max(months, plan.PLAN_MONTHS))
    level = np.array(SEASON)[number % 12] * (1 + leaf.growth) ** (number / 12)
    return (level * leaf.gmv_billions * 1e9 / level[list(LAST_YEAR)].sum())[:months]


def table(months: int, rng: np.random.Generator) -> dict[str, pa.Array]:
    """The market table, by month, then category, then brand (largest first)."""
    firsts = [periods.add_periods(plan.START, number, "month") for number in range(months)]
    day = np.array([periods.day_number(first) for first in firsts], dtype="int32")
    parts = []
    for number, leaf in enumerate(LEAVES):
        shares, brands = brand_shares(leaf), brand_names(leaf)
        noisy = shares * np.exp(rng.normal(0, BRAND_JITTER, (months, len(shares))))
        noisy *= shares.sum() / noisy.sum(axis=1, keepdims=True)
        if leaf.other:
            noisy = np.column_stack([noisy, np.full(months, leaf.other)])
            brands = [*brands, OTHER]
        gmv = np.round(noisy * monthly_gmv(leaf, months)[:, None], -2)
        price = leaf.median_price * np.exp(rng.normal(0, 0.15, len(brands)))
        units = np.round(gmv / price)
        on_sale = np.round(20 + 400 * np.sqrt(noisy[0]) * np.ones((months, 1)))
        searches = np.round(units * rng.uniform(4, 9, len(brands)), -1)
        size = gmv.size
        parts.append(
            {
                "month": np.repeat(day, len(brands)),
                "order": np.repeat(np.arange(months), len(brands)) * len(LEAVES) + number,
                "category": np.full(size, leaf.path, dtype=object),
                "brand": np.tile(np.array(brands, dtype=object), months),
                "gmv": gmv.ravel(),
                "units": units.astype("int64").ravel(),
                "products": on_sale.astype("int64").ravel(),
                "searches": searches.astype("int64").ravel(),
            }
        )
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    rows = np.argsort(columns.pop("order"), kind="stable")
    arrays = {name: pa.array(column[rows]) for name, column in columns.items()}
    return arrays | {"month": arrays["month"].cast(pa.date32())}


def truth() -> dict[str, Any]:
    """What was planted, one entry a leaf category."""
    return {
        "how_to_read": "Sums of gmv over the last 12 months (2024-07 .. 2025-06) by `category`; "
        "`A / B` also by its first level A. yearly_growth: 2025-01 .. 2025-06 against a year "
        "before. crN: sum of the N largest brand shares, hhi: sum of (100 x share)^2; "
        f"the brand {OTHER!r} collects many sellers and is no single brand, keep it out of both "
        "but in the total.",
        "categories": [
            {
                "category": leaf.path,
                "gmv_last_12_months": leaf.gmv_billions * 1e9,
                "yearly_growth": leaf.growth,
                "cr4": round(float(brand_shares(leaf)[:4].sum()), 4),
                "cr10": round(float(brand_shares(leaf)[:10].sum()), 4),
                "hhi": round(float(((100 * brand_shares(leaf)) ** 2).sum()), 1),
                "other_share": leaf.other,
                "brands": leaf.brands,
            }
            for leaf in LEAVES
        ],
        "large_growing_open": "Beauty",
        "concentrated": "Smart Home",
        "shrinking": "Books",
    }
