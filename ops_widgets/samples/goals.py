"""Goals of the shop: each month more than a year before, and a rate for one quarter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ops_widgets.samples import operations_plan as planned
from ops_widgets.samples import plan

#: Every channel is to sell so much more than in the same month a year before.
GROWTH = 1.05


class Goal(NamedTuple):
    """One row of the targets."""

    period: str
    metric: str
    value: float
    scope: str | None


def goals(net: np.ndarray) -> list[Goal]:
    """Goals of all months with a year before; ``net``: net revenue by month and channel."""
    found = []
    for month in range(12, len(net)):
        name = f"{plan.START.year + month // 12}-{month % 12 + 1:02d}"
        found += _of_all(name, "net_revenue", _wanted(net, [month]))
    missed = planned.MISSED_GOAL
    quarter = quarter_months()
    if quarter[-1] < len(net):
        name = f"{missed.year}-Q{missed.quarter}"
        wanted = _wanted(net, quarter)
        found += _of_all(name, "net_revenue", wanted)
        fees = np.array([planned.FEES[name] for name in plan.CHANNEL_NAMES])
        rate = round(float(fees @ wanted / wanted.sum()), 4)
        found.append(Goal(name, missed.metric, rate, None))
        found += _by_channel(name, missed.metric, fees)
    return found


def quarter_months() -> list[int]:
    """Months of the missed goal, counted from the first month of the shop."""
    first = (planned.MISSED_GOAL.year - plan.START.year) * 12 + 3 * planned.MISSED_GOAL.quarter - 3
    return [first, first + 1, first + 2]


def _wanted(net: np.ndarray, months: list[int]) -> np.ndarray:
    before = np.array(months) - 12
    return np.round(net[before].sum(axis=0) * GROWTH, -2)


def _of_all(period: str, metric: str, wanted: np.ndarray) -> list[Goal]:
    return [
        Goal(period, metric, float(wanted.sum()), None),
        *_by_channel(period, metric, wanted),
    ]


def _by_channel(period: str, metric: str, values: np.ndarray) -> list[Goal]:
    return [
        Goal(period, metric, float(value), f"channel={name}")
        for name, value in zip(plan.CHANNEL_NAMES, values, strict=True)
    ]
