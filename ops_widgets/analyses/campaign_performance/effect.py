"""What each campaign caused: its customers against those who were held back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ops_widgets.analyses.campaign_performance.queries import of_day
from ops_widgets.analyses.campaign_performance.reasons import customers_known
from ops_widgets.analyses.campaign_performance.view import (
    IS_HOLDOUT,
    CampaignPerformanceView,
    whole_window,
)
from ops_widgets.charts.formats import format_value, grouped
from ops_widgets.metrics import experiments
from ops_widgets.periods import day_number, from_day_number
from ops_widgets.stats.experiment import split_p
from ops_widgets.stats.proportion import among
from ops_widgets.summaries.moments import columns
from ops_widgets.summaries.store import Store
from ops_widgets.views.answers import once
from ops_widgets.views.finding import LEVEL
from ops_widgets.views.frames import one_of
from ops_widgets.views.reads import Reads

#: With fewer buyers in an arm the interval of money would lie on one side of the truth: then
#: only the part of customers who bought is compared.
LEAST_BUYERS = 100
#: A split, or a past of the arms, that chance makes in fewer cases than these is not by lot.
SPLIT_P = 0.001
NO_CONTROL = "no control group"
EFFECT = ["campaign_id", "incremental", "incremental_low", "incremental_high", "control_group"]
#: The ends of the interval at which all campaigns together are right, and who was treated.
SURE = ["sure_low", "sure_high", "treated"]
#: How a reason begins where a lot cannot have made the arms.
NOT_AS_DRAWN = "not as drawn"
UNLIKE_BEFORE = f"{NOT_AS_DRAWN}: the arms differed before it began"
#: Outcomes that are amounts of money.
MONEY = ("net_revenue", "during", "after", "gross_profit")

EFFECT_OF = Reads(
    "campaign_audience",
    ("arm",),
    "what each campaign caused, beside what it is credited with",
    beside="orders",
)
NAMED = Reads("campaigns", (), "names, kinds and plans of campaigns")


@dataclass(frozen=True, eq=False)
class Tested:
    """What the arms of all campaigns say, whatever is chosen or picked of them.

    ``arms``: one row a campaign with an audience: ``campaign_id, treated, held, buyers_treated,
    buyers_held`` (whose net revenue is above 0), ``cap`` (minor units; NA: none), ``planned``,
    ``so_far`` (it still runs), ``why`` (nothing can be read; empty: it can) and ``why_money``
    (money cannot).
    ``outcomes``: those of :func:`.experiments.effects` that can be read. ``family``: how many
    campaigns are compared at once.
    """

    arms: pd.DataFrame
    outcomes: pd.DataFrame
    family: int

    def of(self, outcome: str) -> pd.DataFrame:
        """The rows of one outcome, by campaign."""
        rows = self.outcomes
        return rows[rows["outcome"] == outcome].set_index("campaign_id")


def tested(store: Store, view: CampaignPerformanceView) -> Tested:
    """What the arms say on the day looked at, of whole campaigns."""
    found: Tested = once(store, _tested, of_day(view))
    return found


def _tested(store: Store, view: CampaignPerformanceView) -> Tested:
    return read(store, view, arm_sums(store, "campaign_arm"))


def read(store: Store, view: CampaignPerformanceView, sums: pd.DataFrame) -> Tested:
    """What arms with these ``sums`` (:func:`arm_sums`) say, and why not."""
    sides = sides_of(sums)
    _, as_of = whole_window(store, view)
    begins, known = day_number(store.first_day), customers_known(store)
    over = as_of >= day_number(store.last_day)
    alike = experiments.unlike_before(sums).to_dict()
    sides["so_far"] = False
    records, why = sides.to_dict("records"), []
    for one in records:
        reason = "" if known else "customers are not known"
        reason = reason or unreadable(one) or _undated(one, begins)
        if not reason and alike[one["campaign_id"]] < SPLIT_P:
            reason = UNLIKE_BEFORE
        if not reason and one["last_day"] > as_of:
            ended = format_value(from_day_number(int(one["last_day"]) + 1), "date")
            reason = f"known on {ended}"
            if view.looks == "any_time" and over:
                reason, one["so_far"] = "", True
        why.append((reason, one["so_far"]))
    sides[["why", "so_far"]] = why if why else None
    of_money = [reason or too_few(one) for one, (reason, _) in zip(records, why, strict=True)]
    sides["why_money"] = of_money if of_money else None
    readable = sums[one_of(sums["campaign_id"], sides.loc[sides["why"] == "", "campaign_id"])]
    family = readable["campaign_id"].nunique()
    together = among(LEVEL, family)
    found = experiments.effects(readable, LEVEL, together, any_time=view.looks == "any_time")
    few = set(sides.loc[sides["why_money"] != "", "campaign_id"])
    found = found[~(one_of(found["campaign_id"], few) & (found["outcome"] != "bought"))]
    unknown = set(sums.loc[sums["cost_unknown"] > 0, "campaign_id"])
    return Tested(
        sides,
        found[~(one_of(found["campaign_id"], unknown) & (found["outcome"] == "gross_profit"))],
        family,
    )


def arm_sums(store: Store, summary: str, *, holdouts: bool = False) -> pd.DataFrame:
    """One row a campaign and arm of ``summary`` with all sums, and the planned share treated.

    ``holdouts``: of groups that are kept out of all campaigns, which are none themselves.
    """
    named = ", ".join(f"sum({name})::double as {name}" for name in columns())
    listed = "campaign" if store.has("campaign") else (
        "(select null::varchar as campaign_id, null::double as treatment_share, "
        "null::varchar as objective where false)"
    )  # fmt: skip
    if not store.has(summary):
        names = ["campaign_id", "arm", "customers", "cost_unknown", *columns()]
        return pd.DataFrame(columns=[*names, "treatment_share"])
    return store.query(
        f"""
        select campaign_id, arm, sum(customers)::bigint as customers, max(cap) as cap,
            sum(customers_dated)::bigint as dated, sum(payers)::bigint as payers,
            min(first_day) as first_day, max(last_day) as last_day,
            sum(cost_unknown)::bigint as cost_unknown, {named},
            any_value(treatment_share) as treatment_share
        from {summary} left join {listed} using (campaign_id)
        where {IS_HOLDOUT} = $holdouts
        group by campaign_id, arm order by campaign_id, arm
        """,
        {"holdouts": holdouts},
    )


def sides_of(sums: pd.DataFrame) -> pd.DataFrame:
    """One row a campaign: sizes and buyers of its arms beside each other, and its days."""
    if sums.empty:
        names = ["campaign_id", "treated", "held", "buyers_treated", "buyers_held", "planned"]
        return pd.DataFrame(columns=[*names, "cap", "first_day", "last_day", "undated"])
    wide = sums.pivot(index="campaign_id", columns="arm")
    wide = wide.reindex(columns=pd.MultiIndex.from_product(
        [["customers", "payers", "dated"], ["treatment", "control"]]
    ))  # fmt: skip
    by = sums.groupby("campaign_id")
    sizes = wide["customers"].fillna(0)
    lacking = sizes - wide["dated"].fillna(0)
    return pd.DataFrame(
        {
            "treated": sizes["treatment"],
            "held": sizes["control"],
            "buyers_treated": wide["payers", "treatment"],
            "buyers_held": wide["payers", "control"],
            "planned": by["treatment_share"].first(),
            "cap": by["cap"].max(),
            "first_day": by["first_day"].min(),
            "last_day": by["last_day"].max(),
            "undated": lacking["treatment"] + lacking["control"],
        }
    ).reset_index()


def unreadable(one: Mapping[Hashable, Any]) -> str:
    """Why nothing can be read from arms that are not what a lot draws; empty: it can."""
    if not one["held"]:
        return NO_CONTROL
    return "nobody was treated" if not one["treated"] else split_unlike(one)


def split_unlike(one: Mapping[Hashable, Any]) -> str:
    """What is wrong with a split of which ``planned`` should be treated; empty: nothing known."""
    treated, held, planned = one["treated"], one["held"], one["planned"]
    if pd.isna(planned) or planned <= 0:
        return ""
    # Where all were to be treated nobody should have been held back at all.
    if planned < 1 and split_p((treated, held), (planned, 1 - planned)) >= SPLIT_P:
        return ""
    share, plan = (format_value(one, "percent") for one in (treated / (treated + held), planned))
    return f"{NOT_AS_DRAWN}: {share} are treated, {plan} were planned"


def _undated(one: Mapping[Hashable, Any], begins: int) -> str:
    """Why the days that count are not known, or not all in the data; empty: they are."""
    if pd.isna(one["last_day"]):
        return "nothing says when it ended"
    if one["undated"]:
        return "when its arms were drawn is not known of all"
    return "its arms were drawn before the data begin" if one["first_day"] < begins else ""


def too_few(one: Mapping[Hashable, Any]) -> str:
    """Why money cannot be compared, by the arm with fewer buyers; empty: it can."""
    buyers = one["buyers_treated"], one["buyers_held"]
    return fewer(LEAST_BUYERS, buyers, (one["treated"], one["held"]), "bought")


def fewer(least: int, doing: tuple[float, float], sizes: tuple[float, float], what: str) -> str:
    """That fewer than ``least`` of an arm did something, of the arm with fewer; empty: enough."""
    sides = zip(doing, sizes, ("treated", "held back"), strict=True)
    fewest, of, who = min(sides, key=lambda side: side[0])
    if not fewest < least:
        return ""
    return f"too few to say: {grouped(fewest, 0)} of {grouped(of, 0)} {who} {what}"


def effects(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    """:data:`EFFECT` and :data:`SURE`, one row a campaign that has an audience; minor units.

    ``incremental`` is the difference in mean net revenue between those assigned to treatment and
    to control, adjusted for what they bought before, times how many were treated; NA where it
    cannot be said, and ``control_group`` says why; else it says how large the arms are. It is of
    the whole campaign: of its window only the day looked at counts.
    """
    found: pd.DataFrame = once(store, _effects, of_day(view))
    return found


def _effects(store: Store, view: CampaignPerformanceView) -> pd.DataFrame:
    found = tested(store, view)
    told, arms = found.of("net_revenue"), found.arms.set_index("campaign_id")
    many = arms["treated"].astype("float64")
    frame = pd.DataFrame(index=arms.index)
    for name, end in (("incremental", "effect"), ("incremental_low", "low"),
                      ("incremental_high", "high"), ("sure_low", "sure_low"),
                      ("sure_high", "sure_high")):  # fmt: skip
        frame[name] = told[end].reindex(arms.index).astype("float64") * many
    frame["treated"] = many.where(frame["incremental"].notna())
    frame["control_group"] = [
        why
        or ("" if known else "too few to say: the customers hardly differ")
        or f"{grouped(treated, 0)} treated, {grouped(held, 0)} held back"
        for why, known, treated, held in zip(
            arms["why_money"], frame["incremental"].notna(), arms["treated"], arms["held"],
            strict=True,
        )
    ]  # fmt: skip
    return frame.reset_index()[[*EFFECT, *SURE]]


def said_of_effects(store: Store, view: CampaignPerformanceView, shown: pd.DataFrame) -> str:
    """What to bear in mind of the effects of the ``shown`` campaigns; empty: none has one."""
    if not store.has("campaign_arm"):
        return (
            "No campaign has a control group: what they caused is not known. It takes the table "
            "`campaign_audience`, with customers who were held back."
        )
    arms = tested(store, view).arms
    both = (arms[["treated", "held"]] > 0).all(axis=1)
    arms = arms[one_of(arms["campaign_id"], shown["campaign_id"]) & both]
    if arms.empty:
        return ""
    after = grouped(store.query("select max(days_after) as n from campaign_arm")["n"][0], 0)
    said = [
        "Incremental is counted from the day the arms were drawn to "
        f"{after} days after the campaign, whatever days are looked at."
    ]
    if arms["planned"].isna().any():
        said.append(
            "Where `campaigns.treatment_share` says no planned split, nobody can test whether the "
            "arms are as drawn."
        )
    capped = arms[arms["cap"].notna() & (arms["why_money"] == "")]
    if len(capped):
        said.append(
            f"In {len(capped)} of these campaigns few customers spend very much: larger amounts "
            "count as the cap of the 99.75% of customers who spend least."
        )
    if view.looks == "any_time":
        said.append(ANY_TIME)
    return " ".join(said)


def family_said(store: Store, view: CampaignPerformanceView) -> str:
    """Among which campaigns q is: the family does not hang on what is chosen."""
    return (
        f"q is among the {grouped(tested(store, view).family, 0)} campaigns of the shop whose "
        "control group can be read on this day, however the page is filtered."
    )


ANY_TIME = (
    "Intervals hold whenever one looks, as often as one likes; they are about 1.65 times as wide "
    "as those that are read once, when a campaign is over."
)
