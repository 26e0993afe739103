"""Which campaign brought money, and what did a new customer cost?"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import ClassVar, Literal

import pandas as pd
from pydantic import Field

from ops_widgets.charts.formats import Format, Number, format_value
from ops_widgets.charts.pieces import About
from ops_widgets.metrics.campaigns import campaign_economics, funnel
from ops_widgets.periods import day_number, from_day_number, period_start
from ops_widgets.summaries import queries
from ops_widgets.summaries.store import Store
from ops_widgets.views.about import about as page_about
from ops_widgets.views.base import Names, View
from ops_widgets.views.frames import as_of_day, described


class CampaignPerformanceView(View):
    """What the campaign notebook looks at."""

    notebook: ClassVar[str] = "campaign_performance"

    days: int = Field(
        90, ge=7, le=730, title="Days", description="Length of the window that ends as of"
    )
    by: Literal["content_type", "format", "channel"] = Field(
        "content_type", title="Compare by", description="What the funnel and totals compare"
    )
    content_types: Names = Field(
        (), title="Content types", description="Nothing chosen: all content types"
    )


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


def choices(store: Store) -> dict[str, list[str]]:
    """What can be chosen in the control bar."""
    known = store.has("campaign")
    return {"content_types": queries.names(store, "campaign", "content_type") if known else []}


def about(store: Store, view: CampaignPerformanceView) -> About:
    """The page's head: its question, where the data come from, what the controls offer."""
    return page_about(
        store,
        view,
        "Campaign performance",
        "Which campaign brought money, and what did a new customer cost?",
        choices(store),
    )


def window(store: Store, view: CampaignPerformanceView) -> tuple[int, int]:
    """First and last day number looked at."""
    last = as_of_day(store, view.as_of)
    first = max(store.first_day, last - timedelta(days=view.days - 1))
    return day_number(first), day_number(last)


def window_text(store: Store, view: CampaignPerformanceView) -> str:
    """The window in words."""
    first, last = (from_day_number(d) for d in window(store, view))
    return f"{format_value(first, 'date')} to {format_value(last, 'date')}"


def facts(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a campaign of the chosen content types, with its sums over the window."""
    store.require(
        "orders",
        "campaign_id",
        shows="what each campaign sold",
    )
    frame = queries.campaign_facts(store, *window(store, view))
    if view.content_types:
        frame = frame[frame["content_type"].isin(view.content_types)].copy()
    for column in ("content_type", "format", "channel"):
        frame[column] = frame[column].str.replace("_", " ")
    return frame


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
    """Funnel and economics, one row a campaign, largest net revenue first."""
    frame = facts(store, view)
    table = campaign_economics(frame, "campaign_id").drop(columns="campaigns")
    table = table.merge(frame[["campaign_id", "name", "content_type"]], on="campaign_id")
    columns = {"name": ("Campaign", "text"), "content_type": ("Content type", "text")}
    shown = {k: v for k, v in ECONOMICS.items() if k != "campaigns"}
    return described(store, table, columns | shown, _note(store, view))


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
    table = campaign_economics(facts(store, view), view.by).rename(columns={view.by: "group"})
    return table, {"group": (view.by.replace("_", " ").capitalize(), "text")}


def by_group(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Funnel and economics, one row a content type (or format, or channel)."""
    table, label = _groups(store, view)
    return described(store, table, label | ECONOMICS, _note(store, view))


def steps(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The funnel of each group: impressions, clicks, orders, new customers."""
    store.require(
        "campaign_days", "impressions", "clicks", shows="where each campaign loses people"
    )
    table, label = _groups(store, view)
    return described(
        store,
        funnel(table, "group"),
        label
        | {
            "step": ("Step", "text"),
            "count": ("Count", "integer"),
            "of_previous": ("Of the step before", "percent"),
        },
    )


def weekly(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Cost and credited net revenue of the chosen campaigns, by week wholly in the window."""
    store.require("campaign_days", "cost", shows="what campaigns cost, week by week")
    first, last = window(store, view)
    start = store.source["week_start"]

    def week_of(day: int) -> int:
        return day_number(period_start(from_day_number(day), "week", start))

    frame = queries.campaign_by_day(store, first, last)
    if view.content_types:
        frame = frame[frame["content_type"].isin(view.content_types)]
    sums = frame.groupby(frame["day"].map(week_of))[["cost", "net_revenue"]].sum()
    # Every whole week has its row: where no campaign ran, nothing was spent.
    whole = range(week_of(first + DAYS_A_WEEK - 1), last - DAYS_A_WEEK + 2, DAYS_A_WEEK)
    sums = sums.reindex(whole, fill_value=0)
    sums.insert(0, "week", pd.to_datetime([from_day_number(d) for d in whole]))
    long = sums.melt("week", var_name="measure", value_name="amount")
    long["measure"] = long["measure"].map({"cost": "Cost", "net_revenue": "Net revenue"})
    return described(
        store,
        long,
        {"week": ("Week", "date"), "measure": ("Measure", "text"), "amount": ("Amount", "money")},
    )


def headline(store: Store, view: CampaignPerformanceView) -> list[Number]:
    """The numbers that a report records."""
    frame = facts(store, view).assign(all="all")
    table = campaign_economics(frame, "all")
    row = table.iloc[0] if len(table) else pd.Series(dtype="float64")
    money = {k: store.source[k] for k in ("currency", "minor_digits")}

    def number(name: str, label: str, kind: Format, reason: str, detail: str = "") -> Number:
        value = float(row.get(name, float("nan")))
        known = not math.isnan(value)
        return Number(
            name,
            label,
            value if known else None,
            kind,
            detail if known else reason,
            **(money if kind == "money" else {}),
        )

    return [
        number(
            "net_revenue",
            "Credited net revenue",
            "money",
            "no sales are credited",
            window_text(store, view),
        ),
        number("orders", "Credited orders", "integer", "no sales are credited"),
        number("cost", "Campaign cost", "money", "cost is not known for every campaign"),
        number("roas", "ROAS", "ratio", "cost is not known", "net revenue per unit of cost"),
        number("cac", "CAC", "money", "cost is not known", "cost per new customer"),
        number(
            "contribution",
            "Contribution",
            "money",
            "cost of goods or campaigns is not known",
            "after goods and campaign cost",
        ),
    ]
