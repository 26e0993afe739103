"""All marketing together, by customers who are kept out of every campaign for months.

Such a group is a row of ``campaigns`` whose objective is ``global_holdout``, and whose audience
has those held back from everything (control) and those who may be addressed (treatment). It is
judged like a campaign, and is none: what it shows is what all of them bring.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import NO_CONTROL, arm_sums, read
from ops_widgets.analyses.campaign_performance.grade import MUCH_SHARED
from ops_widgets.analyses.campaign_performance.queries import of_day
from ops_widgets.analyses.campaign_performance.reviewed import all_reviewed
from ops_widgets.analyses.campaign_performance.view import IS_HOLDOUT, CampaignPerformanceView
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.errors import MissingDataError, shortened
from ops_widgets.summaries.moments import DAYS_AFTER
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import LEVEL, Finding, count, money, named, share

#: Letters of a name and of a reason in one sentence.
LONGEST_NAME, LONGEST_REASON = 20, 100


def holdouts(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """One row a global hold-out, the last one first: ``name, starts_on, ends_on, treated, held``,
    ``caused, caused_low, caused_high`` of all the treated (minor units; NA: ``lost`` says why),
    ``grade``, ``lost``, ``outside`` (campaigns treated others, too), and of the campaigns that
    ran wholly in its days ``campaigns``, ``credited``, ``measured`` (of how many it is known what
    each caused) and ``one_by_one``.
    """
    found: pd.DataFrame = once(store, _holdouts, of_day(view))
    return found


def _holdouts(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    if not store.has("campaign"):
        return pd.DataFrame()
    rows = store.query(
        "select campaign_id, name, starts_on::double as starts_on, ends_on::double as ends_on "
        f"from campaign where {IS_HOLDOUT} order by starts_on desc, campaign_id"
    )
    if rows.empty:
        return rows
    found = read(store, view, arm_sums(store, "campaign_arm", holdouts=True))
    rows = rows.merge(found.arms, on="campaign_id", how="left")
    sales = found.of("net_revenue").reindex(rows["campaign_id"])
    for name, end in (("caused", "effect"), ("caused_low", "low"), ("caused_high", "high")):
        rows[name] = sales[end].to_numpy("float64") * rows["treated"]
    graded = [_graded(store, row) for row in rows.to_dict("records")]
    rows[["grade", "lost", "outside"]] = graded
    rows.loc[rows["grade"] == "C", ["caused", "caused_low", "caused_high"]] = float("nan")
    every = all_reviewed(store, view)
    for at, row in rows.iterrows():
        inside = every["starts_on"].ge(row["starts_on"]) & every["ends_on"].le(row["ends_on"])
        own = every[inside]
        sums = len(own), own["net_revenue"].sum(), own["incremental"].count()
        rows.loc[at, ["campaigns", "credited", "measured"]] = sums
        rows.loc[at, "one_by_one"] = own["incremental"].sum(min_count=1)
    return rows


def _leaks(store: Store, campaign_id: Any) -> pd.DataFrame:
    """``name, customers``: campaigns that treated customers held back from all; most first."""
    if not store.has("campaign_overlap"):
        return pd.DataFrame(columns=["name", "customers"])
    return store.query(
        """
        select c.name, sum(customers)::bigint as customers
        from campaign_overlap o join campaign c on c.campaign_id = o.other
        where o.campaign_id = $id and arm = 'control' group by all order by customers desc, name
        """,
        {"id": campaign_id},
    )


def _outside(store: Store, row: dict[Hashable, Any]) -> str:
    """A campaign of its days most of whose customers it does not know, in words; empty: none.

    What such a campaign brought is no part of what the hold-out shows.
    """
    if not store.has("campaign_overlap"):
        return ""
    found = store.query(
        f"""
        with treated as (
            select campaign_id, sum(customers) as customers
            from audience_arm where arm = 'treatment' group by all
        ), known as (
            select campaign_id, sum(customers) as customers
            from campaign_overlap where other = $id and arm = 'treatment' group by all
        )
        select name, 1 - coalesce(k.customers, 0) / t.customers as share
        from treated t join campaign using (campaign_id) left join known k using (campaign_id)
        where not {IS_HOLDOUT} and starts_on >= $first and ends_on <= $last
        order by share desc, name limit 1
        """,
        {"id": row["campaign_id"], "first": row["starts_on"], "last": row["ends_on"]},
    )
    if found.empty or found["share"].iloc[0] < MUCH_SHARED:
        return ""
    share, who = format_value(found["share"].iloc[0], "percent"), found["name"].iloc[0]
    return f"{share} of those treated by {shortened(who, LONGEST_NAME)} are not in its treated arm"


def _graded(store: Store, row: dict[Hashable, Any]) -> tuple[str, str, bool]:
    """The grade of a hold-out, what it lost it for, and whether campaigns treated others."""
    if pd.isna(row["starts_on"]):
        return "C", "nothing says when it began", False
    if row["why_money"] != "" or pd.isna(row["caused"]):
        why = row["why_money"] if isinstance(row["why_money"], str) else NO_CONTROL
        return "C", why or "too few to say: the customers hardly differ", False
    lost, leaks, outside = [], _leaks(store, row["campaign_id"]), _outside(store, row)
    if len(leaks):
        most = leaks.iloc[0]
        others = f" and {len(leaks) - 1} others" if len(leaks) > 1 else ""
        whose = f"{grouped(most['customers'], 0)} of {grouped(row['held'], 0)}"
        who = shortened(most["name"], LONGEST_NAME)
        lost.append(f"{whose} held back were in {who}{others} all the same")
    if pd.isna(row["planned"]):
        lost.append("no planned split to test the arms by")
    if row["so_far"]:
        lost.append("it still runs")
    if outside:
        lost.append(outside)
    return "B" if lost else "A", "; ".join(lost), bool(outside)


def said_of_all(store: Store, view: CampaignPerformanceView, note: str) -> tuple[str, str]:
    """What all marketing brought, by the last hold-out that can be read, in place of ``note``;
    and that, with why the hold-out is no better. No hold-out, or one campaign: ``note`` as it is.
    """
    rows = holdouts(store, view)
    if rows.empty or view.campaign:
        return note, ""
    known = rows[rows["grade"] != "C"]
    if known.empty:
        why = shortened(rows["lost"].iloc[0], LONGEST_REASON)
        return f"What all marketing brings together is not known: {why}.", note
    row = known.iloc[0]
    apart = f"{note} The hold-out has grade {row['grade']}: {row['lost']}." if row["lost"] else note
    units = store.source["currency"], store.source["minor_digits"]
    caused, low, high, credited, one_by_one = (
        format_value(row[name], "money", *units)
        for name in ("caused", "caused_low", "caused_high", "credited", "one_by_one")
    )
    days = grouped(row["ends_on"] - row["starts_on"] + 1, 0)
    each = f", {one_by_one} measured in {row['measured']:.0f}" if row["measured"] else ""
    said = (
        f"All marketing, by {grouped(row['held'], 0)} held back for {days} days: {caused} caused "
        f"({low} to {high}; grade {row['grade']}). Its {row['campaigns']:.0f} campaigns: "
        f"{credited} credited{each}."
    )
    return said, apart


def credited_too_much(store: Store, view: CampaignPerformanceView) -> list[Finding]:
    """That campaigns are credited with more than all of them together can have caused.

    Raises ``MissingDataError`` where no global hold-out can be read.
    """
    rows = holdouts(store, view)
    if rows.empty or (rows["grade"] == "C").all():
        raise MissingDataError("No group that is kept out of all campaigns can be read.")
    told = (rows["grade"] != "C") & ~rows["outside"].astype(bool)
    rows = rows[told & (rows["credited"] > rows["caused_high"])]
    if rows.empty or view.campaign:
        return []
    row = rows.iloc[0]
    figures = {
        "name": named(row["name"]),
        "credited": money(store, row["credited"]),
        "campaigns": count(row["campaigns"]),
        "more": money(store, row["credited"] - max(0.0, row["caused_high"])),
        "held": count(row["held"]),
        "days": count(row["ends_on"] - row["starts_on"] + 1),
        "after": count(DAYS_AFTER),
        "caused": money(store, row["caused"]),
        "low": money(store, row["caused_low"]),
        "high": money(store, row["caused_high"]),
        "level": share(LEVEL),
    }
    leak = {"lost": named(row["lost"])} if row["lost"] else {}
    return [
        Finding.of(
            "warning",
            figures | leak,
            claim="Of {credited} that {campaigns:campaign} are credited with, at least {more} "
            "would have come without any marketing.",
            because="{name} kept {held:customer} out of everything for {days:day}: with "
            "the {after:day} after, all others brought {caused} more ({low} to {high}, {level} "
            "interval)" + ("; but {lost}." if leak else "."),
            do="Plan the whole budget by the hold-out, and single campaigns by control groups.",
            overturned_by="If those held back were reached all the same, or marketing works later "
            "than is watched.",
            stake="more",
        )
    ]
