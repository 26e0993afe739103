"""Who was active each week, who came and who went: what the headline and its chart share."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.cohort_activity.queries import active_customers, lifecycle
from ops_widgets.analyses.cohort_activity.view import (
    CohortActivityView,
    first_whole,
    last_period,
    require,
    week_start,
)
from ops_widgets.metrics.cohorts import growth_accounting
from ops_widgets.periods import index_start
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.window import part_of

#: What takes the week before to be known.
FLOWS = ["new", "retained", "resurrected", "churned", "net_change", "quick_ratio"]


def all_weeks(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Growth accounting of every week that the data have seen whole, its first day as ``week``.

    Who is new, stayed, came back or went is NA in the first of them: that takes the week before.
    Asked once, whatever is selected or filtered beside it: it is of all channels and categories.
    """
    weeks: pd.DataFrame = once(
        store,
        _accounting,
        view.unselected().replace(weeks=104, channels=(), categories=(), targets=()),
    )
    return weeks


def _accounting(store: Store, view: CohortActivityView) -> pd.DataFrame:
    require(store, view)
    start = week_start(store)
    first, last = first_whole(store, view, "week"), last_period(store, view, "week")
    first, last = part_of(first, last, "week", view, start)
    rows = lifecycle(store, view.activity, "week", view.acquired)
    frame = growth_accounting(rows, first, last)
    frame[FLOWS] = frame[FLOWS].astype("float64").where(frame["period_index"] > first)
    weeks = [index_start(int(i), "week", start) for i in frame["period_index"]]
    return frame.assign(week=pd.to_datetime(pd.Series(weeks, dtype=object)))


def weeks(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """:func:`all_weeks`, with ``active`` and ``new`` of the chosen channels and categories.

    New are those active there whose first activity anywhere fell into the week.
    """
    frame = all_weeks(store, view)
    if not (view.channels or view.categories):
        return frame
    active: pd.DataFrame = once(store, _active_weeks, view.unselected().replace(targets=()))
    found = active.groupby("period_index")["customers"].sum()
    began = active[active["cohort_index"] == active["period_index"]]
    new = began.set_index("period_index")["customers"]
    index = frame["period_index"]
    return frame.assign(
        active=index.map(found).fillna(0),
        new=index.map(new).fillna(0).where(frame["new"].notna()),
    )


def _active_weeks(store: Store, view: CohortActivityView) -> pd.DataFrame:
    chosen = (view.acquired, view.channels, view.categories)
    return active_customers(store, view.activity, "week", *chosen)
