"""The cells of every cohort that is looked at, and their average: what several panels share."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.cohort_activity.queries import active_customers, cohort_sizes
from ops_widgets.analyses.cohort_activity.view import (
    MOST_PERIODS,
    CohortActivityView,
    first_period,
    label,
    last_period,
    require,
    week_start,
)
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.cohorts import retention_curve, retention_triangle
from ops_widgets.periods import Grain, period_end
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.window import part_of

#: What all cohorts of new customers together are called.
AVERAGE = "Average"


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
    start = week_start(store)
    first, last = first_period(store, view, grain), last_period(store, view, grain)
    first = max(first, last - view.periods + 1)
    since, until = part_of(first, last, grain, view, start, touching=True)
    everybody = cohort_sizes(store, view.activity, grain, view.acquired)
    sizes = everybody[everybody["cohort_index"].between(since, until)]
    if sizes.empty:
        raise _nobody(everybody, last, view, start)
    active = active_under_filters(store, view, since)
    cells = retention_triangle(sizes, active, last, view.periods - 1)
    cells["cohort"] = [label(int(i), grain, start) for i in cells["cohort_index"]]
    return cells


def active_under_filters(
    store: Store, view: CohortActivityView, since: int, *, by_channel: bool = False
) -> pd.DataFrame:
    """Distinct active customers of cohorts since an index, under the filters of the view; of each
    channel that they first came by, if asked.
    """
    return active_customers(
        store,
        view.activity,
        view.cohorts,
        view.acquired,
        view.channels,
        view.categories,
        since=since,
        by_channel=by_channel,
    )


def of_new_customers(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """The cells of the triangle without the first cohort of the data, unless it is the only one.

    That is no cohort of new customers.
    """
    cells = triangle(store, view)
    later = cells[cells["cohort_index"] > first_period(store, view, view.cohorts)]
    return later if len(later) else cells


def average(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Average retention by age over cohorts of new customers, or of the cohort that is picked.

    Raises ``MissingDataError`` for a picked cohort that the view does not show.
    """
    if not view.cohort:
        return retention_curve(of_new_customers(store, view))
    cells = triangle(store, view)
    own = cells[cells["cohort"] == view.cohort]
    if own.empty:
        raise MissingDataError(
            f"The cohort of {view.cohort} is none of those shown: they are "
            f"{cells['cohort'].min()} to {cells['cohort'].max()}.",
            "Clear the pick.",
            {"cohort": ""},
        )
    return retention_curve(own)


def _nobody(
    everybody: pd.DataFrame, last: int, view: CohortActivityView, start: str
) -> MissingDataError:
    """Why no cohort is shown, and where the last one is; ``everybody`` are all cohort sizes."""
    grain, acquired = view.cohorts, " who first came by these channels" if view.acquired else ""
    before = everybody.loc[everybody["cohort_index"] <= last, "cohort_index"]
    if before.empty:
        return MissingDataError(
            f"No customer{acquired} is known to have begun.",
            "Choose other channels." if acquired else "Map a stable `customer_id`.",
        )
    when = "in the selected part" if view.since or view.until else f"in the last {view.periods}"
    latest = int(before.max())
    said = (
        f"Nobody{acquired} began {when} {'' if view.since or view.until else grain + 's'}".rstrip()
        + f": the last cohort is of {label(latest, grain, start)}."
    )
    if view.since or view.until:
        return MissingDataError(said, "Clear the selection.", {"since": "", "until": ""})
    if (needed := last - latest + 1) <= MOST_PERIODS:
        return MissingDataError(said, f"Follow them {needed} {grain}s.", {"periods": needed})
    day = period_end(latest + view.periods, grain, start)
    return MissingDataError(said, f"Look at it as of {day}.", {"as_of": day.isoformat()})
