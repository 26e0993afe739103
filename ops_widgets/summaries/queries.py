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


#: More levels than a category path has.
WHOLE_PATH = 99


def _at_level(level: int) -> str:
    """The category path cut after so many levels; its first level is a column of its own."""
    if level == 1:
        return "category"
    if level >= WHOLE_PATH:
        return "category_path"
    return (
        f"array_to_string(list_slice(string_split(category_path, ' / '), 1, {int(level)}), ' / ')"
    )


#: The rows of one path and of all below it (``$within``, empty: of every path).
_WITHIN = """($within = '' or category_path = $within
    or starts_with(category_path, $within || ' / '))"""


def market_span(store: Store) -> tuple[int, int]:
    """First and last month index of the market table."""
    span = store.query("select min(month_index) as a, max(month_index) as z from market_month")
    return int(span["a"][0]), int(span["z"][0])


def market_brands(
    store: Store,
    first: int,
    last: int,
    categories: Collection[str] = (),
    *,
    level: int = 1,
    within: str = "",
) -> pd.DataFrame:
    """``category, brand, gmv`` of the whole market over the months ``first..last``.

    ``categories`` are of the first level; ``level`` says how deep the rows go, ``within``
    leaves out all but one path.
    """
    return store.query(
        f"""
        select {_at_level(level)} as category, brand, sum(gmv)::double as gmv
        from market_month
        where month_index between $first and $last and {_WITHIN}
          and (len($categories) = 0
               or market_month.category in (select unnest($categories)))
        group by all order by all
        """,
        {"first": first, "last": last, "within": within, "categories": list(categories)},
    )


def market_months(
    store: Store,
    first: int,
    last: int,
    categories: Collection[str] = (),
    *,
    level: int = 1,
    within: str = "",
) -> pd.DataFrame:
    """``category, month_index, gmv`` of the whole market by month (see :func:`market_brands`)."""
    return store.query(
        f"""
        select {_at_level(level)} as category, month_index, sum(gmv)::double as gmv
        from market_month
        where month_index between $first and $last and {_WITHIN}
          and (len($categories) = 0
               or market_month.category in (select unnest($categories)))
        group by all order by all
        """,
        {"first": first, "last": last, "within": within, "categories": list(categories)},
    )


def market_open(
    store: Store,
    first: int,
    last: int,
    leaders: int,
    collected: Collection[str],
    categories: Collection[str] = (),
    *,
    level: int = 1,
    within: str = "",
    by_month: bool = False,
) -> pd.DataFrame:
    """``category, gmv, open_gmv`` (with ``by_month`` also ``month_index``) of the whole market.

    ``open_gmv`` is what the ``leaders`` largest single brands do not hold; rows of a brand
    named in ``collected`` (lower case) count in the size and are no brand. See
    :func:`market_brands` for the rest.
    """
    keys = f"{_at_level(level)} as category" + (", month_index" if by_month else "")
    group = "category, month_index" if by_month else "category"
    return store.query(
        f"""
        with sold as (
            select {keys}, brand, sum(gmv)::double as gmv,
                   lower(trim(brand)) in (select unnest($collected)) as many
            from market_month
            where month_index between $first and $last and {_WITHIN}
              and (len($categories) = 0
                   or market_month.category in (select unnest($categories)))
            group by all
        ), placed as (
            select *, row_number() over (
                partition by {group}, many order by gmv desc, brand) as place
            from sold
        )
        select {group}, sum(gmv) as gmv,
               sum(gmv) - coalesce(sum(gmv) filter (not many and place <= $leaders), 0) as open_gmv
        from placed group by all order by all
        """,
        {
            "first": first,
            "last": last,
            "leaders": leaders,
            "collected": list(collected),
            "within": within,
            "categories": list(categories),
        },
    )


def own_sales(
    store: Store, first: int, last: int, *, level: int = 1, within: str = ""
) -> pd.DataFrame:
    """``category, own_gmv``: what this shop sold in the months ``first..last``."""
    return store.query(
        f"""
        select {_at_level(level)} as category, sum(gmv)::double as own_gmv
        from sales_month where month_index between $first and $last and {_WITHIN}
        group by all order by all
        """,
        {"first": first, "last": last, "within": within},
    )


def names(store: Store, table: str, column: str) -> list[str]:
    """The distinct names of a summary's column, for a control; both are fixed in our code."""
    found = store.query(f"select distinct {column} as name from {table} order by 1")
    return [str(name) for name in found["name"]]


def campaign_facts(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """One row a campaign that cost, showed or sold anything in the days ``first..last``.

    ``campaign_id, name, content_type, format, channel`` and the sums of
    :data:`ops_widgets.metrics.campaigns.SUMS`. Impressions, clicks and cost are NA where the
    shop does not know them for every day that the campaign ran (see :func:`campaign_by_day`);
    sales are 0 where nothing is credited to it.
    """
    return store.query(
        f"""
        {_campaign_days(store)}
        select campaign_id, name, content_type, format, channel,
               case when bool_and(impressions is not null) then sum(impressions) end as impressions,
               case when bool_and(clicks is not null) then sum(clicks) end as clicks,
               case when bool_and(cost is not null) then sum(cost) end as cost,
               {", ".join(f"sum({m}) as {m}" for m in _SOLD)}
        from by_day where day between $first and $last
        group by all order by campaign_id
        """,
        {"first": first_day, "last": last_day},
    )


def campaign_by_day(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """The columns of :func:`campaign_facts` and ``day``: one row a campaign and day.

    Impressions, clicks and cost are NA where the shop does not know them: an empty field, a day
    between the campaign's first and last without a row in ``campaign_days``, a campaign that is
    in no row of it. A day after the campaign has ended, on which it is still credited with a
    sale, cost nothing.
    """
    return store.query(
        f"""
        {_campaign_days(store)}
        select * from by_day where day between $first and $last order by campaign_id, day
        """,
        {"first": first_day, "last": last_day},
    )


_SPENT = ("impressions", "clicks", "cost")
_SOLD = ("orders", "new_customers", "units", "net_revenue", "goods_cost", "cost_unknown")


def _campaign_days(store: Store) -> str:
    """Common table expressions up to ``by_day``: every campaign on every day it ran or sold."""
    spent = ", ".join(
        # Outside the days it ran a campaign costs nothing; inside, no row is no knowledge.
        f"case when s.campaign_id is not null then s.{m}::double "
        f"when r.campaign_id is not null and k.day not between r.first and r.last then 0.0 "
        f"end as {m}"
        for m in _SPENT
    )
    sold = ", ".join(f"coalesce(o.{m}, 0)::double as {m}" for m in _SOLD)
    named = ", ".join(
        f"coalesce(c.{n}, '(unknown)') as {n}" for n in ("content_type", "format", "channel")
    )
    days, campaigns = _or_empty(store, "campaign_day"), _or_empty(store, "campaign")
    return f"""with ran as (
            select campaign_id, least(min(day), min(starts_on)) as first,
                   greatest(max(day), max(ends_on)) as last
            from {days} left join {campaigns} using (campaign_id) group by 1
        ), inside as (
            select campaign_id, unnest(range(first, last + 1))::bigint as day from ran
            where last - first < 4000
        ), keys as (
            select campaign_id, day from inside
            union select campaign_id, day from campaign_sales
            union select campaign_id, day from {days}
        ), by_day as (
            select k.campaign_id, coalesce(c.name, k.campaign_id) as name, {named}, k.day,
                   {spent}, {sold}
            from keys k
            left join {days} s on s.campaign_id = k.campaign_id and s.day = k.day
            left join campaign_sales o on o.campaign_id = k.campaign_id and o.day = k.day
            left join {campaigns} c on c.campaign_id = k.campaign_id
            left join ran r on r.campaign_id = k.campaign_id
        )"""


#: What a query sees of a summary that the source cannot give: the same columns, no rows.
_EMPTY = {
    "campaign": "(select '' as campaign_id, '' as name, '' as content_type, '' as format, "
    "'' as channel, 0 as starts_on, 0 as ends_on where false)",
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
        common = [f"(mask_{int(i)} & {int(mask)})" for i, mask in pairs]
        # One comparison for all masks: half the time of one for each, with "or" between.
        touched = f"({' | '.join(common)}) <> 0" if common else "false"
    return store.query(
        f"""
        select cohort_index, period_index, sum(customers)::double as customers
        from signature_{basis}_{grain}
        where cohort_index >= $since and period_index >= $since and {touched} and {_ACQUIRED}
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
