"""One campaign beside its kind, and beside the last one like it."""

from __future__ import annotations

import math

import pandas as pd

from ops_widgets.analyses.campaign_performance.queries import chosen
from ops_widgets.analyses.campaign_performance.reasons import nothing_ran
from ops_widgets.analyses.campaign_performance.reviewed import all_reviewed, reviewed
from ops_widgets.analyses.campaign_performance.terms import TERMS
from ops_widgets.analyses.campaign_performance.view import CREDITED, CampaignPerformanceView
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics.campaigns import campaign_economics
from ops_widgets.summaries.store import Store
from ops_widgets.views.frames import described

QUESTION = "Is it better than its kind, and than the last one like it?"
#: Whole campaigns are compared.
IGNORES = ("since", "until")
ITSELF, KIND, LAST = "This campaign", "Its kind", "The last one like it"
SHOWN = [
    *("peer", "name", "campaigns", "ctr", "orders_per_click", "aov", "roas", "cac"),
    *("contribution_margin", "lift", "left_per_cost"),
]


def compute(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """Up to three rows: the picked campaign (else the one with most credit), all others of
    its content type to the day looked at as one, and the last of these that ended before it began
    (none, where nobody says when), of the same channel where there is one. A ratio of several is a
    ratio of sums.

    Raises ``MissingDataError`` where no campaign ran.
    """
    CREDITED.require(store)
    ran = reviewed(store, view, campaign=True)
    if ran.empty:
        raise MissingDataError(f"{nothing_ran('in these days', True).capitalize()}.")
    one = ran.sort_values(["net_revenue", "name"], ascending=[False, True]).iloc[0]
    everything = chosen(
        all_reviewed(store, view), view.replace(content_types=()), campaign=False, group=False
    )
    kind = everything[everything["content_type"] == one["content_type"]]
    others = kind[kind["campaign_id"] != one["campaign_id"]]
    before = others[others["ends_on"] < one["starts_on"]]
    same = before[before["channel"] == one["channel"]]
    before = (same if len(same) else before).sort_values("ends_on").tail(1)
    sides = {ITSELF: kind[kind["campaign_id"] == one["campaign_id"]], KIND: others, LAST: before}
    rows = [_row(peer, side) for peer, side in sides.items() if len(side)]
    frame = pd.DataFrame(rows)
    note = f"{one['name']}, of {one['content_type']}; whole campaigns to the day looked at."
    shown = described(store, frame[SHOWN], TERMS, note=note)
    # Its kind holds the last one like it: nothing adds up.
    shown.attrs["totals"] = {}
    return shown


def _row(peer: str, side: pd.DataFrame) -> dict[str, object]:
    """All measures of some campaigns together."""
    table = campaign_economics(side.assign(all="all"), "all").iloc[0]
    # Of those whose control group can be read.
    told, left = side.dropna(subset=["incremental", "without"]), side.dropna(subset=["left"])
    return (
        {"peer": peer, "name": side["name"].iloc[0] if len(side) == 1 else "all others"}
        | {name: table[name] for name in SHOWN if name in table.index}
        | {"lift": _ratio(told, "incremental", "without")}
        | {"left_per_cost": _ratio(left, "left", "cost")}
    )


def _ratio(rows: pd.DataFrame, above: str, below: str) -> float:
    """The ratio of two sums; NaN: nobody knows."""
    return float(rows[above].sum() / rows[below].sum()) if rows[below].sum() > 0 else math.nan
