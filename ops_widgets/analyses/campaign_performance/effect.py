"""What each campaign caused: its customers against those who were held back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from ops_widgets.analyses.campaign_performance.queries import only_window
from ops_widgets.analyses.campaign_performance.reasons import customers_known
from ops_widgets.analyses.campaign_performance.view import CampaignPerformanceView, whole_window
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.periods import day_number, from_day_number
from ops_widgets.stats.experiment import Arm, difference, split_p
from ops_widgets.stats.proportion import among
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import LEVEL

#: Fewer buyers in an arm say too little: the interval would lie on one side of the truth.
LEAST_BUYERS = 30
#: A split that chance makes in fewer cases than these is not the one that was drawn.
SPLIT_P = 0.001
NO_CONTROL = "no control group"
EFFECT = ["campaign_id", "incremental", "incremental_low", "incremental_high", "control_group"]
#: The ends of the interval at which all campaigns together are right, and who was treated.
SURE = ["sure_low", "sure_high", "treated"]


def effects(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """:data:`EFFECT` and :data:`SURE`, one row a campaign that has an audience; minor units.

    ``incremental`` is the difference in mean net revenue between those assigned to treatment and
    to control, times how many were treated; NA where it cannot be said, and ``control_group``
    says why; else it says how large the arms are. It is of the whole campaign: of its window
    only the day looked at counts.
    """
    of_day = only_window(view).replace(since=None, until=None)
    found: pd.DataFrame = once(store, _effects, of_day)
    return found


def _effects(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    if not store.has("campaign_arm"):
        return _frame([])
    arms = store.query(
        """
        select a.*, c.treatment_share
        from campaign_arm a left join campaign c using (campaign_id) order by campaign_id, arm
        """
    )
    _, as_of = whole_window(store, view)
    known = customers_known(store)
    rows: dict[str, dict[str, object]] = {}
    readable: dict[str, dict[str, dict[str, Any]]] = {}
    for campaign, both in arms.groupby("campaign_id"):
        name, arm = str(campaign), {str(one["arm"]): _named(one) for one in both.to_dict("records")}
        why = "customers are not known" if not known else _unreadable(store, arm, as_of)
        rows[name] = {"campaign_id": name, "control_group": why}
        if not why:
            readable[name] = arm
    together = among(LEVEL, len(readable))
    for name, arm in readable.items():
        rows[name] |= _difference(arm, together)
    return _frame(list(rows.values()))


def _frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    """As a frame, whose amounts are numbers even where none is known: charts take no others."""
    frame = pd.DataFrame(rows, columns=[*EFFECT, *SURE])
    return frame.astype(dict.fromkeys([*EFFECT[1:-1], *SURE], "float64"))


def _unreadable(store: Store, arm: dict[str, dict[str, Any]], as_of: int) -> str:
    """Why nothing can be read from the arms; empty where something can. The split comes first."""
    if len(arm) < 2:
        return NO_CONTROL if "control" not in arm else "nobody was treated"
    treated, held = arm["treatment"], arm["control"]
    planned = treated["treatment_share"]
    sizes = treated["customers"], held["customers"]
    # Where all were to be treated nobody should have been held back at all.
    is_planned = not pd.isna(planned) and planned > 0
    if is_planned and (planned == 1 or split_p(*sizes, planned) < SPLIT_P):
        share, plan = (format_value(one, "percent") for one in (sizes[0] / sum(sizes), planned))
        return f"not as drawn: {share} are treated, {plan} were planned"
    last = treated["last_day"]
    if pd.isna(last):
        return "nothing says when it ended"
    if any(one["customers_dated"] < one["customers"] for one in (treated, held)):
        return "when its arms were drawn is not known of all"
    if min(treated["first_day"], held["first_day"]) < day_number(store.first_day):
        return "its arms were drawn before the data begin"
    if last > as_of:
        return f"known on {format_value(from_day_number(int(last) + 1), 'date')}"
    fewest = min((treated, held), key=lambda one: one["buyers"])
    if fewest["buyers"] < LEAST_BUYERS:
        who = "treated" if fewest is treated else "held back"
        bought, of = (grouped(fewest[name], 0) for name in ("buyers", "customers"))
        return f"too few to say: {bought} of {of} {who} bought"
    return ""


def _difference(arm: dict[str, dict[str, Any]], together: float) -> dict[str, object]:
    """The incremental net revenue with its intervals, and the sizes of the arms."""
    treated, held = arm["treatment"], arm["control"]
    arms = _net_revenue(treated), _net_revenue(held)
    one, sure = difference(*arms, LEVEL), difference(*arms, together)
    if one is None or sure is None:
        return {"control_group": "too few to say: the customers hardly differ"}
    many = treated["customers"]
    sizes = [grouped(arm["customers"], 0) for arm in (treated, held)]
    return {
        "incremental": one.value * many,
        "incremental_low": one.low * many,
        "incremental_high": one.high * many,
        "control_group": f"{sizes[0]} treated, {sizes[1]} held back",
        "sure_low": sure.low * many,
        "sure_high": sure.high * many,
        "treated": many,
    }


def _named(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _net_revenue(arm: dict[str, Any]) -> Arm:
    return Arm(arm["customers"], arm["net_revenue"], arm["net_revenue_squares"])


def said_of_effects(store: Store, shown: pd.DataFrame) -> str:
    """What to bear in mind of the effects of the ``shown`` campaigns; empty: none has one."""
    if not store.has("campaign_arm"):
        return (
            "No campaign has a control group: what they caused is not known. It takes the table "
            "`campaign_audience`, with customers who were held back."
        )
    arms = store.query(
        """
        select campaign_id, max(days_after) as days_after, min(c.treatment_share) as planned
        from campaign_arm left join campaign c using (campaign_id)
        group by campaign_id having count(distinct arm) > 1
        """
    )
    arms = arms[arms["campaign_id"].isin(shown["campaign_id"])]
    if arms.empty:
        return ""
    after = grouped(arms["days_after"].iloc[0], 0)
    said = [
        "Incremental is counted from the day the arms were drawn to "
        f"{after} days after the campaign, whatever days are looked at."
    ]
    if arms["planned"].isna().any():
        said.append(
            "Where `campaigns.treatment_share` says no planned split, nobody can test whether the "
            "arms are as drawn."
        )
    return " ".join(said)
