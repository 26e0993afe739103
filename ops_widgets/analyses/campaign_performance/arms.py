"""The arms of each campaign, compared by the outcomes that the audience table itself holds."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from ops_widgets.analyses.campaign_performance.daily import with_names
from ops_widgets.analyses.campaign_performance.effect import (
    LEAST_BUYERS,
    arm_sums,
    fewer,
    sides_of,
    unreadable,
)
from ops_widgets.analyses.campaign_performance.queries import chosen, of_day
from ops_widgets.analyses.campaign_performance.view import (
    KINDS,
    OUTCOMES,
    CampaignPerformanceView,
)
from ops_widgets.charts.formats import grouped
from ops_widgets.errors import MissingDataError
from ops_widgets.metrics import experiments
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import ENOUGH, LEVEL

#: The sizes of the arms of one campaign.
Side = Mapping[Hashable, Any]
#: What is compared -> the variable of the sums that it is kept in.
MEASURED = {"conversions": "bought", "value": "net_revenue"}
COLUMNS = [
    *("campaign_id", "name", *KINDS, "planned", "treated", "held_back"),
    *("rate_treated", "rate_held_back"),
    *(f"{start}{name}{end}" for name in MEASURED for start, end in (
        ("incremental_", ""), ("", "_low"), ("", "_high"))),
    *("conversions_treated", "conversions_held_back", "outcome"),
]  # fmt: skip


def arms_of(store: Store, view: CampaignPerformanceView, *, campaign: bool = False) -> pd.DataFrame:
    """One row a chosen campaign with an audience whose outcomes are known: :data:`COLUMNS`.

    Rates are converted customers ÷ all of the arm. What was caused is the difference of the
    means times the treated, with its 95% interval; values in minor units. What cannot be said
    is NA, and ``outcome`` says why; else on which side of nothing the interval lies.
    ``campaign``: of the picked one alone. Raises ``MissingDataError`` where the source has no
    outcomes.
    """
    rows = once(store, _all, of_day(view))
    return chosen(rows, view, campaign=campaign, group=True)


def _all(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    if not any(one.maps(store) for one in OUTCOMES):
        OUTCOMES[0].require(store)
    sums = arm_sums(store, "audience_arm")
    if sums.empty:
        raise MissingDataError(
            "No row of campaign_audience says in which arm a customer is.", "Map `arm`."
        )
    found = experiments.effects(sums, LEVEL, LEVEL, any_time=view.looks == "any_time")
    effects = {(row.campaign_id, row.outcome): row for row in found.itertuples()}
    by_arm = {(str(row["campaign_id"]), row["arm"]): row for row in sums.to_dict("records")}
    rows = []
    for side in sides_of(sums).to_dict("records"):
        campaign = str(side["campaign_id"])
        arms = {arm: by_arm.get((campaign, arm)) for arm in ("treatment", "control")}
        told = {name: effects.get((campaign, of)) for name, of in MEASURED.items()}
        rows.append(_compared(side, arms, told))
    frame = with_names(store, pd.DataFrame(rows))
    frame = frame.reindex(columns=COLUMNS)
    numbers = [name for name in COLUMNS if name not in ("campaign_id", "name", *KINDS, "outcome")]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def _compared(side: Side, arms: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The row of one campaign; ``side`` are the sizes of its arms."""
    row = {"campaign_id": side["campaign_id"], "planned": side["planned"]}
    for arm, end in (("treatment", "treated"), ("control", "held_back")):
        one = arms[arm]
        if one:
            row[end] = one["customers"]
            if one["bought_known"] == one["customers"]:
                row[f"conversions_{end}"] = one["bought"]
                row[f"rate_{end}"] = one["bought"] / one["customers"]
    if why := unreadable(side):
        return row | {"outcome": why}
    reasons = []
    for name, of in MEASURED.items():
        if why := _unknown(side, arms, of):
            reasons.append(why)
        elif told[name] is None or pd.isna(told[name].low):
            reasons.append("too few to say: the customers hardly differ")
        else:
            caused = {f"incremental_{name}": "effect", f"{name}_low": "low", f"{name}_high": "high"}
            row |= {at: getattr(told[name], end) * side["treated"] for at, end in caused.items()}
    return row | {"outcome": reasons[0] if len(reasons) == len(MEASURED) else _in_words(row)}


def _unknown(side: Side, arms: dict[str, Any], variable: str) -> str:
    """Why an outcome cannot be compared; empty: it can. Of money, more must have bought."""
    everybody = sum(one["customers"] for one in arms.values())
    lacking = everybody - sum(one[f"{variable}_known"] for one in arms.values())
    if lacking:
        whose = grouped(lacking, 0)
        return f"the outcome of {whose} of {grouped(everybody, 0)} customers is not known"
    sizes = side["treated"], side["held"]
    if variable == "bought":
        converted = arms["treatment"]["bought"], arms["control"]["bought"]
        return fewer(ENOUGH, converted, sizes, "converted")
    payers = side["buyers_treated"], side["buyers_held"]
    return fewer(LEAST_BUYERS, payers, sizes, "brought anything")


def _in_words(row: dict[str, Any]) -> str:
    """What the interval of the conversions says, or of the value where they are not known."""
    name = "conversions" if "conversions_low" in row else "value"
    if row[f"{name}_low"] > 0:
        return "more than without"
    return "less than without" if row[f"{name}_high"] < 0 else "no difference seen"
