"""Which campaign brought money? Funnel and economics, each ratio a ratio of sums."""

from __future__ import annotations

import pandas as pd

SUMS = [
    "impressions",
    "clicks",
    "cost",
    "orders",
    "new_customers",
    "units",
    "gmv",
    "net_revenue",
    "goods_cost",
    "cost_unknown",
]


def ratio(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """``numerator / denominator`` row by row; NA where either is unknown or the latter is 0.

    >>> ratio(pd.Series([1.0, 1.0]), pd.Series([4.0, 0.0])).tolist()
    [0.25, nan]
    """
    below = denominator.astype("float64")
    return numerator.astype("float64") / below.where(below != 0)


def part(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """:func:`ratio` of a part to its whole; NA where it is larger than the whole.

    >>> part(pd.Series([1.0, 9.0]), pd.Series([4.0, 4.0])).tolist()
    [0.25, nan]
    """
    share = ratio(numerator, denominator)
    return share.where(share <= 1)


def distinct_orders(credits: pd.DataFrame, by: str) -> pd.DataFrame:
    """``orders, new_customers`` by ``by``: each credit of a group is counted once.

    ``credits``: ``by, credit, orders, new_customers, orders_of_unknown``, one row a credit and
    campaign (a credit is a day and a set of campaigns: see the summary ``campaign_orders``). New
    customers are NA where orders are credited, and of none of them the customer is known.
    """
    once = credits.drop_duplicates([by, "credit"])
    counts = ["orders", "new_customers", "orders_of_unknown"]
    sums = once.groupby(by)[counts].sum().astype("float64")
    known = (sums["orders"] == 0) | (sums["orders_of_unknown"] < sums["orders"])
    return sums[["orders"]].assign(new_customers=sums["new_customers"].where(known))


def campaign_economics(
    facts: pd.DataFrame, by: str, credits: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Funnel and economics of every group of campaigns.

    ``facts``: one row a campaign with the group's column ``by`` and the columns :data:`SUMS`
    (money in minor units; impressions, clicks and cost are NA where the shop does not know
    them). ``credits``: ``campaign_id`` and the columns of :func:`distinct_orders`; orders and new
    customers of a group are then counted as distinct. Without them every order is of one row of
    the ``facts``. Returns ``by``, ``campaigns``, the sums, and

    - ``ctr`` = clicks / impressions, ``orders_per_click`` = orders / clicks; NA where there are
      more than of what they are a part of, which cannot be (:func:`part`),
    - ``aov`` = net revenue / orders,
    - ``roas`` = net revenue / cost, ``cac`` = cost / *new* customers; both NA where nothing was
      spent: what comes for nothing has no price,
    - ``contribution`` = net revenue - goods - cost of the campaign, ``contribution_margin`` =
      contribution / net revenue.

    A sum is NA when any campaign of the group lacks it: a total of what happens to be known
    would be too small. Goods cost is NA as soon as one counting line has none. Largest net
    revenue first; ties by name.
    """
    grouped = facts.groupby(by, sort=False, dropna=False)
    sums = grouped[SUMS].sum(min_count=1)
    complete = grouped[SUMS].count().eq(grouped.size(), axis=0)
    sums = sums.astype("float64").where(complete)
    if credits is not None:
        named = facts[["campaign_id"]].assign(**{by: facts[by]})
        counted = distinct_orders(credits.merge(named, on="campaign_id"), by)
        counted = counted.reindex(sums.index, fill_value=0.0)
        sums[counted.columns] = counted.where(complete["orders"])
    sums["goods_cost"] = sums["goods_cost"].where(sums["cost_unknown"] == 0)
    sums.insert(0, "campaigns", grouped.size())
    result = sums.drop(columns="cost_unknown").reset_index()
    spent = result["cost"].where(result["cost"] != 0)
    result["ctr"] = part(result["clicks"], result["impressions"])
    result["orders_per_click"] = part(result["orders"], result["clicks"])
    result["aov"] = ratio(result["net_revenue"], result["orders"])
    result["roas"] = ratio(result["net_revenue"], spent)
    result["cac"] = ratio(spent, result["new_customers"])
    result["contribution"] = result["net_revenue"] - result["goods_cost"] - result["cost"]
    result["contribution_margin"] = ratio(result["contribution"], result["net_revenue"])
    return result.sort_values(["net_revenue", by], ascending=[False, True], ignore_index=True)


PLATFORM_SUMS = ["impressions", "clicks", "cost", "conversions", "conversion_value"]
PLATFORM_RATIOS = ("ctr", "cpc", "cost_per_conversion", "platform_roas")


def platform_economics(facts: pd.DataFrame, by: str) -> pd.DataFrame:
    """What platforms count of every group of campaigns; nothing that the shop sold is in it.

    ``facts``: rows with the group's column ``by`` and :data:`PLATFORM_SUMS` (money in minor units,
    NA where unknown). Returns ``by``, the sums (NA as soon as one row lacks it), and ``ctr`` =
    clicks / impressions, ``cpc`` = cost / clicks, ``cost_per_conversion`` = cost / conversions,
    ``platform_roas`` = conversion value / cost; NA where the latter is nothing.
    """
    grouped = facts.groupby(by, sort=True, dropna=False)
    complete = grouped[PLATFORM_SUMS].count().eq(grouped.size(), axis=0)
    sums = grouped[PLATFORM_SUMS].sum(min_count=1).astype("float64").where(complete)
    result = sums.reset_index()
    result["ctr"] = part(result["clicks"], result["impressions"])
    result["cpc"] = ratio(result["cost"], result["clicks"])
    result["cost_per_conversion"] = ratio(result["cost"], result["conversions"])
    result["platform_roas"] = ratio(result["conversion_value"], result["cost"])
    return result


STEPS = ("impressions", "clicks", "visits", "carts", "orders", "new_customers")


def funnel(economics: pd.DataFrame, by: str) -> pd.DataFrame:
    """The funnel in long form: ``by, step, before, count, previous, of_previous``.

    The :data:`STEPS` in order, as far as they are columns; new customers are those whose first
    order this was, a part of the orders. ``count`` is NA where it is unknown. ``before`` is the
    last step whose count is known, ``previous`` its count, ``of_previous`` = count / previous;
    NA where that is unknown, nothing, or less than the count, which cannot be.
    """
    steps = [step for step in STEPS if step in economics]
    counts = economics[steps].astype("float64")
    rows = []
    before = pd.Series(None, index=counts.index, dtype="object")
    previous = pd.Series(float("nan"), index=counts.index)
    for step in steps:
        long = economics[[by]].assign(step=step, before=before, count=counts[step])
        rows.append(long.assign(previous=previous))
        known = counts[step].notna()
        before, previous = before.mask(known, step), previous.mask(known, counts[step])
    result = pd.concat(rows, ignore_index=True)
    return result.assign(of_previous=part(result["count"], result["previous"]))
