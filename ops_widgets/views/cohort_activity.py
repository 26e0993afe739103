"""Who came, who stayed, who came back?"""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from ops_widgets.charts.formats import Number, format_value
from ops_widgets.charts.pieces import About
from ops_widgets.metrics.cohorts import growth_accounting, retention_curve, retention_triangle
from ops_widgets.metrics.compare import period_before, year_before
from ops_widgets.periods import Grain, index_start
from ops_widgets.summaries import queries
from ops_widgets.summaries.store import Store
from ops_widgets.views.about import about as page_about
from ops_widgets.views.answers import once
from ops_widgets.views.cohort_view import (
    PERIODS_A_YEAR,
    CohortActivityView,
    choices,
    first_period,
    label,
    last_period,
    require,
    week_start,
)
from ops_widgets.views.frames import brushable, described, part_of, pickable
from ops_widgets.views.targets import with_targets


def _choices(store: Store, _view: CohortActivityView) -> dict[str, list[str]]:
    return choices(store)


def about(store: Store, view: CohortActivityView) -> About:
    """The page's head: its question, where the data come from, what the controls offer."""
    return page_about(
        store,
        view,
        "Cohort activity",
        "Who came, who stayed, who came back?",
        once(store, _choices, CohortActivityView()),
    )


def _triangle(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """The cells of every cohort of the window that began in the selected part."""
    require(store, view)
    grain: Grain = view.cohorts
    start = store.source["week_start"]
    last = last_period(store, view, grain)
    since, until = part_of(last - view.periods + 1, last, grain, view, start, touching=True)
    sizes = queries.cohort_sizes(store, view.activity, grain, view.acquired)
    sizes = sizes[sizes["cohort_index"].between(since, until)]
    active = _active(store, view, since)
    cells = retention_triangle(sizes, active, last, view.periods - 1)
    cells["cohort"] = [label(int(i), grain, start) for i in cells["cohort_index"]]
    return cells


def _active(store: Store, view: CohortActivityView, since: int) -> pd.DataFrame:
    return queries.active_customers(
        store,
        view.activity,
        view.cohorts,
        view.acquired,
        view.channels,
        view.categories,
        since=since,
    )


def triangle(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Classic retention by cohort and age; cells that are not complete as of the day are NA."""
    cells = once(store, _triangle, view.replace(cohort=""))
    start, grain = store.source["week_start"], view.cohorts
    oldest = label(first_period(store, grain), grain, start)
    warning = f" The cohort of {oldest} is the first of the data: it holds older customers too."
    frame = described(
        store,
        cells,
        {
            "cohort": ("Cohort", "text"),
            "age": (f"{grain.capitalize()}s after", "integer"),
            "cohort_customers": ("Customers", "integer"),
            "active_customers": ("Active", "integer"),
            "retention": ("Retention", "percent"),
        },
        note="Empty cells have not wholly passed yet: they are unknown, not zero."
        + (warning if (cells["cohort"] == oldest).any() else ""),
    )
    frame.attrs["oldest"] = oldest
    return pickable(frame, "cohort", "cohort", view)


def first_return(frame: pd.DataFrame) -> str:
    """The finding of :func:`triangle`: how many come back in the period after the first."""
    cells = frame[(frame["age"] == 1) & frame["active_customers"].notna()]
    later = cells[cells["cohort"] != frame.attrs["oldest"]]
    cells = later if len(later) else cells
    began = cells["cohort_customers"].sum()
    if not began:
        return "No cohort has a complete second period yet"
    share = format_value(cells["active_customers"].sum() / began, "percent")
    grain = frame.attrs["labels"]["age"].split("s ")[0].lower()
    return f"{share} come back in the {grain} after their first"


def curve(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Average retention by age over the complete cells, weighted by customers.

    The first cohort of the data is left out when there are others: it is no cohort of new
    customers. When a cohort is picked, the curve is its own.
    """
    cells = once(store, _triangle, view.replace(cohort=""))
    if view.cohort:
        cells = cells[cells["cohort"] == view.cohort]
    later = cells[cells["cohort_index"] > first_period(store, view.cohorts)]
    average = retention_curve(later if len(later) else cells)
    return described(
        store,
        average,
        {
            "age": (f"{view.cohorts.capitalize()}s after", "integer"),
            "cohorts": ("Cohorts", "integer"),
            "cohort_customers": ("Customers", "integer"),
            "active_customers": ("Active", "integer"),
            "retention": ("Retention", "percent"),
        },
    )


def _accounting(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Growth accounting of every complete week of the data, with its first day."""
    require(store, view)
    last = last_period(store, view, "week")
    rows = queries.lifecycle(store, view.activity, "week", view.acquired)
    frame = growth_accounting(rows, first_period(store, "week"), last)
    start = store.source["week_start"]
    weeks = [index_start(int(i), "week", start) for i in frame["period_index"]]
    return frame.assign(week=pd.to_datetime(pd.Series(weeks, dtype=object)))


def weekly(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """New, retained, resurrected and churned customers of every complete week."""
    frame = once(store, _accounting, _all_weeks(view)).tail(view.weeks)
    shown = described(
        store,
        frame,
        {
            "week": ("Week of", "date"),
            "active": ("Active", "integer"),
            "new": ("New", "integer"),
            "retained": ("Retained", "integer"),
            "resurrected": ("Resurrected", "integer"),
            "churned": ("Churned", "integer"),
            "quick_ratio": ("Quick ratio", "ratio"),
        },
        note="Active = new + retained + resurrected; churned were active the week before.",
    )
    return brushable(shown, "week", shown["week"] + pd.Timedelta(days=6), view)


def _all_weeks(view: CohortActivityView) -> CohortActivityView:
    """The view that the same weeks answer, whatever is selected or filtered beside them."""
    return view.unselected().replace(weeks=104, channels=(), categories=(), targets=())


def headline(store: Store, view: CohortActivityView) -> list[Number]:
    """The numbers that a report records, against the period before and a year earlier."""
    require(store, view)
    what = "bought" if view.activity == "purchase" else "visited"
    numbers = [
        _customers(store, view, f"who ever {what}, to the last complete {view.cohorts}"),
        *_of_week(store, view),
        _retention_1(store, view),
    ]
    return with_targets(numbers, view)


def _customers(store: Store, view: CohortActivityView, detail: str) -> Number:
    sizes = queries.cohort_sizes(store, view.activity, view.cohorts, view.acquired)
    first, last = first_period(store, view.cohorts), last_period(store, view, view.cohorts)
    first, last = part_of(first, last, view.cohorts, view.replace(since=None), week_start(store))
    counts = sizes.set_index("cohort_index")["customers"].reindex(range(first, last + 1))
    total = counts.fillna(0).cumsum()
    return Number(
        "customers",
        "Customers so far",
        float(total.iloc[-1]) if len(total) else 0.0,
        "integer",
        detail,
        **_compared(total, last, view.cohorts, week_start(store)),
        **_trend(total.tail(12), f"{view.cohorts}s"),
    )


def _of_week(store: Store, view: CohortActivityView) -> list[Number]:
    """The numbers of the last complete week of the selected part."""
    frame = once(store, _accounting, _all_weeks(view))
    weeks = frame.set_index("period_index")
    last = last_period(store, view, "week")
    part = view.replace(since=None)
    last = part_of(first_period(store, "week"), last, "week", part, week_start(store))[1]
    weeks = weeks.loc[:last]
    when = "no complete week"
    if len(weeks):
        when = f"week of {format_value(index_start(last, 'week', week_start(store)), 'date')}"
    wanted: dict[str, tuple[str, str, Literal["integer", "ratio"]]] = {
        "weekly_active": ("active", "Weekly active", "integer"),
        "weekly_new": ("new", "New", "integer"),
        "quick_ratio": ("quick_ratio", "Quick ratio", "ratio"),
    }
    return [
        Number(
            name,
            title,
            _at(weeks[column], last),
            kind,
            when,
            **_compared(weeks[column], last, "week", week_start(store)),
            **_trend(weeks[column].tail(view.weeks), "weeks"),
        )
        for name, (column, title, kind) in wanted.items()
    ]


def _retention_1(store: Store, view: CohortActivityView) -> Number:
    """Customers back one period after their first: all cohorts of the window together."""
    cells = curve(store, view)
    first_age = cells[cells["age"] == 1]
    rows = once(store, _triangle, view.replace(cohort=""))
    rows = rows[(rows["age"] == 1) & rows["retention"].notna()]
    by_cohort = rows.set_index("cohort_index")["retention"]
    together = f"cohort of {view.cohort}" if view.cohort else "all cohorts together"
    compared: dict[str, Any] = {}
    if not view.cohort and len(first_age):
        compared = _cohorts_before(store, view, rows["cohort_index"])
    return Number(
        "retention_1",
        f"Back one {view.cohorts} later",
        float(first_age["retention"].iloc[0]) if len(first_age) else None,
        "percent",
        together if len(first_age) else "no cohort is old enough",
        **compared,
        **_trend(by_cohort, "cohorts"),
    )


def _cohorts_before(store: Store, view: CohortActivityView, shown: pd.Series) -> dict[str, Any]:
    """The same rate of as many cohorts before those ``shown``, and of those a year earlier."""
    grain, oldest = view.cohorts, first_period(store, view.cohorts) + 1
    first, last = max(int(shown.min()), oldest), int(shown.max())
    year = PERIODS_A_YEAR[grain]
    sizes = queries.cohort_sizes(store, view.activity, grain, view.acquired)
    active = _active(store, view, oldest)
    cells = retention_triangle(sizes, active, last_period(store, view, grain), 1)
    cells = cells[cells["age"] == 1]
    found: dict[str, Any] = {}
    ranges = {
        "previous": period_before(first, last),
        "last_year": year_before(first, last, year),
    }
    for key, (a, z) in ranges.items():
        rows = cells[cells["cohort_index"].between(a, z)]
        began = float(rows["cohort_customers"].sum())
        if a < oldest or not began:
            found[f"{key}_detail"] = "the data hold no such cohorts"
            continue
        found[key] = float(rows["active_customers"].sum()) / began
        names = (label(i, grain, week_start(store)) for i in (a, z))
        found[f"{key}_detail"] = "cohorts " + " to ".join(names)
    return found


def _at(series: pd.Series, index: int) -> float | None:
    value = series.get(index)
    return None if value is None or pd.isna(value) else float(value)


def _compared(series: pd.Series, last: int, grain: Grain, start: str) -> dict[str, Any]:
    """The value one period before ``last`` and a year before, each with what it is."""
    found: dict[str, Any] = {}
    for key, index in (("previous", last - 1), ("last_year", last - PERIODS_A_YEAR[grain])):
        found[key] = _at(series, index)
        begin = series.index.min() if len(series) else index
        named = f"{grain} of {format_value(index_start(index, grain, start), 'date')}"
        found[f"{key}_detail"] = named if index >= begin else "the data do not reach back so far"
    return found


def _trend(series: pd.Series, what: str) -> dict[str, Any]:
    points = tuple(None if pd.isna(v) else float(v) for v in series)
    return {"trend": points, "trend_detail": f"{len(points)} {what}"}
