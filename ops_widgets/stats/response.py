"""Diminishing returns: what more money brings over campaigns of one kind, where the data carry it.

A power curve, ``value = a cost^b`` with ``0 < b < 1``: twice the money brings less than twice.
What is measured is uncertain and may be below 0, so it is fitted as it is, without logarithms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ops_widgets.stats.student import t_quantile

Values = NDArray[np.float64]

#: With fewer campaigns an interval of three unknowns (a, b, how campaigns differ) says nothing.
LEAST = 8
#: Between the second least and the second most spent, so that no single campaign makes the curve.
#: Costs to the power of 0.4 and of 0.7 part by 18% at the ends of a factor of 3: at less, curves
#: that bend much and little differ by less than campaigns do.
LEAST_SPAN = 3.0
#: The powers that are tried: at 0 more money brings nothing more, at 1 it never brings less.
POWERS = np.linspace(0.0, 1.0, 201)
#: How far campaigns may differ, as a multiple of the curve squared, and halvings to find it.
MOST_APART, STEPS = 1e6, 40


@dataclass(frozen=True)
class Response:
    """The power of cost, and the cost at which its next unit just pays for itself, with the ends
    of their intervals; ``least`` and ``most`` are the costs that were seen.

    ``why``: why the data carry no curve, in words; all but the costs are NaN then.
    """

    least: float
    most: float
    why: str = ""
    power: float = np.nan
    power_low: float = np.nan
    power_high: float = np.nan
    best: float = np.nan
    best_low: float = np.nan
    best_high: float = np.nan

    def within(self, cost: float) -> float:
        """``cost``, no further than was ever spent: beyond nothing is known."""
        return float(np.clip(cost, self.least, self.most))


def response(cost: ArrayLike, value: ArrayLike, error: ArrayLike, level: float = 0.95) -> Response:
    """The curve over campaigns that cost something, whose ``value`` has a standard ``error``.

    Weighted least squares, the power on a grid (of each power the best ``a`` is a ratio of sums).
    Weights are by the errors and by how campaigns differ beyond these, in proportion to the curve
    (:func:`_between`). Intervals by the profile, with Student's t of ``n - 2``: all
    curves whose weighted squares are at most t^2 times their mean above the least ones. Bates and
    Watts (1988), Nonlinear Regression Analysis and Its Applications, chapters 2.1 and 6.1.
    """
    c, y, e = (np.asarray(one, "float64") for one in (cost, value, error))
    known = np.isfinite(c) & np.isfinite(y) & np.isfinite(e) & (c > 0) & (e > 0)
    c, y, e = c[known], y[known], e[known]
    n = len(c)
    if n < LEAST:
        return Response(*_ends(c), f"{n} of the {LEAST} measured campaigns that it takes")
    seen, (_, small, *_, large, _) = _ends(c), np.sort(c)
    if large < LEAST_SPAN * small:
        return Response(*seen, f"costs differ by less than a factor of {LEAST_SPAN:g}")
    unit = float(np.exp(np.log(c).mean()))
    curves = (c / unit) ** POWERS[:, None]
    squares, a, weight = _fitted(curves, y, e**2 + _between(curves, y, e))
    at = int(squares.argmin())
    room = t_quantile(level, n - 2) ** 2 * max(1.0, squares[at] / (n - 2)) + squares[at] - squares
    # Of each power the ends of ``a``: NaN for powers that the data rule out.
    half = np.sqrt(np.where(room >= 0, room, np.nan) / weight)
    if not a[at] - half[at] > 0:
        return Response(*seen, "nothing shows that they bring anything")
    if room[0] >= 0 or room[-1] >= 0:
        said = {0: "that more money brings more", -1: "that it brings less and less"}
        open_ends = " or ".join(text for end, text in said.items() if room[end] >= 0)
        return Response(*seen, f"nothing shows {open_ends}")
    inside = np.flatnonzero(room >= 0)
    low, high = _pays(a - half, unit)[inside], _pays(a + half, unit)[inside]
    return Response(
        *seen, "", POWERS[at], POWERS[inside[0]], POWERS[inside[-1]],
        float(_pays(a, unit)[at]), float(low.min()), float(high.max()),
    )  # fmt: skip


def _ends(cost: Values) -> tuple[float, float]:
    return (float(cost.min()), float(cost.max())) if len(cost) else (np.nan, np.nan)


def _fitted(curves: Values, y: Values, variance: Values) -> tuple[Values, Values, Values]:
    """Of each curve the weighted squares around it, its best ``a``, and the weight of that."""
    weight = (curves**2 / variance).sum(axis=1)
    a = (curves * y / variance).sum(axis=1) / weight
    return ((y - a[:, None] * curves) ** 2 / variance).sum(axis=1), a, weight


def _between(curves: Values, y: Values, e: Values) -> Values:
    """The variance of each campaign around the curve, beyond its error: a share of the curve.

    The share at which the weighted squares are what they are to be, ``n - 2``; 0 where errors
    alone explain them. Paule and Mandel (1982), J. Res. Natl. Bur. Stand. 87, 377-385.
    """
    squares, a, _ = _fitted(curves, y, e**2)
    drawn = (a[squares.argmin()] * curves[squares.argmin()]) ** 2
    low, high = 0.0, 1.0

    def wide(share: float) -> bool:
        return bool(_fitted(curves, y, e**2 + share * drawn)[0].min() > len(y) - 2)

    while wide(high) and high < MOST_APART:
        low, high = high, 4 * high
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if wide(middle) else (low, middle)
    return low * drawn


def _pays(a: Values, unit: float) -> Values:
    """The cost at which the next unit of money just pays for itself, of each power: a b c^(b - 1)
    = 1; 0 where the curve lies below 0.
    """
    inner = POWERS[1:-1]
    slope = np.maximum(a[1:-1], 0.0) * inner / unit
    with np.errstate(over="ignore"):
        return np.concatenate([[np.nan], unit * slope ** (1 / (1 - inner)), [np.nan]])
