"""Which category is worth entering, and is it still open?

Months are indices of the calendar; money is in minor units, whole. A month is *known* of a
category when the market table has a row of it: a month without one is unknown, never 0.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

#: Growth needs a year ago of at least this part of today, else it says "new", not "growing".
LEAST_BASE = 0.1
TOO_SMALL = f"a year earlier it was less than {LEAST_BASE:.0%} of now"
#: A category of less than this part of the average one decides nothing about the whole.
LEAST_SIZE = 0.1
#: Where more than this part of a category is not listed by brand, nobody knows who holds it.
MOST_UNLISTED = 0.5


def market_structure(sizes: pd.DataFrame) -> pd.DataFrame:
    """Size and concentration of each category.

    ``sizes``: one row a category, ``category, gmv`` (of all), ``brands`` (single ones that sold
    anything), ``listed_gmv`` (theirs), ``top4_gmv, top10_gmv, leaders_gmv`` (of the largest of
    them), ``squares`` (sum of their squared sizes). Returns the same rows, largest first, with
    ``cr4, cr10, leaders_share, hhi, unlisted_share, open_gmv``.

    Collected rows ("Other") count in the size but are no brand: they are never a leader and
    never squared, so HHI is a lower bound where ``unlisted_share`` > 0, and all of a category
    without a single brand is open. Shares are NA for a category without sales.
    """
    whole = sizes["gmv"].where(sizes["gmv"] > 0).astype("float64")
    frame = sizes.assign(
        cr4=sizes["top4_gmv"] / whole,
        cr10=sizes["top10_gmv"] / whole,
        leaders_share=sizes["leaders_gmv"] / whole,
        hhi=10_000 * sizes["squares"] / whole**2,
        unlisted_share=(sizes["gmv"] - sizes["listed_gmv"]) / whole,
        open_gmv=sizes["gmv"] - sizes["leaders_gmv"],
    )
    return frame.sort_values(["gmv", "category"], ascending=[False, True], ignore_index=True)


def largest_brands(brands: pd.DataFrame, count: int) -> pd.DataFrame:
    """The largest single brands over all rows: ``brand, brand_gmv, share``; ties by name.

    ``brands``: ``brand, collected, gmv``. Collected rows are left out and count in the share's
    whole.
    """
    whole = brands["gmv"].sum()
    single = brands[~brands["collected"] & (brands["gmv"] > 0)]
    sums = single.groupby("brand")["gmv"].sum().rename("brand_gmv").reset_index()
    sums["share"] = sums["brand_gmv"] / whole if whole > 0 else float("nan")
    ordered = sums.sort_values(["brand_gmv", "brand"], ascending=[False, True], ignore_index=True)
    return ordered.head(count)


def known_months(months: pd.DataFrame, looked_at: Collection[int]) -> pd.DataFrame:
    """``category, months``: how many of the months looked at are known of each category."""
    within = months[months["month_index"].isin(list(looked_at))]
    return within.groupby("category")["month_index"].nunique().rename("months").reset_index()


def year_on_year(months: pd.DataFrame, looked_at: Collection[int]) -> pd.DataFrame:
    """Growth of each category against the same months one year earlier.

    ``months``: ``category, month_index, gmv``, one row of each, complete months only. Compared
    are the months looked at that are known *of this category* in both years. Returns
    ``category, growth, compared_months, growth_unknown, compared_gmv, gmv_before``: growth is NA
    where no month can be compared, nothing was sold a year ago, or less than :data:`LEAST_BASE`
    of now; then ``growth_unknown`` says which, else it is empty. The last two are what was sold
    in the months compared, now and a year earlier.
    """
    earlier = months.assign(month_index=months["month_index"] + 12)
    now = months[months["month_index"].isin(list(looked_at))]
    both = now.merge(earlier, on=["category", "month_index"], suffixes=("", "_before"))
    sums = both.groupby("category")[["gmv", "gmv_before"]].sum()
    sums["compared_months"] = both.groupby("category")["month_index"].count()
    every = pd.Index(sorted(months["category"].unique()), name="category", dtype="object")
    sums = sums.reindex(every, fill_value=0)
    before, compared = sums["gmv_before"], sums["compared_months"]
    enough = (before > 0) & (before >= LEAST_BASE * sums["gmv"])
    why = [(compared == 0), (before == 0), ~enough]
    words = ["no same month a year earlier", "nothing was sold a year earlier", TOO_SMALL]
    return pd.DataFrame(
        {
            "category": every,
            "growth": (sums["gmv"] / before.where(enough) - 1).to_numpy(dtype="float64"),
            "compared_months": compared.to_numpy(dtype="int64"),
            "growth_unknown": np.select(why, words, ""),
            "compared_gmv": sums["gmv"].to_numpy(),
            "gmv_before": before.to_numpy(),
        }
    )


def months_grown(months: pd.DataFrame, looked_at: Collection[int]) -> pd.Series:
    """How many of the months that :func:`year_on_year` compares were larger than a year earlier.

    ``months``: ``category, month_index, gmv``. Returns counts by ``category``; one of which no
    month can be compared is missing.
    """
    earlier = months.assign(month_index=months["month_index"] + 12)
    now = months[months["month_index"].isin(list(looked_at))]
    both = now.merge(earlier, on=["category", "month_index"], suffixes=("", "_before"))
    return both["gmv"].gt(both["gmv_before"]).groupby(both["category"]).sum()


def own_against_market(
    market: pd.DataFrame, own: pd.DataFrame, both: Collection[int]
) -> pd.DataFrame:
    """What this shop sold beside what it would have sold at its share of a year earlier.

    ``market``: ``category, month_index, gmv``; ``own``: the same with ``units``; ``both``: the
    months to compare, of which the shop knows its sales now and a year earlier. Returns, one row
    a category and month that the market knows in both years, ``category, month_index, own_gmv,
    expected_gmv, units, units_before``; expected = own a year earlier x market now / market then.
    A month without sales of ours is 0.
    """
    joined = market.merge(own, on=["category", "month_index"], how="left", suffixes=("", "_own"))
    joined = joined.fillna({"gmv_own": 0, "units": 0})
    earlier = joined.assign(month_index=joined["month_index"] + 12)
    now = joined[joined["month_index"].isin(list(both))]
    rows = now.merge(earlier, on=["category", "month_index"], suffixes=("", "_before"))
    rows = rows[rows["gmv_before"] > 0]
    expected = rows["gmv_own_before"] * rows["gmv"] / rows["gmv_before"]
    return rows.assign(own_gmv=rows["gmv_own"], expected_gmv=expected)[
        ["category", "month_index", "own_gmv", "expected_gmv", "units", "units_before"]
    ].reset_index(drop=True)


def growth_together(frame: pd.DataFrame) -> float | None:
    """The growth of all categories as one: of the rows of :func:`year_on_year` whose growth is
    known, what was sold in the months compared ÷ what was sold in them a year earlier, less 1;
    None where no growth is known.
    """
    known = frame.dropna(subset=["growth"])
    return known["compared_gmv"].sum() / known["gmv_before"].sum() - 1 if len(known) else None


def of_some_size(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows whose ``gmv`` is at least :data:`LEAST_SIZE` of the average one's."""
    return frame[frame["gmv"] >= LEAST_SIZE * frame["gmv"].mean()]


def mostly_listed(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of whose sales at most :data:`MOST_UNLISTED` are not listed by brand.

    ``frame``: ``unlisted_share`` (NA: nothing was sold) beside anything else.
    """
    return frame[frame["unlisted_share"] <= MOST_UNLISTED]


def unlike(months: pd.DataFrame, now: Collection[int], then: Collection[int]) -> str:
    """The largest category that is not known alike in two sets of months; empty: none.

    ``months``: ``category, month_index, gmv``. Alike are as many months of both; of the same
    months a year earlier, the same ones. Categories that are too small for the whole
    (:func:`of_some_size`) do not count.
    """
    shift = 12 if {month - 12 for month in now} == set(then) else 0
    either = months[months["month_index"].isin([*now, *then])]
    sizes = of_some_size(either.groupby("category")["gmv"].sum().reset_index())
    known = either.groupby("category")["month_index"].agg(set)
    for category in sizes.sort_values(["gmv", "category"], ascending=[False, True])["category"]:
        a, b = known[category] & set(now), known[category] & set(then)
        if len(a) != len(b) or (shift and {month - shift for month in a} != b):
            return str(category)
    return ""


def own_share(market: pd.DataFrame, own: pd.DataFrame, both: Collection[int]) -> pd.DataFrame:
    """``category, own_gmv, own_share, own_months``: this shop's part of each category.

    ``market, own``: ``category, month_index, gmv``. Compared are the months ``both`` (those of
    which the shop's own sales are known) in which the category is known; where there are none,
    the share is NA. A category that the shop did not sell in them is 0.
    """
    known = market[market["month_index"].isin(list(both))]
    sold = own.rename(columns={"gmv": "own_gmv"})
    joined = known.merge(sold, on=["category", "month_index"], how="left")
    sums = joined.fillna({"own_gmv": 0}).groupby("category")
    found = sums[["gmv", "own_gmv"]].sum()
    sold_by_us, whole = (found[name].astype("float64") for name in ("own_gmv", "gmv"))
    found["own_share"] = sold_by_us / whole.where(whole > 0)
    found["own_months"] = sums["month_index"].nunique()
    return found.drop(columns="gmv").reset_index()
