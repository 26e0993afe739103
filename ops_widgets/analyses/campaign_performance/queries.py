"""What the campaign notebook asks of the store, and the rows that several of its panels share.

Money is in minor units; an empty tuple of names means that nothing is left out.
"""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.view import (
    CampaignPerformanceView,
    whole_window,
    window,
    worded,
)
from ops_widgets.metrics.campaigns import SUMS
from ops_widgets.periods import day_number, from_day_number, period_start
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once

DAYS_A_WEEK = 7


def campaign_facts(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """One row a campaign that cost, showed or sold anything in the days ``first..last``.

    ``campaign_id, name, content_type, format, channel`` and the sums of
    :data:`ops_widgets.metrics.campaigns.SUMS`. Impressions, clicks and cost are NA where the
    shop does not know them for every day that the campaign ran (see :func:`campaign_by_day`);
    sales are 0 where nothing is credited to it.
    """
    return store.query(
        f"""
        {_campaign_days(store)}
        select campaign_id, name, content_type, format, channel,
               case when bool_and(impressions is not null) then sum(impressions) end as impressions,
               case when bool_and(clicks is not null) then sum(clicks) end as clicks,
               case when bool_and(cost is not null) then sum(cost) end as cost,
               {", ".join(f"sum({m}) as {m}" for m in _SOLD)}
        from by_day where day between $first and $last
        group by all order by campaign_id
        """,
        {"first": first_day, "last": last_day},
    )


def campaign_by_day(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """The columns of :func:`campaign_facts` and ``day``: one row a campaign and day.

    Impressions, clicks and cost are NA where the shop does not know them: an empty field, a day
    between the campaign's first and last without a row in ``campaign_days``, a campaign that is
    in no row of it. A day after the campaign has ended, on which it is still credited with a
    sale, cost nothing.
    """
    return store.query(
        f"""
        {_campaign_days(store)}
        select * from by_day where day between $first and $last order by campaign_id, day
        """,
        {"first": first_day, "last": last_day},
    )


_SPENT = ("impressions", "clicks", "cost")
_SOLD = ("orders", "new_customers", "units", "net_revenue", "goods_cost", "cost_unknown")


def _campaign_days(store: Store) -> str:
    """Common table expressions up to ``by_day``: every campaign on every day it ran or sold."""
    spent = ", ".join(
        # Outside the days it ran a campaign costs nothing; inside, no row is no knowledge.
        f"case when s.campaign_id is not null then s.{m}::double "
        f"when r.campaign_id is not null and k.day not between r.first and r.last then 0.0 "
        f"end as {m}"
        for m in _SPENT
    )
    sold = ", ".join(f"coalesce(o.{m}, 0)::double as {m}" for m in _SOLD)
    named = ", ".join(
        f"coalesce(c.{n}, '(unknown)') as {n}" for n in ("content_type", "format", "channel")
    )
    days, campaigns = _or_empty(store, "campaign_day"), _or_empty(store, "campaign")
    return f"""with ran as (
            select campaign_id, least(min(day), min(starts_on)) as first,
                   greatest(max(day), max(ends_on)) as last
            from {days} left join {campaigns} using (campaign_id) group by 1
        ), inside as (
            select campaign_id, unnest(range(first, last + 1))::bigint as day from ran
            where last - first < 4000
        ), keys as (
            select campaign_id, day from inside
            union select campaign_id, day from campaign_sales
            union select campaign_id, day from {days}
        ), by_day as (
            select k.campaign_id, coalesce(c.name, k.campaign_id) as name, {named}, k.day,
                   {spent}, {sold}
            from keys k
            left join {days} s on s.campaign_id = k.campaign_id and s.day = k.day
            left join campaign_sales o on o.campaign_id = k.campaign_id and o.day = k.day
            left join {campaigns} c on c.campaign_id = k.campaign_id
            left join ran r on r.campaign_id = k.campaign_id
        )"""


#: What a query sees of a summary that the source cannot give: the same columns, no rows.
_EMPTY = {
    "campaign": "(select '' as campaign_id, '' as name, '' as content_type, '' as format, "
    "'' as channel, 0 as starts_on, 0 as ends_on where false)",
    "campaign_day": "(select '' as campaign_id, 0 as day, 0 as impressions, 0 as clicks, "
    "0 as cost where false)",
}


def _or_empty(store: Store, table: str) -> str:
    return table if store.has(table) else _EMPTY[table]


def _all_facts(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a campaign, with its sums over the window; nothing chosen, nothing picked."""
    store.require("orders", "campaign_id", shows="what each campaign sold")
    return campaign_facts(store, *window(store, view))


def chosen(
    frame: pd.DataFrame, view: CampaignPerformanceView, *, campaign: bool, group: bool
) -> pd.DataFrame:
    """The rows of the chosen content types, and of what is picked as far as asked for."""
    if view.content_types:
        frame = frame[frame["content_type"].isin(view.content_types)]
    frame = frame.assign(**{c: frame[c].map(worded) for c in ("content_type", "format", "channel")})
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


def _by_day(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    return campaign_by_day(store, *whole_window(store, view))


def weeks(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
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
    of_week = days["day"].map(week_of)
    whole = range(week_of(first + DAYS_A_WEEK - 1), last - DAYS_A_WEEK + 2, DAYS_A_WEEK)
    known = days[SUMS].notna().groupby(of_week).all().reindex(whole, fill_value=True)
    return days[SUMS].groupby(of_week).sum().reindex(whole, fill_value=0).where(known)
