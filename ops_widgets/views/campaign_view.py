"""What the campaign notebook looks at, and the rows that answer it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Literal

import pandas as pd
from pydantic import Field

from ops_widgets.charts.formats import format_value
from ops_widgets.errors import UsageError
from ops_widgets.periods import day_number, from_day_number
from ops_widgets.summaries import queries
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.base import Names, Pick, View
from ops_widgets.views.frames import as_of_day


class CampaignPerformanceView(View):
    """What the campaign notebook looks at."""

    notebook: ClassVar[str] = "campaign_performance"
    records: ClassVar[tuple[str, ...]] = (
        "net_revenue",
        "orders",
        "cost",
        "roas",
        "cac",
        "contribution",
    )
    resets: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "as_of": ("since", "until"),
        "days": ("since", "until"),
        "by": ("group",),
        "content_types": ("campaign", "group"),
    }
    selected: ClassVar[tuple[str, ...]] = ("campaign", "group", "since", "until")

    days: int = Field(
        90, ge=7, le=730, title="Days", description="Length of the window that ends as of"
    )
    by: Literal["content_type", "format", "channel"] = Field(
        "content_type", title="Compare by", description="What the funnel and totals compare"
    )
    content_types: Names = Field(
        (), title="Content types", description="Nothing chosen: all content types"
    )
    campaign: Pick = Field(
        "", title="Campaign", description="Campaign whose bar is picked; empty: none"
    )
    group: Pick = Field(
        "", title="Kind", description="Line that is picked of what is compared; empty: none"
    )


def choices(store: Store) -> dict[str, list[str]]:
    """What can be chosen in the control bar, and picked."""
    known = store.has("campaign")
    kinds = {
        _worded(name)
        for column in ("content_type", "format", "channel")
        if known
        for name in queries.names(store, "campaign", column)
    }
    return {
        "content_types": queries.names(store, "campaign", "content_type") if known else [],
        "campaign": queries.names(store, "campaign", "name")
        if known
        else queries.names(store, "campaign_sales", "campaign_id"),
        "group": sorted(kinds | {UNKNOWN}),
    }


UNKNOWN = "(unknown)"


def _worded(name: str) -> str:
    return name.replace("_", " ")


def whole_window(store: Store, view: CampaignPerformanceView) -> tuple[int, int]:
    """First and last day number of the window before a part of it is selected."""
    last = as_of_day(store, view.as_of)
    first = max(store.first_day, last - timedelta(days=view.days - 1))
    return day_number(first), day_number(last)


def window(store: Store, view: CampaignPerformanceView) -> tuple[int, int]:
    """First and last day number looked at: of the window, the selected part."""
    first, last = whole_window(store, view)
    first = max(first, day_number(view.since)) if view.since else first
    last = min(last, day_number(view.until)) if view.until else last
    if last < first:
        raise UsageError(
            "No day of the window lies in the selected part.",
            "Clear the selection, or select more.",
        )
    return first, last


def window_text(store: Store, view: CampaignPerformanceView) -> str:
    """The window in words."""
    return days_text(*window(store, view))


def days_text(first: int, last: int) -> str:
    """A range of day numbers in words."""
    a, z = (format_value(from_day_number(d), "date") for d in (first, last))
    return f"{a} to {z}"


def _all_facts(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a campaign, with its sums over the window; nothing chosen, nothing picked."""
    store.require("orders", "campaign_id", shows="what each campaign sold")
    return queries.campaign_facts(store, *window(store, view))


def chosen(
    frame: pd.DataFrame, view: CampaignPerformanceView, *, campaign: bool, group: bool
) -> pd.DataFrame:
    """The rows of the chosen content types, and of what is picked as far as asked for."""
    if view.content_types:
        frame = frame[frame["content_type"].isin(view.content_types)]
    frame = frame.assign(
        **{c: frame[c].map(_worded) for c in ("content_type", "format", "channel")}
    )
    if campaign and view.campaign:
        frame = frame[frame["name"] == view.campaign]
    if group and view.group:
        frame = frame[frame[view.by] == view.group]
    return frame


def facts(
    store: Store, view: CampaignPerformanceView, *, campaign: bool = False, group: bool = False
) -> pd.DataFrame:
    """One row a chosen campaign with its sums over the window; of what is picked, if asked."""
    frame = once(store, _all_facts, only_window(view))
    return chosen(frame, view, campaign=campaign, group=group)


def only_window(view: CampaignPerformanceView) -> CampaignPerformanceView:
    """The view that the same sums answer, whatever is chosen or picked of them."""
    return view.replace(content_types=(), campaign="", group="", by="content_type", targets=())
