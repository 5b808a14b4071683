"""What a payment amounts to in one region beside the others: lognormal amounts, partly pooled.

With l the logarithm of paid by expected-if-paid of a payer in region r: l ~ Normal(eta_r, sigma²), eta_r ~ Normal(eta,
tau²). Only the region's relative level exp(eta_r - eta) is taken from here: it does not hang on the tail of the
amounts, which a lognormal often gets wrong; the common level is taken from the sums of money, see ``money``.

sigma² has a scaled inverse chi-squared prior worth ``SIGMA_WEIGHT`` payers around ``SIGMA``², eta is Normal(0,
``ETA_SD``²), tau half-normal with ``TAU_SD``: engineering defaults, soon outweighed.

References
----------
Gelman et al. 2013, Bayesian Data Analysis, 3rd ed., section 5.4 (the normal hierarchical model).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

SIGMA, SIGMA_WEIGHT = 1.0, 4.0
ETA_SD = 0.7
TAU_SD = 0.3

Reals = NDArray[np.float64]


def relative_draws(
    log_ratio: Reals, region: NDArray[np.intp], regions: int, *, draws: int, rng: np.random.Generator
) -> Reals:
    """Draw how large payments are in each region by the mean of the regions.

    Parameters
    ----------
    log_ratio
        (n,) logarithm of paid by expected-if-paid, one a payer.
    region
        (n,) index of the payer's region, 0 to ``regions`` - 1.

    Returns
    -------
    ndarray
        (draws, regions), around 1.
    """
    size = np.bincount(region, minlength=regions).astype(float)
    mean = np.divide(np.bincount(region, log_ratio, regions), size, out=np.zeros(regions), where=size > 0)
    sigma2, tau, weight, middle, precision = _common(mean, size, float(((log_ratio - mean[region]) ** 2).sum()))
    at = rng.choice(len(weight), draws, p=weight)
    eta = rng.normal(middle[at], precision[at] ** -0.5)[:, None]
    within, between = sigma2[at, None], tau[at, None] ** 2
    own = size / within + 1.0 / between
    of_region = rng.normal((size * mean / within + eta / between) / own, own**-0.5)
    # Less half the variance, so that the mean over regions is 1 and not the median.
    return np.asarray(np.exp(of_region - eta - between / 2.0))


def _common(mean: Reals, size: Reals, squares: float) -> tuple[Reals, Reals, Reals, Reals, Reals]:
    """Give a grid of (sigma², tau) with its weights, and mean and precision of eta at each point.

    sigma² hardly depends on the regions' means, so it is taken at nine quantiles of what the payers within regions say.
    """
    freedom = SIGMA_WEIGHT + float((size[size > 0] - 1.0).sum())
    total = SIGMA_WEIGHT * SIGMA**2 + squares
    quantiles = total / stats.chi2.ppf((np.arange(9) + 0.5) / 9.0, freedom)
    sigma2, tau = (axis.ravel() for axis in np.meshgrid(quantiles, np.linspace(0.01, 0.9, 24)))
    seen, n = mean[size > 0], size[size > 0]
    variance = tau[:, None] ** 2 + sigma2[:, None] / n
    precision = (1.0 / variance).sum(axis=1) + ETA_SD**-2.0
    middle = (seen / variance).sum(axis=1) / precision
    log_weight = (
        -0.5 * (np.log(variance) + seen**2 / variance).sum(axis=1)
        + 0.5 * (middle**2 * precision - np.log(precision))
        - 0.5 * (tau / TAU_SD) ** 2
    )
    weight = np.exp(log_weight - log_weight.max())
    return sigma2, tau, weight / weight.sum(), middle, precision
