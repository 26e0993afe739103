"""Ratios of two uncertain numbers: a relative lift, an effect by those who were reached."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ops_widgets.stats.experiment import Arm, Difference, pooled_variance
from ops_widgets.stats.student import t_quantiles

Array = NDArray[np.float64]
Ends = tuple[Array, Array]


def fieller(above: Array, below: Array, variances: Ends, covariance: Array, reach: Array) -> Ends:
    """The ends of the ratio ``above / below`` of two means with these variances.

    The ratios r for which ``above - r below`` may be 0, within ``reach`` of its standard errors.
    NaN where the number below may be 0: then the ratio may be anything.
    Fieller (1954), J. R. Stat. Soc. B 16, 175-185.
    """
    a = below**2 - reach**2 * variances[1]
    b = above * below - reach**2 * covariance
    c = above**2 - reach**2 * variances[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(np.maximum(0.0, b**2 - a * c))
        ends = tuple(np.where(a > 0, (b + side * root) / a, np.nan) for side in (-1, 1))
    return ends[0], ends[1]


def relative(treatment: Arm, control: Arm, degrees: Array, level: float = 0.95) -> Ends:
    """The ends of how much more the treated gave than those held back, as a part of these.

    The wider of two, for the reason that :func:`.experiment.difference` has: with each arm's own
    variance, and with one coefficient of variation for both, as a lift would leave it.
    """
    reach = t_quantiles(level, degrees)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = [arm.variance / arm.mean**2 for arm in (treatment, control)]
    arms = (
        Arm(arm.n, arm.mean, one) for arm, one in zip((treatment, control), spread, strict=True)
    )
    both = pooled_variance(*arms)
    nothing = np.zeros_like(treatment.mean)

    def ends(of_treated: Array, of_held: Array) -> Ends:
        errors = of_treated / treatment.n, of_held / control.n
        return fieller(treatment.mean, control.mean, errors, nothing, reach)

    # An arm that brought nothing has no coefficient of variation, nor has its lift an end.
    with np.errstate(invalid="ignore"):
        alike = both * treatment.mean**2, both * control.mean**2
    own, common = ends(treatment.variance, control.variance), ends(*alike)
    wider = own[1] - own[0] >= common[1] - common[0]
    low, high = (np.where(wider, *sides) for sides in zip(own, common, strict=True))
    # Where one of the two may be anything, so is the lift.
    known = np.isfinite(own[0]) & np.isfinite(common[0])
    return np.where(known, low - 1, np.nan), np.where(known, high - 1, np.nan)


def of_the_reached(
    found: Difference, reached: Arm, held: Arm, covariance: Array, level: float = 0.95
) -> tuple[Array, Array, Array]:
    """The complier average causal effect and its ends: the effect per person really reached.

    ``found`` is the effect per person assigned, ``reached`` and ``held`` who was reached in
    either arm, ``covariance`` that of both differences. It takes for granted that a campaign does
    nothing to whom it does not reach. NaN where nobody more was reached.
    Imbens and Angrist (1994), Econometrica 62, 467-475.
    """
    more = reached.mean - held.mean
    spread = reached.variance / reached.n + held.variance / held.n
    ends = fieller(
        found.value, more, (found.error**2, spread), covariance, t_quantiles(level, found.degrees)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(more > 0, found.value / more, np.nan), *ends
