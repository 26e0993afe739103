"""The headline where no sale is credited to a campaign: what platforms count, what tests showed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

import pandas as pd

from ops_widgets.analyses.campaign_performance.arms import arms_of
from ops_widgets.analyses.campaign_performance.counted import counted
from ops_widgets.analyses.campaign_performance.daily import (
    SPENT,
    campaign_by_day,
    campaign_sums,
    in_campaign_days,
    unknown_days,
)
from ops_widgets.analyses.campaign_performance.queries import (
    by_slot,
    chosen,
    only_window,
    periods_of,
)
from ops_widgets.analyses.campaign_performance.reasons import (
    cost_unknown,
    has_column,
    nothing_ran,
)
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import (
    COUNTED,
    CampaignPerformanceView,
    days_seen,
    whole_window,
    window,
    window_text,
)
from ops_widgets.charts.formats import Number, format_value, is_missing
from ops_widgets.metrics.campaigns import PLATFORM_RATIOS, platform_economics
from ops_widgets.metrics.compare import DAYS_A_YEAR
from ops_widgets.periods import day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.comparison import Comparison, Known, Measure, trend
from ops_widgets.views.frames import one_of
from ops_widgets.views.window import days_text

COST = Measure.of(TERMS, "cost", "Campaign cost", better="")
PLATFORM = (
    Measure.of(TERMS, "impressions"),
    Measure.of(TERMS, "clicks"),
    Measure.of(TERMS, "ctr", n_of="impressions"),
    Measure.of(TERMS, "cpc", better="lower", n_of="clicks"),
    Measure.of(TERMS, "conversions"),
    Measure.of(TERMS, "cost_per_conversion", better="lower", n_of="conversions"),
    Measure.of(TERMS, "conversion_value"),
    Measure.of(TERMS, "platform_roas", n_of="conversions"),
)
TESTED = (
    Measure.of(TERMS, "rate_treated", n_of="customers"),
    Measure.of(TERMS, "rate_held_back", n_of="customers"),
    Measure.of(TERMS, "incremental_conversions", n_of="customers"),
    Measure.of(TERMS, "incremental_value", n_of="customers"),
)
BY_PLATFORM = "as the platform counts"


@dataclass(frozen=True)
class _Window:
    """The campaigns that are looked at, in the days ``first..last``."""

    rows: pd.DataFrame
    first: int
    last: int

    @cached_property
    def total(self) -> pd.Series:
        """What the platforms count of all of them together."""
        return platform_economics(self.rows.assign(all="all"), "all").iloc[0]

    def known(self, store: Store, measure: Measure, nothing: str) -> Known:
        """The number of a measure, or why there is none: ``nothing`` where no campaign ran."""
        if self.rows.empty:
            return Known(None, nothing)
        own = measure.name in ("conversions", "conversion_value", *PLATFORM_RATIOS[2:])
        words = BY_PLATFORM if own else days_text(self.first, self.last)
        why = _reason(store, measure.name, self.total, self.rows, self.first, self.last)
        n = self.total[measure.n_of] if measure.n_of else None
        return Known.of(self.total[measure.name], words, why, n)


def platform_numbers(store: Store, view: CampaignPerformanceView) -> list[Number]:
    """Reach, cost and conversions of all campaigns that are looked at together."""
    first, last = window(store, view)
    filtered = bool(view.content_types or view.campaign or view.group)
    begins = days_seen(store).first

    def ask(measure: Measure, a: int, z: int) -> Known:
        return then(a, z).known(store, measure, nothing_ran("then", filtered))

    @cache
    def then(a: int, z: int) -> _Window:
        rows = campaign_sums(store, a, z, by_slot(view))
        rows = rows[one_of(rows["campaign_id"], in_campaign_days(store))]
        return _Window(chosen(rows, view, campaign=True, group=True), a, z)

    now = _Window(counted(store, view, campaign=True), first, last)
    before_data = f"the data begin {format_value(begins, 'date')}"
    weeks = _by_week(store, view)
    text, nothing = window_text(store, view), nothing_ran("in these days", filtered)
    found = []
    for measure in (COST, *PLATFORM):
        value = now.known(store, measure, nothing)
        if measure is COST and value.value is not None:
            value = Known(value.value, text)
        comparison = Comparison(
            first, last, day_number(begins), DAYS_A_YEAR, days_text, before_data
        )
        line = trend(weeks[measure.name], f"{len(weeks)} weeks of the window")
        found.append(measure.number(store, value, comparison.of(partial(ask, measure)), line))
    return found


def _by_week(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The numbers of every week wholly in the whole window; NA where one of its days is unknown."""
    period = periods_of(store, view, "week")
    whole = only_window(view).replace(since=None, until=None)
    days = chosen(once(store, _days, whole), view, campaign=True, group=True)
    days = days.assign(week=days["day"].map(period)).dropna(subset=["week"])
    table = platform_economics(days, "week").set_index("week")
    return table.reindex(sorted(set(period.values())))


def _days(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    COUNTED.require(store)
    days = campaign_by_day(store, *whole_window(store, view), by_slot=view.by == "slot")
    return days[one_of(days["campaign_id"], in_campaign_days(store))]


def _reason(
    store: Store, name: str, total: pd.Series, rows: pd.DataFrame, first: int, last: int
) -> str:
    """Why a number of the platform is unknown; empty where it is known."""
    if not is_missing(total[name]):
        return ""
    parts = PARTS.get(name, (name,))
    for column in parts:
        if not has_column(store, "campaign_days", column):
            return f"no column `campaign_days.{column}` in the data"
        if is_missing(total[column]):
            if column == "cost":
                return cost_unknown(store, rows, lambda: unknown_days(store, first, last))
            many = int(rows[column].isna().sum())
            whose = "this campaign" if len(rows) == 1 else f"{many} of {len(rows)} campaigns"
            return f"{_plain(column)} of {whose}: not known of every day"
    if total[parts[-1]]:
        return f"more {_plain(parts[0])} than {_plain(parts[-1])}"
    return f"no {_plain(parts[-1])}"


def _plain(column: str) -> str:
    return column.replace("_", " ")


#: A ratio -> what it is of; the last stands below.
PARTS = {
    "ctr": ("clicks", "impressions"),
    "cpc": ("cost", "clicks"),
    "cost_per_conversion": ("cost", "conversions"),
    "platform_roas": ("conversion_value", "cost"),
}
assert set(PARTS) == set(PLATFORM_RATIOS)
assert {part for parts in PARTS.values() for part in parts} <= set(SPENT)


def tested_numbers(store: Store, view: CampaignPerformanceView) -> list[Number]:
    """What treated customers did more than those held back, of all tests that can be read."""
    rows = arms_of(store, view, campaign=True)
    many = len(rows)

    def rate(end: str) -> Known:
        told = rows.dropna(subset=[f"conversions_{end}"])
        if told.empty:
            return Known(None, _why(rows))
        of = told[end].sum()
        return Known.of(told[f"conversions_{end}"].sum() / of, _of(len(told), many), "", of)

    def caused(name: str) -> Known:
        told = rows.dropna(subset=[f"incremental_{name}"])
        if told.empty:
            return Known(None, _why(rows))
        people = (told["treated"] + told["held_back"]).sum()
        words = _of(len(told), many)
        if len(told) == 1:
            words = f"95% interval {_interval(store, name, told.iloc[0])}"
        return Known.of(told[f"incremental_{name}"].sum(), words, "", people)

    answers: dict[str, Any] = {
        "rate_treated": rate("treated"),
        "rate_held_back": rate("held_back"),
        "incremental_conversions": caused("conversions"),
        "incremental_value": caused("value"),
    }
    return [measure.number(store, answers[measure.name]) for measure in TESTED]


def _of(told: int, many: int) -> str:
    """Of how many tests a number is."""
    if many == 1:
        return "by the outcomes of the audience"
    return f"of {many} campaigns" if told == many else f"of {told} of {many} campaigns"


def _why(rows: pd.DataFrame) -> str:
    return "no chosen campaign has an audience" if rows.empty else str(rows["outcome"].iloc[0])


def _interval(store: Store, name: str, row: pd.Series) -> str:
    form: Any = "money" if name == "value" else "integer"
    money = (store.source["currency"], store.source["minor_digits"])
    low, high = (format_value(row[f"{name}_{end}"], form, *money) for end in ("low", "high"))
    return f"{low} to {high}"
