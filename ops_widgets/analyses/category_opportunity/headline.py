"""The headline of the category notebook: how large the market is, and how much of it is open."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ops_widgets.analyses.category_opportunity.market import Market, market
from ops_widgets.analyses.category_opportunity.queries import largest, market_sizes
from ops_widgets.analyses.category_opportunity.sold import sold
from ops_widgets.analyses.category_opportunity.terms import TERMS
from ops_widgets.analyses.category_opportunity.view import (
    MARKET,
    OWN_SALES,
    CategoryOpportunityView,
    look_of,
    months_list,
    months_text,
    span,
)
from ops_widgets.charts.formats import Number
from ops_widgets.metrics.category import LEAST_BASE, market_structure, of_some_size, unlike
from ops_widgets.periods import from_day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.comparison import Comparison, Headline, Known, Measure, by_name, trend
from ops_widgets.views.finding import named
from ops_widgets.views.period import range_text

MEASURES = (
    Measure.of(TERMS, "market_gmv"),
    Measure.of(TERMS, "open_gmv"),
    Measure.of(TERMS, "open_share"),
    Measure.of(TERMS, "most_open_gmv"),
    Measure.of(TERMS, "fastest_growth"),
)


OWN = (Measure.of(TERMS, "own_sales"), Measure.of(TERMS, "own_pieces"))


def _sums(frame: pd.DataFrame, unknown: str, words: str = "", part: str = "") -> dict[str, Known]:
    """``gmv, open, share`` of all rows of a market's ``frame``; ``part``: of which months only."""
    if frame.empty:
        return dict.fromkeys(("gmv", "open", "share"), Known(None, unknown))
    whole, opened = int(frame["gmv"].sum()), int(frame["open_gmv"].sum())
    return {
        "gmv": Known(whole, words),
        "open": Known(opened, ", ".join(filter(None, ("not held by the leaders", part)))),
        "share": Known(opened / whole, part) if whole else Known(None, "nothing was sold"),
    }


def _incomparable(
    rows: pd.DataFrame, now: Sequence[int], then: Sequence[int], asked: Sequence[int]
) -> str:
    """Why known months ``then``, of those ``asked``, are not like those of ``now``; empty: they
    are.
    """
    if len(then) != len(now):
        if lacking := set(asked) - set(then):
            return f"the market data lack {months_list(lacking)}"
        return f"{len(then)} months then, {len(now)} in the market data now"
    other = unlike(rows, now, then)
    return f"the market data have not the same months of {other}" if other else ""


class _Then:
    """The market of other months, where they compare with those looked at."""

    def __init__(self, store: Store, view: CategoryOpportunityView, now: Market) -> None:
        self.store, self.view, self.now = store, view, now
        self.sizes: dict[tuple[int, ...], pd.DataFrame] = {}
        # How deep the paths are cut is no reason for a whole to be compared or not.
        whole = now if view.picked else market(store, view.replace(detail="category"))
        self.whole = whole.months

    def compared(self, part: str, category: str = "") -> dict[str, object]:
        """One of :func:`_sums`, of all that is looked at or of one ``category``."""
        begins, rows = span(self.store)[0], self.whole
        if category:
            rows = self.now.months[self.now.months["category"] == category]
        known = set(rows["month_index"])
        now = [month for month in self.now.known if month in known]

        def asked(a: int, z: int) -> list[int]:
            """The months to compare with: a year earlier, those of the ones known now."""
            return [m - 12 for m in now] if a == self.now.first - 12 else list(range(a, z + 1))

        def ask(a: int, z: int) -> Known:
            then = [month for month in asked(a, z) if month in known]
            if unknown := _incomparable(rows, now, then, asked(a, z)):
                return Known(None, unknown)
            none = "the market data have no row of it then"
            today, found = (
                _sums(frame[frame["category"] == category] if category else frame, none)[part]
                for frame in (self.now.frame, self._sizes(then))
            )
            if part != "share" and found.value and found.value < LEAST_BASE * (today.value or 0):
                return Known(None, f"then it was less than {LEAST_BASE:.0%} of now")
            return found

        def words(a: int, z: int) -> str:
            return months_list(set(asked(a, z)) & known)

        before_data = f"market data begin {months_text(begins, begins)}"
        return Comparison(self.now.first, self.now.last, begins, 12, words, before_data).of(ask)

    def _sizes(self, months: Sequence[int]) -> pd.DataFrame:
        key = tuple(months)
        if key not in self.sizes:
            look = look_of(self.view)
            self.sizes[key] = market_structure(market_sizes(self.store, look, months))
        return self.sizes[key]


def _by_month(now: Market, begins: int) -> pd.DataFrame:
    """``gmv, open_gmv, open_share`` of the twelve months up to the last; NA where none is known.

    Open is what the leaders of the months looked at do not hold: the months add up to the
    number that they stand beside.
    """
    wanted = range(max(begins, now.last - 11), now.last + 1)
    months = now.months.groupby("month_index")[["gmv", "open_gmv"]].sum().reindex(wanted)
    return months.assign(open_share=months["open_gmv"] / months["gmv"].where(months["gmv"] > 0))


def _fastest(store: Store, now: Market, nothing: str) -> Number:
    """The largest growth of a category that is no dwarf among those whose growth is known."""
    measure = by_name(MEASURES)["fastest_growth"]
    row = largest(of_some_size(now.frame.dropna(subset=["growth"])), "growth")
    if row is None:
        why = now.frame["growth_unknown"].mode()
        return measure.number(store, Known(None, str(why[0]) if len(why) else nothing))
    compared, looked_at = int(row["compared_months"]), now.last - now.first + 1
    part = f", {compared} of {looked_at} months" if compared < looked_at else ""
    known = Known(float(row["growth"]), f"{row['category']}{part}")
    return measure.number(store, known, subject=named(row["category"]).text)


def _own(store: Store, view: CategoryOpportunityView) -> list[Number]:
    """What we sold ourselves, where there is no market beside it."""
    rows, measure = sold(store, view), by_name(OWN)
    first, last = (
        from_day_number(int(day)) for day in (rows["starts_on"].min(), rows["ends_on"].max())
    )
    words = range_text(first, last)
    by_period = rows.groupby("starts_on")["own_revenue"].sum()
    line = trend(by_period.tail(52), f"{min(52, len(by_period))} periods")
    units = rows["own_units"].sum(skipna=False)
    return [
        measure["own_sales"].number(
            store, Known.of(rows["own_revenue"].sum(), words, ""), {}, line
        ),
        measure["own_pieces"].number(
            store, Known.of(units, words, "the pieces of some rows are not known")
        ),
    ]


def _headline(store: Store, view: CategoryOpportunityView) -> list[Number]:
    if OWN_SALES.maps(store) and not MARKET.maps(store):
        return _own(store, view)
    now = market(store, view)
    of = f"{look_of(view).exact} itself" if look_of(view).exact else "it"
    nothing = f"the market data have no row of {of} in these months"
    sums = _sums(now.frame, nothing, now.words, now.part)
    then, months = _Then(store, view, now), _by_month(now, span(store)[0])
    best = largest(now.frame[now.frame["open_gmv"] > 0], "open_gmv")
    most = Known(0, "no open market") if len(now.frame) else Known(None, nothing)
    if best is not None:
        most = Known(int(best["open_gmv"]), str(best["category"]))
    text = months_text(int(months.index[0]), now.last)

    def by_month(column: str, words: str = "") -> dict[str, object]:
        return trend(months[column], text + words)

    measure = by_name(MEASURES)
    same = ", the same leaders"
    return [
        measure["market_gmv"].number(store, sums["gmv"], then.compared("gmv"), by_month("gmv")),
        measure["open_gmv"].number(
            store, sums["open"], then.compared("open"), by_month("open_gmv", same)
        ),
        measure["open_share"].number(
            store, sums["share"], then.compared("share"), by_month("open_share", same)
        ),
        measure["most_open_gmv"].number(
            store,
            most,
            None if best is None else then.compared("open", str(best["category"])),
            subject="" if best is None else named(best["category"]).text,
        ),
        _fastest(store, now, nothing),
    ]


HEADLINE = Headline((*MEASURES, *OWN), _headline)
