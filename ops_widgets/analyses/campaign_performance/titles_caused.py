"""Titles of the panels that say what campaigns caused, as far as anybody can tell."""

from __future__ import annotations

import pandas as pd

from ops_widgets.charts.formats import format_value
from ops_widgets.errors import shortened
from ops_widgets.views.finding import ENOUGH, count
from ops_widgets.views.titles import name, shown


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


def changed(frame: pd.DataFrame) -> str:
    """What a test changed in what a customer spends; ``frame`` is that of ``measured``.

    Where too few bought to compare money, in how many bought.
    """
    test = name(frame.attrs["test"])
    sales = frame[(frame["measured"] == "Net revenue") & frame["lift_low"].notna()]
    if sales.empty:
        return f"{test}: bought at all {frame['more'].iloc[0]}"
    low, high = float(sales["lift_low"].iloc[0]), float(sales["lift_high"].iloc[0])
    ends = [format_value(abs(one), "percent") for one in (low, high)]
    if low < 0 < high:
        return f"{test}: customers spent {ends[0]} less to {ends[1]} more"
    less, more = ends if low >= 0 else reversed(ends)
    return f"{test}: customers spent {less} to {more} {'more' if low >= 0 else 'less'}"


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
