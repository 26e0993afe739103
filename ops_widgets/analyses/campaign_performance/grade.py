"""How far what is said of a campaign can be trusted: a grade by the checks that it passed.

A: by lot, and every check passed. B: one of them did not, or another design than a lot passed
its own. C: only what is credited to it is known. Each loss has its reason in words.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import NO_CONTROL, SPLIT_P, tested
from ops_widgets.analyses.campaign_performance.quasi import quasi
from ops_widgets.analyses.campaign_performance.queries import of_day, of_shop
from ops_widgets.analyses.campaign_performance.view import IS_HOLDOUT, CampaignPerformanceView
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.stats.proportion import quantile
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once

#: From this part of its customers on, who were treated by another campaign as well, what a
#: campaign caused cannot be told from that one alone.
MUCH_SHARED = 0.1
#: Of the others that treated a campaign's customers so many are named.
LISTED = 5
COLUMNS = ["campaign_id", "grade", "lost", "overlaps"]


def graded(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """:data:`COLUMNS`, one row a campaign with an audience or credited sales, of whole campaigns.

    ``lost`` says why it is no A; ``overlaps`` names the campaigns that treated most of its
    customers while it ran, the largest part first, with that part.
    """
    found: pd.DataFrame = once(store, _graded, of_day(view))
    return found


def _graded(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    arms = tested(store, view).arms.set_index("campaign_id")
    compared = quasi(store, view).set_index("campaign_id")
    others = once(store, _listings, of_shop(view))
    by_arm, tried = (
        {str(campaign): row for campaign, row in of.to_dict("index").items()}
        for of in (arms, compared)
    )
    rows = []
    for campaign in sorted({*by_arm, *tried}):
        (shared, listed), lost = others.get(campaign, ([], "")), []
        one = by_arm.get(campaign)
        why = NO_CONTROL if one is None else one["why_money"]
        unlike = next((other.name for other in shared if other.unlike), "")
        if why and campaign in tried:
            told = tried[campaign]
            grade = "B" if told["passed"] else "C"
            said = f"{told['design']}: {told['why']}" if told["passed"] else told["why"]
            # What is known later is known later by any design.
            both = why if why.startswith("known on") else f"{why}; {said}"
            rows.append((campaign, grade, both, listed))
            continue
        if why or one is None:
            rows.append((campaign, "C", why, listed))
            continue
        if unlike:
            said = f"{unlike} treated one arm more than the other"
            rows.append((campaign, "C", said, listed))
            continue
        if pd.isna(one["planned"]):
            lost.append("no planned split to test the arms by")
        if one["so_far"]:
            lost.append("it still runs")
        if shared and shared[0].share >= MUCH_SHARED:
            part = format_value(shared[0].share, "percent")
            lost.append(f"{part} of its customers were in {shared[0].name} as well")
        rows.append((campaign, "B" if lost else "A", "; ".join(lost), listed))
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True)
class Overlap:
    """Another campaign that treated ``share`` of a campaign's customers while that one ran.

    ``unlike``: of one arm more than of the other, beyond chance. ``many``: how many did that with
    the same campaign's customers.
    """

    name: str
    share: float
    unlike: bool
    many: int


def _listings(store: Store, view: CampaignPerformanceView) -> dict[str, tuple[list[Overlap], str]]:
    """:func:`overlaps`, each with the words for it."""
    return {campaign: (shared, _listed(shared)) for campaign, shared in overlaps(store).items()}


def overlaps(store: Store) -> dict[str, list[Overlap]]:
    """By campaign, the others that treated its customers; the largest part first, ties by id.

    At most :data:`LISTED` of them, and the first that is ``unlike``.
    """
    if not store.has("campaign_overlap"):
        return {}
    rows = store.query(
        f"""
        with size as (
            select campaign_id, coalesce(sum(customers) filter (arm = 'treatment'), 0) as treated,
                coalesce(sum(customers) filter (arm = 'control'), 0) as held
            from audience_arm group by campaign_id
        ), pair as (
            select o.campaign_id, other, sum(customers) as shared,
                coalesce(sum(customers) filter (arm = 'treatment'), 0) as of_treated
            from campaign_overlap o join campaign c on c.campaign_id = o.other
            where not {IS_HOLDOUT} group by all
        ), compared as (
            select campaign_id, other, (shared / (treated + held))::double as part,
                -- How many errors it is from what a lot makes: of either arm as of both.
                treated > 0 and held > 0 and abs(of_treated - shared * treated / (treated + held))
                    > $chance * sqrt(shared * treated * held) / (treated + held) as is_unlike
            from pair join size using (campaign_id)
        ), ranked as (
            select *, row_number() over parts as place, count(*) over (parts
                    rows between unbounded preceding and unbounded following) as many,
                count_if(is_unlike) over parts as unlike_so_far
            from compared window parts as (partition by campaign_id order by part desc, other)
        )
        select r.campaign_id, c.name, part, is_unlike, many
        from ranked r join campaign c on c.campaign_id = other
        where place <= $listed or (is_unlike and unlike_so_far = 1)
        order by r.campaign_id, place
        """,
        {"listed": LISTED, "chance": quantile(1 - SPLIT_P)},
    )
    found: dict[str, list[Overlap]] = defaultdict(list)
    for campaign, name, part, is_unlike, many in rows.itertuples(index=False):
        found[campaign].append(Overlap(name, part, is_unlike, many))
    return found


def _listed(shared: list[Overlap]) -> str:
    named = shared[:LISTED]
    said = ", ".join(f"{one.name} ({format_value(one.share, 'percent')})" for one in named)
    more = shared[0].many - len(named) if shared else 0
    return f"{said} and {grouped(more, 0)} more" if more else said
