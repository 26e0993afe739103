"""Stock as sales leave it: ordered again at a level, delivered some days later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: A delivery lasts about so many days; less than this is ordered again.
COVERED_DAYS, LEAST = 28, 6


@dataclass(frozen=True)
class SellsOut:
    """A product, by its place among the stocked ones, and its days without any stock.

    ``first`` is the day on which its campaign begins, ``gone`` the first one without any,
    ``back`` (exclusive) the last.
    """

    place: int
    first: int
    gone: int
    back: int


@dataclass(frozen=True)
class Levels:
    """At the end of each day, by product: ``on_hand`` and ``on_order`` are days x products."""

    on_hand: np.ndarray
    on_order: np.ndarray
    reorder_point: np.ndarray


def levels(
    sold: np.ndarray, lead_days: np.ndarray, out: SellsOut, rng: np.random.Generator
) -> Levels:
    """Levels that ``sold`` (days x products) leaves; nothing is sold that is not there.

    What would run out is delivered in the morning of that day, but for the product that sells out:
    it comes in just as many pieces as are sold before it is gone.
    """
    days, products = sold.shape
    usual = sold.mean(axis=0)
    point = np.ceil(usual * lead_days * 2).astype(int) + LEAST
    batch = np.ceil(usual * COVERED_DAYS).astype(int) + LEAST
    hand = point + rng.integers(1, batch + 1)
    due = np.zeros((days + int(lead_days.max()) + 1, products), dtype=int)
    on_hand, on_order = np.empty_like(sold), np.empty_like(sold)
    waiting = np.zeros(products, dtype=int)
    for day in range(days):
        hand += due[day]
        waiting -= due[day]
        short = hand <= sold[day]
        hand += np.where(short, sold[day] - hand + point, 0)
        if out.first <= day < out.back:
            hand[out.place] = sold[day : out.gone, out.place].sum()
        hand -= sold[day]
        again = hand + waiting <= point
        if out.first <= day < out.back:
            again[out.place] = False
        order = np.where(again, batch, 0)
        due[day + lead_days, np.arange(products)] += order
        waiting += order
        on_hand[day], on_order[day] = hand, waiting
    return Levels(on_hand, on_order, point)
