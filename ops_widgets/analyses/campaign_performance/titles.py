"""The titles of the campaign notebook's panels: what each has found, from its own frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ops_widgets.charts.formats import format_value
from ops_widgets.errors import shortened
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


def advised(frame: pd.DataFrame) -> str:
    """How many campaigns to scale and to stop; ``frame`` is that of ``review``."""
    many = frame["verdict"].value_counts()
    said = [f"{word.lower()} {many[word]}" for word in ("Scale", "Stop", "Keep") if word in many]
    if not said:
        return f"Nothing can be said of {count(len(frame)):campaign} yet: test them"
    rest = f"; test {many['Test']}" if "Test" in many else ""
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}{rest} of {count(len(frame)):campaign}"


def beside_its_kind(frame: pd.DataFrame) -> str:
    """What a campaign left for its cost beside its kind; ``frame`` is that of ``peers``."""
    one = frame.iloc[0]
    told = frame.dropna(subset=["left_per_cost"])
    if len(told) < 2 or told.index[0] != frame.index[0]:
        return f"{name(one['name'])}: what it left for its cost has nothing to stand beside"
    much, other = (format_value(told["left_per_cost"].iloc[i], "ratio") for i in (0, 1))
    beside = "its kind" if told["peer"].iloc[1] == frame["peer"].iloc[1] else "the last like it"
    return f"{name(one['name'])} left {much} its cost, {beside} {other}"


def left_over(frame: pd.DataFrame) -> str:
    """What is left of what is credited; ``frame`` is that of ``chain``."""
    (credited, *_), (left, low, high) = (
        frame.loc[frame["link"] == link, ["amount", "amount_low", "amount_high"]].iloc[0].tolist()
        for link in ("Credited", "Left")
    )
    first, last = (shown(frame, "amount", abs(one)) for one in (credited, left))
    if low < 0 < high:
        ends = [shown(frame, "amount", one) for one in (low, high)]
        return f"Of {first} credited, between {ends[0]} and {ends[1]} is left"
    return f"Of {first} credited, {last} is {'left' if left >= 0 else 'lost'}"


def seen(frame: pd.DataFrame) -> str:
    """How many tests saw an effect, and how many could not have; that of ``experiment``."""
    sure, small = (frame["seen"] == "more than without"), frame["seen"].str.startswith("too ")
    broken = frame["seen"].str.startswith("not as drawn").sum()
    many = f"{sure.sum()} of {count(len(frame)):test} saw sales that were caused"
    rest = f"; {small.sum()} too small" if small.any() else ""
    return f"{many}{rest}" + (f"; {broken} broken" if broken else "")


def sources(frame: pd.DataFrame) -> str:
    """Which part brought most of what was caused; ``frame`` is that of ``effect_parts``."""
    parts = frame[frame["split"] == "By category"]
    sure = parts[parts["part_low"] > 0]
    if sure.empty:
        return "In which categories sales were caused is not clear"
    best = sure.iloc[0]
    amount = shown(frame, "part_caused", best["part_caused"])
    less = parts[parts["part_high"] < 0]
    beside = f"; {name(less.iloc[-1]['part'])} lost" if len(less) else ""
    return f"Most of what was caused is {name(best['part'])}: {amount}{beside}"


def hangs_on_rule(frame: pd.DataFrame) -> str:
    """How much of what rules credit moves between two of them, and of how many campaigns every
    rule credits more than the upper end of what was measured.
    """
    rules = frame[[name for name in frame if str(name).startswith("net_revenue_")]].dropna()
    orders = frame.loc[rules.index, "orders_last"]
    if orders.sum() < ENOUGH or not (rules.sum() > 0).all():
        return "Too few orders after a visit by these campaigns to compare rules"
    most = max((rules[a] - rules[b]).abs().sum() / 2 / rules[b].sum() for a in rules for b in rules)
    differ = f"Rules differ by {format_value(most, 'percent')}"
    high = frame.loc[rules.index, "incremental_high"]
    told = high.notna() & (orders >= ENOUGH)
    over = int((rules.min(axis=1) > high)[told].sum())
    if not told.any():
        return f"{differ} of what they credit; nobody measured which is right"
    if not over:
        return f"{differ}; no control group shows that they credit too much"
    return f"{differ}; all of them credit too much in {over} of {count(told.sum()):campaign}"


def calibrated(frame: pd.DataFrame) -> str:
    """What of a credited amount was measured, where enough campaigns have both."""
    value, low, high = (frame[name].iloc[0] for name in ("factor", "factor_low", "factor_high"))
    if pd.isna(value):
        return "Too few measured campaigns to say how much of credit is caused"
    much, least, most = (format_value(one, "ratio") for one in (value, low, high))
    return f"Control groups measured {much} what is credited ({least} to {most})"


def added(frame: pd.DataFrame) -> str:
    """What a promotion added after all, where its interval lies on one side of nothing."""
    net = frame[frame["area"] == "Net"].iloc[0]
    promoted = name(frame.attrs["promoted"]["name"])
    low, high = (shown(frame, "gain", net[end]) for end in ("gain_low", "gain_high"))
    rest = ", as far as seen" if frame.attrs["promoted"]["unseen"] else ""
    if net["gain_low"] <= 0 <= net["gain_high"]:
        return f"{promoted}: net {low} to {high}, perhaps nothing{rest}"
    amount = shown(frame, "gain", abs(net["gain"]))
    return f"{promoted} {'added' if net['gain'] > 0 else 'cost'} {amount} of sales net{rest}"


def around(frame: pd.DataFrame) -> str:
    """What was sold in a promotion's days, beside what is sold without it."""
    days = frame[frame["area"] == "Its days"]
    sold, without = (shown(frame, "sold", days[one].sum()) for one in ("sold", "expected"))
    return f"{name(frame.attrs['promoted']['name'])}: {sold} in its days, without it {without}"


def beside_others(frame: pd.DataFrame) -> str:
    """What is told of the campaign that ``without_control`` draws; ``attrs["shown"]`` is its row.

    A campaign with a control group needs no other categories.
    """
    row = frame.attrs.get("shown")
    if row is None:
        return "What did campaigns without a control group change?"
    who = name(row["name"])
    if row["has_control"]:
        return f"{who} has a control group, which tells more"
    if row["failed"]:
        return f"{who}: cannot be told, {row['failed']}"
    category = shortened(row["category"], 16)
    if row["low"] <= 0 <= row["high"]:
        return f"{who}: no effect on {category} seen"
    way = "beyond" if row["low"] > 0 else "behind"
    return f"{who}: {category} {shown(frame, 'beyond', abs(row['effect']))} {way} the others"


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
    "effect_parts": sources,
    "attribution": hangs_on_rule,
    "calibration": calibrated,
    "promotion": added,
    "baseline": around,
    "without_control": beside_others,
    "budget": planned,
}
