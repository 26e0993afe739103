"""The titles of the campaign notebook's panels: what each has found, from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.analyses.campaign_performance.titles_caused import (
    added,
    advised,
    around,
    beside_its_kind,
    beside_others,
    calibrated,
    changed,
    hangs_on_rule,
    left_over,
    seen,
    sources,
)
from ops_widgets.charts.formats import format_value
from ops_widgets.views.finding import ENOUGH, count
from ops_widgets.views.titles import ends, name, shown


def winners_and_losers(frame: pd.DataFrame) -> str:
    """Of how many campaigns a control group shows sales; ``frame`` is that of ``by_campaign``.

    Without any, for how many of those with enough orders the credited sales covered goods and
    cost.
    """
    told = frame["incremental"].notna()
    if told.any():
        many = f"{(frame['incremental_low'] > 0).sum()} of {count(len(frame)):campaign}"
        rest = "" if told.all() else f"; {(~told).sum()} unknown"
        return f"{many} caused sales, as control groups show{rest}"
    if frame["contribution"].isna().all():
        return "What each campaign left is not known"
    known = frame.loc[frame["orders"] >= ENOUGH, "contribution"].dropna()
    if known.empty:
        return "Too few orders to say which campaign covered goods and cost"
    many = f"{(known > 0).sum()} of {count(len(known)):campaign}"
    large = "" if len(known) == len(frame) else f" with {ENOUGH} orders or more"
    return f"Credited sales covered goods and cost in {many}{large}"


#: What is bought, put into a cart or visited, the last first: what each step is one of.
STEPS = {"orders": "an order", "carts": "a cart", "visits": "a visit"}


def lost(frame: pd.DataFrame) -> str:
    """Which kind turns fewest of a step into the next, beside the one that turns most.

    Of the last step at which kinds differ beyond chance: their intervals do not overlap. Where
    there is none, how far orders differ, which may be chance.
    """
    found = {step: _ends_of(frame, step) for step in STEPS}
    for step, both in found.items():
        if both and both[1]["of_previous_high"] < both[0]["of_previous_low"]:
            best, worst = (name(row["group"]) for row in both)
            most, least = (shown(frame, "of_previous", row["of_previous"]) for row in both)
            if most != least:
                said = f"{least} bring {STEPS[step]}, of {best} {most}"
                return f"{worst} loses most {both[0]['before']}: {said}"
    both = found["orders"]
    if both is None:
        return f"Where does each {_kind(frame)} lose people?"
    best, worst = (name(row["group"]) for row in both)
    most, least = (shown(frame, "of_previous", row["of_previous"]) for row in both)
    of = both[0]["before"]
    if best == worst:
        return f"{worst}: {least} of {of} bring an order"
    if most == least:
        return f"Of each {_kind(frame)}, {least} of {of} bring an order"
    return f"{of.capitalize()} to orders: {worst} {least}, {best} {most}, perhaps chance"


def _ends_of(frame: pd.DataFrame, step: str) -> tuple[pd.Series, pd.Series] | None:
    """The kinds of which most and fewest reach a step, of those that rest on enough."""
    rows = frame[(frame["step"] == step) & frame["of_previous"].notna()]
    if rows.empty:
        return None
    # Kinds of which the step before is not known are a part of something else.
    return ends(rows[rows["before"].isin(rows["before"].mode()[:1])], "of_previous", "count")


def earned(frame: pd.DataFrame) -> str:
    """Which kind left most after goods and cost, and which least."""
    found = ends(frame, "contribution", "orders")
    if found is None:
        return f"What does each {_kind(frame)} earn?"
    best, worst = (name(row["group"]) for row in found)
    most, least = (row["contribution"] for row in found)
    first, last = (shown(frame, "contribution", abs(value)) for value in (most, least))
    if best == worst:
        return f"{best} {'lost' if most < 0 else 'left'} {first} after goods and cost"
    if most == least:
        return f"Each {_kind(frame)} {'lost' if most < 0 else 'left'} {first} after goods and cost"
    if most < 0:
        return f"No {_kind(frame)} covered goods and cost: {worst} lost most, {last}"
    end = f"{worst} lost {last}" if least < 0 else f"{worst} least, {last}"
    return f"{best} left most, {first}; {end}"


def moved(frame: pd.DataFrame) -> str:
    """What the shop sold in the last whole week against the one before; a day says little.

    What campaigns had in it nobody can tell from this line.
    """
    of_days = frame.attrs["labels"]["week"] == "Day"
    orders, sold = frame.attrs["orders"][-2:], frame["shop_revenue"].tolist()[-2:]
    if of_days or len(sold) < 2 or min(orders) < ENOUGH or sold[0] <= 0:
        return "Did the shop sell more while campaigns ran?"
    change = sold[1] / sold[0] - 1
    much = f"{format_value(abs(change), 'percent')} {'more' if change > 0 else 'less'} than"
    amount = shown(frame, "shop_revenue", sold[1])
    beside = much if change else "as much as"
    return f"The shop sold {amount} in the last whole week, {beside} in the one before"


def dear(frame: pd.DataFrame) -> str:
    """In which campaign a conversion costs least and most, as the platforms count."""
    found = ends(frame, "cost_per_conversion", "conversions")
    if found is None:
        return "What do the platforms count?"
    most, least = (shown(frame, "cost_per_conversion", row["cost_per_conversion"]) for row in found)
    dearest, cheapest = (name(row["name"]) for row in found)
    if dearest == cheapest or most == least:
        return f"By the platforms' own count a conversion costs {least}"
    return f"Platforms count {least} to {most} a conversion, the least in {cheapest}"


def planned(frame: pd.DataFrame) -> str:
    """How many campaigns spent more than their budget, or are about to."""
    known = frame["budget_used"].notna() | frame["plan"].eq("overspent")
    if not known.any():
        return "Whether the money is spent as planned is not known"
    over, fast = (
        frame["plan"].eq(verdict).sum() for verdict in ("overspent", "too fast: would overspend")
    )
    many = f"{count(known.sum()):campaign}"
    if over:
        begin = f"{over} of {many} spent more than planned"
    else:
        begin = f"None of {many} spent more than planned" if known.sum() > 1 else ""
    if len(frame) == 1:
        used = frame["budget_used"].iloc[0]
        share = "" if pd.isna(used) else f"{shown(frame, 'budget_used', used)} of its budget"
        return f"{name(frame['name'].iloc[0])} spent {share or 'more than planned'}"
    begin = begin or "The one campaign with a known budget kept to it"
    return f"{begin}, {fast} more would" if fast else begin


def outcomes(frame: pd.DataFrame) -> str:
    """Of how many campaigns the interval of what they caused lies above nothing."""
    low = frame["conversions_low"].fillna(frame["value_low"])
    told = low.notna()
    if not told.any():
        return "What these campaigns caused cannot be said"
    many = f"{(low > 0).sum()} of {count(told.sum()):campaign}"
    rest = "" if told.all() else f"; {(~told).sum()} unknown"
    return f"{many} caused conversions, as control groups show{rest}"


def _kind(frame: pd.DataFrame) -> str:
    """What is compared, in a sentence: "content type"."""
    return str(frame.attrs["labels"]["group"]).lower()


#: Panel -> its title, from the frame.
TITLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "by_campaign": winners_and_losers,
    "funnel": lost,
    "by_group": earned,
    "weekly": moved,
    "platform": dear,
    "outcomes": outcomes,
    "review": advised,
    "chain": left_over,
    "peers": beside_its_kind,
    "experiment": seen,
    "measured": changed,
    "effect_parts": sources,
    "attribution": hangs_on_rule,
    "calibration": calibrated,
    "promotion": added,
    "baseline": around,
    "without_control": beside_others,
    "budget": planned,
}
