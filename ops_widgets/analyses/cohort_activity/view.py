"""What the cohort notebook looks at, and how its periods are numbered and named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from ops_widgets.errors import MissingDataError
from ops_widgets.periods import Grain, index_start, last_complete, period_end, period_index
from ops_widgets.summaries.seen import Seen
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import Names, Pick, View
from ops_widgets.views.period import Days, Period
from ops_widgets.views.reads import Reads
from ops_widgets.views.window import as_of_day, later

#: More cohorts than this are no picture.
MOST_PERIODS = 26


class CohortActivityView(View):
    """What the cohort notebook looks at."""

    notebook: ClassVar[str] = "cohort_activity"
    records: ClassVar[tuple[str, ...]] = (
        "customers",
        "weekly_active",
        "weekly_new",
        "quick_ratio",
        "retention_1",
    )
    resets: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "as_of": ("since", "until", "cohort"),
        "weeks": ("since", "until"),
        "cohorts": ("cohort",),
    }
    selected: ClassVar[tuple[str, ...]] = ("cohort", "since", "until")
    period: ClassVar[Period | None] = Period("weeks", "week")
    seldom: ClassVar[frozenset[str]] = frozenset({"periods", "acquired", "locale"})

    activity: Literal["purchase", "visit"] = Field(
        "purchase", title="Active means", description="Bought something, or did anything at all"
    )
    cohorts: Literal["month", "week"] = Field(
        "month", title="Cohorts by", description="Grain of the retention triangle"
    )
    periods: int = Field(
        12,
        ge=2,
        le=MOST_PERIODS,
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
    cohort: Pick = Field("", title="Cohort", description="Cohort whose row is picked; empty: none")

    def misfits(
        self, names: Mapping[str, Sequence[str]], bounds: Mapping[str, tuple[date, date]]
    ) -> dict[str, str]:
        """A cohort that is picked is one of those shown: the last ``periods`` ones."""
        named = names.get(f"cohort|cohorts={self.cohorts}", ())
        if self.cohort not in named or "as_of" not in bounds:
            return super().misfits(names, bounds)
        # The data begin in the first cohort: its day says on which day weeks begin.
        first = date.fromisoformat(f"{named[0]}-01"[:10])
        start = f"{first:%A}".lower()
        last = last_complete(self.as_of or bounds["as_of"][1], self.cohorts, start)
        newest = period_index(last, self.cohorts, start)
        place = period_index(first, self.cohorts, start) + named.index(self.cohort)
        if not newest - self.periods < place <= newest:
            shown = f"the last {self.periods} {self.cohorts}s that had wholly passed"
            return {"cohort": f"Cohort {self.cohort!r} is not among {shown}."}
        begins = index_start(place, self.cohorts, start)
        ends = period_end(place, self.cohorts, start)
        if (self.since and ends < self.since) or (self.until and begins > self.until):
            return {"cohort": f"Cohort {self.cohort!r} has no day in the selected part."}
        return {}


def choices(store: Store) -> dict[str, list[str]]:
    """What can be chosen in the control bar."""
    months, weeks = _labels(store, "month"), _labels(store, "week")
    return {
        "acquired": store.names("cell", "channel"),
        "channels": store.names("cell", "channel"),
        "categories": store.names("cell", "category"),
        "cohort": [*months, *weeks],
        "cohort|cohorts=month": months,
        "cohort|cohorts=week": weeks,
    }


def _labels(store: Store, grain: Grain) -> list[str]:
    start = week_start(store)
    seen = [store.seen(one.table) for one in ACTIVE_BY.values()]
    first = min(one.first_period(grain, start) for one in seen)
    last = max(period_index(one.last, grain, start) for one in seen)
    return [label(i, grain, start) for i in range(first, last + 1)]


def require(store: Store, view: CohortActivityView) -> None:
    """Check that the source has what the page needs."""
    ACTIVE_BY[view.activity].require(store)
    if store.query(f"select 1 from lifecycle_{view.activity}_month limit 1").empty:
        raise MissingDataError("No customer is known to have begun.", "Map a stable `customer_id`.")


#: What makes a customer active -> what has seen it.
ACTIVE_BY = {
    "purchase": Reads("orders", ("customer_id",), "who bought, stayed and came back"),
    "visit": Reads("events", (), "who visited, stayed and came back, whether or not they bought"),
}


def opening(store: Store, view: CohortActivityView) -> CohortActivityView:
    """Visits, where the source knows of no customer's purchases, but of visits."""
    if not ACTIVE_BY[view.activity].maps(store) and ACTIVE_BY["visit"].maps(store):
        return view.replace(activity="visit")
    return view


def seen(store: Store, view: CohortActivityView) -> Seen:
    """The days of what makes a customer active."""
    return store.seen(ACTIVE_BY[view.activity].table)


def last_period(store: Store, view: CohortActivityView, grain: Grain) -> int:
    """The last period that is over as of the day; before :func:`first_period`: none is."""
    day = as_of_day(store, view.as_of, ACTIVE_BY[view.activity].table)
    return seen(store, view).last_whole(day, grain, week_start(store))


def first_period(store: Store, view: CohortActivityView, grain: Grain) -> int:
    """The period in which the data begin: whoever is active in it may have been so before."""
    return seen(store, view).first_period(grain, week_start(store))


def first_whole(store: Store, view: CohortActivityView, grain: Grain) -> int:
    """The first period that the data have seen from its first day on."""
    return seen(store, view).first_whole(grain, week_start(store))


def window_days(store: Store, view: CohortActivityView) -> Days:
    """First and last day of the weeks that growth is followed over."""
    require(store, view)
    last = last_period(store, view, "week")
    first = max(first_whole(store, view, "week"), last - view.weeks + 1)
    if last < first:
        raise MissingDataError("No week of the data is over yet.", later(view))
    start = week_start(store)
    return index_start(first, "week", start), period_end(last, "week", start)


def not_filtered(view: CohortActivityView) -> str:
    """What a number is of that cannot follow the filters of where customers are active.

    Empty where none is set: then it is of all, like every other number.
    """
    of_all = [name for name in ("channels", "categories") if getattr(view, name)]
    return f"all {' and '.join(of_all)}" if of_all else ""


def label(index: int, grain: Grain, week_start: str) -> str:
    """A cohort's name: "2024-07", or the first day of its week."""
    day = index_start(index, grain, week_start)
    return f"{day:%Y-%m}" if grain == "month" else day.isoformat()


PERIODS_A_YEAR: dict[Grain, int] = {"week": 52, "month": 12}


def week_start(store: Store) -> str:
    """The day on which the shop's week begins."""
    return str(store.source["week_start"])
