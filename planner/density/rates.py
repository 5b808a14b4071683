"""How often a visit pays, beside how often it was expected to: Gamma-Poisson shrinkage of actual by expected counts.

A small region's actual/expected is mostly luck, so it is shrunk towards the common level: with little history the
factor stays near the others', with much it follows its own. The interval carries the doubt about the common level and
about how much regions truly differ, not only the region's own luck.

With y counted and e expected: y ~ Poisson(theta e), theta ~ Gamma with mean mu and coefficient of variation cv. Given
mu and cv, theta is Gamma(1/cv² + y, 1/(cv² mu) + e). mu and cv are averaged over a grid by their posterior weights, so
the result is a mixture of Gammas. Before any history mu is lognormal with mean 1 and the spread ``LEVEL_SD``; cv is
half-normal with ``SPREAD_SD``. Both are engineering defaults.

Counts that come in bunches (one debtor who pays three times) vary more than a Poisson number: ``bunching`` is their
variance by their mean, and y / bunching behaves like a Poisson count.

References
----------
Clayton and Kaldor 1987, Biometrics 43, 671-681 (Gamma-Poisson shrinkage of actual/expected). Christiansen and Morris
1997, JASA 92, 618-632 (intervals that carry the doubt about the common level).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

LEVEL_SD = 0.5
SPREAD_SD = 0.5

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class Common:
    """Grid points of the common level that still weigh something: their weight, and the Gamma's shape and rate."""

    weight: Reals
    shape: Reals
    rate: Reals


def factors(actual: ArrayLike, expected: ArrayLike, *, scale: float = 1.0, level: float = 0.8) -> pd.DataFrame:
    """Shrink actual/expected of each region towards the common level.

    Parameters
    ----------
    actual, expected
        (r,) of the same past visits; a region with NaN or nothing expected has no history.
    scale
        Variance by mean; 1 for plain counts; NaN: nothing is learnt.
    level
        Share of the interval, for example .8.

    Returns
    -------
    DataFrame
        ``ratio`` (NaN without history), ``factor`` (mean of the mixture), ``factor_low``, ``factor_high``.

    Raises
    ------
    ValueError
        If the level is no share or the scale is not positive.

    Examples
    --------
    >>> factors([30, 0], [10, 0]).round(1).iloc[0].to_dict()
    {'ratio': 3.0, 'factor': 2.7, 'factor_low': 2.1, 'factor_high': 3.4}
    """
    if not 0 < level < 1:
        raise ValueError(f"the level must be a share between 0 and 1, got {level}")
    counted, told = np.asarray(actual, dtype=float), np.asarray(expected, dtype=float)
    y, e = scaled(counted, told, scale)
    common = common_level(y, e)
    shape, rate = y[:, None] + common.shape, e[:, None] + common.rate
    tail = (1.0 - level) / 2.0
    return pd.DataFrame(
        {
            "ratio": np.divide(counted, told, out=np.full(len(counted), np.nan), where=known(counted, told)),
            "factor": (shape / rate) @ common.weight,
            "factor_low": mixture_quantile(tail, common.weight, shape, rate),
            "factor_high": mixture_quantile(1.0 - tail, common.weight, shape, rate),
        }
    )


def factor_draws(
    actual: ArrayLike, expected: ArrayLike, *, scale: float, draws: int, rng: np.random.Generator
) -> Reals:
    """Draw all regions' factors together, so that what is common to them is common in each draw.

    Returns
    -------
    ndarray
        (draws, r).
    """
    y, e = scaled(np.asarray(actual, dtype=float), np.asarray(expected, dtype=float), scale)
    common = common_level(y, e)
    at = rng.choice(len(common.weight), draws, p=common.weight)[:, None]
    return np.asarray(rng.gamma(common.shape[at] + y) / (common.rate[at] + e))


def bunching(of_each_payer: ArrayLike) -> float:
    """Give the variance of a number of payments by its mean, from how often each payer paid; 1 without payers.

    >>> bunching([1, 1, 1]), bunching([1, 3])
    (1.0, 2.5)
    """
    times = np.asarray(of_each_payer, dtype=float)
    return float((times**2).sum() / times.sum()) if times.sum() > 0 else 1.0


def known(actual: Reals, expected: Reals) -> NDArray[np.bool_]:
    """Say which regions have a history: something was expected, and what came is known."""
    return np.isfinite(actual) & (expected > 0)


def scaled(actual: Reals, expected: Reals, scale: float) -> tuple[Reals, Reals]:
    """Give actual and expected in units of the scale, nothing where there is no history or no scale."""
    if scale <= 0:
        raise ValueError(f"the scale must be positive, got {scale}")
    there = known(actual, expected) & np.isfinite(scale)
    unit = scale if np.isfinite(scale) else 1.0
    return np.where(there, actual, 0.0) / unit, np.where(there, expected, 0.0) / unit


def common_level(y: Reals, e: Reals) -> Common:
    """Give the weights of the grid of (mu, cv) after seeing all regions."""
    mu, cv = (axis.ravel() for axis in np.meshgrid(np.exp(np.linspace(-2.0, 2.0, 69)), np.linspace(0.02, 1.6, 28)))
    shape, rate = cv**-2.0, cv**-2.0 / mu
    log_prior = -0.5 * (np.log(mu) / LEVEL_SD + LEVEL_SD / 2.0) ** 2 - 0.5 * (cv / SPREAD_SD) ** 2
    seen, there = y[e > 0, None], e[e > 0, None]
    log_likelihood = (
        special.gammaln(seen + shape)
        - special.gammaln(shape)
        + shape * np.log(rate / (rate + there))
        + seen * np.log(there / (rate + there))
    ).sum(axis=0)
    log_weight = log_prior + log_likelihood
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > 1e-5  # the rest changes no digit that is shown
    return Common(weight[kept] / weight[kept].sum(), shape[kept], rate[kept])


def mixture_quantile(share: float, weight: Reals, shape: Reals, rate: Reals) -> Reals:
    """Find the quantile of a mixture of Gammas, row by row, by halving."""
    low, high = np.zeros(len(shape)), (special.gammaincinv(shape, share) / rate).max(axis=1)
    for _ in range(40):
        middle = (low + high) / 2.0
        below = special.gammainc(shape, rate * middle[:, None]) @ weight < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2.0)
