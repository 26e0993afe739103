"""The mixture that comes nearest: weights that are not negative and sum to one."""

from __future__ import annotations

import numpy as np

#: A weight, or a gain, of less than this part of the largest number is nothing.
NOTHING = 1e-12


def simplex_weights(target: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """The weights of the rows of ``parts`` whose mixture lies nearest to ``target``.

    ``target`` has one value a period, ``parts`` one row a donor; all are known. The nearest point
    of a polytope (Wolfe, Mathematical Programming 11, 1976), by an active set: exact, and the same
    on every machine up to rounding. Where several mixtures are equally near, it is one of them.

    >>> simplex_weights(np.array([2.0, 5.0]), np.array([[0.0, 4.0], [8.0, 8.0], [9.0, 9.0]]))
    array([0.75, 0.25, 0.  ])
    """
    away = parts - target
    size = float(np.abs(away).max(initial=0.0)) or 1.0
    away = away / size
    products = away @ away.T
    active = [int(np.argmin(np.diag(products)))]
    weights = np.zeros(len(parts))
    weights[active] = 1.0
    for _ in range(10 * len(parts)):
        slope = products @ weights
        gain = slope - weights @ slope
        gain[active] = 0.0
        best = int(np.argmin(gain))
        if gain[best] >= -NOTHING:
            break
        active.append(best)
        weights = _moved(weights, away, active)
        active = [one for one in active if weights[one] > 0]
    return weights


def _moved(weights: np.ndarray, away: np.ndarray, active: list[int]) -> np.ndarray:
    """The best weights of the active rows; one that would become negative leaves them."""
    while True:
        wanted = np.zeros_like(weights)
        first, rest = active[0], active[1:]
        sides = (away[rest] - away[first]).T
        found = np.linalg.lstsq(sides, -away[first], rcond=None)[0]
        wanted[rest], wanted[first] = found, 1 - found.sum()
        low = [one for one in active if wanted[one] <= NOTHING]
        if not low or len(active) == 1:
            return wanted
        # As far towards it as all stay at zero or more; whoever comes there first leaves.
        steps = [weights[one] / max(weights[one] - wanted[one], NOTHING) for one in low]
        out = low[int(np.argmin(steps))]
        weights = weights + min(steps) * (wanted - weights)
        weights[out] = 0.0
        weights = np.maximum(weights, 0.0) / np.maximum(weights, 0.0).sum()
        active = [one for one in active if one != out]
