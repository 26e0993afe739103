"""Who came, who stayed, who came back?"""

from __future__ import annotations

from typing import ClassVar, Literal

import pandas as pd
from pydantic import Field

from ops_widgets.charts.formats import Number, format_value
from ops_widgets.charts.pieces import About
from ops_widgets.metrics.cohorts import growth_accounting, retention_curve, retention_triangle
from ops_widgets.periods import Grain, index_start, last_complete, period_index
from ops_widgets.summaries import queries
from ops_widgets.summaries.store import Store
from ops_widgets.views.about import about as page_about
from ops_widgets.views.base import Names, View
from ops_widgets.views.frames import as_of_day, described


class CohortActivityView(View):
    """What the cohort notebook looks at."""

    notebook: ClassVar[str] = "cohort_activity"

    activity: Literal["purchase", "visit"] = Field(
        "purchase", title="Active means", description="Bought something, or did anything at all"
    )
    cohorts: Literal["month", "week"] = Field(
        "month", title="Cohorts by", description="Grain of the retention triangle"
    )
    periods: int = Field(
        12,
        ge=2,
        le=26,
        title="Periods",
        description="How many cohorts, and how far they are followed",
    )
    weeks: int = Field(
        26, ge=4, le=104, title="Weeks", description="How many weeks of growth accounting"
    )
    acquired: Names = Field(
        (), title="First came by", description="Channel of the first activity; none chosen: all"
    )
    channels: Names = Field(
        (), title="Active in channel", description="Nothing chosen: all channels"
    )
    categories: Names = Field(
        (), title="Active in category", description="Nothing chosen: all categories"
    )


def choices(store: Store) -> dict[str, list[str]]:
    """What can be chosen in the control bar."""
    return {
        "acquired": queries.names(store, "cell", "channel"),
        "channels": queries.names(store, "cell", "channel"),
        "categories": queries.names(store, "cell", "category"),
    }


def about(store: Store, view: CohortActivityView) -> About:
    """The page's head: its question, where the data come from, what the controls offer."""
    return page_about(
        store, view, "Cohort activity", "Who came, who stayed, who came back?", choices(store)
    )


def _require(store: Store, view: CohortActivityView) -> None:
    if view.activity == "visit":
        store.require("events", shows="who visited, whether or not they bought")
    store.require("orders", "customer_id", shows="who came, stayed and came back")


def _last(store: Store, view: CohortActivityView, grain: Grain) -> int:
    start = store.source["week_start"]
    day = last_complete(as_of_day(store, view.as_of), grain, start)
    return period_index(day, grain, start)


def _first(store: Store, grain: Grain) -> int:
    return period_index(store.first_day, grain, store.source["week_start"])


def _triangle(store: Store, view: CohortActivityView) -> pd.DataFrame:
    _require(store, view)
    grain: Grain = view.cohorts
    last = _last(store, view, grain)
    sizes = queries.cohort_sizes(store, view.activity, grain, view.acquired)
    since = last - view.periods + 1
    sizes = sizes[sizes["cohort_index"] >= since]
    active = queries.active_customers(
        store,
        view.activity,
        grain,
        view.acquired,
        view.channels,
        view.categories,
        since=since,
    )
    return retention_triangle(sizes, active, last, view.periods - 1)


def triangle(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Classic retention by cohort and age; cells that are not complete as of the day are NA."""
    cells = _triangle(store, view)
    start, grain = store.source["week_start"], view.cohorts
    cells["cohort"] = [_label(int(i), grain, start) for i in cells["cohort_index"]]
    oldest = _label(_first(store, grain), grain, start)
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
    return frame


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


def _label(index: int, grain: Grain, week_start: str) -> str:
    day = index_start(index, grain, week_start)
    return f"{day:%Y-%m}" if grain == "month" else day.isoformat()


def curve(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """Average retention by age over the complete cells, weighted by customers.

    The first cohort of the data is left out when there are others: it is no cohort of new
    customers.
    """
    cells = _triangle(store, view)
    later = cells[cells["cohort_index"] > _first(store, view.cohorts)]
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
    _require(store, view)
    last = _last(store, view, "week")
    rows = queries.lifecycle(store, view.activity, "week", view.acquired)
    first = max(_first(store, "week"), last - view.weeks + 1)
    frame = growth_accounting(rows, first, last)
    start = store.source["week_start"]
    weeks = [index_start(int(i), "week", start) for i in frame["period_index"]]
    return frame.assign(week=pd.to_datetime(pd.Series(weeks)))


def weekly(store: Store, view: CohortActivityView) -> pd.DataFrame:
    """New, retained, resurrected and churned customers of every complete week."""
    frame = _accounting(store, view)
    return described(
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


def headline(store: Store, view: CohortActivityView) -> list[Number]:
    """The numbers that a report records."""
    _require(store, view)
    weeks = _accounting(store, view)
    last_week = weeks.iloc[-1] if len(weeks) else None
    average = curve(store, view)
    first_age = average[average["age"] == 1]
    sizes = queries.cohort_sizes(store, view.activity, view.cohorts, view.acquired)
    sizes = sizes[sizes["cohort_index"] <= _last(store, view, view.cohorts)]
    week = (
        "no complete week"
        if last_week is None
        else f"week of {format_value(last_week['week'], 'date')}"
    )

    def of_week(column: str) -> float | None:
        known = last_week is not None and pd.notna(last_week[column])
        return float(last_week[column]) if known and last_week is not None else None

    what = "bought" if view.activity == "purchase" else "visited"
    return [
        Number(
            "customers",
            "Customers so far",
            float(sizes["customers"].sum()),
            "integer",
            f"who ever {what}, to the last complete {view.cohorts}",
        ),
        Number("weekly_active", "Weekly active", of_week("active"), "integer", week),
        Number("weekly_new", "New", of_week("new"), "integer", week),
        Number("quick_ratio", "Quick ratio", of_week("quick_ratio"), "ratio", week),
        Number(
            "retention_1",
            f"Back one {view.cohorts} later",
            float(first_age["retention"].iloc[0]) if len(first_age) else None,
            "percent",
            "all cohorts together" if len(first_age) else "no cohort is old enough",
        ),
    ]
