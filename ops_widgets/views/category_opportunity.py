"""Which category is worth entering, and is it still open?"""

from __future__ import annotations

from typing import ClassVar, Literal

import pandas as pd
from pydantic import Field

from ops_widgets.charts.formats import Number, format_value
from ops_widgets.charts.pieces import About
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.category import market_structure, year_on_year
from ops_widgets.periods import index_start, last_complete, period_index
from ops_widgets.summaries import queries
from ops_widgets.summaries.store import Store
from ops_widgets.views.about import about as page_about
from ops_widgets.views.base import Names, View
from ops_widgets.views.frames import as_of_day, described


class CategoryOpportunityView(View):
    """What the category notebook looks at."""

    notebook: ClassVar[str] = "category_opportunity"

    months: int = Field(
        12, ge=1, le=36, title="Months", description="Length of the window, complete months only"
    )
    detail: Literal["category", "full path"] = Field(
        "category", title="Detail", description="Top-level categories, or the whole path"
    )
    leaders: int = Field(
        10, ge=1, le=20, title="Leaders", description="How many brands count as large"
    )
    categories: Names = Field((), title="Categories", description="Nothing chosen: all categories")


def choices(store: Store) -> dict[str, list[str]]:
    """What can be chosen in the control bar."""
    has_market = store.has("market_month")
    return {"categories": queries.names(store, "market_month", "category") if has_market else []}


def about(store: Store, view: CategoryOpportunityView) -> About:
    """The page's head: its question, where the data come from, what the controls offer."""
    return page_about(
        store,
        view,
        "Category opportunity",
        "Which category is worth entering, and is it still open?",
        choices(store),
    )


def window(store: Store, view: CategoryOpportunityView) -> tuple[int, int]:
    """First and last month index looked at: complete months that the market table covers."""
    store.require(
        "market",
        shows="the size, growth and concentration of every category, and what is still open",
    )
    first, last = queries.market_span(store)
    complete = last_complete(as_of_day(store, view.as_of), "month")
    last = min(last, period_index(complete, "month"))
    if last < first:
        raise MissingDataError(
            f"The market table of {store.source['name']} has no complete month yet.",
            "Choose a later as-of day.",
        )
    return max(first, last - view.months + 1), last


def window_text(store: Store, view: CategoryOpportunityView) -> str:
    """The window in words: "Jul 2024 to Jun 2025"."""
    first, last = (index_start(m, "month") for m in window(store, view))
    return f"{first:%b %Y} to {last:%b %Y}"


def structure(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Size, growth, concentration, open market and our own share: one row a category."""
    first, last = window(store, view)
    detail = view.detail == "full path"
    brands = queries.market_brands(store, first, last, view.categories, detail=detail)
    history = queries.market_months(store, first - 12, last, view.categories, detail=detail)
    frame = market_structure(brands, view.leaders)
    frame = frame.merge(year_on_year(history, first, last), on="category", how="left")
    own = queries.own_sales(store, first, last, detail=detail)
    frame = frame.merge(own, on="category", how="left")
    frame["own_share"] = frame["own_gmv"].fillna(0) / frame["gmv"].where(frame["gmv"] > 0)
    compared = int(frame["compared_months"].max()) if len(frame) else 0
    return described(
        store,
        frame,
        {
            "category": ("Category", "text"),
            "gmv": ("Market size", "money"),
            "growth": ("Growth on last year", "percent"),
            "brands": ("Brands", "integer"),
            "cr4": ("CR4", "percent"),
            "cr10": ("CR10", "percent"),
            "hhi": ("HHI", "integer"),
            "leaders_share": (f"Held by {view.leaders} largest", "percent"),
            "leaders_gmv": ("Held by leaders", "money"),
            "open_gmv": ("Open market", "money"),
            "unlisted_share": ("Not listed by brand", "percent"),
            "own_share": ("Our share", "percent"),
        },
        note=_note(window_text(store, view), compared, view.leaders),
    )


def _note(window: str, compared: int, leaders: int) -> str:
    growth = (
        f"Growth compares {compared} months with the same months a year earlier."
        if compared
        else "Growth is unknown: the data hold no month of the year before."
    )
    return (
        f"{window}. {growth} Open market is what the {leaders} largest brands do not hold; "
        "nobody large holds it, which does not make it yours."
    )


def largest(frame: pd.DataFrame, column: str) -> pd.Series | None:
    """The row with the largest known value of ``column``; None when none is known."""
    known = frame.dropna(subset=[column]).sort_values(column, ascending=False)
    return known.iloc[0] if len(known) else None


def largest_open(frame: pd.DataFrame) -> str:
    """The finding of :func:`structure`: which category leaves most to nobody large."""
    best = largest(frame, "open_gmv")
    if best is None or best["open_gmv"] <= 0:
        return "No open market in this view"
    amount = format_value(
        best["open_gmv"], "money", frame.attrs["currency"], frame.attrs["minor_digits"]
    )
    return f"{best['category']} leaves {amount} that no large brand holds"


def growing(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """The categories of :func:`structure` whose growth is known.

    Raises ``MissingDataError`` when none is: the data then hold no month of the year before.
    """
    frame = structure(store, view)
    if not frame["growth"].notna().any():
        raise MissingDataError(
            f"Growth is unknown: the market table of {store.source['name']} holds no month of the "
            f"year before {window_text(store, view)}.",
            "Add earlier months to `market`, or choose a shorter window.",
        )
    return frame


def monthly(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Market size of the largest eight categories by month, over the window."""
    first, last = window(store, view)
    detail = view.detail == "full path"
    months = queries.market_months(store, first, last, view.categories, detail=detail)
    largest = months.groupby("category")["gmv"].sum().nlargest(8).index
    months = months[months["category"].isin(largest)].copy()
    months["month"] = [index_start(int(m), "month") for m in months["month_index"]]
    months["month"] = pd.to_datetime(months["month"])
    return described(
        store,
        months,
        {
            "category": ("Category", "text"),
            "month": ("Month", "month"),
            "gmv": ("Market size", "money"),
        },
    )


def headline(store: Store, view: CategoryOpportunityView) -> list[Number]:
    """The numbers that a report records."""
    frame = structure(store, view)
    money = {k: frame.attrs[k] for k in ("currency", "minor_digits")}
    market, opened = float(frame["gmv"].sum()), float(frame["open_gmv"].sum())
    best, fastest = largest(frame, "open_gmv"), largest(frame, "growth")
    return [
        Number("market_gmv", "Market size", market, "money", window_text(store, view), **money),
        Number("open_gmv", "Open market", opened, "money", "not held by the leaders", **money),
        Number("open_share", "Open share", opened / market if market else None, "percent"),
        Number(
            "most_open_gmv",
            "Largest open category",
            None if best is None else float(best["open_gmv"]),
            "money",
            "nothing was sold" if best is None else str(best["category"]),
            **money,
        ),
        Number(
            "fastest_growth",
            "Fastest growth",
            None if fastest is None else float(fastest["growth"]),
            "percent",
            "no month of last year to compare" if fastest is None else str(fastest["category"]),
        ),
    ]
