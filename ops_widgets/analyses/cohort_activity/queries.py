"""What the cohort notebook asks of the store.

An empty tuple of names means that nothing is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pandas as pd

from ops_widgets.periods import Grain
from ops_widgets.summaries.store import Store

#: What makes a customer active.
Basis = Literal["purchase", "visit"]

#: The rows of customers who were acquired by one of the channels ``$acquired`` (empty: by any).
_ACQUIRED = """(len($acquired) = 0 or acquired in (
    select channel_index from cell where channel in (select unnest($acquired))))"""


def cohort_sizes(
    store: Store,
    basis: Basis,
    grain: Grain,
    acquired: Collection[str] = (),
    *,
    by_channel: bool = False,
) -> pd.DataFrame:
    """``cohort_index, customers``: everybody whose first activity fell into that period.

    With ``by_channel`` also ``acquired``, the number of the channel of that activity.
    """
    return store.query(
        f"""
        select {"acquired, " if by_channel else ""}period_index as cohort_index,
               sum(new)::double as customers
        from lifecycle_{basis}_{grain} where {_ACQUIRED}
        group by all having sum(new) > 0 order by all
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
    by_channel: bool = False,
) -> pd.DataFrame:
    """``cohort_index, period_index, customers``: distinct customers, active in a chosen cell.

    Cohorts before the index ``since`` are left out; ``by_channel`` as in :func:`cohort_sizes`.
    A customer counts who was active in any of ``channels`` and ``categories`` together (one
    cell: this channel and this category), once, however many cells he touched.
    """
    if not store.has(f"signature_{basis}_{grain}"):
        return _active_by_name(
            store, basis, grain, acquired, channels, categories, since, by_channel
        )
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
        select {"acquired, " if by_channel else ""}cohort_index, period_index,
               sum(customers)::double as customers
        from signature_{basis}_{grain}
        where cohort_index >= $since and period_index >= $since and {touched} and {_ACQUIRED}
        group by all order by all
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
    by_channel: bool,
) -> pd.DataFrame:
    """The same from the customers themselves, where there are too many cells or signatures."""
    return store.query(
        f"""
        select {"acquired, " if by_channel else ""}cohort_index, period_index,
               count(distinct customer)::double as customers
        from active_{basis}_{grain}
        where cohort_index >= $since and period_index >= $since and {_ACQUIRED} and cell in (
            select cell from cell
            where (len($channels) = 0 or channel in (select unnest($channels)))
              and (len($categories) = 0 or category in (select unnest($categories))))
        group by all order by all
        """,
        {
            "acquired": list(acquired),
            "channels": list(channels),
            "categories": list(categories),
            "since": since,
        },
    )


def channel_names(store: Store) -> dict[int, str]:
    """The channels by their numbers, as ``acquired`` has them."""
    rows = store.query("select distinct channel_index, channel from cell order by all")
    return dict(zip(rows["channel_index"].astype(int), rows["channel"].astype(str), strict=True))


def order_value(store: Store, first: int, last: int) -> tuple[float, float]:
    """Net revenue (minor units) and orders of the days ``first..last``, all channels together."""
    found = store.query(
        """
        select (select coalesce(sum(net_revenue), 0)::double from sales_day
                where day between $first and $last) as revenue,
               (select coalesce(sum(orders), 0)::double from orders_day
                where day between $first and $last) as orders
        """,
        {"first": first, "last": last},
    )
    return float(found["revenue"][0]), float(found["orders"][0])


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
