"""What the campaign notebook looks at: its view, its choices, its window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import Field

from ops_widgets.errors import UsageError
from ops_widgets.periods import day_number
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import Names, Pick, View
from ops_widgets.views.window import as_of_day, days_text


class CampaignPerformanceView(View):
    """What the campaign notebook looks at."""

    notebook: ClassVar[str] = "campaign_performance"
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
    groups = {
        by: sorted({UNKNOWN, *map(worded, store.names("campaign", by) if known else ())})
        for by in ("content_type", "format", "channel")
    }
    of_type = {}
    if known:
        named = store.query("select distinct name, content_type from campaign order by 1")
        of_type = named.groupby("content_type")["name"].agg(list).to_dict()
    return {
        "content_types": store.names("campaign", "content_type") if known else [],
        "campaign": store.names("campaign", "name")
        if known
        else store.names("campaign_sales", "campaign_id"),
        "group": sorted({name for names in groups.values() for name in names}),
        **{f"group|by={by}": names for by, names in groups.items()},
        **{f"campaign|content_types={kind}": names for kind, names in of_type.items()},
    }


UNKNOWN = "(unknown)"


def worded(name: str) -> str:
    """A name of the data as people write it."""
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
