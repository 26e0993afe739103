"""What would have been sold anyway: a regression on ordinary days, and what others sold above.

The days may have gaps: what lies between two of them counts by the calendar, not by the row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ops_widgets.stats.proportion import Interval
from ops_widgets.stats.student import t_quantile

#: Fewer pairs of neighbouring days say nothing of how alike these are.
LEAST_PAIRS = 10
#: Days that are more alike than this are a trend, which no correlation measures.
MOST_ALIKE = 0.97
#: Relative size of what may be left of a regressor that the ordinary days hold.
ROUNDING = 1e-8


@dataclass(frozen=True)
class Excess:
    """How much more than the baseline was sold (less, below 0); its error and its shape.

    ``error`` is the standard error, ``freedom`` the degrees of freedom it rests on, ``skewness``
    that of the error: ordinary sales have few days far above the rest, none far below.
    """

    value: float
    error: float
    freedom: float
    skewness: float = 0.0

    def interval(self, level: float = 0.95) -> Interval:
        """Student's interval, moved against the skewness by the first term of Cornish and Fisher.

        Cornish and Fisher (1938), Moments and cumulants in the specification of distributions,
        Revue de l'Institut International de Statistique 5, 307-320.

        >>> [round(end, 2) for end in Excess(10.0, 2.0, 1e6, 0.5).interval()]
        [5.61, 13.45]
        """
        reach = t_quantile(level, self.freedom)
        # Of a very skewed error the term would turn the order of the ends around.
        bent = min(abs(self.skewness) * (reach * reach - 1) / 6, reach)
        middle = self.value - self.error * math.copysign(bent, self.skewness)
        return middle - self.error * reach, middle + self.error * reach


@dataclass(frozen=True)
class Baseline:
    """Ordinary least squares of several series on the same regressors and days.

    ``days`` (n whole numbers, ascending), ``x`` (n by p), ``coefficients`` (p by k series),
    ``residuals`` (n by k), ``lags``: how many days apart two days may be alike in the fit,
    ``alike``: the correlation of neighbouring days, at least 0.
    """

    days: np.ndarray
    x: np.ndarray
    coefficients: np.ndarray
    residuals: np.ndarray
    inverse: np.ndarray
    lags: int
    alike: float
    freedom: float

    def expected(self, x: np.ndarray) -> np.ndarray:
        """The baseline of days with the regressors ``x`` (m by p): m by k."""
        return np.asarray(x @ self.coefficients)

    def knows(self, x: np.ndarray) -> np.ndarray:
        """Which of the rows ``x`` the ordinary days tell anything of: all that is in them.

        A weekday that no ordinary day is, or an event that none had, has no baseline.
        """
        gram = self.x.T @ self.x
        rest = x - x @ self.inverse @ gram
        return np.asarray(np.abs(rest).max(axis=1) <= ROUNDING * np.abs(x).max(axis=1))

    def fit_covariance(self, sums: np.ndarray) -> np.ndarray:
        """How uncertain the fit leaves sums of baselines: a by a.

        ``sums`` (a by p by k) are the regressors of each sum's days added up, for each series.
        Newey and West (1987), by days apart, with the small-sample factor n / (n - p):
        A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent
        covariance matrix, Econometrica 55, 703-708.
        """
        scores = np.einsum(
            "apk,pq,nq,nk->an", sums, self.inverse, self.x, self.residuals, optimize=True
        )
        alike = _bartlett(self.days[:, None] - self.days, self.lags)
        return np.asarray(scores @ alike @ scores.T * self._small)

    def excess(
        self, days: np.ndarray, x: np.ndarray, y: np.ndarray, weights: np.ndarray
    ) -> list[Excess]:
        """Weighted sums of ``y`` less the baseline, one for each of the ``weights`` (a by m by k).

        ``days`` (m), ``x`` (m by p) and ``y`` (m by k) are of days that the fit has not seen. Two
        things make a sum uncertain: the coefficients, and what an ordinary day has by chance, which
        is the more like its neighbours' the nearer they are (autoregressive of order one). That
        both share some of it is not counted: intervals are too wide rather than too narrow.
        """
        values = np.einsum("amk,mk->a", weights, y - self.expected(x))
        sums = np.einsum("amk,mp->apk", weights, x)
        noise = self._noise(days, weights)
        errors = np.sqrt(np.diag(self.fit_covariance(sums)) + noise)
        skewness = self._skewness(sums, weights)
        return [
            Excess(float(v), float(e), self.freedom, float(s))
            for v, e, s in zip(values, errors, skewness, strict=True)
        ]

    @property
    def _small(self) -> float:
        """Residuals are smaller than errors: by how much."""
        return len(self.x) / self._left

    @property
    def _left(self) -> float:
        return len(self.x) - float(np.trace(self.inverse @ (self.x.T @ self.x)))

    def _noise(self, days: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The variance of chance in each sum: two days are the less alike the further apart."""
        one_day = self.residuals.T @ self.residuals / self._left
        alike = self.alike ** np.abs(days[:, None] - days)
        return np.asarray(((weights @ one_day) * (alike @ weights)).sum(axis=(1, 2)))

    def _skewness(self, sums: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The skewness of the errors of the sums, as if days were independent.

        Days that are alike widen an error more than they bend it.
        """
        of_fit = -np.einsum("apk,pq,nq->ank", sums, self.inverse, self.x, optimize=True)
        each = np.concatenate([of_fit, weights], axis=1)
        e = self.residuals
        second = e.T @ e / len(e)
        third = np.einsum("nk,nl,nm->klm", e, e, e) / len(e)
        variance = np.einsum("ank,anl,kl->a", each, each, second, optimize=True)
        bent = np.einsum("ank,anl,anm,klm->a", each, each, each, third, optimize=True)
        flat = variance <= 0
        return np.where(flat, 0.0, bent / np.where(flat, 1.0, variance) ** 1.5)


def fit(days: np.ndarray, x: np.ndarray, y: np.ndarray, lags: int | None = None) -> Baseline:
    """The baseline of ``y`` (n by k) by the regressors ``x`` (n by p) on ``days`` (n, ascending).

    ``lags``: how many days apart residuals may be alike; None: as :func:`bandwidth` says. Raises
    ``ValueError`` where there are not more days than regressors.
    """
    coefficients, _, rank, _ = np.linalg.lstsq(x, y, rcond=ROUNDING)
    if len(x) <= rank:
        raise ValueError(f"{len(x)} days cannot tell {rank} regressors from chance")
    residuals = y - x @ coefficients
    rho = _neighbours(days, residuals)
    far = bandwidth(len(days), rho) if lags is None else lags
    # Of n days the estimate is too low by (1 + 3 rho) / n: Kendall (1954), Note on bias in the
    # estimation of autocorrelation, Biometrika 41, 403-404.
    alike = min(MOST_ALIKE, rho + (1 + 3 * rho) / len(days)) if rho > 0 else 0.0
    inverse = np.linalg.pinv(x, rcond=ROUNDING)
    freedom = max(1.0, min(len(x) - rank, 1.5 * len(x) / (far + 1)))
    return Baseline(days, x, coefficients, residuals, inverse @ inverse.T, far, alike, freedom)


def bandwidth(many: int, rho: float) -> int:
    """How many days apart the likeness of ``many`` days counts; ``rho``: of neighbouring ones.

    Andrews (1991), Heteroskedasticity and autocorrelation consistent covariance matrix
    estimation, Econometrica 59, 817-858, equation 6.2 for Bartlett's weights and one lag.

    >>> bandwidth(100, 0.0), bandwidth(100, 0.5)
    (0, 7)
    """
    alpha = 4 * rho**2 / ((1 - rho) ** 2 * (1 + rho) ** 2)
    return min(many - 1, math.ceil(1.1447 * (alpha * many) ** (1 / 3)))


def _neighbours(days: np.ndarray, residuals: np.ndarray) -> float:
    """The correlation of neighbouring days, of the series in which they are most alike."""
    pairs = days[:, None] - days == 1
    if pairs.sum() < LEAST_PAIRS:
        return 0.0
    before, after = residuals[pairs.any(axis=0)], residuals[pairs.any(axis=1)]
    size = (before**2).sum(axis=0)
    like = (before * after).sum(axis=0)
    rho = np.divide(like, size, out=np.zeros_like(size), where=size > 0)
    return float(np.clip(rho.max(), -MOST_ALIKE, MOST_ALIKE))


def _bartlett(apart: np.ndarray, lags: int) -> np.ndarray:
    """Weights that fall to nothing beyond ``lags`` days."""
    return np.clip(1 - np.abs(apart) / (lags + 1), 0, None)
