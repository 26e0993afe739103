"""Many tests at once: how many of those that are called found are not there."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def false_discovery(p: ArrayLike) -> NDArray[np.float64]:
    """The q of each of a family of tests by its ``p``; NaN stays NaN and is no test of the family.

    Of all tests whose q is at most 5%, 5% are expected to have found nothing. The family has to
    be fixed before one looks. Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.

    >>> false_discovery([0.01, 0.04, 0.03, float("nan")]).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    p = np.asarray(p, dtype="float64")
    found = np.full(p.shape, np.nan)
    told = np.flatnonzero(~np.isnan(p))
    order = told[np.argsort(p[told], kind="stable")]
    many = len(order)
    raised = p[order] * many / np.arange(1, many + 1)
    found[order] = np.minimum(1.0, np.minimum.accumulate(raised[::-1])[::-1])
    return found
