"""Experiments adjusted for what was known before: CUPED from sums and cross products.

Arrays have one row a campaign: ``n`` (campaigns), sums (campaigns x variables) and products
(campaigns x variables x variables).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ops_widgets.stats.experiment import Arm

Array = NDArray[np.float64]
#: A covariate that the others tell up to this part of its spread is told by them.
SAME = 1e-9


@dataclass(frozen=True)
class Sums:
    """What is known of the people of one arm of each campaign; NaN: not known of all of them."""

    n: Array
    sums: Array
    products: Array

    @cached_property
    def means(self) -> Array:
        """What one gave in the mean, campaigns x variables."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.sums / np.where(self.n > 0, self.n, np.nan)[:, None])

    @cached_property
    def within(self) -> Array:
        """Sums of products around the means, campaigns x variables x variables."""
        means = self.means
        around = self.products - self.n[:, None, None] * means[:, :, None] * means[:, None, :]
        return np.asarray(around)

    def __add__(self, other: Sums) -> Sums:
        """All people of both."""
        products = self.products + other.products
        return Sums(self.n + other.n, self.sums + other.sums, products)


@dataclass(frozen=True)
class Adjusted:
    """Both arms as if they had begun alike: an outcome's means and covariances within each.

    ``treatment`` and ``control`` are of the first outcome, ``covariances`` (one of each arm) of
    it with the second; ``explained`` is the part of the variance that was known before.
    """

    treatment: Arm
    control: Arm
    covariances: tuple[Array, Array]
    explained: Array


def adjusted(
    treatment: Sums, control: Sums, outcome: int, covariates: list[int], second: int | None = None
) -> Adjusted:
    """CUPED: an outcome less what the covariates foretell of it, at their mean over both arms.

    ``Y - theta (X - mean X)``: theta is the regression over all people of both arms. It changes
    nothing that is expected, as long as X was fixed before the arms were drawn; covariates that
    are not known of everybody are left out, and those that say nothing new. Its variance is
    ``1 - rho^2`` of what it was.
    Deng, Xu, Kohavi and Walker (2013), Improving the sensitivity of online controlled experiments.
    """
    arms = treatment, control
    within = [arm.within for arm in arms]
    everybody = treatment + control
    both = everybody.within
    used = np.isfinite(both[:, covariates, covariates]) & (both[:, covariates, covariates] > 0)
    cross = both[np.ix_(range(len(both)), covariates, covariates)]
    scale = np.sqrt(np.where(used, both[:, covariates, covariates], 1.0))
    known = used[:, :, None] & used[:, None, :]
    cross = np.where(known, cross / (scale[:, :, None] * scale[:, None, :]), 0.0)
    inverse = np.linalg.pinv(cross, rcond=SAME, hermitian=True)

    def theta(of: int) -> Array:
        along = np.where(used, both[:, covariates, of] / scale, 0.0)
        return np.asarray((inverse @ along[:, :, None])[:, :, 0] / scale)

    first = theta(outcome)
    middle = everybody.means[:, covariates]
    # What is not known of everybody is multiplied by 0, and must not stay NaN.
    apart = [np.where(used, arm.means[:, covariates] - middle, 0.0) for arm in arms]
    means = [
        arm.means[:, outcome] - (first * away).sum(axis=1)
        for arm, away in zip(arms, apart, strict=True)
    ]
    inner = [
        np.where(known, one[np.ix_(range(len(one)), covariates, covariates)], 0.0) for one in within
    ]
    beside = outcome if second is None else second
    other = first if second is None else theta(beside)

    def left(nth: int, a: int, of_a: Array, b: int, of_b: Array) -> Array:
        """The covariance within an arm of two outcomes less what is foretold of them."""
        one = within[nth]
        with_a = np.where(used, one[:, covariates, b], 0.0)
        with_b = np.where(used, one[:, covariates, a], 0.0)
        foretold = np.einsum("ci,cij,cj->c", of_a, inner[nth], of_b)
        found = one[:, a, b] - (of_a * with_a).sum(axis=1) - (of_b * with_b).sum(axis=1) + foretold
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(found / np.where(arms[nth].n > 1, arms[nth].n - 1, np.nan))

    spreads = [np.maximum(0.0, left(nth, outcome, first, outcome, first)) for nth in (0, 1)]
    whole = within[0][:, outcome, outcome] + within[1][:, outcome, outcome]
    rest = sum(spread * (arm.n - 1) for spread, arm in zip(spreads, arms, strict=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = 1 - rest / np.where(whole > 0, whole, np.nan)
    return Adjusted(
        Arm(treatment.n, means[0], spreads[0]),
        Arm(control.n, means[1], spreads[1]),
        (left(0, outcome, first, beside, other), left(1, outcome, first, beside, other)),
        explained,
    )
