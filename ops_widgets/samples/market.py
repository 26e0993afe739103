"""The whole market by brand, category and month, with planted size, growth and concentration."""

from __future__ import annotations

from typing import Any

import numpy as np

from ops_widgets.samples import plan
from ops_widgets.samples.categories import LEAVES, OTHER, Leaf

#: January to December: Spring Festival, 6.18 and 11.11.
SEASON = (1.06, 0.86, 0.95, 0.93, 0.98, 1.16, 0.93, 0.94, 0.98, 1.00, 1.22, 0.99)
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


def truth() -> dict[str, Any]:
    """What was planted, one entry a leaf category."""
    return {
        "how_to_read": "Sums of gmv over the last 12 months (2025) by `category`; `A / B` also by "
        "its first level A. yearly_growth: 2025 against 2024. crN: sum of the N largest brand "
        "shares, hhi: sum of (100 x share)^2; "
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
