"""What the campaign notebook asks of the store, and the rows that several of its panels share.

Money is in minor units; an empty tuple of names means that nothing is left out.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import (
    KINDS,
    SOLD,
    SPENT,
    campaign_by_day,
    campaign_sums,
    unknown_days,
)
from ops_widgets.analyses.campaign_performance.view import (
    CREDITED,
    By,
    CampaignPerformanceView,
    whole_window,
    window,
)
from ops_widgets.metrics.campaigns import SUMS, distinct_orders
from ops_widgets.periods import day_number, from_day_number, period_start
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.frames import one_of
from ops_widgets.views.words import worded

DAYS_A_WEEK = 7
#: Days of the longest window.
MOST_DAYS = 730


def campaign_facts(
    store: Store, first_day: int, last_day: int, by_slot: bool = False
) -> pd.DataFrame:
    """One row a campaign that ran, or is credited with anything, in the days ``first..last``.

    ``campaign_id, name``, the kinds and the sums of
    :data:`ops_widgets.metrics.campaigns.SUMS`. Impressions, clicks and cost are NA where the
    shop does not know them for every day that the campaign ran (see :mod:`.daily`); sales are 0
    where nothing is credited to it. Orders and new customers are the campaign's own: an order
    of several campaigns counts in each, so do not add them up (:func:`campaign_credits`).
    ``by_slot``: a row for each slot of a campaign, what is credited NA where it has several.
    """
    CREDITED.require(store)
    sums = campaign_sums(store, first_day, last_day, by_slot)
    own = distinct_orders(campaign_credits(store, first_day, last_day), "campaign_id")
    own = own.reindex(sums["campaign_id"], fill_value=0.0).set_axis(sums.index)
    return sums.join(own.where(sums["net_revenue"].notna()))


def campaign_credits(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """``credit, day, campaign_id, orders, new_customers, orders_of_unknown`` of the days.

    One row a credit and campaign of it: a credit is a day and a set of campaigns, and what it
    counts counts once, however many of its campaigns are looked at.
    """
    CREDITED.require(store)
    return store.query(
        "select * from campaign_orders where day between $first and $last order by all",
        {"first": first_day, "last": last_day},
    )


def _all_facts(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a campaign, with its sums over the window; nothing chosen, nothing picked."""
    return campaign_facts(store, *window(store, view), by_slot=view.by == "slot")


def by_slot(view: CampaignPerformanceView) -> bool:
    """Whether one slot is looked at: of campaigns that filled several, only what is of it."""
    return view.by == "slot" and bool(view.group)


def chosen(
    frame: pd.DataFrame, view: CampaignPerformanceView, *, campaign: bool, group: bool
) -> pd.DataFrame:
    """The rows of the chosen content types, and of what is picked as far as asked for.

    Kinds are in plain words then.
    """
    if view.content_types:
        frame = frame[frame["content_type"].isin(view.content_types)]
    # Of thousands of campaigns there are few kinds; of none, there is still a column of text.
    kinds = {c: {kind: worded(kind) for kind in frame[c].unique()} for c in KINDS}
    words = {c: frame[c].map(of).astype(frame[c].dtype) for c, of in kinds.items()}
    frame = frame.assign(**words, campaign=frame["name"])
    if campaign and view.campaign:
        frame = frame[frame["name"] == view.campaign]
    if group and view.group:
        frame = frame[frame[view.by] == view.group]
    return frame


def facts(
    store: Store, view: CampaignPerformanceView, *, campaign: bool = False, group: bool = False
) -> pd.DataFrame:
    """One row a chosen campaign with its sums over the window; of what is picked, if asked."""
    frame = once(store, _all_facts, only_window(view if group else view.replace(group="")))
    return chosen(frame, view, campaign=campaign, group=group)


def facts_compared(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """:func:`facts` of what the view compares: by slot, a row for each slot of a campaign."""
    whole = only_window(view)
    frame = once(store, _all_facts, whole.replace(by="slot") if view.by == "slot" else whole)
    return chosen(frame, view, campaign=True, group=False)


def credits(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The credits of the window, of all campaigns: those that are looked at say which count."""
    return once(store, _all_credits, only_window(view))


def _all_credits(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    return campaign_credits(store, *window(store, view))


def lacking(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """``campaign_id, day`` of the window: where the cost of a campaign is not known."""
    return once(store, _all_lacking, only_window(view))


def _all_lacking(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    return unknown_days(store, *window(store, view))


def only_window(view: CampaignPerformanceView) -> CampaignPerformanceView:
    """The view that the same sums answer, whatever is chosen or picked of them.

    ``by`` is left only where a slot is picked: see :func:`by_slot`.
    """
    by: By = "slot" if by_slot(view) else "content_type"
    return view.replace(content_types=(), campaign="", group="", by=by, targets=())


def of_day(view: CampaignPerformanceView) -> CampaignPerformanceView:
    """The view that whole campaigns answer: of its window only the last day counts."""
    return only_window(view).replace(since=None, until=None, days=MOST_DAYS)


def of_record(view: CampaignPerformanceView) -> CampaignPerformanceView:
    """The view that what was sold to the last day looked at answers, however tests are read."""
    return of_day(view).replace(looks="once")


def of_shop(view: CampaignPerformanceView) -> CampaignPerformanceView:
    """The view that what holds of the shop on any day answers."""
    return of_record(view).replace(as_of=None)


def _by_day(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    return campaign_by_day(store, *whole_window(store, view), by_slot=view.by == "slot")


def left_by_day(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """``campaign_id, day, left``: net revenue less goods less cost of each day looked at.

    Of the chosen campaigns, whichever is picked. NA where the cost or the goods of a day are
    unknown.
    """
    first, last = window(store, view)
    whole_view = only_window(view).replace(since=None, until=None)
    days = chosen(once(store, _by_day, whole_view), view, campaign=False, group=True)
    days = days[days["day"].between(first, last)]
    goods = days["goods_cost"].where(days["cost_unknown"] == 0)
    left = days["net_revenue"] - goods - days["cost"]
    return days[["campaign_id", "day"]].assign(left=left)


def weeks(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The sums of every week wholly in the whole window, of what is chosen and picked.

    A sum is NA when one campaign and day of it is unknown, and all of them are in a week in which
    no campaign ran: there is nothing to say of it, not even zero.
    """
    return by_period(store, view, "week")


def by_period(
    store: Store, view: CampaignPerformanceView, grain: Literal["day", "week"]
) -> pd.DataFrame:
    """:func:`weeks`, or the same by day; the index is the first day number of each."""
    period = periods_of(store, view, grain)
    whole_view = only_window(view).replace(since=None, until=None)
    days = chosen(once(store, _by_day, whole_view), view, campaign=True, group=True)
    of_period = days["day"].map(period)
    measures = [*SPENT, *SOLD]
    known = days[measures].notna().groupby(of_period).all()
    sums = days[measures].groupby(of_period).sum().where(known)
    found = credits(store, whole_view)
    found = found[one_of(found["campaign_id"], days["campaign_id"].unique())]
    counts = distinct_orders(found.assign(start=found["day"].map(period)), "start")
    counts = counts.reindex(sums.index, fill_value=0.0).where(sums["net_revenue"].notna())
    sums = sums.join(counts)[SUMS]
    return sums.reindex(sorted(set(period.values())))


def periods_of(
    store: Store, view: CampaignPerformanceView, grain: Literal["day", "week"]
) -> dict[int, int]:
    """Day number -> first day number of its period, of the periods wholly in the whole window."""
    first, last = whole_window(store, view)
    if grain == "day":
        return {day: day for day in range(first, last + 1)}
    start = store.source["week_start"]
    week = {
        day: day_number(period_start(from_day_number(day), "week", start))
        for day in range(first, last + 1)
    }
    return {d: w for d, w in week.items() if first <= w and w + DAYS_A_WEEK - 1 <= last}
