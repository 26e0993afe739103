"""The headline of the campaign notebook: what campaigns cost, what is credited, what is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import unknown_days
from ops_widgets.analyses.campaign_performance.headline_counted import (
    PLATFORM,
    TESTED,
    platform_numbers,
    tested_numbers,
)
from ops_widgets.analyses.campaign_performance.queries import (
    by_slot,
    campaign_credits,
    campaign_facts,
    chosen,
    credits,
    facts,
    lacking,
    weeks,
)
from ops_widgets.analyses.campaign_performance.reasons import first_seen, nothing_ran, reason
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import (
    COUNTED,
    CREDITED,
    OUTCOMES,
    CampaignPerformanceView,
    window,
    window_text,
)
from ops_widgets.charts.formats import Number, format_value
from ops_widgets.metrics.campaigns import campaign_economics
from ops_widgets.metrics.compare import DAYS_A_YEAR
from ops_widgets.periods import day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.comparison import Comparison, Headline, Known, Measure, trend
from ops_widgets.views.window import days_text

MEASURES = (
    Measure.of(TERMS, "net_revenue", "Credited net revenue", n_of="orders"),
    Measure.of(TERMS, "orders", "Credited orders", n_of="orders"),
    Measure.of(TERMS, "cost", "Campaign cost", better=""),
    Measure.of(TERMS, "roas", n_of="orders"),
    Measure.of(TERMS, "cac", better="lower", n_of="new customers"),
    Measure.of(TERMS, "contribution", n_of="orders"),
)
#: What a number rests on -> the column that counts it.
COUNTS = {"orders": "orders", "new customers": "new_customers"}
#: What the small print says of a number instead of the window.
OF_WHAT = {
    "roas": "net revenue per unit of cost",
    "cac": "cost per new customer",
    "contribution": "after goods and campaign cost",
}


@dataclass(frozen=True)
class _Window:
    """What is looked at, in some days: its campaigns, what they are credited with, their sums."""

    store: Store
    facts: pd.DataFrame
    credits: pd.DataFrame
    first: int
    lacking: Callable[[], pd.DataFrame]

    @cached_property
    def total(self) -> pd.Series:
        """The economics of all campaigns together."""
        return campaign_economics(self.facts.assign(all="all"), "all", self.credits).iloc[0]

    def known(self, measure: Measure, words: str, nothing: str) -> Known:
        """The number of a measure, or why there is none: ``nothing`` where no campaign ran."""
        name = measure.name
        if self.facts.empty:
            return Known(None, nothing)
        why = reason(self.store, name, self.total, self.facts, self.lacking)
        n = self.total[COUNTS[measure.n_of]] if measure.n_of else None
        return Known.of(self.total[name], _warned(self.store, name, words, self.first), why, n)


def _warned(store: Store, name: str, words: str, first: int) -> str:
    """``words`` of a number in days that begin with ``first``, and what is wrong with it."""
    warning = first_seen(store, first) if name == "cac" else ""
    return "; ".join(filter(None, (words, warning)))


def _headline(store: Store, view: CampaignPerformanceView) -> list[Number]:
    """What is credited; where no sale is, what platforms count and what control groups show."""
    answers: list[Callable[[Store, CampaignPerformanceView], list[Number]]] = []
    if CREDITED.maps(store):
        answers = [_credited]
    else:
        answers += [platform_numbers] if COUNTED.maps(store) else []
        answers += [tested_numbers] if any(one.maps(store) for one in OUTCOMES) else []
    return [number for answer in answers or [_credited] for number in answer(store, view)]


def _credited(store: Store, view: CampaignPerformanceView) -> list[Number]:
    first, last = window(store, view)
    filtered = bool(view.content_types or view.campaign or view.group)
    now = _Window(
        store,
        facts(store, view, campaign=True, group=True),
        credits(store, view),
        first,
        lambda: lacking(store, view),
    )
    before_data = f"the data begin {format_value(store.first_day, 'date')}"
    begins = day_number(store.first_day)
    then: dict[tuple[int, int], _Window] = {}

    def ask(measure: Measure, a: int, z: int) -> Known:
        if (a, z) not in then:
            then[a, z] = _Window(
                store,
                chosen(campaign_facts(store, a, z, by_slot(view)), view, campaign=True, group=True),
                campaign_credits(store, a, z),
                a,
                lambda: unknown_days(store, a, z),
            )
        return then[a, z].known(measure, days_text(a, z), nothing_ran("then", filtered))

    def compared(measure: Measure) -> dict[str, Any]:
        def words(a: int, z: int) -> str:
            return _warned(store, measure.name, days_text(a, z), a)

        comparison = Comparison(first, last, begins, DAYS_A_YEAR, words, before_data)
        return comparison.of(partial(ask, measure))

    sums = weeks(store, view).assign(week=lambda f: f.index)
    by_week = campaign_economics(sums, "week").set_index("week").reindex(sums.index)
    text = window_text(store, view)
    nothing = nothing_ran("in these days", filtered)
    return [
        measure.number(
            store,
            now.known(measure, OF_WHAT.get(measure.name, text), nothing),
            compared(measure),
            trend(by_week[measure.name], f"{len(by_week)} weeks of the window"),
        )
        for measure in MEASURES
    ]


HEADLINE = Headline((*MEASURES, *PLATFORM, *TESTED), _headline)
