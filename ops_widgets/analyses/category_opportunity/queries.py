"""What the category notebook asks of the store: the market, and this shop's part in it.

Money is in minor units; an empty tuple of names means that nothing is left out.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ops_widgets.analyses.category_opportunity.view import (
    WHOLE_PATH,
    CategoryOpportunityView,
    scope_of,
    window,
)
from ops_widgets.metrics.category import market_structure, year_on_year
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once


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
#: The rows of the market that a question is about.
_LOOKED_AT = f"""month_index between $first and $last and {_WITHIN}
    and (len($categories) = 0 or market_month.category in (select unnest($categories)))"""


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
    return _market_by("brand", store, first, last, categories, level, within)


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
    return _market_by("month_index", store, first, last, categories, level, within)


def _market_by(
    key: str,
    store: Store,
    first: int,
    last: int,
    categories: Collection[str],
    level: int,
    within: str,
) -> pd.DataFrame:
    return store.query(
        f"""
        select {_at_level(level)} as category, {key}, sum(gmv)::double as gmv
        from market_month
        where {_LOOKED_AT}
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
            where {_LOOKED_AT}
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


def structure(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Size, growth, concentration, open market and our own share, one row a category.

    The columns of :func:`~ops_widgets.metrics.category.market_structure` and
    :func:`~ops_widgets.metrics.category.year_on_year`, ``own_gmv`` and ``own_share``. Asked once
    for a view, whatever is picked in it.
    """
    frame: pd.DataFrame = once(store, _structure, view.replace(picked=""))
    return frame


def _structure(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    first, last = window(store, view)
    scope = scope_of(view)
    brands = market_brands(store, first, last, view.categories, **scope)
    history = market_months(store, first - 12, last, view.categories, **scope)
    frame = market_structure(brands, view.leaders)
    frame = frame.merge(year_on_year(history, first, last), on="category", how="left")
    own = own_sales(store, first, last, **scope)
    frame = frame.merge(own, on="category", how="left")
    frame["own_share"] = frame["own_gmv"].fillna(0) / frame["gmv"].where(frame["gmv"] > 0)
    return frame


def largest(frame: pd.DataFrame, column: str) -> pd.Series | None:
    """The row with the largest known value of ``column``; None when none is known."""
    known = frame.dropna(subset=[column]).sort_values(column, ascending=False)
    return known.iloc[0] if len(known) else None
