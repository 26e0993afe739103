"""The few questions that panels ask the store, as SQL over summaries.

Every function returns a small frame; money is in minor units, and an empty tuple of names
means that nothing is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pandas as pd

from ops_widgets.periods import Grain
from ops_widgets.summaries.store import Store

#: What makes a customer active.
Basis = Literal["purchase", "visit"]


def _level(detail: bool) -> str:
    return "category_path" if detail else "category"


def market_span(store: Store) -> tuple[int, int]:
    """First and last month index of the market table."""
    span = store.query("select min(month_index) as a, max(month_index) as z from market_month")
    return int(span["a"][0]), int(span["z"][0])


def market_brands(
    store: Store, first: int, last: int, categories: Collection[str] = (), *, detail: bool = False
) -> pd.DataFrame:
    """``category, brand, gmv`` of the whole market over the months ``first..last``.

    ``detail`` takes the whole category path instead of its first level.
    """
    return store.query(
        f"""
        select {_level(detail)} as category, brand, sum(gmv)::double as gmv
        from market_month
        where month_index between $first and $last
          and (len($categories) = 0 or category in (select unnest($categories)))
        group by all order by all
        """,
        {"first": first, "last": last, "categories": list(categories)},
    )


def market_months(
    store: Store, first: int, last: int, categories: Collection[str] = (), *, detail: bool = False
) -> pd.DataFrame:
    """``category, month_index, gmv`` of the whole market by month."""
    return store.query(
        f"""
        select {_level(detail)} as category, month_index, sum(gmv)::double as gmv
        from market_month
        where month_index between $first and $last
          and (len($categories) = 0 or category in (select unnest($categories)))
        group by all order by all
        """,
        {"first": first, "last": last, "categories": list(categories)},
    )


def own_sales(store: Store, first: int, last: int, *, detail: bool = False) -> pd.DataFrame:
    """``category, own_gmv``: what this shop sold in the months ``first..last``."""
    return store.query(
        f"""
        select {_level(detail)} as category, sum(gmv)::double as own_gmv
        from sales_month where month_index between $first and $last
        group by all order by all
        """,
        {"first": first, "last": last},
    )


def names(store: Store, table: str, column: str) -> list[str]:
    """The distinct names of a summary's column, for a control; both are fixed in our code."""
    found = store.query(f"select distinct {column} as name from {table} order by 1")
    return [str(name) for name in found["name"]]


def campaign_facts(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """One row a campaign that cost, showed or sold anything in the days ``first..last``.

    ``campaign_id, name, content_type, format, channel`` and the sums of
    :data:`ops_widgets.metrics.campaigns.SUMS`. Impressions, clicks and cost are NA where the
    shop has none for the campaign; sales are 0 where nothing is credited to it.
    """
    return store.query(
        f"""
        with spent as (
            select campaign_id, sum(impressions)::double as impressions,
                   sum(clicks)::double as clicks, sum(cost)::double as cost
            from {_or_empty(store, "campaign_day")}
            where day between $first and $last group by 1
        ), sold as (
            select campaign_id, sum(orders)::double as orders,
                   sum(new_customers)::double as new_customers, sum(units)::double as units,
                   sum(net_revenue)::double as net_revenue, sum(goods_cost)::double as goods_cost,
                   sum(cost_unknown)::double as cost_unknown
            from campaign_sales where day between $first and $last group by 1
        )
        select campaign_id, coalesce(c.name, campaign_id) as name,
               coalesce(content_type, '(unknown)') as content_type,
               coalesce(format, '(unknown)') as format,
               coalesce(channel, '(unknown)') as channel,
               impressions, clicks, cost,
               coalesce(orders, 0) as orders, coalesce(new_customers, 0) as new_customers,
               coalesce(units, 0) as units, coalesce(net_revenue, 0) as net_revenue,
               coalesce(goods_cost, 0) as goods_cost, coalesce(cost_unknown, 0) as cost_unknown
        from spent full join sold using (campaign_id)
        left join {_or_empty(store, "campaign")} c using (campaign_id)
        order by campaign_id
        """,
        {"first": first_day, "last": last_day},
    )


def campaign_by_day(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """``campaign_id, content_type, day, cost, net_revenue`` by day; cost NA where unknown."""
    return store.query(
        f"""
        with spent as (
            select campaign_id, day, cost from {_or_empty(store, "campaign_day")}
        ), sold as (select campaign_id, day, net_revenue from campaign_sales)
        select campaign_id, coalesce(content_type, '(unknown)') as content_type, day,
               cost::double as cost, coalesce(net_revenue, 0)::double as net_revenue
        from spent full join sold using (campaign_id, day)
        left join {_or_empty(store, "campaign")} c using (campaign_id)
        where day between $first and $last order by campaign_id, day
        """,
        {"first": first_day, "last": last_day},
    )


#: What a query sees of a summary that the source cannot give: the same columns, no rows.
_EMPTY = {
    "campaign": "(select '' as campaign_id, '' as name, '' as content_type, '' as format, "
    "'' as channel where false)",
    "campaign_day": "(select '' as campaign_id, 0 as day, 0 as impressions, 0 as clicks, "
    "0 as cost where false)",
}


def _or_empty(store: Store, table: str) -> str:
    return table if store.has(table) else _EMPTY[table]


#: The rows of customers who were acquired by one of the channels ``$acquired`` (empty: by any).
_ACQUIRED = """(len($acquired) = 0 or acquired in (
    select channel_index from cell where channel in (select unnest($acquired))))"""


def cohort_sizes(
    store: Store, basis: Basis, grain: Grain, acquired: Collection[str] = ()
) -> pd.DataFrame:
    """``cohort_index, customers``: everybody whose first activity fell into that period."""
    return store.query(
        f"""
        select period_index as cohort_index, sum(new)::double as customers
        from lifecycle_{basis}_{grain} where {_ACQUIRED}
        group by 1 having sum(new) > 0 order by 1
        """,
        {"acquired": list(acquired)},
    )


def active_customers(
    store: Store,
    basis: Basis,
    grain: Grain,
    acquired: Collection[str] = (),
    channels: Collection[str] = (),
    categories: Collection[str] = (),
    *,
    since: int = 0,
) -> pd.DataFrame:
    """``cohort_index, period_index, customers``: distinct customers, active in a chosen cell.

    Cohorts before the index ``since`` are left out.
    A customer counts who was active in any of ``channels`` and ``categories`` together (one
    cell: this channel and this category), once, however many cells he touched.
    """
    if not store.has(f"signature_{basis}_{grain}"):
        return _active_by_name(store, basis, grain, acquired, channels, categories, since)
    touched = "true"
    if channels or categories:
        masks = store.query(
            """
            select mask_column, sum(bit)::bigint as mask from cell
            where (len($channels) = 0 or channel in (select unnest($channels)))
              and (len($categories) = 0 or category in (select unnest($categories)))
            group by 1
            """,
            {"channels": list(channels), "categories": list(categories)},
        )
        pairs = zip(masks["mask_column"], masks["mask"], strict=True)
        tests = [f"(mask_{int(i)} & {int(mask)}) <> 0" for i, mask in pairs]
        touched = " or ".join(tests) or "false"
    return store.query(
        f"""
        select cohort_index, period_index, sum(customers)::double as customers
        from signature_{basis}_{grain}
        where cohort_index >= $since and period_index >= $since and ({touched}) and {_ACQUIRED}
        group by 1, 2 order by 1, 2
        """,
        {"acquired": list(acquired), "since": since},
    )


def _active_by_name(
    store: Store,
    basis: Basis,
    grain: Grain,
    acquired: Collection[str],
    channels: Collection[str],
    categories: Collection[str],
    since: int,
) -> pd.DataFrame:
    """The same from the customers themselves, where there are too many cells or signatures."""
    return store.query(
        f"""
        select cohort_index, period_index, count(distinct customer)::double as customers
        from active_{basis}_{grain}
        where cohort_index >= $since and period_index >= $since and {_ACQUIRED} and cell in (
            select cell from cell
            where (len($channels) = 0 or channel in (select unnest($channels)))
              and (len($categories) = 0 or category in (select unnest($categories))))
        group by 1, 2 order by 1, 2
        """,
        {
            "acquired": list(acquired),
            "channels": list(channels),
            "categories": list(categories),
            "since": since,
        },
    )


def lifecycle(
    store: Store, basis: Basis, grain: Grain, acquired: Collection[str] = ()
) -> pd.DataFrame:
    """``period_index, new, retained, resurrected, churned`` of the customers acquired there."""
    return store.query(
        f"""
        select period_index, sum(new)::bigint as new, sum(retained)::bigint as retained,
               sum(resurrected)::bigint as resurrected, sum(churned)::bigint as churned
        from lifecycle_{basis}_{grain} where {_ACQUIRED} group by 1 order by 1
        """,
        {"acquired": list(acquired)},
    )


def sales_totals(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """One row: ``net_revenue, gmv, units, orders`` of the shop over the days ``first..last``."""
    return store.query(
        """
        select (select coalesce(sum(net_revenue), 0) from sales_day
                where day between $first and $last)::double as net_revenue,
               (select coalesce(sum(gmv), 0) from sales_day
                where day between $first and $last)::double as gmv,
               (select coalesce(sum(units), 0) from sales_day
                where day between $first and $last)::double as units,
               (select coalesce(sum(orders), 0) from orders_day
                where day between $first and $last)::double as orders
        """,
        {"first": first_day, "last": last_day},
    )
