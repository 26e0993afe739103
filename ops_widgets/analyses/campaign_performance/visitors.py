"""Who came by a campaign and who bought: visits, carts and customers, each counted once.

What is independent is the customer, who comes more than once: so beside the counts stand the sums
over customers that an interval of their ratios needs.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from ops_widgets.analyses.campaign_performance.reasons import UNSPLIT
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView, window
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.periods import day_number
from ops_widgets.stats.ratio import Sums
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import one_of
from ops_widgets.views.reads import Reads

VISITORS = Reads("events", ("campaign_id",), "visitors that campaigns brought")
VISITS = Reads("events", ("campaign_id", "session_id"), "visits and carts that campaigns brought")
#: What is counted of a customer, and the pairs (below, above) whose ratios are shown.
COUNTS = ("visits", "carts", "orders", "first_orders")
PAIRS = (*pairwise(COUNTS), ("visits", "orders"), ("orders", "visits"))
#: The sums over customers that these need, as the query calls them.
OF_SUMS = [
    *(f"{start}_{x}_{y}" for x, y in PAIRS for start in ("n", "xy")),
    *(f"{count}{power}" for count in COUNTS for power in ("", "2")),
]


def came(store: Store, view: CampaignPerformanceView, shown: pd.DataFrame) -> pd.DataFrame:
    """One row a ``group`` of ``shown`` (``campaign_id, group, net_revenue``), which is its index.

    ``visits, carts``: sessions of the window, and those with a cart; ``visitors``: customers who
    had one; ``returning_customers``: customers with a credited order of which none is their first
    ever. NA where it is unknown; ``no_visits`` and ``no_carts`` say why. Of the columns of sums
    over customers read :func:`sums_of`; an order of nobody known is of one who did nothing else.
    """
    units = _units(store, view, shown)
    found = units[["visits", "carts", "visitors", "returning_customers"]].copy()
    found[[f"sum_{name}" for name in OF_SUMS]] = units[OF_SUMS]
    split = shown["net_revenue"].isna().groupby(shown["group"]).any().reindex(found.index)
    rows = shown.groupby("group")["campaign_id"]
    untold = one_of(shown["campaign_id"], _untracked(store)).groupby(shown["group"]).sum()
    of = (untold.astype("str") + " of " + rows.size().astype("str") + " campaigns").where(
        rows.size() > 1, "this campaign"
    )
    lacks = _lacking(store, view)
    why = ("no event carries " + of).where(untold > 0, "").reindex(found.index)
    why = why.mask(split, UNSPLIT) if not lacks else pd.Series(lacks, found.index)
    found["visitors"] = found["visitors"].where(why == "")
    unplaced = units["events_unplaced"]
    some = unplaced.map(
        lambda many: (
            f"{grouped(many, 0)} event{'s belong' if many != 1 else ' belongs'} to no session"
        )
    )
    found["no_visits"] = why.mask((why == "") & (unplaced > 0), some)
    found["no_carts"] = found["no_visits"].where(found["no_visits"] != "", _no_carts(store))
    for name in ("visits", "carts"):
        found[name] = found[name].where(found[f"no_{name}"] == "")
    nobody = (units["orders"] > 0) & (units["orders"] == units["orders_of_unknown"])
    found["returning_customers"] = found["returning_customers"].mask(nobody | split)
    return found


def _units(store: Store, view: CampaignPerformanceView, shown: pd.DataFrame) -> pd.DataFrame:
    """By group the sums over customers of the window; a visit or order of a group counts once."""
    parts = [
        f"coalesce(sum(w) filter ({x} > 0 or {y} > 0), 0)::double as n_{x}_{y}, "
        f"coalesce(sum(w * {x} * {y}), 0)::double as xy_{x}_{y}"
        for x, y in PAIRS
    ]
    parts += [
        f"coalesce(sum(w * {c}), 0)::double as {c}, coalesce(sum(w * {c} * {c}), 0)::double as {c}2"
        for c in COUNTS
    ]
    first, last = window(store, view)
    kinds = shown[["campaign_id", "group"]].drop_duplicates()
    found = store.query(
        f"""
        with kind as (
            select unnest($campaigns::varchar[]) as campaign_id, unnest($groups::varchar[]) as kind
        ), seen as (
            select kind, customer, sum(visits) as visits, sum(carts) as carts,
                sum(events_unplaced) as events_unplaced
            from (
                select distinct kind, visit, customer, visits, carts, events_unplaced
                from {_or_empty(store, "campaign_visit")} join kind using (campaign_id)
                where day between $first and $last
            ) group by kind, customer
        ), bought as (
            select kind, customer, sum(orders) as orders, sum(first_orders) as first_orders
            from (
                select distinct kind, purchase, customer, orders, first_orders
                from {_or_empty(store, "campaign_buyer")} join kind using (campaign_id)
                where day between $first and $last
            ) group by kind, customer
        ), customer as (
            select kind, customer, customer is not null as known,
                case when customer is null then orders else 1 end as w,
                case when customer is null then 1 else coalesce(orders, 0) end as orders,
                coalesce(first_orders, 0) as first_orders, coalesce(visits, 0) as visits,
                coalesce(carts, 0) as carts, coalesce(events_unplaced, 0) as events_unplaced
            from seen full join bought using (kind, customer)
        )
        select k.kind as "group", {", ".join(parts)},
            coalesce(sum(w) filter (not known), 0)::double as orders_of_unknown,
            coalesce(sum(events_unplaced), 0)::double as events_unplaced,
            count_if(visits + events_unplaced > 0)::double as visitors,
            count_if(known and orders > 0 and first_orders = 0)::double as returning_customers
        from (select distinct kind from kind) k left join customer c using (kind) group by k.kind
        """,
        {
            "campaigns": kinds["campaign_id"].tolist(),
            "groups": kinds["group"].tolist(),
            "first": first,
            "last": last,
        },
    )
    return found.set_index("group").reindex(kinds["group"].unique())


def sums_of(table: pd.DataFrame, below: str, above: str) -> Sums:
    """The sums of ``above / below`` over customers, a pair of :data:`PAIRS`: one a row."""
    pair = f"{below}_{above}"
    names = (f"n_{pair}", below, above, f"{below}2", f"{above}2", f"xy_{pair}")
    return Sums(*(table[f"sum_{name}"].to_numpy("float64") for name in names))


def _lacking(store: Store, view: CampaignPerformanceView) -> str:
    """Why visits are unknown of every campaign; empty: they are not."""
    if not VISITORS.maps(store):
        return "no event says by which campaign"
    first, last = window(store, view)
    seen = store.seen("events")
    if first < day_number(seen.first) or last > day_number(seen.whole):
        begin, end = (format_value(day, "date") for day in (seen.first, seen.whole))
        return f"events are known from {begin} to {end}"
    return ""


def _untracked(store: Store) -> set[str]:
    """The campaigns that run or sell, and that no event of any day carries."""
    if not store.has("campaign_visit"):
        return set()
    tables = ("campaign", "campaign_day", "campaign_sales", "campaign_orders")
    named = " union ".join(f"select campaign_id from {one}" for one in tables if store.has(one))
    tracked = "select campaign_id from campaign_visit"
    return set(store.query(f"({named}) except {tracked}")["campaign_id"]) if named else set()


def _no_carts(store: Store) -> str:
    if not store.has("campaign_visit"):
        return ""
    carts = store.query("select coalesce(sum(carts), 0) > 0 as known from campaign_visit")
    return "" if carts["known"].iloc[0] else "no event `cart` carries a campaign"


_EMPTY = {
    "campaign_visit": "(select '' as campaign_id, 0 as visit, 0 as day, 0 as customer, "
    "0 as visits, 0 as carts, 0 as events_unplaced where false)",
    "campaign_buyer": "(select '' as campaign_id, 0 as purchase, 0 as day, 0 as customer, "
    "0 as orders, 0 as first_orders where false)",
}


def _or_empty(store: Store, table: str) -> str:
    return table if store.has(table) else _EMPTY[table]
