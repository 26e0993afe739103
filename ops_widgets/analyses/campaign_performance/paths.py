"""What each rule of attribution credits to campaigns, by the paths of customers before orders.

Money is in minor units. A rule divides all orders that have a path among all campaigns, whichever
are chosen: so its credits add up to the same for every rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ops_widgets.analyses.campaign_performance.queries import only_window
from ops_widgets.analyses.campaign_performance.reasons import CUSTOMERS
from ops_widgets.analyses.campaign_performance.rules import RULES
from ops_widgets.analyses.campaign_performance.view import (
    CampaignPerformanceView,
    whole_window,
    window,
)
from ops_widgets.errors import MissingDataError
from ops_widgets.periods import day_number
from ops_widgets.stats.attribution import BY_PLACE, Paths, markov, shapley
from ops_widgets.summaries.customers.paths import PARTS
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.reads import Reads
from ops_widgets.views.window import days_text

TOUCHED = Reads(
    "events",
    ("campaign_id",),
    "what each rule of attribution credits",
    beside="orders",
)
MEASURES = ("net_revenue", "orders")
#: Of each path; what time decay gives is of each step.
_OF_PATH = ("orders", "net_revenue", "without_order")


@dataclass(frozen=True)
class Credits:
    """``by_campaign``: ``campaign_id`` and, of every rule, ``net_revenue_<rule>`` and
    ``orders_<rule>``, one row a campaign that is on any path; ``orders`` and ``net_revenue`` are
    what each rule divides.
    """

    by_campaign: pd.DataFrame
    orders: float
    net_revenue: float


def of_window(store: Store, view: CampaignPerformanceView) -> Credits:
    """The credits of the paths that end in the window. Raises ``MissingDataError``: see
    :func:`credits_of`.
    """
    found: Credits = once(store, _of_window, only_window(view))
    return found


def of_all_days(store: Store, view: CampaignPerformanceView) -> Credits:
    """The credits of all paths that end by the day looked at."""
    found: Credits = once(store, _of_all_days, only_window(view).replace(since=None, until=None))
    return found


def _of_window(store: Store, view: CampaignPerformanceView) -> Credits:
    return credits_of(store, *window(store, view), int(view.lookback))


def _of_all_days(store: Store, view: CampaignPerformanceView) -> Credits:
    first = day_number(store.first_day)
    return credits_of(store, first, whole_window(store, view)[1], int(view.lookback))


def credits_of(store: Store, first: int, last: int, lookback: int) -> Credits:
    """What each rule credits of the orders of days ``first..last``, by paths of ``lookback`` days.

    Raises ``MissingDataError`` where the source does not know who came by which campaign or who
    ordered, and where no path ends in these days.
    """
    TOUCHED.require(store)
    CUSTOMERS.require(store)
    steps = store.query(
        """
        select path, step, campaign_id, sum(orders)::double as orders,
            sum(net_revenue)::double as net_revenue, sum(without_order)::double as without_order,
            sum(decay_orders)::double as decay_orders,
            sum(decay_net_revenue)::double as decay_net_revenue
        from campaign_path where lookback = $lookback and day between $first and $last
        group by path, step, campaign_id order by path, step
        """,
        {"lookback": lookback, "first": first, "last": last},
    )
    if steps.empty:
        raise MissingDataError(
            f"No visit that names a campaign leads to an order of {days_text(first, last)}, nor "
            "is any known to have led to none."
        )
    return divided(steps)


def divided(steps: pd.DataFrame) -> Credits:
    """:class:`Credits` of ``steps``: the columns of the summary ``campaign_path``, in its order,
    one row a step of a path.
    """
    number, names = pd.factorize(steps["campaign_id"].to_numpy(), sort=True)
    begins = steps["step"].eq(1)
    lengths = steps.groupby("path", sort=False).size()
    paths = Paths(number.astype("int64"), lengths.to_numpy().astype("int64"), len(names))
    once_a_path = steps[begins]
    orders, net_revenue, nulls = (once_a_path[name].to_numpy() for name in _OF_PATH)
    shares = {name: rule(paths) for name, rule in BY_PLACE.items()}
    by_removal = markov(paths, orders, nulls)
    found: dict[str, Any] = {"campaign_id": names}
    for measure, values in (("net_revenue", net_revenue), ("orders", orders)):
        unit = PARTS if measure == "orders" else 1
        given = {
            name: paths.together(share * paths.of_step(values)) for name, share in shares.items()
        }
        given["decay"] = paths.together(steps[f"decay_{measure}"]) / unit
        given["markov"] = by_removal * values.sum()
        given["shapley"] = shapley(paths, values)
        found |= {f"{measure}_{rule}": given[rule] for rule in RULES}
    return Credits(pd.DataFrame(found), float(orders.sum()), float(net_revenue.sum()))
