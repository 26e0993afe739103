"""The questions, asked of the summaries."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.answers import CATEGORIES, QUESTIONS, TOP
from ops_widgets.analyses.cohort_activity import queries
from ops_widgets.summaries.store import Store, open_store


def answer(folder: str, question: str) -> dict[str, Any]:
    """Rows of the answer, and the seconds from opening the store to having them."""
    start = time.perf_counter()
    store = open_store(Path(folder))
    frame = ANSWERS[question](store)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "rows": sorted(frame.to_numpy().tolist())}


def monthly_revenue(store: Store) -> pd.DataFrame:
    """Sums of months."""
    return store.query(
        "select month_index, category, sum(net_revenue)::bigint as net_revenue "
        "from sales_month group by all"
    )


def weekly_visitors(store: Store) -> pd.DataFrame:
    """One channel after the other: a visitor of two channels counts in both."""
    found = []
    for channel in store.names("cell", "channel"):
        seen = queries.active_customers(
            store, "visit", "week", channels=[channel], categories=CATEGORIES
        )
        weeks = seen.groupby("period_index", as_index=False)["customers"].sum()
        weeks.insert(1, "channel", channel)
        found.append(weeks)
    return _whole(pd.concat(found))


def retention(store: Store) -> pd.DataFrame:
    """The triangle, as it is kept."""
    return _whole(queries.active_customers(store, "purchase", "month"))


def campaign_results(store: Store) -> pd.DataFrame:
    """Sums of days."""
    return store.query(
        """
        with sold as (
            select campaign_id, sum(net_revenue)::bigint as a from campaign_sales group by all
        ), counted as (
            select campaign_id, sum(orders)::bigint as b, sum(new_customers)::bigint as c
            from campaign_orders group by all
        )
        select campaign_id, a, coalesce(b, 0) as b, coalesce(c, 0) as c
        from sold left join counted using (campaign_id)
        """
    )


def top_brands(store: Store) -> pd.DataFrame:
    """Sums of months."""
    return store.query(
        "select brand, sum(gmv)::bigint as gmv, (sum(sum(gmv)) over ())::bigint as whole "
        f"from sales_month group by brand order by gmv desc, brand limit {TOP}"
    )


def _whole(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({"customers": "int64"})


ANSWERS = {name: globals()[name] for name in QUESTIONS}
