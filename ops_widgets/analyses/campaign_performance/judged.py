"""What campaigns left, as far as they can be judged by what is credited to them.

What a campaign left is an amount that happened. Whether it would happen again is another question:
a claim is made where an interval over the days of the campaign, as wide as the number of campaigns
that are compared needs, leaves no doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import effects
from ops_widgets.analyses.campaign_performance.queries import credits, facts, left_by_day
from ops_widgets.analyses.campaign_performance.reasons import nothing_ran
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.campaigns import campaign_economics, distinct_orders
from ops_widgets.stats.proportion import among
from ops_widgets.stats.rates import Total, total
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import (
    ENOUGH,
    LEVEL,
)
from ops_widgets.views.frames import one_of


@dataclass(frozen=True, eq=False)
class Judged:
    """``table``: the economics of each campaign, with its ``name``; ``left``: what it left, with
    its error, by ``campaign_id``; ``enough``: the ids of those with enough orders and a known
    contribution; ``subjects``: the ids that findings are about, which are the picked one, or all
    whose control group cannot be read: what the others caused is known (see :mod:`.caused`).
    """

    table: pd.DataFrame
    left: dict[str, Total]
    enough: list[str]
    subjects: set[str]

    @property
    def level(self) -> float:
        """How sure one campaign's interval is, so that all of them together are right."""
        return among(LEVEL, len(self.enough))


def economics(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """The economics of every chosen campaign, and its ``name``, whichever is picked.

    Raises ``MissingDataError`` where none ran.
    """
    rows = facts(store, view, group=True)
    if rows.empty:
        raise MissingDataError(f"{nothing_ran('in these days', True).capitalize()}.")
    table = campaign_economics(rows, "campaign_id")
    return table.merge(rows[["campaign_id", "name"]], on="campaign_id")


def new_of(store: Store, view: CampaignPerformanceView, table: pd.DataFrame) -> float:
    """New customers of the campaigns of ``table`` together, each counted once; NaN: unknown."""
    found = credits(store, view)
    found = found[one_of(found["campaign_id"], table["campaign_id"])].assign(all="all")
    return (
        float(distinct_orders(found, "all")["new_customers"].sum(min_count=1))
        if len(found)
        else 0.0
    )


def subjects_of(table: pd.DataFrame, view: CampaignPerformanceView) -> pd.DataFrame:
    """The rows that findings are about: the picked campaign, or all."""
    return table[table["name"] == view.campaign] if view.campaign else table


def judged(store: Store, view: CampaignPerformanceView) -> Judged:
    """The campaigns of a view as far as they can be judged.

    Raises ``MissingDataError`` where it is known of none what it left.
    """
    table = once(store, economics, view)
    subjects = subjects_of(table, view)
    if subjects["contribution"].isna().all():
        raise MissingDataError("What these campaigns left is unknown.")
    days = left_by_day(store, view).groupby("campaign_id")["left"]
    left = {str(name): total(values.tolist()) for name, values in days}
    known = table["contribution"].notna() & (table["cost"] > 0) & (table["orders"] >= ENOUGH)
    caused = effects(store, view).dropna(subset=["incremental"])["campaign_id"]
    return Judged(
        table,
        left,
        table.loc[known, "campaign_id"].tolist(),
        set(subjects["campaign_id"]) - set(caused),
    )
