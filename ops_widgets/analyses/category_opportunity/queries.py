"""What the category notebook asks of the store: the market, and this shop's part in it.

Money is in minor units, whole. Who leads a category, and what its leaders hold, is said in one
place: ``_PLACED``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from ops_widgets.analyses.category_opportunity.view import WHOLE_PATH, Look
from ops_widgets.names import SEPARATOR
from ops_widgets.summaries.store import Store


def _at_level(level: int) -> str:
    """The category path cut after so many levels; its first level is a column of its own."""
    if level == 1:
        return "category"
    if level >= WHOLE_PATH:
        return "category_path"
    levels = f"list_slice(string_split(category_path, '{SEPARATOR}'), 1, {int(level)})"
    return f"array_to_string({levels}, '{SEPARATOR}')"


#: The rows of one path and of all below it, or of one path alone.
_WITHIN = f"""($within = '' or category_path = $within
    or starts_with(category_path, $within || '{SEPARATOR}'))
    and ($exact = '' or category_path = $exact)"""


def _looked_at(look: Look) -> str:
    """``looked_at``: the rows of the market that a question is about."""
    return f"""
        looked_at as (
            select {_at_level(look.level)} as category, month_index, brand, gmv,
                   brand in (select name from noted_name where collected) as collected
            from market_month
            where {_WITHIN} and (len($categories) = 0
                or market_month.category in (select unnest($categories)))
        )"""


#: Every brand's place in its category over the months ``$months``; collected rows are no brand.
_PLACED = """
    held as (
        select category, brand, collected, sum(gmv)::bigint as gmv
        from looked_at where month_index in (select unnest($months)) group by all
    ), placed as (
        select *, row_number() over (
            partition by category, collected order by gmv desc, brand) as place
        from held
    )"""
_LEADS = "not collected and place <= $leaders"


def market_sizes(store: Store, look: Look, months: Collection[int]) -> pd.DataFrame:
    """One row a category over ``months``: what ``metrics.category.market_structure`` takes."""
    return store.query(
        f"""
        with {_looked_at(look)}, {_PLACED}
        select category, sum(gmv)::bigint as gmv,
               count(*) filter (not collected and gmv > 0) as brands,
               coalesce(sum(gmv) filter (not collected), 0)::bigint as listed_gmv,
               coalesce(sum(gmv) filter (not collected and place <= 4), 0)::bigint as top4_gmv,
               coalesce(sum(gmv) filter (not collected and place <= 10), 0)::bigint as top10_gmv,
               coalesce(sum(gmv) filter ({_LEADS}), 0)::bigint as leaders_gmv,
               coalesce(sum(gmv::double * gmv) filter (not collected), 0) as squares
        from placed group by all order by all
        """,
        _values(look) | {"months": list(months), "leaders": look.leaders},
    )


def market_months(
    store: Store, look: Look, first: int, last: int, leading: Collection[int]
) -> pd.DataFrame:
    """``category, month_index, gmv, open_gmv`` of the months ``first..last``.

    ``open_gmv`` is what the leaders of the months ``leading`` do not hold. A month of which a
    category has no row is missing.
    """
    return store.query(
        f"""
        with {_looked_at(look)}, {_PLACED}, leader as (
            select category, brand from placed where {_LEADS}
        )
        select category, month_index, sum(gmv)::bigint as gmv,
               coalesce(sum(gmv) filter (leader.brand is null), 0)::bigint as open_gmv
        from looked_at left join leader using (category, brand)
        where month_index between $first and $last
        group by all order by all
        """,
        _values(look)
        | {"first": first, "last": last, "months": list(leading), "leaders": look.leaders},
    )


def market_brands(store: Store, look: Look, months: Collection[int]) -> pd.DataFrame:
    """``brand, collected, gmv`` over ``months``, all categories together; largest first."""
    return store.query(
        f"""
        with {_looked_at(look)}
        select brand, collected, sum(gmv)::bigint as gmv
        from looked_at where month_index in (select unnest($months))
        group by all order by gmv desc, brand
        """,
        _values(look) | {"months": list(months)},
    )


def own_months(store: Store, look: Look, months: Collection[int]) -> pd.DataFrame:
    """``category, month_index, gmv, units``: what this shop sold in ``months``."""
    values = _values(look) | {"months": list(months)}
    values.pop("categories")
    return store.query(
        f"""
        select {_at_level(look.level)} as category, month_index, sum(gmv)::bigint as gmv,
               sum(units)::double as units
        from sales_month where month_index in (select unnest($months)) and {_WITHIN}
        group by all order by all
        """,
        values,
    )


def own_periods(store: Store, look: Look, first: int, last: int, *, orders: bool) -> pd.DataFrame:
    """``starts_on, ends_on, category, own_revenue, own_units``: what this shop sold, by period.

    Periods lie wholly in the days ``first..last``: months of the ``orders``, else those of the
    table ``sales``. Units are NA where a row does not know them.
    """
    sold = "sales_period"
    if orders:
        sold = """(
            select category, category_path, net_revenue as revenue, units,
                make_date(month_index // 12, month_index % 12 + 1, 1) as month,
                month - date '1970-01-01' as starts_on,
                month + interval 1 month - timestamp '1970-01-02' as until,
                date_part('day', until)::bigint as ends_on
            from sales_month)"""
    return store.query(
        f"""
        select starts_on, ends_on, {_at_level(look.level)} as category,
               sum(revenue)::double as own_revenue,
               (case when count(*) = count(units) then sum(units) end)::double as own_units
        from {sold} as sold
        where starts_on >= $first and ends_on <= $last and {_WITHIN} and (len($categories) = 0
            or sold.category in (select unnest($categories)))
        group by all order by all
        """,
        _values(look) | {"first": first, "last": last},
    )


def own_naming(store: Store, months: Collection[int]) -> tuple[bool, float]:
    """Whether any category of this shop is one of the market's, and which part of its sales in
    ``months`` is of products without a category.
    """
    found = store.query(
        """
        select (select count(*) from (select distinct category from sales_month)
                semi join market_month using (category)
                where category <> '(unknown)') > 0 as shared,
               coalesce(sum(gmv) filter (category = '(unknown)') / nullif(sum(gmv), 0), 0)
                   as nameless
        from sales_month where month_index in (select unnest($months))
        """,
        {"months": list(months)},
    )
    return bool(found["shared"][0]), float(found["nameless"][0])


def _values(look: Look) -> dict[str, Any]:
    return {"within": look.within, "exact": look.exact, "categories": list(look.categories)}


def largest(frame: pd.DataFrame, column: str) -> pd.Series | None:
    """The row with the largest known value of ``column``; None when none is known."""
    known = frame.dropna(subset=[column]).sort_values(column, ascending=False)
    return known.iloc[0] if len(known) else None
