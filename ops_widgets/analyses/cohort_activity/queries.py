"""What the cohort notebook asks of the store, and the rows that several of its panels share.

An empty tuple of names means that nothing is left out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pandas as pd

from ops_widgets.analyses.cohort_activity.view import (
    CohortActivityView,
    first_period,
    label,
    last_period,
    require,
)
from ops_widgets.metrics.cohorts import (
    growth_accounting,
    retention_curve,
    retention_triangle,
)
from ops_widgets.periods import Grain, index_start
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.window import part_of

#: What makes a customer active.
Basis = Literal["purchase", "visit"]

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


def triangle(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """The cells of every cohort of the window that began in the selected part.

    The columns of :func:`~ops_widgets.metrics.cohorts.retention_triangle` and ``cohort``, its
    name. Asked once for a view, whichever cohort is picked.
    """
    cells: pd.DataFrame = once(store, _cells, view.replace(cohort=""))
    return cells


def _cells(store: Store, view: CohortActivityView) -> pd.DataFrame:
    require(store, view)
    grain: Grain = view.cohorts
    start = store.source["week_start"]
    last = last_period(store, view, grain)
    since, until = part_of(last - view.periods + 1, last, grain, view, start, touching=True)
    sizes = cohort_sizes(store, view.activity, grain, view.acquired)
    sizes = sizes[sizes["cohort_index"].between(since, until)]
    active = active_under_filters(store, view, since)
    cells = retention_triangle(sizes, active, last, view.periods - 1)
    cells["cohort"] = [label(int(i), grain, start) for i in cells["cohort_index"]]
    return cells


def active_under_filters(store: Store, view: CohortActivityView, since: int) -> pd.DataFrame:
    """Distinct active customers of cohorts since an index, under the filters of the view."""
    return active_customers(
        store,
        view.activity,
        view.cohorts,
        view.acquired,
        view.channels,
        view.categories,
        since=since,
    )


def average(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Average retention by age over the triangle, or of the cohort that is picked.

    The first cohort of the data is left out when there are others: it is no cohort of new
    customers.
    """
    cells = triangle(store, view)
    if view.cohort:
        cells = cells[cells["cohort"] == view.cohort]
    later = cells[cells["cohort_index"] > first_period(store, view.cohorts)]
    return retention_curve(later if len(later) else cells)


def all_weeks(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Growth accounting of every complete week of the data, with its first day as ``week``.

    Asked once, whatever is selected or filtered beside it.
    """
    weeks: pd.DataFrame = once(
        store,
        _accounting,
        view.unselected().replace(weeks=104, channels=(), categories=(), targets=()),
    )
    return weeks


def _accounting(store: Store, view: CohortActivityView) -> pd.DataFrame:
    require(store, view)
    last = last_period(store, view, "week")
    rows = lifecycle(store, view.activity, "week", view.acquired)
    frame = growth_accounting(rows, first_period(store, "week"), last)
    start = store.source["week_start"]
    weeks = [index_start(int(i), "week", start) for i in frame["period_index"]]
    return frame.assign(week=pd.to_datetime(pd.Series(weeks, dtype=object)))
