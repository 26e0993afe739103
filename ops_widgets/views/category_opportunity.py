"""Which category is worth entering, and is it still open?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from ops_widgets.charts.formats import Number, format_value
from ops_widgets.charts.pieces import About
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.category import (
    COLLECTED,
    largest_brands,
    market_structure,
    year_on_year,
)
from ops_widgets.metrics.compare import period_before, year_before
from ops_widgets.periods import index_start
from ops_widgets.summaries import queries
from ops_widgets.summaries.store import Store
from ops_widgets.views.about import about as page_about
from ops_widgets.views.answers import once
from ops_widgets.views.category_view import (
    CategoryOpportunityView,
    choices,
    months_text,
    scope_of,
    span,
    whole_window,
    window,
    window_text,
)
from ops_widgets.views.frames import brushable, described, period_end, pickable
from ops_widgets.views.targets import with_targets


def _choices(store: Store, _view: CategoryOpportunityView) -> dict[str, list[str]]:
    return choices(store)


def about(store: Store, view: CategoryOpportunityView) -> About:
    """The page's head: its question, where the data come from, what the controls offer."""
    return page_about(
        store,
        view,
        "Category opportunity",
        "Which category is worth entering, and is it still open?",
        once(store, _choices, CategoryOpportunityView()),
    )


def _structure(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    first, last = window(store, view)
    scope = scope_of(view)
    brands = queries.market_brands(store, first, last, view.categories, **scope)
    history = queries.market_months(store, first - 12, last, view.categories, **scope)
    frame = market_structure(brands, view.leaders)
    frame = frame.merge(year_on_year(history, first, last), on="category", how="left")
    own = queries.own_sales(store, first, last, **scope)
    frame = frame.merge(own, on="category", how="left")
    frame["own_share"] = frame["own_gmv"].fillna(0) / frame["gmv"].where(frame["gmv"] > 0)
    return frame


def structure(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Size, growth, concentration, open market and our own share: one row a category."""
    frame = once(store, _structure, view.replace(picked=""))
    compared = int(frame["compared_months"].max()) if len(frame) else 0
    shown = described(
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
    return pickable(shown, "category", "picked", view)


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
    frame: pd.DataFrame = once(store, structure, view)
    if not frame["growth"].notna().any():
        raise MissingDataError(
            f"Growth is unknown: the market table of {store.source['name']} holds no month of the "
            f"year before {window_text(store, view)}.",
            "Add earlier months to `market`, or choose a shorter window.",
        )
    return frame


def monthly(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """Market size of the largest eight categories by month, over the whole window; when one is
    picked, of that one.
    """
    first, last = whole_window(store, view)
    scope = scope_of(view, picked=True)
    months = queries.market_months(store, first, last, view.categories, **scope)
    largest = months.groupby("category")["gmv"].sum().nlargest(8).index
    months = months[months["category"].isin(largest)].copy()
    months["month"] = pd.to_datetime([index_start(int(m), "month") for m in months["month_index"]])
    shown = described(
        store,
        months,
        {
            "category": ("Category", "text"),
            "month": ("Month", "month"),
            "gmv": ("Market size", "money"),
        },
    )
    ends = pd.Series([period_end(int(m), "month") for m in months["month_index"]], dtype=object)
    return brushable(shown, "month", ends, view)


#: More brands than this are a list, not a picture.
MOST_BRANDS = 15


def brands(store: Store, view: CategoryOpportunityView) -> pd.DataFrame:
    """The largest brands of the categories shown, or of the picked one; money and share."""
    first, last = window(store, view)
    scope = scope_of(view, picked=True)
    sold = queries.market_brands(store, first, last, view.categories, **scope)
    frame = largest_brands(sold, MOST_BRANDS)
    where = view.picked or view.within or "all categories shown"
    return described(
        store,
        frame,
        {
            "brand": ("Brand", "text"),
            "brand_gmv": ("Sales", "money"),
            "share": ("Share", "percent"),
        },
        note=f"{where}, {window_text(store, view)}. Rows that collect brands are left out.",
    )


def _open(
    store: Store, view: CategoryOpportunityView, first: int, last: int, by_month: bool = False
) -> pd.DataFrame:
    """``gmv, open_gmv`` by category over the months ``first..last``; picked only, if one is."""
    scope = scope_of(view, picked=True)
    return queries.market_open(
        store,
        first,
        last,
        view.leaders,
        sorted(COLLECTED),
        view.categories,
        by_month=by_month,
        **scope,
    )


def _trends(store: Store, view: CategoryOpportunityView, last: int) -> pd.DataFrame:
    """``gmv, open_gmv`` by month: the twelve months that end with ``last``."""
    begins = max(span(store)[0], last - 11)
    totals = _open(store, view, begins, last, by_month=True)
    months = totals.groupby("month_index")[["gmv", "open_gmv"]].sum()
    return months.reindex(range(begins, last + 1))


def headline(store: Store, view: CategoryOpportunityView) -> list[Number]:
    """The numbers that a report records, against the period before and a year earlier."""
    frame: pd.DataFrame = once(store, structure, view)
    if view.picked:
        frame = frame[frame["category"] == view.picked]
    first, last = window(store, view)
    begins = span(store)[0]
    market, opened = float(frame["gmv"].sum()), float(frame["open_gmv"].sum())
    best, fastest = largest(frame, "open_gmv"), largest(frame, "growth")
    trends = _trends(store, view, last)
    detail = {}
    sums = []
    for key, (a, z) in (
        ("previous", period_before(first, last)),
        ("last_year", year_before(first, last, 12)),
    ):
        known = a >= begins
        detail[f"{key}_detail"] = (
            months_text(a, z) if known else f"market data begin {months_text(begins, begins)}"
        )
        sums.append((key, _open(store, view, a, z) if known else None))

    def compared(column: str, category: str | None = None) -> dict[str, Any]:
        values: dict[str, Any] = dict(detail)
        for key, then in sums:
            if then is None:
                continue
            rows = then if category is None else then[then["category"] == category]
            whole, part = float(rows["gmv"].sum()), float(rows["open_gmv"].sum())
            if whole > 0:
                values[key] = {"gmv": whole, "open": part, "share": part / whole}[column]
            else:
                values[f"{key}_detail"] = "nothing was sold then"
        return values

    def trend(values: pd.Series) -> dict[str, Any]:
        points = tuple(None if pd.isna(v) else float(v) for v in values)
        return {"trend": points, "trend_detail": months_text(int(trends.index[0]), last)}

    money = {k: store.source[k] for k in ("currency", "minor_digits")}
    share = trends["open_gmv"] / trends["gmv"].where(trends["gmv"] > 0)
    numbers = [
        Number(
            "market_gmv",
            "Market size",
            market,
            "money",
            window_text(store, view),
            **money,
            **compared("gmv"),
            **trend(trends["gmv"]),
        ),
        Number(
            "open_gmv",
            "Open market",
            opened,
            "money",
            "not held by the leaders",
            **money,
            **compared("open"),
            **trend(trends["open_gmv"]),
        ),
        Number(
            "open_share",
            "Open share",
            opened / market if market else None,
            "percent",
            **compared("share"),
            **trend(share),
        ),
        Number(
            "most_open_gmv",
            "Largest open category",
            None if best is None else float(best["open_gmv"]),
            "money",
            "nothing was sold" if best is None else str(best["category"]),
            **money,
            **({} if best is None else compared("open", str(best["category"]))),
        ),
        Number(
            "fastest_growth",
            "Fastest growth",
            None if fastest is None else float(fastest["growth"]),
            "percent",
            "no month of last year to compare" if fastest is None else str(fastest["category"]),
        ),
    ]
    return with_targets(numbers, view)
