"""Empirical Bayes: what many alike things tell of each, so that chance alone makes no winner.

The largest of many noisy numbers is large by luck too. Each is drawn towards what all have in
common, the more the less it rests on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]
#: With fewer than so many nothing is known of how they differ.
FEWEST_EFFECTS, FEWEST_RATES = 4, 3


def between(effects: ArrayLike, errors: ArrayLike) -> float:
    """The variance of the true effects by moments, from estimates with known errors; at least 0.

    Source: DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188.

    >>> between([0.0, 10.0], [1.0, 1.0])
    49.0
    """
    y, error = np.asarray(effects, "float64"), np.asarray(errors, "float64")
    weight = 1 / error**2
    away = float((weight * (y - (weight @ y) / weight.sum()) ** 2).sum())
    spread = weight.sum() - (weight @ weight) / weight.sum()
    return float(max(0.0, (away - (len(y) - 1)) / spread)) if spread > 0 else 0.0


def shrunk(effects: ArrayLike, errors: ArrayLike) -> Values:
    """``effects`` drawn towards their common mean, by how uncertain each is (normal-normal).

    ``errors`` are standard errors, above 0. An effect without an error (NaN, infinite, 0) is left
    out of what all have in common and comes back NaN; of fewer than four nothing is known, and
    they come back as they are. With equal errors this is the estimator of Efron and Morris (1975),
    J. Am. Stat. Assoc. 70, 311-319; the factor (k - 3) / (k - 1) for unequal ones is Morris's
    (1983), J. Am. Stat. Assoc. 78, 47-55.

    >>> shrunk([1.0, 2.0, 3.0, 6.0], [1.0, 1.0, 1.0, 1.0]).round(2).tolist()
    [1.14, 2.07, 3.0, 5.79]
    """
    y, error = np.asarray(effects, "float64"), np.asarray(errors, "float64")
    known = np.isfinite(y) & np.isfinite(error) & (error > 0)
    result = np.full(y.shape, np.nan)
    y, error = y[known], error[known]
    k = len(y)
    if k < FEWEST_EFFECTS:
        result[known] = y
        return result
    tau2 = between(y, error)
    weight = 1 / (tau2 + error**2)
    common = (weight @ y) / weight.sum()
    pull = (k - 3) / (k - 1) * error**2 * weight
    result[known] = common + (1 - pull) * (y - common)
    return result


def shrunk_rates(successes: ArrayLike, trials: ArrayLike) -> Values:
    """Rates drawn towards the common one (beta-binomial); NaN where one has no trials.

    The strength of the common rate, in trials, is by moments: Kleinman (1973), J. Am. Stat.
    Assoc. 68, 46-54, weighted by trials. Where rates differ no more than chance makes them, all
    are the common one. NaN for fewer than three: nothing is known of how they differ.

    >>> shrunk_rates([1, 30, 50], [10, 100, 100]).round(3).tolist()
    [0.244, 0.308, 0.489]
    """
    x, n = np.asarray(successes, "float64"), np.asarray(trials, "float64")
    known = np.isfinite(x) & (n > 0)
    result = np.full(x.shape, np.nan)
    x, n = x[known], n[known]
    if len(x) < FEWEST_RATES:
        return result
    total = n.sum()
    common = x.sum() / total
    chance = common * (1 - common)
    alike = 1.0
    if chance > 0:
        away = (n * (x / n - common) ** 2).sum() / chance - (len(x) - 1)
        alike = away / (total - (n @ n) / total - (len(x) - 1))
    if not 0 < alike < 1:
        # As chance would have it, or each a rate of its own.
        result[known] = x / n if alike >= 1 and chance > 0 else common
        return result
    strength = 1 / alike - 1
    result[known] = (x + strength * common) / (n + strength)
    return result
