"""Which category is worth entering, and is it still open?"""

from __future__ import annotations

import pandas as pd

from ops_widgets.stats.concentration import (
    concentration_ratio,
    effective_number,
    herfindahl,
    open_market,
)
from ops_widgets.stats.growth import growth_rate

#: Names under which a market table collects what it does not list brand by brand.
COLLECTED = frozenset({"other", "others", "all other", "all others", "rest", "(unknown)"})


def is_collected(brand: pd.Series) -> pd.Series:
    """Whether a brand name stands for many brands at once (case does not matter)."""
    return brand.str.strip().str.lower().isin(COLLECTED)


def market_structure(brands: pd.DataFrame, leaders: int = 10) -> pd.DataFrame:
    """Size and concentration of each category.

    ``brands``: one row a category and brand, ``category, brand, gmv`` (gmv summed over the
    window, minor units, at least 0). Returns one row a category, largest first: ``category,
    gmv, brands, cr4, cr10, leaders_share, hhi, effective_brands, unlisted_share, leaders_gmv,
    open_gmv``.

    Collected rows ("Other") count in the size but are no brand: they are never a leader and
    never squared, so HHI is a lower bound where ``unlisted_share`` > 0. Shares are NA for a
    category without sales.
    """
    rows = []
    for category, group in brands.groupby("category", sort=False):
        whole = float(group["gmv"].sum())
        single = group.loc[~is_collected(group["brand"]) & (group["gmv"] > 0), "gmv"].to_numpy()
        held = concentration_ratio(single, leaders, whole)
        open_part = open_market(whole, held)
        rows.append(
            {
                "category": category,
                "gmv": whole,
                "brands": len(single),
                "cr4": concentration_ratio(single, 4, whole),
                "cr10": concentration_ratio(single, 10, whole),
                "leaders_share": held,
                "hhi": herfindahl(single, whole),
                "effective_brands": effective_number(single, whole),
                "unlisted_share": 1 - single.sum() / whole if whole > 0 else float("nan"),
                "leaders_gmv": whole - open_part,
                "open_gmv": open_part,
            }
        )
    frame = pd.DataFrame(rows, columns=_STRUCTURE)
    return frame.sort_values(["gmv", "category"], ascending=[False, True], ignore_index=True)


_STRUCTURE = [
    "category",
    "gmv",
    "brands",
    "cr4",
    "cr10",
    "leaders_share",
    "hhi",
    "effective_brands",
    "unlisted_share",
    "leaders_gmv",
    "open_gmv",
]


def largest_brands(brands: pd.DataFrame, count: int) -> pd.DataFrame:
    """The largest single brands over all rows: ``brand, brand_gmv, share``; ties by name.

    ``brands``: ``brand, gmv``. Collected rows are left out and count in the share's whole.
    """
    whole = float(brands["gmv"].sum())
    single = brands[~is_collected(brands["brand"]) & (brands["gmv"] > 0)]
    sums = single.groupby("brand")["gmv"].sum().rename("brand_gmv").reset_index()
    sums["share"] = sums["brand_gmv"] / whole if whole > 0 else float("nan")
    ordered = sums.sort_values(["brand_gmv", "brand"], ascending=[False, True], ignore_index=True)
    return ordered.head(count)


def year_on_year(months: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Growth of each category against the same months one year earlier.

    ``months``: ``category, month_index, gmv``, complete months only. Compared are the months of
    ``first..last`` whose month a year earlier is in the data as well: never a full window
    against a part of one. Returns ``category, growth, compared_months``; growth is NA where
    nothing can be compared or nothing was sold a year ago.
    """
    known = set(months["month_index"])
    pairs = [m for m in range(first, last + 1) if m in known and m - 12 in known]
    now = months[months["month_index"].isin(pairs)]
    before = months[months["month_index"].isin([m - 12 for m in pairs])]
    sums = pd.DataFrame(
        {
            "now": now.groupby("category")["gmv"].sum(),
            "before": before.groupby("category")["gmv"].sum(),
        }
    ).reindex(pd.Index(sorted(months["category"].unique()), dtype="object"))
    pairs_of_sums = zip(sums["now"].fillna(0), sums["before"].fillna(0), strict=True)
    growth = [growth_rate(now_sum, before_sum) for now_sum, before_sum in pairs_of_sums]
    return pd.DataFrame({"category": sums.index, "growth": growth, "compared_months": len(pairs)})
