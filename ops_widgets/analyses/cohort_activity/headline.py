"""The headline of the cohort notebook: how many there are, how many are active, who comes back."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from ops_widgets.analyses.cohort_activity.accounting import FLOWS, weeks
from ops_widgets.analyses.cohort_activity.cohorts import (
    active_under_filters,
    average,
    of_new_customers,
)
from ops_widgets.analyses.cohort_activity.queries import cohort_sizes
from ops_widgets.analyses.cohort_activity.terms import TERMS
from ops_widgets.analyses.cohort_activity.view import (
    PERIODS_A_YEAR,
    CohortActivityView,
    first_period,
    label,
    last_period,
    not_filtered,
    require,
    week_start,
)
from ops_widgets.charts.formats import Number, format_value
from ops_widgets.metrics.cohorts import retention_triangle
from ops_widgets.periods import Grain, index_start
from ops_widgets.summaries.store import Store
from ops_widgets.views.comparison import (
    Comparison,
    Headline,
    Known,
    Measure,
    by_name,
    or_unknown,
    trend,
)
from ops_widgets.views.window import part_of, period_end

MEASURES = tuple(
    Measure.of(TERMS, name, n_of="customers")
    for name in ("customers", "weekly_active", "weekly_new", "quick_ratio", "retention_1")
)
MEASURE = by_name(MEASURES)
#: The numbers of a week, and the columns of growth accounting that they are.
OF_WEEK = {"weekly_active": "active", "weekly_new": "new", "quick_ratio": "quick_ratio"}
#: Numbers that cannot follow the filters of where customers are active.
OF_ALL = ("customers", "quick_ratio")
FIRST_WEEK = "it is the first week of the data: that takes the week before"
NO_COHORTS = "the data hold no such cohorts"


def _headline(store: Store, view: CohortActivityView) -> list[Number]:
    require(store, view)
    answers = {("customers",): _customers, tuple(OF_WEEK): _of_week, ("retention_1",): _retention_1}
    labels = _labels(view)
    return [
        number
        for names, answer in answers.items()
        for number in or_unknown(
            store, [MEASURE[n] for n in names], partial(answer, store, view), labels
        )
    ]


def _labels(view: CohortActivityView) -> dict[str, str]:
    """What numbers are called in this view, where that says more than their terms."""
    labels = {"retention_1": f"Back one {view.cohorts} later"}
    if of_all := not_filtered(view):
        labels |= {name: f"{MEASURE[name].label}, {of_all}" for name in OF_ALL}
    return labels


def _customers(store: Store, view: CohortActivityView) -> list[Number]:
    grain, start = view.cohorts, week_start(store)
    sizes = cohort_sizes(store, view.activity, grain, view.acquired)
    first, last = first_period(store, view, grain), last_period(store, view, grain)
    first, last = part_of(first, last, grain, view.replace(since=None), start)
    counts = sizes.set_index("cohort_index")["customers"].reindex(range(first, last + 1))
    total = counts.fillna(0).cumsum()
    what = "bought" if view.activity == "purchase" else "visited"
    return [
        MEASURE["customers"].number(
            store,
            Known.of(
                total.iloc[-1], f"who ever {what}, to the last complete {grain}", "", total.iloc[-1]
            ),
            _compared(total, total, first, last, grain, start),
            _trend(total.tail(12), f"{grain}s"),
            label=_labels(view).get("customers", ""),
            period=(grain, period_end(last, grain, start)),
        )
    ]


def _of_week(store: Store, view: CohortActivityView) -> list[Number]:
    """The numbers of the last complete week of the selected part."""
    of_weeks = weeks(store, view).set_index("period_index")
    start = week_start(store)
    first, last = int(of_weeks.index.min()), int(of_weeks.index.max())
    last = part_of(first, last, "week", view.replace(since=None), start)[1]
    of_weeks = of_weeks.loc[:last]
    when = f"week of {format_value(index_start(last, 'week', start), 'date')}"
    gone = "everybody of the week before was seen again"
    unknown = {"quick_ratio": gone} if last > first else {}
    counts = {name: of_weeks[column] for name, column in OF_WEEK.items()}
    # A ratio of two counts is as sure as the smaller of them.
    counts["quick_ratio"] = of_weeks["churned"] * of_weeks["quick_ratio"].clip(upper=1)
    return [
        MEASURE[name].number(
            store,
            Known.of(
                of_weeks[column].get(last),
                when,
                unknown.get(name, FIRST_WEEK),
                counts[name].get(last),
            ),
            _compared(
                of_weeks[column], counts[name], first + (column in FLOWS), last, "week", start
            ),
            _trend(of_weeks[column].tail(view.weeks), "weeks"),
            label=_labels(view).get(name, ""),
            period=("week", period_end(last, "week", start)),
        )
        for name, column in OF_WEEK.items()
    ]


def _retention_1(store: Store, view: CohortActivityView) -> list[Number]:
    """Customers back one period after their first: all cohorts of the window together."""
    together = average(store, view)
    rates = together[together["age"] == 1]
    rate, began = rates["retention"], rates["cohort_customers"]
    cells = of_new_customers(store, view)
    cells = cells[(cells["age"] == 1) & cells["retention"].notna()]
    compared: dict[str, Any] = {}
    if not view.cohort and len(rate):
        compared = _cohorts_before(store, view, cells["cohort_index"])
    by_cohort = cells.set_index("cohort_index")["retention"]
    if view.cohort:
        by_cohort = by_cohort[cells["cohort"].to_numpy() <= view.cohort]
    if len(by_cohort):  # a period in which nobody began is a gap
        by_cohort = by_cohort.reindex(range(by_cohort.index.min(), by_cohort.index.max() + 1))
    of_what = f"cohort of {view.cohort}" if view.cohort else "all cohorts together"
    return [
        MEASURE["retention_1"].number(
            store,
            Known.of(
                rate.iloc[0] if len(rate) else None,
                of_what,
                "no cohort is old enough",
                began.iloc[0] if len(rate) else None,
            ),
            compared,
            _trend(by_cohort, "cohorts"),
            label=_labels(view)["retention_1"],
            period=_last_cohort(store, view),
        )
    ]


def _last_cohort(store: Store, view: CohortActivityView) -> tuple[Grain, date]:
    """The period whose end made the newest cohort old enough."""
    grain = view.cohorts
    return grain, period_end(last_period(store, view, grain), grain, week_start(store))


def _cohorts_before(store: Store, view: CohortActivityView, shown: pd.Series) -> dict[str, Any]:
    """The same rate of as many cohorts before those ``shown``, and of those a year earlier."""
    grain, oldest = view.cohorts, first_period(store, view, view.cohorts) + 1
    sizes = cohort_sizes(store, view.activity, grain, view.acquired)
    active = active_under_filters(store, view, oldest)
    cells = retention_triangle(sizes, active, last_period(store, view, grain), 1)
    cells = cells[cells["age"] == 1]

    def ask(first: int, last: int) -> Known:
        rows = cells[cells["cohort_index"].between(first, last)]
        began = float(rows["cohort_customers"].sum())
        back = float(rows["active_customers"].sum())
        return Known.of(back / began if began else None, "", NO_COHORTS, began)

    def words(first: int, last: int) -> str:
        return "cohorts " + " to ".join(label(i, grain, week_start(store)) for i in (first, last))

    first, last = max(int(shown.min()), oldest), int(shown.max())
    return Comparison(first, last, oldest, PERIODS_A_YEAR[grain], words, NO_COHORTS).of(ask)


def _compared(
    series: pd.Series, counts: pd.Series, begins: int, last: int, grain: Grain, start: str
) -> dict[str, Any]:
    """The value of the period ``last`` against the one before and the one a year before.

    ``counts`` are how many customers each value rests on. Nothing is known before the period
    ``begins``.
    """
    year = PERIODS_A_YEAR[grain]

    def words(first: int, _last: int) -> str:
        return f"{grain} of {format_value(index_start(first, grain, start), 'date')}"

    def ask(first: int, last: int) -> Known:
        return Known.of(series.get(first), "", words(first, last), counts.get(first))

    too_early = "the data do not reach back so far"
    return Comparison(last, last, begins, year, words, too_early).of(ask)


def _trend(series: pd.Series, what: str) -> dict[str, Any]:
    return trend(series, f"{len(series)} {what}")


HEADLINE = Headline(MEASURES, _headline, {"cohort": ("customers", *OF_WEEK)})
