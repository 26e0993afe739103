"""Which campaign brought money, and what did a new customer cost?"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from ops_widgets.charts.formats import Better, Format, Number, format_value
from ops_widgets.charts.pieces import About
from ops_widgets.metrics.campaigns import SUMS, campaign_economics, funnel
from ops_widgets.metrics.compare import DAYS_A_YEAR, period_before, year_before
from ops_widgets.periods import day_number, from_day_number, period_start
from ops_widgets.summaries import queries
from ops_widgets.summaries.store import Store
from ops_widgets.views.about import about as page_about
from ops_widgets.views.answers import once
from ops_widgets.views.campaign_view import (
    CampaignPerformanceView,
    choices,
    chosen,
    days_text,
    facts,
    only_window,
    whole_window,
    window,
    window_text,
)
from ops_widgets.views.frames import brushable, described, pickable
from ops_widgets.views.targets import with_targets

DAYS_A_WEEK = 7

ECONOMICS = {
    "campaigns": ("Campaigns", "integer"),
    "impressions": ("Impressions", "integer"),
    "clicks": ("Clicks", "integer"),
    "ctr": ("CTR", "percent"),
    "orders": ("Orders", "integer"),
    "orders_per_click": ("Orders a click", "percent"),
    "net_revenue": ("Net revenue", "money"),
    "cost": ("Cost", "money"),
    "roas": ("ROAS", "ratio"),
    "new_customers": ("New", "integer"),
    "cac": ("CAC", "money"),
    "contribution": ("Contribution", "money"),
    "contribution_margin": ("Margin", "percent"),
}


def _choices(store: Store, _view: CampaignPerformanceView) -> dict[str, list[str]]:
    return choices(store)


def about(store: Store, view: CampaignPerformanceView) -> About:
    """The page's head: its question, where the data come from, what the controls offer."""
    return page_about(
        store,
        view,
        "Campaign performance",
        "Which campaign brought money, and what did a new customer cost?",
        once(store, _choices, CampaignPerformanceView()),
    )


def _note(store: Store, view: CampaignPerformanceView) -> str:
    missing = [
        f"{what} needs `{table}.{column}`"
        for what, table, column in (
            ("CTR, ROAS, CAC and contribution", "campaign_days", "cost"),
            ("contribution", "orders", "unit_cost"),
        )
        if column not in store.manifest["columns"].get(table, [])
        and not (column == "unit_cost" and _product_cost(store))
    ]
    lacking = f" Unknown here: {'; '.join(missing)}." if missing else ""
    return (
        f"{window_text(store, view)}. Sales are what the shop credits to a campaign: they stood "
        f"near it, which does not prove that it caused them.{lacking}"
    )


def _product_cost(store: Store) -> bool:
    return "unit_cost" in store.manifest["columns"].get("products", [])


def by_campaign(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Funnel and economics, one row a campaign (of the picked kind), largest net revenue first."""
    frame = facts(store, view, group=True)
    table = campaign_economics(frame, "campaign_id").drop(columns="campaigns")
    table = table.merge(frame[["campaign_id", "name", "content_type"]], on="campaign_id")
    columns = {"name": ("Campaign", "text"), "content_type": ("Content type", "text")}
    shown = {k: v for k, v in ECONOMICS.items() if k != "campaigns"}
    described_table = described(store, table, columns | shown, _note(store, view))
    return pickable(described_table, "name", "campaign", view)


def winners_and_losers(frame: pd.DataFrame) -> str:
    """The finding of :func:`by_campaign`: how many campaigns paid for themselves."""
    known = frame["contribution"].dropna()
    if known.empty:
        return "What is each campaign credited with? What it left is not known"
    return f"{(known > 0).sum()} of {len(known)} campaigns paid for themselves"


def _groups(
    store: Store, view: CampaignPerformanceView
) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """The economics of what the view compares, in the column ``group``; and that one's label."""
    table = campaign_economics(facts(store, view, campaign=True), view.by).rename(
        columns={view.by: "group"}
    )
    return table, {"group": (view.by.replace("_", " ").capitalize(), "text")}


def by_group(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Funnel and economics, one row a content type (or format, or channel)."""
    table, label = _groups(store, view)
    frame = described(store, table, label | ECONOMICS, _note(store, view))
    return pickable(frame, "group", "group", view)


def steps(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The funnel of each group: impressions, clicks, orders, new customers."""
    store.require(
        "campaign_days", "impressions", "clicks", shows="where each campaign loses people"
    )
    table, label = _groups(store, view)
    frame = described(
        store,
        funnel(table, "group"),
        label
        | {
            "step": ("Step", "text"),
            "count": ("Count", "integer"),
            "of_previous": ("Of the step before", "percent"),
        },
    )
    return pickable(frame, "group", "group", view)


def _by_day(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    return queries.campaign_by_day(store, *whole_window(store, view))


def _weeks(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The sums of every week wholly in the whole window, of what is chosen and picked.

    A sum is NA when one campaign and day of it is unknown. A week in which no campaign ran is a
    row of zeros: then nothing was spent.
    """
    first, last = whole_window(store, view)
    start = store.source["week_start"]

    def week_of(day: int) -> int:
        return day_number(period_start(from_day_number(day), "week", start))

    days = once(store, _by_day, only_window(view).replace(since=None, until=None))
    days = chosen(days, view, campaign=True, group=True)
    weeks = days["day"].map(week_of)
    whole = range(week_of(first + DAYS_A_WEEK - 1), last - DAYS_A_WEEK + 2, DAYS_A_WEEK)
    known = days[SUMS].notna().groupby(weeks).all().reindex(whole, fill_value=True)
    return days[SUMS].groupby(weeks).sum().reindex(whole, fill_value=0).where(known)


def weekly(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Cost and credited net revenue of the chosen campaigns, by week wholly in the window.

    A cost is NA where the shop does not know it for every campaign and day of the week.
    """
    store.require("campaign_days", "cost", shows="what campaigns cost, week by week")
    sums = _weeks(store, view)[["cost", "net_revenue"]]
    sums.insert(0, "week", pd.to_datetime([from_day_number(d) for d in sums.index]))
    long = sums.melt("week", var_name="measure", value_name="amount")
    long["measure"] = long["measure"].map({"cost": "Cost", "net_revenue": "Net revenue"})
    unknown = int(sums["cost"].isna().sum())
    weeks = "week lacks" if unknown == 1 else "weeks lack"
    shown = described(
        store,
        long,
        {"week": ("Week", "date"), "measure": ("Measure", "text"), "amount": ("Amount", "money")},
        note=f"The cost of {unknown} {weeks} a day of a campaign that ran: unknown, not zero."
        if unknown
        else "",
    )
    return brushable(shown, "week", long["week"] + pd.Timedelta(days=DAYS_A_WEEK - 1), view)


#: name: label, format, which direction is good, why it may be unknown, small print.
HEADLINE: dict[str, tuple[str, Format, Better, str, str]] = {
    "net_revenue": ("Credited net revenue", "money", "higher", "no sales are credited", ""),
    "orders": ("Credited orders", "integer", "higher", "no sales are credited", ""),
    "cost": ("Campaign cost", "money", "", "cost is not known for every campaign", ""),
    "roas": ("ROAS", "ratio", "higher", "cost is not known", "net revenue per unit of cost"),
    "cac": ("CAC", "money", "lower", "cost is not known", "cost per new customer"),
    "contribution": (
        "Contribution",
        "money",
        "higher",
        "cost of goods or campaigns is not known",
        "after goods and campaign cost",
    ),
}


def _economics(frame: pd.DataFrame) -> pd.Series:
    """The economics of all campaigns of ``frame`` together; empty when there is none."""
    table = campaign_economics(frame.assign(all="all"), "all")
    return table.iloc[0] if len(table) else pd.Series(dtype="float64")


def headline(store: Store, view: CampaignPerformanceView) -> list[Number]:
    """The numbers that a report records, against the days before and 52 weeks earlier."""
    now = _economics(facts(store, view, campaign=True, group=True))
    first, last = window(store, view)
    before = {
        "previous": period_before(first, last),
        "last_year": year_before(first, last, DAYS_A_YEAR),
    }
    then = {key: _economics_of(store, view, *days) for key, days in before.items()}
    weeks = _weeks(store, view).assign(week=lambda f: f.index)
    trend = campaign_economics(weeks, "week").set_index("week").reindex(weeks.index)
    money = {k: store.source[k] for k in ("currency", "minor_digits")}

    def compared(name: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, days in before.items():
            value = _value(then[key], name)
            found[key] = value
            if days[0] < day_number(store.first_day):
                reason = f"the data begin {format_value(store.first_day, 'date')}"
            elif then[key].empty:
                reason = "no campaign ran then"
            else:
                reason = HEADLINE[name][3]
            found[f"{key}_detail"] = reason if value is None else days_text(*days)
        return found

    numbers = []
    for name, (label, kind, better, reason, detail) in HEADLINE.items():
        value = _value(now, name)
        numbers.append(
            Number(
                name,
                label,
                value,
                kind,
                reason if value is None else detail or window_text(store, view),
                **(money if kind == "money" else {}),
                **compared(name),
                trend=tuple(None if pd.isna(v) else float(v) for v in trend[name]),
                trend_detail=f"{len(trend)} weeks of the window",
                better=better,
            )
        )
    return with_targets(numbers, view)


def _economics_of(store: Store, view: CampaignPerformanceView, first: int, last: int) -> pd.Series:
    """The same economics over other days; empty where the data do not hold all of them."""
    if first < day_number(store.first_day):
        return pd.Series(dtype="float64")
    frame = queries.campaign_facts(store, first, last)
    return _economics(chosen(frame, view, campaign=True, group=True))


def _value(row: pd.Series, name: str) -> float | None:
    value = float(row.get(name, math.nan))
    return None if math.isnan(value) else value
