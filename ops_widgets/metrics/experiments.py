"""What campaigns caused by their arms: sums of customers in, one row a campaign and outcome out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ops_widgets.stats.adjusted import Adjusted, Sums, adjusted
from ops_widgets.stats.experiment import (
    Arm,
    always,
    difference,
    pooled_variance,
    smallest_seen,
)
from ops_widgets.stats.lift import of_the_reached, relative
from ops_widgets.stats.many import false_discovery
from ops_widgets.stats.proportion import differences, quantile
from ops_widgets.summaries.moments import GIVEN, OWN, VARIABLES, product

Array = NDArray[np.float64]

TREATMENT, CONTROL = "treatment", "control"
#: What is compared, each per customer who was assigned. ``after`` is what the days after the
#: campaign's last one bring: less than nothing where sales were only pulled forward.
OUTCOMES = ("bought", "orders", "net_revenue", "during", "after", "gross_profit")
#: All that arms are described by: :data:`..summaries.moments.VARIABLES` and ``after``.
NAMES = (*VARIABLES, "after")
COLUMNS = [
    *("campaign_id", "outcome", "treated", "held", "effect", "low", "high"),
    *("sure_low", "sure_high", "error", "p", "q", "lift", "lift_low", "lift_high"),
    *("smallest", "explained", "spread", "per_reached", "per_reached_low", "per_reached_high"),
]


def both_arms(arms: pd.DataFrame) -> tuple[pd.Index, Sums, Sums]:
    """The campaigns of ``arms`` that have both, and the sums of treatment and control.

    ``arms`` has one row a ``campaign_id`` and ``arm`` with ``customers`` and the columns of
    ``summaries.moments.columns``. What is not known of every customer is NaN.
    """
    by = arms.set_index("campaign_id")
    treated, held = (by[by["arm"] == arm] for arm in (TREATMENT, CONTROL))
    campaigns = treated.index.intersection(held.index).sort_values()
    return campaigns, _sums(treated.reindex(campaigns)), _sums(held.reindex(campaigns))


def _sums(rows: pd.DataFrame) -> Sums:
    n = rows["customers"].to_numpy("float64")
    size = len(VARIABLES)
    whole = np.stack([rows[f"{name}_known"].to_numpy("float64") == n for name in VARIABLES], 1)
    sums = np.where(whole, rows[list(VARIABLES)].to_numpy("float64"), np.nan)
    products = np.empty((len(rows), size + 1, size + 1))
    for i, a in enumerate(VARIABLES):
        for j, b in enumerate(VARIABLES):
            both = whole[:, i] & whole[:, j]
            products[:, i, j] = np.where(both, rows[product(a, b)].to_numpy("float64"), np.nan)
    # After is what is left of all of it.
    late, all_of_it = VARIABLES.index("during"), VARIABLES.index("net_revenue")
    products[:, size, :size] = products[:, all_of_it, :size] - products[:, late, :size]
    products[:, :size, size] = products[:, size, :size]
    products[:, size, size] = products[:, size, all_of_it] - products[:, size, late]
    return Sums(n, np.column_stack([sums, sums[:, all_of_it] - sums[:, late]]), products)


def effects(
    arms: pd.DataFrame, level: float, together: float, *, any_time: bool = False
) -> pd.DataFrame:
    """:data:`COLUMNS`, one row a campaign with both arms and an outcome known of all its customers.

    ``treated`` and ``held`` are means per assigned customer as they are; ``effect`` is their
    difference, adjusted for what was known before (CUPED; not of ``bought``, whose interval is
    Newcombe's), with ends at ``level`` and (``sure_``) at ``together``. ``lift`` is relative to
    those held back. ``smallest`` is the minimum detectable effect, ``explained`` the part of the
    variance that was known before, ``spread`` the variance of one customer that is left.
    ``per_reached`` is the effect on one who was reached, where that is known. ``q`` is among the
    same outcome of all campaigns given. ``any_time``: ends hold whenever one looks.
    NaN where it cannot be said.
    """
    campaigns, treatment, control = both_arms(arms)
    reach = adjusted(treatment, control, NAMES.index("reached"), [])
    found = [
        _outcome(campaigns, treatment, control, outcome, reach, level, together, any_time)
        for outcome in OUTCOMES
    ]
    return pd.concat(found, ignore_index=True)[COLUMNS].dropna(subset=["treated", "held"])


def parts(rows: pd.DataFrame, sizes: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """``part, part_caused, part_low, part_high``: what each part adds to what was caused.

    ``rows``: ``campaign_id, arm, part, net_revenue, net_revenue_squares``, sums over customers;
    ``sizes``: ``treated`` and ``held`` by campaign, the campaigns that are added up. Everybody
    assigned counts in every part, so that parts add up to the whole. The largest first.
    """
    rows = rows[rows["campaign_id"].isin(sizes.index)]
    wide = rows.pivot_table(
        index=["campaign_id", "part"], columns="arm", values=["net_revenue", "net_revenue_squares"],
        aggfunc="sum", fill_value=0.0,
    )  # fmt: skip
    wide = wide.reindex(
        columns=pd.MultiIndex.from_product(
            [["net_revenue", "net_revenue_squares"], [TREATMENT, CONTROL]]
        ),
        fill_value=0.0,
    )
    of = sizes.loc[wide.index.get_level_values("campaign_id")].astype("float64")
    treated, held = (
        Arm.of(of[size], wide["net_revenue", arm], wide["net_revenue_squares", arm])
        for size, arm in (("treated", TREATMENT), ("held", CONTROL))
    )
    found = difference(treated, held, level)
    many = of["treated"].to_numpy()
    # Of a part in which nobody differs nothing is uncertain.
    error = np.nan_to_num(found.error) * many
    summed = (
        pd.DataFrame(
            {
                "part": wide.index.get_level_values("part"),
                "part_caused": (treated.mean - held.mean) * many,
                "squared": error**2,
            }
        )
        .groupby("part", sort=True, as_index=False)
        .sum()
    )
    half = quantile(level) * np.sqrt(summed["squared"])
    summed["part_low"] = summed["part_caused"] - half
    summed["part_high"] = summed["part_caused"] + half
    return summed.drop(columns="squared").sort_values(
        ["part_caused", "part"], ascending=[False, True], ignore_index=True
    )


def outside(own: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """``effect`` and ``error``, by campaign: of what was bought until its last day outside a part.

    ``own``: ``campaign_id, arm, during, during_squares, during_x_whole``, sums over customers of
    that part and of its products with all parts; an arm without a row bought nothing of it.
    ``arms``: the same of all parts, with ``customers``, of campaigns that have both arms. In minor
    units per assigned customer; NaN where nobody differs.
    """
    both = arms.merge(own, on=["campaign_id", "arm"], how="left", suffixes=("", "_own"))
    both = both.fillna(dict.fromkeys(("during_own", "during_squares_own", "during_x_whole"), 0.0))
    both["total"] = both["during"] - both["during_own"]
    both["squares"] = (
        both["during_squares"] - 2 * both["during_x_whole"] + both["during_squares_own"]
    )
    campaigns = pd.Index(sorted(set(both["campaign_id"])), name="campaign_id")
    treated, held = (
        Arm.of(*(of.reindex(campaigns)[name] for name in ("customers", "total", "squares")))
        for of in (both[both["arm"] == a].set_index("campaign_id") for a in (TREATMENT, CONTROL))
    )
    found = difference(treated, held)
    return pd.DataFrame({"effect": found.value, "error": found.error}, index=campaigns)


def unlike_before(arms: pd.DataFrame) -> pd.Series:
    """By campaign, how likely arms drawn by lot differ so much in what was known before.

    The smallest p over what is known of all customers, times how many such (Bonferroni); 1 where
    nothing is known.
    """
    campaigns, treatment, control = both_arms(arms)
    found = []
    for name in (*OWN, *GIVEN):
        plain = adjusted(treatment, control, NAMES.index(name), [])
        found.append(difference(plain.treatment, plain.control).p)
    p = np.array(found).reshape(len(found), len(campaigns))
    tests = np.isfinite(p).sum(axis=0)
    least = np.where(np.isnan(p), 1.0, p).min(axis=0)
    return pd.Series(np.minimum(1.0, least * tests.clip(min=1)), index=campaigns)


def _outcome(
    campaigns: pd.Index,
    treatment: Sums,
    control: Sums,
    outcome: str,
    reach: Adjusted,
    level: float,
    together: float,
    any_time: bool,
) -> pd.DataFrame:
    at, reached = NAMES.index(outcome), NAMES.index("reached")
    known = [] if outcome == "bought" else [NAMES.index(name) for name in (*OWN, *GIVEN)]
    fitted = adjusted(treatment, control, at, known, reached)
    spread = pooled_variance(fitted.treatment, fitted.control)
    found = difference(fitted.treatment, fitted.control, level)
    sure = difference(fitted.treatment, fitted.control, together)
    ends = {"": (found.low, found.high), "sure_": (sure.low, sure.high)}
    if any_time:
        for start, one, sureness in (("", found, level), ("sure_", sure, together)):
            wider = always(one, spread, sureness)
            ends[start] = wider.low, wider.high
    elif outcome == "bought":
        counts = (treatment.sums[:, at], treatment.n, control.sums[:, at], control.n)
        told = np.isfinite(counts[0]) & np.isfinite(counts[2]) & np.isfinite(found.value)
        a, of_a, b, of_b = (np.where(told, one, 0.0) for one in counts)
        for start, sureness in (("", level), ("sure_", together)):
            ends[start] = differences(a, of_a, b, of_b, sureness)
    lift_low, lift_high = relative(fitted.treatment, fitted.control, found.degrees, level)
    shared = sum(
        one / arm.n for one, arm in zip(fitted.covariances, (treatment, control), strict=True)
    )
    per_reached, *of_reached = of_the_reached(
        found, reach.treatment, reach.control, np.asarray(shared), level
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        lift = fitted.treatment.mean / fitted.control.mean - 1
    return pd.DataFrame(
        {
            "campaign_id": campaigns,
            "outcome": outcome,
            "treated": treatment.means[:, at],
            "held": control.means[:, at],
            "effect": found.value,
            "low": ends[""][0],
            "high": ends[""][1],
            "sure_low": ends["sure_"][0],
            "sure_high": ends["sure_"][1],
            "error": found.error,
            "p": found.p,
            "q": false_discovery(found.p),
            "lift": lift,
            "lift_low": lift_low,
            "lift_high": lift_high,
            "smallest": smallest_seen(found.error, level),
            "explained": fitted.explained,
            "spread": spread,
            "per_reached": per_reached,
            "per_reached_low": of_reached[0],
            "per_reached_high": of_reached[1],
        }
    )
