"""Why a number of campaigns is unknown, and what to bear in mind of one that is known."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import (
    COMPLETE,
    is_complete,
    last_recorded,
)
from ops_widgets.charts.formats import format_value, is_missing
from ops_widgets.periods import day_number, from_day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import one_of
from ops_widgets.views.reads import Reads

FUNNEL = Reads("campaign_days", ("impressions", "clicks"), "where each campaign loses people")
COST = Reads("campaign_days", ("cost",), "what campaigns cost: ROAS, CAC and contribution")
BUDGET = Reads("campaigns", ("budget",), "budgets used")
SPENT = Reads("campaign_days", ("cost",), "how much of its budget each campaign has spent")
CUSTOMERS = Reads("orders", ("customer_id",), "new customers of campaigns, and what one cost")
UNSPLIT = "what is credited to a campaign of several slots is of none of them"
#: Customers come back within about this many days: whoever is new in a shop's data that begin
#: less than this before may have bought before they began.
DAYS_TO_COME_BACK = 90


def nothing_ran(when: str, chosen: bool) -> str:
    """Why there is nothing to say: of the ``chosen`` campaigns, or of any."""
    return f"no {'chosen ' if chosen else ''}campaign ran {when}"


def reason(
    store: Store,
    name: str,
    total: pd.Series,
    facts: pd.DataFrame,
    lacking: Callable[[], pd.DataFrame],
) -> str:
    """Why the number ``name`` of ``total`` is unknown; empty where it is known.

    ``facts`` are the rows of the campaigns in the total; ``lacking()`` gives the campaigns and
    days (``campaign_id, day``) whose cost is not known.
    """
    if not is_missing(total[name]):
        return ""
    if name != "cost" and facts["net_revenue"].isna().any():
        return UNSPLIT
    cost = cost_unknown(store, facts, lacking)
    if name == "cac" and not customers_known(store):
        return "customers are not known"
    if name in ("roas", "cac", "contribution", "cost") and cost:
        return cost
    if name in ("roas", "cac") and total["cost"] == 0:
        return "nothing was spent"
    if name == "cac":
        known = not is_missing(total["new_customers"])
        return "no new customer was credited" if known else "who placed these orders is not known"
    if not has_column(store, "orders", "unit_cost") and not has_column(
        store, "products", "unit_cost"
    ):
        return "cost of goods is not known"
    lines = facts["cost_unknown"].sum()
    return f"cost of goods is not known for {_count(lines, 'credited line')}"


def has_column(store: Store, table: str, column: str) -> bool:
    """Whether the source maps a column."""
    return column in store.manifest["columns"].get(table, [])


def customers_known(store: Store) -> bool:
    """Whether any order says who placed it."""
    if not (has_column(store, CUSTOMERS.table, *CUSTOMERS.columns) and store.has("orders_day")):
        return False
    known = store.query("select sum(orders) > sum(orders_of_unknown) as known from orders_day")
    return bool(known["known"].fillna(False).iloc[0])


def cost_unknown(store: Store, facts: pd.DataFrame, lacking: Callable[[], pd.DataFrame]) -> str:
    """Of how many campaigns the cost is not known, and on how many days; empty: known."""
    if facts["cost"].notna().all():
        return ""
    if not has_column(store, COST.table, *COST.columns):
        return "what campaigns cost is not in the data"
    found = lacking()
    found = found[one_of(found["campaign_id"], facts["campaign_id"])]
    of = f"{found['campaign_id'].nunique()} of {len(facts)} campaigns"
    of = "this campaign" if len(facts) == 1 else of
    return f"cost of {of} is not known on {_count(found['day'].nunique(), 'day')}"


def unknown_or_nothing(store: Store) -> str:
    """How a day without a row in ``campaign_days`` is read; empty where there is no such table."""
    if not store.has("campaign_day"):
        return ""
    counts = "nothing spent, as the source says" if is_complete(store) else "unknown"
    ends = ends_early(store)
    ended = f"; the table ends on {ends}" if ends else ""
    return f"Days of a campaign without a row in campaign_days count as {counts}{ended}."


def ends_early(store: Store) -> str:
    """The last day of ``campaign_days``, where the data go on after it; else empty."""
    ends = last_recorded(store) if store.has("campaign_day") else None
    if ends is None or ends >= day_number(store.last_day):
        return ""
    return format_value(from_day_number(ends), "date")


def cost_remedy(store: Store) -> str:
    """What makes an unknown cost known."""
    if is_complete(store):
        return "Add the rows to campaign_days, with a cost of 0 where nothing was spent."
    return (
        "Add the rows to campaign_days or, if no row means that nothing was spent, write "
        f"`{COMPLETE} = true` at the top of the source's TOML."
    )


def first_seen(store: Store, first: int) -> str:
    """What is wrong with *new* in days that begin with ``first``; empty: nothing."""
    if first - day_number(store.first_day) >= DAYS_TO_COME_BACK:
        return ""
    begin = format_value(store.first_day, "date")
    return f"the data begin {begin}: customers who bought before are counted as new"


def _count(number: float, noun: str) -> str:
    return f"{number:,.0f} {noun}{'' if number == 1 else 's'}"
