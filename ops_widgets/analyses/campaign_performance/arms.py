"""The arms of each campaign, compared by the outcomes that the audience table itself holds."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ops_widgets.analyses.campaign_performance.effect import LEAST_BUYERS, as_named, split_unlike
from ops_widgets.analyses.campaign_performance.queries import chosen, only_window
from ops_widgets.analyses.campaign_performance.view import (
    KINDS,
    OUTCOMES,
    UNKNOWN,
    CampaignPerformanceView,
)
from ops_widgets.charts.formats import grouped
from ops_widgets.errors import MissingDataError
from ops_widgets.stats.experiment import Arm, difference
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once

#: What is compared -> how many customers it is known of, and how many did anything at all.
MEASURED = {"conversions": ("told", "conversions"), "value": ("priced", "payers")}
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
    rows = once(store, _all, only_window(view).replace(since=None, until=None))
    return chosen(rows, view, campaign=campaign, group=True)


def _all(store: Store, _view: CampaignPerformanceView) -> pd.DataFrame:
    if not any(one.maps(store) for one in OUTCOMES):
        OUTCOMES[0].require(store)
    listed = "campaign" if store.has("campaign") else (
        "(select null::varchar as campaign_id, null as name, null as content_type, null as format,"
        " null as channel, null::double as treatment_share where false)"
    )  # fmt: skip
    named = ", ".join(f"coalesce(c.{name}, '{UNKNOWN}') as {name}" for name in KINDS)
    arms = store.query(
        f"""
        with arm as (
            select campaign_id, arm, sum(customers)::bigint as customers,
                coalesce(sum(customers) filter (converted is not null), 0)::bigint as told,
                coalesce(sum(customers) filter (converted), 0)::bigint as conversions,
                coalesce(sum(customers) filter (value is not null), 0)::bigint as priced,
                coalesce(sum(customers) filter (value > 0), 0)::bigint as payers,
                coalesce(sum(customers::hugeint * value), 0)::double as value,
                coalesce(sum(customers::hugeint * value * value), 0)::double as squares
            from audience_outcome where arm is not null group by all
        )
        select a.*, coalesce(c.name, a.campaign_id) as name, {named},
            c.treatment_share::double as planned
        from arm a left join {listed} c using (campaign_id) order by campaign_id, arm
        """
    )
    if arms.empty:
        raise MissingDataError(
            "No row of campaign_audience says in which arm a customer is.", "Map `arm`."
        )
    rows = [_compared(dict(both.iloc[0]), both) for _, both in arms.groupby("campaign_id")]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    numbers = [name for name in COLUMNS if name not in ("campaign_id", "name", *KINDS, "outcome")]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def _compared(first: dict[str, Any], both: pd.DataFrame) -> dict[str, Any]:
    """The row of one campaign; ``both`` are its arms."""
    arms = {str(arm["arm"]): as_named(arm) for arm in both.to_dict("records")}
    row = {name: first[name] for name in ("campaign_id", "name", *KINDS, "planned")}
    for arm, end in (("treatment", "treated"), ("control", "held_back")):
        if arm in arms:
            one = arms[arm]
            row[end] = one["customers"]
            if one["told"] == one["customers"]:
                row[f"conversions_{end}"] = one["conversions"]
                row[f"rate_{end}"] = one["conversions"] / one["customers"]
    if len(arms) < 2:
        lacks = "no control group" if "control" not in arms else "nobody was treated"
        return row | {"outcome": lacks}
    treated, held = arms["treatment"], arms["control"]
    sizes = treated["customers"], held["customers"]
    if unlike := split_unlike(*sizes, first["planned"]):
        return row | {"outcome": unlike}
    why = []
    for name, (known, doing) in MEASURED.items():
        found = _caused(name, known, doing, treated, held)
        row |= found if isinstance(found, dict) else {}
        why += [found] if isinstance(found, str) else []
    return row | {"outcome": why[0] if len(why) == len(MEASURED) else _in_words(row)}


def _in_words(row: dict[str, Any]) -> str:
    """What the interval of the conversions says, or of the value where they are not known."""
    name = "conversions" if "conversions_low" in row else "value"
    if row[f"{name}_low"] > 0:
        return "more than without"
    return "less than without" if row[f"{name}_high"] < 0 else "no difference seen"


def _caused(
    name: str, known: str, doing: str, treated: dict[str, Any], held: dict[str, Any]
) -> dict[str, float] | str:
    """What was caused of one outcome, or why that is unknown."""
    everybody = treated["customers"] + held["customers"]
    lacking = everybody - treated[known] - held[known]
    if lacking:
        whose = grouped(lacking, 0)
        return f"the outcome of {whose} of {grouped(everybody, 0)} customers is not known"
    fewest, who = min(
        (treated[doing], "treated"), (held[doing], "held back"), key=lambda one: one[0]
    )
    if fewest < LEAST_BUYERS:
        return f"too few to say: {grouped(fewest, 0)} of those {who} converted"
    # A conversion is 0 or 1, and its own square.
    squares = "conversions" if name == "conversions" else "squares"
    a, b = (Arm(one["customers"], one[name], one[squares]) for one in (treated, held))
    found = difference(a, b)
    if found is None:
        return "too few to say: the customers hardly differ"
    caused = found.times(treated["customers"])
    return {
        f"incremental_{name}": caused.value,
        f"{name}_low": caused.low,
        f"{name}_high": caused.high,
    }
