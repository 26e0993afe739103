"""One treated unit beside its donors, and what the same calculation finds where nothing was done.

A single unit has no standard error. But every donor can be taken for treated, at the same date and
at earlier ones: how large "effects" are that way is what chance makes (Abadie, Diamond and
Hainmueller, 2010; Conley and Taber, 2011). Outcomes are a matrix, one row a unit, one column a
period, all known; ``busy`` marks, in the same shape, where something else was done to a unit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ops_widgets.stats.panel_effect import difference_in_differences
from ops_widgets.stats.simplex import simplex_weights

#: A gap this small, of an index about 1, is rounding: nothing says how far chance would lead.
NO_NOISE = 1e-9


@dataclass(frozen=True)
class Span:
    """Columns: ``before`` of them until ``first``, and ``after`` from there on."""

    first: int
    before: int
    after: int

    @property
    def columns(self) -> slice:
        """All of them."""
        return slice(self.first - self.before, self.first + self.after)

    def earlier(self, times: int) -> Span:
        """As long a span that many times as long ago as its second part lasts."""
        return Span(self.first - times * self.after, self.before, self.after)


@dataclass(frozen=True)
class Compared:
    """A unit and its donors together over a span, each relative to its own mean before (1).

    ``base`` is that mean of the unit; ``donors`` are rows, ``weights`` what each counts.
    """

    span: Span
    unit: int
    base: float
    treated: np.ndarray
    control: np.ndarray
    donors: tuple[int, ...]
    weights: np.ndarray

    @property
    def gap(self) -> np.ndarray:
        """The unit less its donors, a period."""
        return self.treated - self.control

    @property
    def effect(self) -> float:
        """Difference in differences of the logarithms of the mean before and after.

        The unit sold ``exp(effect)`` times what it would have sold had it changed as its donors
        did; -infinity where it sold nothing after.
        """
        after = [float(one[self.span.before :].mean()) for one in (self.treated, self.control)]
        if after[0] <= 0:
            return -math.inf
        both = np.log([[1.0, after[0]], [1.0, after[1]]])
        return difference_in_differences(both, np.array([True, False]), 1).value

    @property
    def noise(self) -> float:
        """Root mean square of the gap before: how well the donors follow the unit by themselves."""
        return float(np.sqrt((self.gap[: self.span.before] ** 2).mean()))

    @property
    def score(self) -> float:
        """The effect in units of the noise: what makes calm and restless units comparable."""
        return self.effect / self.noise

    @property
    def rmspe_ratio(self) -> float:
        """Root mean square of the gap after ÷ that before."""
        after = self.gap[self.span.before :]
        return float(np.sqrt((after**2).mean())) / self.noise


def compared(
    outcomes: np.ndarray, unit: int, donors: Sequence[int], span: Span, fitted: bool = False
) -> Compared | None:
    """A unit beside ``donors`` together; None where it, or all of them, had nothing before.

    Donors count by their size before: together they are one sum. ``fitted``: by the weights whose
    mixture follows the unit best before (synthetic control).
    """
    part = outcomes[:, span.columns]
    base = part[:, : span.before].mean(axis=1)
    taken = [one for one in donors if one != unit and base[one] > 0]
    if base[unit] <= 0 or not taken:
        return None
    index = part[[unit, *taken]] / base[[unit, *taken], None]
    if fitted:
        weights = simplex_weights(index[0, : span.before], index[1:, : span.before])
    else:
        weights = base[taken] / base[taken].sum()
    found = Compared(
        span, unit, float(base[unit]), index[0], weights @ index[1:], tuple(taken), weights
    )
    known = found.noise > NO_NOISE and found.control[span.before :].mean() > 0
    return found if known else None


def placebos(
    outcomes: np.ndarray, busy: np.ndarray, one: Compared, fitted: bool = False
) -> list[Compared]:
    """What the same calculation finds of every donor at the same date, and of all at earlier ones.

    Earlier spans follow each other without their second parts touching, as far as the data go
    back. The treated unit is nobody's donor; who was busy in a span is neither treated nor donor.
    """
    found = []
    for times in range(one.span.first // one.span.after + 1):
        span = one.span.earlier(times)
        if span.first < span.before:
            break
        free = [u for u in (*one.donors, one.unit) if not busy[u, span.columns].any()]
        donors = [u for u in free if u != one.unit]
        for unit in donors if times == 0 else free:
            other = compared(outcomes, unit, donors, span, fitted)
            found += [other] if other is not None else []
    return found


@dataclass(frozen=True)
class Chance:
    """The scores that chance alone makes, from placebos: sorted, at least one."""

    scores: np.ndarray

    def ends(self, level: float) -> tuple[float, float] | None:
        """Between which a score lies by chance at this level, each tail alone; None: too few."""
        place = math.floor((1 - level) / 2 * (len(self.scores) + 1) + 1e-9)
        return (self.scores[place - 1], self.scores[-place]) if place else None

    def interval(self, one: Compared, level: float) -> tuple[float, float] | None:
        """The effects under which the score of ``one`` is not unusual: the test, inverted."""
        ends = self.ends(level)
        if ends is None:
            return None
        low, high = ends
        return one.effect - high * one.noise, one.effect - low * one.noise

    def p(self, score: float) -> float:
        """How unusual a score is: twice its rank from the nearer end, of all with it."""
        above = int((self.scores >= score).sum())
        below = int((self.scores <= score).sum())
        return min(1.0, 2 * (min(above, below) + 1) / (len(self.scores) + 1))


def rank_p(value: float, others: Sequence[float]) -> float:
    """The rank of a value from the top, of all with it: 1 / (n + 1) where it is the largest."""
    return (1 + sum(one >= value for one in others)) / (len(others) + 1)


def at_an_extreme(outcomes: np.ndarray, one: Compared, earlier: int) -> bool:
    """Whether no unit rose, or none fell, as far as ``one`` did until the weeks before it.

    Of the periods before against as many as ``earlier`` before those. Whoever is picked at an
    extreme comes back by itself, which looks like an effect.
    """
    span = Span(one.span.first - one.span.before, earlier, one.span.before)
    found = [compared(outcomes, unit, one.donors, span) for unit in (one.unit, *one.donors)]
    others = [other.effect for other in found[1:] if other is not None]
    if found[0] is None or not others:
        return True  # nothing says that it is usual
    return not min(others) < found[0].effect < max(others)
