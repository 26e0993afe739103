"""What the campaign notebook looks at: its view, its choices, its window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, get_args

import pandas as pd
from pydantic import BeforeValidator, Field

from ops_widgets.periods import day_number
from ops_widgets.summaries.seen import Seen
from ops_widgets.summaries.store import Store
from ops_widgets.views.base import Names, Pick, View
from ops_widgets.views.period import Calendar, Days, Period
from ops_widgets.views.reads import Reads
from ops_widgets.views.window import days_text, part_of, window_days
from ops_widgets.views.words import worded

#: What campaigns are told apart by.
Kind = Literal["content_type", "format", "channel", "slot", "objective"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Days before an order whose touches are credited: those of ``summaries.customers.paths``.
Lookback = Annotated[Literal["7", "14", "30"], BeforeValidator(str)]
#: What is compared: kinds of campaigns, or each by itself.
By = Literal["content_type", "format", "channel", "slot", "objective", "campaign"]
#: Kind -> what says it, where that is not the column of that name of ``campaigns``.
SAID_BY = {"slot": (("campaigns", "slot_id"), ("campaign_days", "slot_id"))}


class CampaignPerformanceView(View):
    """What the campaign notebook looks at."""

    notebook: ClassVar[str] = "campaign_performance"
    resets: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "as_of": ("since", "until"),
        "days": ("since", "until", "calendar"),
        "calendar": ("since", "until"),
        "by": ("group",),
        "content_types": ("campaign", "group"),
    }
    selected: ClassVar[tuple[str, ...]] = ("campaign", "group", "since", "until")
    seldom: ClassVar[frozenset[str]] = frozenset({"lookback", "locale"})

    period: ClassVar[Period | None] = Period("days", "day", "calendar")

    days: int = Field(
        90, ge=7, le=730, title="Days", description="Length of the window that ends as of"
    )
    calendar: Calendar = Field(
        "", title="Whole", description="The last whole month, quarter or year instead of days"
    )
    by: By = Field(
        "content_type", title="Compare by", description="What the funnel and totals compare"
    )
    content_types: Names = Field(
        (), title="Content types", description="Nothing chosen: all content types"
    )
    looks: Literal["once", "any_time"] = Field(
        "once",
        title="Tests are read",
        description="Once, when they are over, or at any time: with wider intervals",
    )
    lookback: Lookback = Field(
        "14",
        title="Look-back days",
        description="How long before an order a visit by a campaign counts for it",
    )
    campaign: Pick = Field(
        "", title="Campaign", description="Campaign whose bar is picked; empty: none"
    )
    group: Pick = Field(
        "", title="Kind", description="Line that is picked of what is compared; empty: none"
    )


def choices(store: Store) -> dict[str, list[str]]:
    """What can be chosen in the control bar, and picked."""
    columns = ["campaign_id", "name", *(kind for kind in KINDS if kind != "slot")]
    listed, held_out = pd.DataFrame(columns=columns, dtype="object"), set[str]()
    if store.has("campaign"):
        every = store.query(
            f"select {', '.join(columns)}, {IS_HOLDOUT} as is_holdout from campaign order by all"
        )
        is_holdout = every.pop("is_holdout").astype(bool)
        listed, held_out = every[~is_holdout], set(every.loc[is_holdout, "campaign_id"])
    ran = {name for t in NAMING if store.has(t) for name in store.names(t, "campaign_id")}
    # One that the table of campaigns does not list goes by its id, and is of no known kind.
    others = sorted(ran - held_out - set(listed["campaign_id"]))
    unlisted = pd.DataFrame({"name": others} | dict.fromkeys(columns[2:], UNKNOWN))
    known = pd.concat([listed[columns[1:]], unlisted])
    groups = {by: sorted({UNKNOWN, *known[by].map(worded)}) for by in columns[2:]}
    groups |= {"slot": sorted({UNKNOWN, *map(worded, _slots(store))})}
    groups |= {"campaign": sorted(set(known["name"]))}
    of_type = known.groupby("content_type")["name"]
    return {
        "content_types": sorted(set(known["content_type"])) if len(listed) else [],
        "campaign": sorted(set(known["name"])),
        "group": sorted({name for names in groups.values() for name in names}),
        **{f"group|by={by}": names for by, names in groups.items()},
        **{f"campaign|content_types={kind}": sorted(set(names)) for kind, names in of_type},
    }


def _slots(store: Store) -> set[str]:
    """Every slot that a campaign filled, by its own row or by that of a day."""
    tables = ("campaign", "campaign_slot_day")
    return {
        name
        for table in tables
        if store.has(table)
        for name in store.query(f"select distinct slot_id from {table}")["slot_id"].dropna()
    }


UNKNOWN = "(unknown)"
#: SQL: whether a row of ``campaign`` is no campaign but a group kept out of all of them, by its
#: objective ``global_holdout``, however that is written.
IS_HOLDOUT = "(regexp_replace(lower(coalesce(objective, '')), '[^a-z]', '', 'g') = 'globalholdout')"
#: The summaries that may know a campaign which the table of campaigns does not list.
NAMING = (
    *("campaign_sales", "campaign_orders", "campaign_day", "audience_arm"),
    "campaign_path",
)
#: The slot of a campaign that filled several.
SEVERAL = "(several)"
#: What the page can say something from, each by itself.
CREDITED = Reads("orders", ("campaign_id",), "what each campaign sold")
COUNTED = Reads(
    "campaign_days",
    (),
    "what platforms count of each campaign: reach, clicks, cost and their own conversions",
)
OUTCOMES = (
    Reads("campaign_audience", ("arm", "converted"), "how many conversions each campaign caused"),
    Reads("campaign_audience", ("arm", "value"), "what value each campaign caused"),
)


def opening(store: Store, view: CampaignPerformanceView) -> CampaignPerformanceView:
    """What is compared, where no content types are known: the first kind that is, if any."""
    known = [
        by
        for by in KINDS
        if any(store.maps(*said) for said in SAID_BY.get(by, (("campaigns", by),)))
    ]
    if view.by == KINDS[0] and known:
        return view.replace(by=known[0])
    return view


def days_table(store: Store) -> str:
    """The table whose days the page counts with; empty: none of its own."""
    return next((one.table for one in (CREDITED, COUNTED) if one.maps(store)), "")


def days_seen(store: Store) -> Seen:
    """The days that the page counts with."""
    return store.seen(days_table(store))


def days_of_window(store: Store, view: CampaignPerformanceView) -> Days:
    """First and last day of the window."""
    return window_days(store, view, days_table(store))


def whole_window(store: Store, view: CampaignPerformanceView) -> tuple[int, int]:
    """First and last day number of the window before a part of it is selected."""
    first, last = days_of_window(store, view)
    return day_number(first), day_number(last)


def window(store: Store, view: CampaignPerformanceView) -> tuple[int, int]:
    """First and last day number looked at: of the window, the selected part."""
    return part_of(*whole_window(store, view), "day", view)


def window_text(store: Store, view: CampaignPerformanceView) -> str:
    """The window in words."""
    return days_text(*window(store, view))
