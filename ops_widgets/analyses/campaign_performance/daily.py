"""What is known of a campaign on a day: the days it ran, and what no row of that day means.

A day has a row in ``campaign_days``, or it has not. Without one, cost, impressions and clicks are

- **0** on a day that lies outside the time the campaign is known to have run: after its last day
  (planned or recorded), or before the day it was planned to start;
- **0** between its first and last day (planned or recorded), where the source says
  ``campaign_days_complete = true`` and the campaign has any row at all;
- **unknown** otherwise: between its first and last day; before its first row, where nothing says
  when it started; of a campaign that is in no row.

A row is of the slot that it names, else of its campaign's. What is credited to a campaign is of no
slot: by slot, sales of one that filled several are unknown, and a slot without a row on a day that
the campaign has rows for had nothing of it.
"""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.campaign_performance.view import IS_HOLDOUT, KINDS, SEVERAL, UNKNOWN
from ops_widgets.summaries.store import Store

SPENT = ("impressions", "clicks", "cost", "conversions", "conversion_value")
SOLD = ("units", "gmv", "net_revenue", "goods_cost", "cost_unknown")
COMPLETE = "campaign_days_complete"


def is_complete(store: Store) -> bool:
    """Whether no row between a campaign's first and last day means that nothing was spent."""
    return bool(store.source.get(COMPLETE, False))


def campaign_by_day(
    store: Store, first_day: int, last_day: int, by_slot: bool = False
) -> pd.DataFrame:
    """One row a campaign and day of ``first..last`` on which it ran, or is credited with anything.

    ``campaign_id, name``, the kinds, ``day``, :data:`SPENT` (NA: unknown, see above) and
    :data:`SOLD` (0 where nothing is credited); money in minor units. ``by_slot``: one row for
    each slot of a campaign that filled several, with :data:`SOLD` unknown; without it, its slot
    is :data:`SEVERAL`.
    """
    rows = "by_slot" if by_slot else "by_day"
    return _asked(store, f"select * from {rows} order by campaign_id, day", first_day, last_day)


def campaign_sums(
    store: Store, first_day: int, last_day: int, by_slot: bool = False
) -> pd.DataFrame:
    """The sums of :func:`campaign_by_day`, one row a campaign; NA where one day is unknown.

    ``days_overclicked`` are those with more clicks than impressions, ``days_unseen`` those with
    a cost and no impression: either cannot be.
    """
    spent = (f"case when bool_and({m} is not null) then sum({m}) end as {m}" for m in SPENT)
    sold = (f"sum({m}) as {m}" for m in SOLD)
    sql = f"""
        select campaign_id, name, {", ".join(KINDS)}, {", ".join([*spent, *sold])},
            count_if(clicks > impressions)::bigint as days_overclicked,
            count_if(impressions = 0 and cost > 0)::bigint as days_unseen
        from {"by_slot" if by_slot else "by_day"} group by all order by campaign_id
    """
    return _asked(store, sql, first_day, last_day)


def unknown_days(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """``campaign_id, day``: where the cost of a campaign is not known."""
    sql = "select campaign_id, day from by_day where cost is null order by all"
    return _asked(store, sql, first_day, last_day)


def runs(store: Store, first_day: int, last_day: int) -> pd.DataFrame:
    """``campaign_id, name``, the kinds, ``begun, ended`` of campaigns that ran.

    Day numbers, planned or recorded, of every campaign that ran on a day of ``first..last``; by
    their beginnings. Of one whose end nobody says, that is its first day.
    """
    sql = f"""
        select campaign_id, coalesce(c.name, campaign_id) as name, {NAMED_KINDS},
            begun, coalesce(ended, begun) as ended
        from ran left join {listed(store)} c using (campaign_id)
        where begun <= $last and coalesce(ended, begun) >= $first
        order by begun, ended, campaign_id
    """
    return _asked(store, sql, first_day, last_day)


def spans(store: Store) -> pd.DataFrame:
    """``campaign_id, name, begun, ended`` of every campaign, one row each.

    Day numbers, planned or recorded; NA where nobody says.
    """
    sql = f"""
        select campaign_id, coalesce(c.name, campaign_id) as name,
            begun::double as begun, ended::double as ended
        from ran left join {_or_empty(store, "campaign")} c using (campaign_id)
        order by campaign_id
    """
    return _asked(store, sql, 0, 0)


def last_recorded(store: Store) -> int | None:
    """The last day number of ``campaign_days``; None where there is no row."""
    if not store.has("campaign_day"):
        return None
    found = store.query("select max(day) as day from campaign_day")["day"]
    return None if found.isna().all() else int(found.iloc[0])


def in_campaign_days(store: Store) -> list[str]:
    """The ids of all campaigns in ``campaign_days``."""
    return store.names("campaign_day", "campaign_id") if store.has("campaign_day") else []


def _asked(store: Store, sql: str, first_day: int, last_day: int) -> pd.DataFrame:
    return store.query(f"{_by_day(store)}{sql}", {"first": first_day, "last": last_day})


def _by_day(store: Store) -> str:
    """Common table expressions up to ``by_day``: every campaign on every day it ran or sold, and
    ``by_slot``, the same in each of its slots.
    """
    campaigns, sales = _or_empty(store, "campaign"), _or_empty(store, "campaign_sales")
    days = f"({_CONVERTED})" if store.has("campaign_day") else _EMPTY["campaign_day"]
    mapped = store.manifest["columns"].get("campaign_days", [])
    no_row = f"""case
            when k.day > r.ended then 0
            when k.day < r.starts_on and k.day < coalesce(r.first_row, r.starts_on) then 0
            when {str(is_complete(store)).lower()} and k.day >= r.begun
                and r.first_row is not null then 0
        end"""
    spent = ", ".join(
        f"(case when s.campaign_id is not null then s.{m} else {no_row} end)::double as {m}"
        if m in mapped
        else f"null::double as {m}"
        for m in SPENT
    )
    sold = ", ".join(f"coalesce(o.{m}, 0)::double as {m}" for m in SOLD)
    slots = f"({_place_days(store)})"
    unsplit = [*("campaign_id", "name", *(k for k in KINDS if k != "slot"), "day")]
    of_slot = ", ".join(
        f"case when p.slot is null or b.{m} is null then b.{m} else coalesce(s.{m}, 0) end as {m}"
        for m in SPENT
    )
    unknown = ", ".join(f"case when p.slot is null then b.{m} end as {m}" for m in SOLD)
    looked_at = " union ".join(
        f"select campaign_id, day from {table} where day between $first and $last"
        for table in (sales, _or_empty(store, "campaign_orders"), days)
    )
    return f"""with told as (
            select campaign_id, min(starts_on) as starts_on, max(ends_on) as ends_on,
                min(day) as first_row, max(day) as last_row
            from (
                select campaign_id, starts_on, ends_on, null::bigint as day from {campaigns}
                union all select campaign_id, null, null, day from {days}
            ) group by campaign_id
        ), ran as (
            select *, coalesce(least(starts_on, first_row), ends_on) as begun,
                greatest(ends_on, last_row) as ended
            from told
        ), inside as (
            select campaign_id, unnest(range(
                greatest(begun, $first)::bigint, least(coalesce(ended, begun), $last)::bigint + 1
            )) as day
            from ran where begun is not null
        ), keys as (
            select campaign_id, day from inside union {looked_at}
        ), by_day as (
            select k.campaign_id, coalesce(c.name, k.campaign_id) as name, {NAMED_KINDS}, k.day,
                {spent}, {sold}
            from keys k
            left join {days} s on s.campaign_id = k.campaign_id and s.day = k.day
            left join {sales} o on o.campaign_id = k.campaign_id and o.day = k.day
            left join {listed(store)} c on c.campaign_id = k.campaign_id
            left join ran r on r.campaign_id = k.campaign_id
        ), place_days as (
            select * from {slots}
        ), place as (
            select distinct campaign_id, slot from place_days
            where campaign_id in (select campaign_id from by_day where slot = '{SEVERAL}')
        ), by_slot as (
            select {", ".join(f"b.{name}" for name in unsplit)}, coalesce(p.slot, b.slot) as slot,
                {of_slot}, {unknown}
            from by_day b left join place p using (campaign_id)
            left join place_days s
                on s.campaign_id = b.campaign_id and s.day = b.day and s.slot = p.slot
        )
        """


def listed(store: Store) -> str:
    """A subquery of all campaigns of which anything is said: ``campaign_id, name``, the kinds,
    the period, ``budget`` and ``treatment_share``; what is not said is null.
    """
    told = ", ".join(kind for kind in KINDS if kind != "slot")
    return f"""(
        select campaign_id, name, {told}, coalesce(p.slot, c.slot_id) as slot,
            starts_on, ends_on, budget, treatment_share
        from {_or_empty(store, "campaign")} c full join (
            select campaign_id,
                case when count(distinct slot) = 1 then min(slot) else '{SEVERAL}' end as slot
            from ({_place_days(store)}) group by campaign_id
        ) p using (campaign_id)
    )"""


def _place_days(store: Store) -> str:
    """What ``campaign_days`` says of each campaign, day and slot."""
    if not store.has("campaign_day"):
        return _NO_PLACE_DAYS
    sums = ", ".join(f"sum({m})::double as {m}" for m in SPENT)
    return f"""
        select d.campaign_id, day, coalesce(d.slot_id, c.slot_id, '{UNKNOWN}') as slot, {sums}
        from campaign_slot_day d left join {_or_empty(store, "campaign")} c using (campaign_id)
        group by all
    """


#: The kinds of a campaign of :func:`listed`, as ``c``.
NAMED_KINDS = ", ".join(f"coalesce(c.{kind}, '{UNKNOWN}') as {kind}" for kind in KINDS)


def with_names(store: Store, frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the ``name`` and the kinds of each ``campaign_id``; one that no table lists
    goes by its id.
    """
    told = store.query(f"select campaign_id, name, {', '.join(KINDS)} from {listed(store)}")
    named = frame.merge(told, on="campaign_id", how="left")
    named["name"] = named["name"].fillna(named["campaign_id"])
    return named.fillna(dict.fromkeys(KINDS, UNKNOWN))


#: What a query sees of a summary that the source cannot give: the same columns, no rows.
_EMPTY = {
    "campaign": "(select '' as campaign_id, '' as name, '' as content_type, '' as format, "
    "'' as channel, '' as objective, '' as slot_id, 0 as starts_on, 0 as ends_on, 0 as budget, "
    "0.0 as treatment_share where false)",
    "campaign_day": "(select '' as campaign_id, 0 as day, 0 as impressions, 0 as clicks, "
    "0 as cost, 0 as conversions, 0 as conversion_value where false)",
    "campaign_sales": "(select '' as campaign_id, 0 as day, 0 as units, 0 as gmv, "
    "0 as net_revenue, 0 as goods_cost, 0 as cost_unknown where false)",
    "campaign_orders": "(select '' as campaign_id, 0 as day where false)",
}
_NO_PLACE_DAYS = (
    "select '' as campaign_id, 0 as day, '' as slot, "
    + ", ".join(f"0 as {m}" for m in SPENT)
    + " where false"
)
#: ``campaign_day`` with the platform's own conversions, all slots of a campaign together.
_CONVERTED = """
    select campaign_id, day, impressions, clicks, cost, conversions, conversion_value
    from campaign_day left join (
        select campaign_id, day,
            case when count(*) = count(conversions)
                then sum(conversions::decimal(38, 6))::double end as conversions,
            case when count(*) = count(conversion_value)
                then sum(conversion_value)::bigint end as conversion_value
        from campaign_slot_day group by all
    ) using (campaign_id, day)
"""


def _or_empty(store: Store, table: str) -> str:
    if table == "campaign" and store.has(table):
        return f"(select * from campaign where not {IS_HOLDOUT})"
    return table if store.has(table) else _EMPTY[table]
