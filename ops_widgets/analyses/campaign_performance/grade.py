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
from ops_widgets.analyses.campaign_performance.queries import of_day
from ops_widgets.analyses.campaign_performance.view import IS_HOLDOUT, CampaignPerformanceView
from ops_widgets.charts.formats import format_value
from ops_widgets.stats.experiment import split_p
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once

#: From this part of its customers on, who were treated by another campaign as well, what a
#: campaign caused cannot be told from that one alone.
MUCH_SHARED = 0.1
COLUMNS = ["campaign_id", "grade", "lost", "overlaps"]


def graded(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """:data:`COLUMNS`, one row a campaign with an audience or credited sales, of whole campaigns.

    ``lost`` says why it is no A; ``overlaps`` names the campaigns that treated some of its
    customers while it ran, the largest part first, with that part.
    """
    found: pd.DataFrame = once(store, _graded, of_day(view))
    return found


def _graded(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    arms = tested(store, view).arms.set_index("campaign_id")
    others, tried = overlaps(store), quasi(store, view).set_index("campaign_id")
    rows = []
    for campaign in sorted({*arms.index, *tried.index}):
        shared, lost = others.get(campaign, []), []
        one = arms.loc[campaign] if campaign in arms.index else None
        why = NO_CONTROL if one is None else one["why_money"]
        unlike = next((other.name for other in shared if other.unlike), "")
        if why and campaign in tried.index:
            told = tried.loc[campaign]
            grade = "B" if told["passed"] else "C"
            said = f"{told['design']}: {told['why']}" if told["passed"] else told["why"]
            # What is known later is known later by any design.
            both = why if why.startswith("known on") else f"{why}; {said}"
            rows.append((campaign, grade, both, _listed(shared)))
            continue
        if why or one is None:
            rows.append((campaign, "C", why, _listed(shared)))
            continue
        if unlike:
            said = f"{unlike} treated one arm more than the other"
            rows.append((campaign, "C", said, _listed(shared)))
            continue
        if pd.isna(one["planned"]):
            lost.append("no planned split to test the arms by")
        if one["so_far"]:
            lost.append("it still runs")
        if shared and shared[0].share >= MUCH_SHARED:
            part = format_value(shared[0].share, "percent")
            lost.append(f"{part} of its customers were in {shared[0].name} as well")
        rows.append((campaign, "B" if lost else "A", "; ".join(lost), _listed(shared)))
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True)
class Overlap:
    """Another campaign that treated ``share`` of a campaign's customers while that one ran.

    ``unlike``: of one arm more than of the other, beyond chance.
    """

    name: str
    share: float
    unlike: bool

    @classmethod
    def of(cls, name: str, shared: tuple[int, int], sizes: tuple[int, int]) -> Overlap:
        """From how many of each arm it treated, and how large the arms are."""
        part = sizes[0] / sum(sizes)
        unlike = 0 < part < 1 and split_p(shared, (part, 1 - part)) < SPLIT_P
        return cls(name, sum(shared) / sum(sizes), unlike)


def overlaps(store: Store) -> dict[str, list[Overlap]]:
    """By campaign, the others that treated its customers; the largest part first."""
    if not store.has("campaign_overlap"):
        return {}
    rows = store.query(
        f"""
        with size as (
            select campaign_id, sum(customers) filter (arm = 'treatment') as treated,
                sum(customers) filter (arm = 'control') as held
            from audience_arm group by campaign_id
        )
        select o.campaign_id, c.name,
            coalesce(sum(customers) filter (arm = 'treatment'), 0)::bigint as of_treated,
            coalesce(sum(customers) filter (arm = 'control'), 0)::bigint as of_held,
            coalesce(any_value(treated), 0)::bigint as treated,
            coalesce(any_value(held), 0)::bigint as held
        from campaign_overlap o join size using (campaign_id)
            join campaign c on c.campaign_id = o.other
        where not {IS_HOLDOUT}
        group by o.campaign_id, o.other, c.name order by o.campaign_id, o.other
        """
    )
    found: dict[str, list[Overlap]] = defaultdict(list)
    for row in rows.to_dict("records"):
        shared, sizes = (row["of_treated"], row["of_held"]), (row["treated"], row["held"])
        found[str(row["campaign_id"])].append(Overlap.of(str(row["name"]), shared, sizes))
    return {campaign: sorted(those, key=lambda o: -o.share) for campaign, those in found.items()}


def _listed(shared: list[Overlap]) -> str:
    return ", ".join(f"{one.name} ({format_value(one.share, 'percent')})" for one in shared)
