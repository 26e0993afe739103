"""The headline of the category notebook: how large the market is, and how much of it is open."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.category_opportunity.queries import largest, market_open, structure
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import (
    CategoryOpportunityView,
    months_text,
    scope_of,
    span,
    window,
    window_text,
)
from ops_widgets.charts.formats import Number
from ops_widgets.metrics.category import COLLECTED
from ops_widgets.summaries.store import Store
from ops_widgets.views.comparison import Comparison, Headline, Known, Measure, by_name, trend

MEASURES = (
    Measure.of(TERMS, "market_gmv"),
    Measure.of(TERMS, "open_gmv"),
    Measure.of(TERMS, "open_share"),
    Measure.of(TERMS, "most_open_gmv"),
    Measure.of(TERMS, "fastest_growth"),
)


def _open(
    store: Store, view: CategoryOpportunityView, first: int, last: int, by_month: bool = False
) -> pd.DataFrame:
    """``gmv, open_gmv`` by category over the months ``first..last``; picked only, if one is."""
    scope = scope_of(view, picked=True)
    return market_open(
        store,
        first,
        last,
        view.leaders,
        sorted(COLLECTED),
        view.categories,
        by_month=by_month,
        **scope,
    )


def _by_month(store: Store, view: CategoryOpportunityView, last: int) -> pd.DataFrame:
    """``gmv, open_gmv, open_share`` of the twelve months that end with ``last``."""
    begins = max(span(store)[0], last - 11)
    totals = _open(store, view, begins, last, by_month=True)
    months = totals.groupby("month_index")[["gmv", "open_gmv"]].sum()
    months = months.reindex(range(begins, last + 1))
    return months.assign(open_share=months["open_gmv"] / months["gmv"].where(months["gmv"] > 0))


def _headline(store: Store, view: CategoryOpportunityView) -> list[Number]:
    frame = structure(store, view)
    if view.picked:
        frame = frame[frame["category"] == view.picked]
    first, last = window(store, view)
    begins = span(store)[0]
    before_data = f"market data begin {months_text(begins, begins)}"
    comparison = Comparison(first, last, begins, 12, months_text, before_data)
    market, opened = float(frame["gmv"].sum()), float(frame["open_gmv"].sum())
    best, fastest = largest(frame, "open_gmv"), largest(frame, "growth")
    months = _by_month(store, view, last)
    known: dict[tuple[int, int], pd.DataFrame] = {}

    def compared(column: str, category: str | None = None) -> dict[str, object]:
        def ask(a: int, z: int) -> Known:
            if (a, z) not in known:
                known[a, z] = _open(store, view, a, z)
            rows = known[a, z]
            rows = rows if category is None else rows[rows["category"] == category]
            whole, part = float(rows["gmv"].sum()), float(rows["open_gmv"].sum())
            if whole <= 0:
                return Known(None, "nothing was sold then")
            return Known({"gmv": whole, "open": part, "share": part / whole}[column], "")

        return comparison.of(ask)

    def by_month(column: str) -> dict[str, object]:
        return trend(months[column], months_text(int(months.index[0]), last))

    measure = by_name(MEASURES)
    size = Known(market, window_text(store, view))
    unheld = Known(opened, "not held by the leaders")
    share = Known(opened / market if market else None, "")
    most = Known(None, "nothing was sold")
    if best is not None:
        most = Known(float(best["open_gmv"]), str(best["category"]))
    quickest = Known(None, "no month of last year to compare")
    if fastest is not None:
        quickest = Known(float(fastest["growth"]), str(fastest["category"]))
    return [
        measure["market_gmv"].number(store, size, compared("gmv"), by_month("gmv")),
        measure["open_gmv"].number(store, unheld, compared("open"), by_month("open_gmv")),
        measure["open_share"].number(store, share, compared("share"), by_month("open_share")),
        measure["most_open_gmv"].number(
            store, most, None if best is None else compared("open", str(best["category"]))
        ),
        measure["fastest_growth"].number(store, quickest),
    ]


HEADLINE = Headline(MEASURES, _headline)
