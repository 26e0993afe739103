"""What the category notebook looks at: its view, its window, the rows its queries see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from ops_widgets.charts.formats import format_value
from ops_widgets.errors import MissingDataError
from ops_widgets.names import SEPARATOR
from ops_widgets.periods import index_start, last_complete, period_end, period_index, spans
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.base import Compare, Names, Pick, View
from ops_widgets.views.period import Days, Period
from ops_widgets.views.reads import Reads
from ops_widgets.views.window import as_of_day, later, part_of

#: More levels than a category path has.
WHOLE_PATH = 99


class CategoryOpportunityView(View):
    """What the category notebook looks at."""

    notebook: ClassVar[str] = "category_opportunity"
    resets: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "as_of": ("since", "until"),
        "months": ("since", "until"),
        "detail": ("picked",),
        "within": ("picked",),
        "categories": ("picked", "within"),
    }
    selected: ClassVar[tuple[str, ...]] = ("picked", "since", "until")
    drill: ClassVar[tuple[str, str, str] | None] = ("within", "picked", "All categories")
    period: ClassVar[Period | None] = Period("months", "month")

    #: Markets have seasons: the months before say less than those a year earlier.
    compare: Compare = "last_year"
    months: int = Field(
        12, ge=1, le=36, title="Months", description="Length of the window, complete months only"
    )
    detail: Literal["category", "full path"] = Field(
        "category", title="Detail", description="One level at a time, or the whole path"
    )
    leaders: int = Field(
        10, ge=1, le=20, title="Leaders", description="How many brands count as large"
    )
    categories: Names = Field((), title="Categories", description="Nothing chosen: all categories")
    within: Pick = Field(
        "", title="Inside", description="Category path that is looked into; empty: everything"
    )
    picked: Pick = Field(
        "", title="Category", description="Category whose name or dot is picked; empty: none"
    )

    def misfits(
        self, names: Mapping[str, Sequence[str]], bounds: Mapping[str, tuple[date, date]]
    ) -> dict[str, str]:
        """A category that is picked or looked into lies in one of the chosen ones."""
        found = super().misfits(names, bounds)
        for name in ("within", "picked"):
            path = getattr(self, name)
            if path and self.categories and path.split(SEPARATOR)[0] not in self.categories:
                title = type(self).model_fields[name].title
                chosen = ", ".join(self.categories)
                found[name] = f"{title} {path[:80]!r} does not lie in {chosen[:80]}."
        return found


MARKET = Reads(
    "market",
    (),
    "the size, growth and concentration of every category, and what is still open",
)


OWN_SALES = Reads(
    "sales",
    (),
    "our own sales period by period, their course and their parts",
    instead_of="orders",
)
OWN_ORDERS = Reads("orders", (), "our own sales by month and category")


def span(store: Store) -> tuple[int, int]:
    """First and last month index of the market table; asked once, whatever is looked at."""
    found: tuple[int, int] = once(store, _span, CategoryOpportunityView())
    return found


def _span(store: Store, _view: View) -> tuple[int, int]:
    ends = store.query("select min(month_index) as a, max(month_index) as z from market_month")
    return int(ends["a"][0]), int(ends["z"][0])


def choices(store: Store) -> dict[str, list[str]]:
    """What can be chosen in the control bar, looked into, and picked."""
    if not store.has("market_month"):
        return {"categories": [], "within": [], "picked": []}
    paths = [p.split(SEPARATOR) for p in store.names("market_month", "category_path")]
    cut = {(len(p) > n, SEPARATOR.join(p[:n])) for p in paths for n in range(1, len(p) + 1)}
    return {
        "categories": store.names("market_month", "category"),
        "within": sorted(name for deeper, name in cut if deeper),
        "picked": sorted({name for _, name in cut}),
    }


def window(store: Store, view: CategoryOpportunityView) -> tuple[int, int]:
    """First and last month index looked at: complete months that the market table covers, and
    of them the selected part.
    """
    first, last = whole_window(store, view)
    return part_of(first, last, "month", view)


def whole_window(store: Store, view: CategoryOpportunityView) -> tuple[int, int]:
    """The window before a part of it is selected."""
    MARKET.require(store)
    first, last = span(store)
    day = as_of_day(store, view.as_of, "market")
    last = min(last, period_index(last_complete(day, "month"), "month"))
    if last < first:
        raise MissingDataError(
            f"No month of the market table is over yet: its first is {months_text(first, first)}, "
            f"and the data are complete to {format_value(day, 'date')}.",
            later(view),
        )
    return max(first, last - view.months + 1), last


def own_days(store: Store, view: CategoryOpportunityView) -> Days:
    """First and last day of the complete months looked at, by what our own sales have seen.

    Periods of the table ``sales`` say themselves how long they are; a month in the middle of which
    orders begin is none.
    """
    table = OWN_SALES.table if OWN_SALES.maps(store) else OWN_ORDERS.table
    last = period_index(last_complete(as_of_day(store, view.as_of, table), "month"), "month")
    first = last - view.months + 1
    if table == OWN_ORDERS.table:
        first = max(first, store.seen(table).first_whole("month"))
    return index_start(first, "month"), period_end(last, "month")


def window_days(store: Store, view: CategoryOpportunityView) -> Days:
    """First and last day of the whole window."""
    if not MARKET.maps(store) and OWN_SALES.maps(store):
        return own_days(store, view)
    first, last = whole_window(store, view)
    return index_start(first, "month"), period_end(last, "month")


def window_text(store: Store, view: CategoryOpportunityView) -> str:
    """The window in words: "Jul 2024 to Jun 2025"."""
    return months_text(*window(store, view))


def months_text(first: int, last: int) -> str:
    """A range of month indices in words."""
    a, z = (format_value(index_start(m, "month"), "month") for m in (first, last))
    return a if first == last else f"{a} to {z}"


def months_list(months: Collection[int]) -> str:
    """Some months in words, neighbours as a range: "Mar 2024, Jul 2024 to Sep 2024"."""
    return ", ".join(months_text(first, last) for first, last in spans(months))


@dataclass(frozen=True)
class Look:
    """Which rows of the market a question is about, and how they are told apart.

    ``level``: how deep category paths go; ``within``: one path and all below it; ``exact``: one
    path alone (both empty: every path). ``leaders`` is how many brands count as large.
    """

    level: int
    within: str
    exact: str
    categories: tuple[str, ...]
    leaders: int


def look_of(view: CategoryOpportunityView) -> Look:
    """What a view looks at; of a picked category, exactly the rows that it is made of."""
    whole_path = view.detail == "full path"
    within = view.within if whole_path else view.picked or view.within
    # The row that has the name of what is looked into holds what lies in no level below.
    alone = whole_path or view.picked == view.within
    depth = len(within.split(SEPARATOR)) if within else 0
    level = depth if view.picked else depth + 1
    return Look(
        WHOLE_PATH if whole_path else level,
        within,
        view.picked if alone else "",
        view.categories,
        view.leaders,
    )
