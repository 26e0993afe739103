"""Findings on the stream of customers: week by week fewer of them, or more who go than come."""

from __future__ import annotations

import pandas as pd

from ops_widgets.analyses.cohort_activity.accounting import weeks
from ops_widgets.analyses.cohort_activity.view import (
    CohortActivityView,
    not_filtered,
    week_start,
)
from ops_widgets.analyses.cohort_activity.worth import priced
from ops_widgets.errors import MissingDataError
from ops_widgets.summaries.store import Store
from ops_widgets.views.finding import ENOUGH, Finding, count
from ops_widgets.views.window import part_of

#: So many weeks fall one after the other in one of 120 orders of five weeks: hardly by chance.
IN_A_ROW = 4
#: Of the last eight weeks seven have more who go than come in 9 of 256 orders of coins.
LAST, MOST = 8, 7


def flow(store: Store, view: CohortActivityView) -> list[Finding]:
    """Active customers who fall week after week, else weeks in which more went than came."""
    if view.cohort:
        raise MissingDataError("Weeks are of all cohorts together.")
    frame = weeks(store, view).set_index("period_index")
    first, last = int(frame.index.min()), int(frame.index.max())
    first, last = part_of(first, last, "week", view, week_start(store))
    frame = frame.loc[first:last]
    if len(frame) <= LAST:
        raise MissingDataError("Too few weeks have passed.")
    return _falling(store, view, frame["active"]) or _leaving(store, view, frame)


def _falling(store: Store, view: CohortActivityView, active: pd.Series) -> list[Finding]:
    """Weeks that fell one after the other, to below what was usual before them.

    Coming down from a promotion to what was usual is no fall.
    """
    values = active.tolist()
    many = 0
    while many + 1 < len(values) and values[-1 - many] < values[-2 - many]:
        many += 1
    usual = active.iloc[: len(values) - 1 - many].tail(LAST)
    then, now = values[-1 - many], values[-1]
    if many < IN_A_ROW or then < ENOUGH or len(usual) < IN_A_ROW or now >= usual.min():
        return []
    words, figures, stake = priced(store, view, then - now, "a week less that is")
    return [
        Finding.of(
            "warning",
            {
                "many": count(many),
                "then": count(then),
                "now": count(now),
                "usual": count(usual.min()),
                "before": count(len(usual)),
            }
            | figures,
            claim="Active customers fell {many:week} in a row: from {then} to {now}.",
            because="In the {before:week} before they were never below {usual}" + words + ".",
            do="See which channel or category they are missing from, and write to those who went.",
            overturned_by="If these weeks fall every year, by season or holiday.",
            stake=stake,
        )
    ]


def _leaving(store: Store, view: CohortActivityView, frame: pd.DataFrame) -> list[Finding]:
    """More who go than come in nearly all of the last weeks; of all channels and categories."""
    recent = frame.tail(LAST)
    below = int((recent["quick_ratio"] < 1).sum())
    came, gone = (recent["new"] + recent["resurrected"]).sum(), recent["churned"].sum()
    if below < MOST or gone < ENOUGH or came >= gone:
        return []
    whom = f" (of {not_filtered(view)})" if not_filtered(view) else ""
    words, figures, stake = priced(store, view, gone - came, "a week less that is")
    return [
        Finding.of(
            "warning",
            {
                "below": count(below),
                "last": count(LAST),
                "came": count(came),
                "gone": count(gone),
            }
            | figures,
            claim=f"More customers go than come{whom}: in {{below}} of the last {{last:week}}.",
            because="{came} came or came back, {gone} went" + words + ".",
            do="Find out whether fewer are won or more are lost, before you pay for new ones.",
            overturned_by="If a promotion before these weeks brought many who buy only then.",
            stake=stake,
        )
    ]
