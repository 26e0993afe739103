"""How rules divide what came of paths among the campaigns on them: positions, Markov, Shapley.

A rule divides; it does not measure. What would have come anyway is divided like everything else:
only a control group tells what a campaign caused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
#: What the first and the last step of a path of three or more get; the rest is divided between.
ENDS = 0.4
#: Campaigns that a chain tells apart, those that are met most often: its time goes by their cube.
MOST_STATES = 500


@dataclass(frozen=True)
class Paths:
    """Paths over ``many`` campaigns, which are numbered from 0.

    ``steps`` are the campaigns of all paths, one path after the other; ``lengths`` say how many
    steps each has, at least one.
    """

    steps: NDArray[np.int64]
    lengths: NDArray[np.int64]
    many: int

    def __post_init__(self) -> None:
        if self.lengths.sum() != len(self.steps) or (self.lengths < 1).any():
            raise ValueError("every path has at least one step, and every step is of a path")

    @property
    def place(self) -> NDArray[np.int64]:
        """Of each step, which step of its path it is, from 0."""
        starts = np.cumsum(self.lengths) - self.lengths
        return np.arange(len(self.steps)) - np.repeat(starts, self.lengths)

    def of_step(self, values: ArrayLike) -> Numbers:
        """Of each step what is known of its path."""
        return np.repeat(np.asarray(values, dtype="float64"), self.lengths)

    def together(self, of_steps: ArrayLike) -> Numbers:
        """The sum of each campaign over its steps; one value a campaign."""
        return _sums(self.steps, np.asarray(of_steps, dtype="float64"), self.many)


def _sums(of: NDArray[np.int64], values: Numbers, many: int) -> Numbers:
    return np.bincount(of, values, many).astype("float64")


def last(paths: Paths) -> Numbers:
    """All of it to the last step. One share a step, 1 together on each path, as of all rules."""
    return (paths.place == paths.of_step(paths.lengths) - 1).astype("float64")


def first(paths: Paths) -> Numbers:
    """All of it to the first step."""
    return (paths.place == 0).astype("float64")


def linear(paths: Paths) -> Numbers:
    """The same to every step: a campaign that is met twice has two of them."""
    return 1 / paths.of_step(paths.lengths)


def position(paths: Paths) -> Numbers:
    """40% to the first step, 40% to the last, the rest divided between; of two steps half each.

    >>> position(Paths(np.array([0, 1, 2, 3]), np.array([4]), 4)).round(3).tolist()
    [0.4, 0.1, 0.1, 0.4]
    """
    length = paths.of_step(paths.lengths)
    ends = (paths.place == 0) | (paths.place == length - 1)
    between = (1 - 2 * ENDS) / np.maximum(length - 2, 1)
    return np.where(length <= 2, 1 / length, np.where(ends, ENDS, between))


def shapley(paths: Paths, values: ArrayLike) -> Numbers:
    """Shapley values, one a campaign: ``values`` are what came of each path, by its *set* of
    campaigns.

    What came of the paths of exactly one set is that set's Harsanyi dividend in the game whose
    worth of a coalition is all that came of paths within it; Shapley's value divides each dividend
    equally, which is exact, and costs no more than reading the steps. It is not ``linear`` only
    where a path comes back to a campaign. Shapley (1953); Harsanyi (1963).

    >>> shapley(Paths(np.array([0, 1, 0]), np.array([3]), 2), [6.0]).tolist()
    [3.0, 3.0]
    """
    met = np.repeat(np.arange(len(paths.lengths)), paths.lengths) * paths.many + paths.steps
    path, campaign = np.divmod(np.unique(met), paths.many)
    of_set = np.bincount(path, minlength=len(paths.lengths))
    each = np.asarray(values, dtype="float64") / of_set
    return _sums(campaign, each[path], paths.many)


def removal_effects(paths: Paths, conversions: ArrayLike, nulls: ArrayLike) -> Numbers:
    """Of each campaign, the part of conversions lost if all who reach it were lost.

    ``1 - P(conversion without it) / P(conversion)`` in the absorbing Markov chain of first order
    over the paths: how often each ended in a ``conversions``, how often in nothing (``nulls``).
    All 0 where nothing converted. What stays in a campaign is left out of the chain: it changes no
    probability of where one goes on to.

    With the fundamental matrix N, starts a and conversions r, those who convert by way of c are
    (aN)_c (Nr)_c / N_cc: one inverse for all campaigns instead of a chain without each. Of more
    than :data:`MOST_STATES` those that are met least are one state of the chain: each of them is
    NaN. Anderl et al. (2016), Int. J. of Research in Marketing 33; Kemeny and Snell (1960).

    >>> three = Paths(np.array([0, 1, 2, 0, 1, 2]), np.array([3, 1, 2]), 3)
    >>> removal_effects(three, [1, 0, 0], [0, 1, 1]).round(9).tolist()
    [0.5, 1.0, 1.0]
    """
    return _removed(paths, conversions, nulls)[:-1]


def _removed(paths: Paths, conversions: ArrayLike, nulls: ArrayLike) -> Numbers:
    """:func:`removal_effects`, and last that of those which are one state (0: none are)."""
    won, lost = (np.asarray(counts, dtype="float64") for counts in (conversions, nulls))
    effects = np.zeros(paths.many + 1)
    if not won.sum() > 0:
        return effects
    often, converted = paths.of_step(won + lost), paths.of_step(won)
    begins, ends = paths.place == 0, paths.place == paths.of_step(paths.lengths) - 1
    state = _states(paths, often)
    occurs, of = np.unique(state[paths.steps], return_inverse=True)
    size, goes_on = len(occurs), np.flatnonzero(~ends)
    moves = np.zeros((size, size))
    np.add.at(moves, (of[goes_on], of[goes_on + 1]), often[goes_on])
    np.fill_diagonal(moves, 0.0)
    leaves = moves.sum(axis=1) + _sums(of[ends], often[ends], size)
    leaves[leaves == 0] = 1.0  # only on paths that nobody walked: nothing comes there
    arrives = _sums(of[ends], converted[ends], size) / leaves
    start = _sums(of[begins], often[begins], size) / (won + lost).sum()
    ever = np.linalg.inv(np.eye(size) - moves / leaves[:, None])
    converts = ever @ arrives
    effects[occurs] = (start @ ever) * converts / np.diag(ever) / (start @ converts)
    effects[:-1][state == paths.many] = np.nan
    return effects


def _states(paths: Paths, often: Numbers) -> NDArray[np.int64]:
    """Of each campaign its state in the chain: itself, or one number beyond them all."""
    state = np.arange(paths.many)
    met = paths.together(often)
    if np.count_nonzero(met) > MOST_STATES:
        state[np.argsort(-met, kind="stable")[MOST_STATES:]] = paths.many
    return state


def markov(paths: Paths, conversions: ArrayLike, nulls: ArrayLike) -> Numbers:
    """:func:`removal_effects` of each campaign as shares of the sum of all; all 0 where nothing
    converted.

    Removal effects overlap, and add up to more than 1: only as shares do they divide.
    """
    effects = _removed(paths, conversions, nulls)
    return effects[:-1] / (np.nansum(effects) or 1.0)


#: Rules that give each step of a path a share of what came of it.
BY_PLACE: dict[str, Callable[[Paths], Numbers]] = {
    "last": last,
    "first": first,
    "linear": linear,
    "position": position,
}
