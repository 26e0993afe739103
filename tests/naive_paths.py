"""Paths of customers and what rules give, by their definitions: loops over rows, one at a time."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pandas as pd

DAY, HALF_LIFE, MOST = 86_400, 7 * 86_400, 20


def local(moment):
    """Second, and day number, of a moment of the contract in Shanghai."""
    second = int(pd.Timestamp(moment).timestamp())
    return second, (second + 8 * 3600) // DAY


def purchases(lines):
    """Customer -> second -> [day, orders, net revenue in minor units]; the last day of all."""
    orders, bought, last = {}, {}, 0
    for line in lines:
        if line["status"] in ("completed", "returned"):
            orders.setdefault(line["order_id"], []).append(line)
    for of_order in orders.values():
        second, _ = min(local(line["ordered_at"]) for line in of_order)
        day = min(local(line["ordered_at"])[1] for line in of_order)
        last = max([last, *(local(line["ordered_at"])[1] for line in of_order)])
        whose = {line["customer_id"] for line in of_order} - {None}
        if len(whose) == 1:
            at = bought.setdefault(whose.pop(), {}).setdefault(second, [day, 0, 0])
            at[0] = min(at[0], day)
            at[1] += 1
            at[2] += sum(
                round(100 * line["quantity"] * line["unit_price"])
                for line in of_order
                if line["status"] == "completed"
            )
    return bought, last


def paths(events, lines, lookback):
    """``(day, steps, orders, net revenue)`` of every path; steps are (campaign, age in seconds)."""
    bought, last = purchases(lines)
    touches, found = {}, []
    for event in events:
        if event["campaign_id"] is not None:
            second, day = local(event["occurred_at"])
            touches.setdefault(event["customer_id"], set()).add((second, event["campaign_id"], day))
    for customer, came in touches.items():
        way, led = [], None  # the path that is being walked, and the second of its order
        for second, campaign, day in sorted(came):
            later = [at for at in bought.get(customer, {}) if at >= second]
            order = min(later) if later and min(later) - second <= lookback * DAY else None
            late = order is None and way and second - way[-1][0] > lookback * DAY
            if way and (order != led or late):
                found.append((customer, led, way))
                way = []
            way, led = [*way, (second, campaign, day)], order
        found.append((customer, led, way))
    done = []
    for customer, order, way in found:
        last_of_run = [
            one for one, after in zip(way, [*way[1:], None], strict=True)
            if after is None or after[1] != one[1]
        ][-MOST:]  # fmt: skip
        if order is not None:
            day, orders, revenue = bought[customer][order]
            done.append((day, [(c, order - at) for at, c, _ in last_of_run], orders, revenue))
        elif way[-1][2] + lookback < last:
            done.append((way[-1][2], [(c, 0) for _, c, _ in last_of_run], 0, 0))
    return done


def credits(found, measure):
    """Rule -> campaign -> what it is given of ``orders`` or ``net_revenue``."""
    names = sorted({c for _, steps, _, _ in found for c, _ in steps})
    given = {rule: dict.fromkeys(names, 0.0) for rule in ("last", "first", "linear", "decay")}
    given["position"] = dict.fromkeys(names, 0.0)
    total = 0.0
    for _, steps, orders, revenue in found:
        worth = orders if measure == "orders" else revenue
        total += worth
        weights = [2 ** (-age / HALF_LIFE) for _, age in steps]
        many = len(steps)
        for place, (campaign, _) in enumerate(steps):
            given["last"][campaign] += worth * (place == many - 1)
            given["first"][campaign] += worth * (place == 0)
            given["linear"][campaign] += worth / many
            given["decay"][campaign] += worth * weights[place] / sum(weights)
            part = 0.4 if place in (0, many - 1) else 0.2 / (many - 2)
            given["position"][campaign] += worth * (part if many > 2 else 1 / many)
    given["shapley"] = by_permutations(found, measure, names)
    effects = {name: 1 - converting(found, name) / converting(found, None) for name in names}
    given["markov"] = {n: total * e / sum(effects.values()) for n, e in effects.items()}
    return given


def by_permutations(found, measure, names):
    """Shapley's value by its definition: the mean of what each adds, over all orders of arrival."""
    sets = [({c for c, _ in s}, o if measure == "orders" else r) for _, s, o, r in found]
    values, many = dict.fromkeys(names, 0.0), 0
    for arrivals in permutations(names):
        inside, before, many = set(), 0.0, many + 1
        for name in arrivals:
            inside.add(name)
            now = sum(worth for steps, worth in sets if steps <= inside)
            values[name] += now - before
            before = now
    return {name: value / many for name, value in values.items()}


def converting(found, without):
    """The probability of an order in the chain, all who reach ``without`` lost: it is walked until
    hardly anybody is under way.
    """
    counts = {}
    for _, steps, orders, _ in found:
        way = ["start", *(c for c, _ in steps), "order" if orders else "nothing"]
        for a, b in pairwise(way):
            counts[a, b] = counts.get((a, b), 0) + (orders or 1)
    states = sorted({one for pair in counts for one in pair})
    moves = np.zeros((len(states), len(states)))
    for (a, b), many in counts.items():
        moves[states.index(a), states.index(b)] = many
    sums = moves.sum(axis=1, keepdims=True)
    moves = np.divide(moves, sums, out=np.zeros_like(moves), where=sums > 0)
    for state in {"order", "nothing"} & set(states):
        moves[states.index(state), states.index(state)] = 1
    if without is not None:
        moves[states.index(without)] = 0
    under_way = np.zeros(len(states))
    under_way[states.index("start")] = 1
    return float((under_way @ np.linalg.matrix_power(moves, 2**12))[states.index("order")])
