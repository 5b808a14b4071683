"""Recovery density: what a region is worth to a crew, in three figures with intervals and what stands behind them.

Expected uplift per **field hour** (travel and door; the one to rank by), per **visit**, and per **inhabited km²**. The
uplift comes from the model of visit values. How far a region keeps what the model promises is learnt from the past
weeks, as actual by expected recovery, and multiplies all three figures; the intervals are those of this factor.

A small region's actual/expected is mostly luck, so it is shrunk towards the common level (Gamma-Poisson): with little
history the factor stays near the others', with much it follows its own. The interval carries the doubt about the common
level and about how much regions truly differ, not only the region's own luck.

Assumptions, all of them to be stated where the figures are shown:

- Payments come one by one and independently, so that recovery varies like a sum of a Poisson number of payments: its
  variance is ``scale_minor`` times its mean, and recovery / scale behaves like a Poisson count.
- A region whose doors recovered 20 % more than expected also has 20 % more uplift than expected, and next week is like
  the past weeks.
- Planned visits, field hours and inhabited area are taken as known, and the uplift handed in does not yet contain the
  region's own history (it would count twice).
- Before any history the common level is lognormal with mean 1 and the spread ``LEVEL_SD``; regions differ by a
  coefficient of variation that is half-normal with ``SPREAD_SD``. Both are engineering defaults.

Shrinkage improves the figures, not the ranking: read the ranking with its intervals, and the funnel for who stands out.

References
----------
Clayton and Kaldor 1987, Biometrics 43, 671-681 (Gamma-Poisson shrinkage of actual/expected). Buehlmann and Gisler 2005,
A Course in Credibility Theory, ch. 3-4 (amounts). Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202 (funnels).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from planner.tables import INT, REAL, TEXT, Schema, conform

#: What comes in, one row a region.
REGIONS: Schema = {
    "region": TEXT,
    "uplift_minor": REAL,  # expected uplift of the visits considered
    "visits": INT,  # their number
    "field_hours": REAL,  # travel and door of these visits, NaN unknown
    "inhabited_km2": REAL,  # NaN unknown
    "outcomes": INT,  # past visits behind actual and expected
    "actual_minor": REAL,  # recovered in the past weeks
    "expected_minor": REAL,  # what the model expected of the same visits
}

#: Until so many past visits stand behind it, a figure is an assumption (DOMAIN, section 2).
OUTCOMES_NEEDED = 50
LEVEL_SD = 0.5
SPREAD_SD = 0.5
FIGURES = {"per_field_hour_minor": "field_hours", "per_visit_minor": "visits", "per_km2_minor": "inhabited_km2"}


def recovery_density(regions: pd.DataFrame, *, scale_minor: float, level: float = 0.8) -> pd.DataFrame:
    """Give the three figures of each region with their intervals, ranked by field hour.

    Parameters
    ----------
    regions
        ``REGIONS`` columns.
    scale_minor
        Variance by mean of recovery, see ``payment_scale``; NaN if nothing has been paid yet: nothing is learnt then.
    level
        Share of the interval, for example .8.

    Returns
    -------
    DataFrame
        In the order of the rows: ``region``, ``visits``, ``outcomes``, ``ratio`` (actual/expected, NaN without
        history), ``factor`` with ``factor_low`` and ``factor_high``, each figure of ``FIGURES`` with ``_low`` and
        ``_high`` (minor units; NaN where its denominator is unknown or nothing), ``rank`` (1 = most per field hour),
        ``assumption`` (fewer than ``OUTCOMES_NEEDED`` past visits) and the funnel's columns, see ``funnel``.

    Raises
    ------
    ValueError
        If columns are missing, anything but the uplift is negative, or the level is no share.
    """
    table = conform(regions, REGIONS)
    negative = [name for name in REGIONS if name not in ("region", "uplift_minor") and (table[name] < 0).any()]
    if negative:
        raise ValueError(f"must not be negative: {', '.join(negative)}")
    learnt = factors(table["actual_minor"], table["expected_minor"], scale_minor=scale_minor, level=level)
    result = pd.concat([table[["region", "visits", "outcomes"]], learnt], axis=1)
    for figure, denominator in FIGURES.items():
        below = table[denominator].astype(float)
        rate = table["uplift_minor"] / below.where(below > 0)
        result[figure] = rate * learnt["factor"]
        ends = rate * learnt["factor_low"], rate * learnt["factor_high"]  # a visit may be worth less than nothing
        result[f"{figure}_low"], result[f"{figure}_high"] = np.minimum(*ends), np.maximum(*ends)
    result["rank"] = result["per_field_hour_minor"].rank(ascending=False, method="first").astype("Int64")
    result["assumption"] = table["outcomes"] < OUTCOMES_NEEDED
    limits = funnel(table["actual_minor"], table["expected_minor"], scale_minor=scale_minor)
    return pd.concat([result, limits], axis=1)


def payment_scale(paid_minor: ArrayLike) -> float:
    """Give the variance of recovery by its mean: sum of squares by sum of the single payments; NaN without payments.

    >>> payment_scale([100, 300])
    250.0
    """
    paid = np.asarray(paid_minor, dtype=float)
    paid = paid[paid > 0]
    return float((paid**2).sum() / paid.sum()) if len(paid) else float("nan")


def factors(
    actual_minor: ArrayLike, expected_minor: ArrayLike, *, scale_minor: float, level: float = 0.8
) -> pd.DataFrame:
    """Shrink actual/expected of each region towards the common level.

    With y = actual/scale and e = expected/scale: y ~ Poisson(theta e), theta ~ Gamma with mean mu and coefficient of
    variation cv. Given mu and cv, theta is Gamma(1/cv² + y, 1/(cv² mu) + e). mu and cv are averaged over a grid by
    their posterior weights, so the result is a mixture of Gammas; ``factor`` is its mean, the limits are its quantiles.

    Parameters
    ----------
    actual_minor, expected_minor
        (r,) of the same past visits; a region with NaN or nothing expected has no history.
    scale_minor
        Variance by mean; 1 for plain counts; NaN: nothing is learnt.
    level
        Share of the interval.

    Returns
    -------
    DataFrame
        ``ratio``, ``factor``, ``factor_low``, ``factor_high``.

    Examples
    --------
    >>> factors([30, 0], [10, 0], scale_minor=1).round(1).iloc[0].to_dict()
    {'ratio': 3.0, 'factor': 2.7, 'factor_low': 2.1, 'factor_high': 3.4}
    """
    if not 0 < level < 1:
        raise ValueError(f"the level must be a share between 0 and 1, got {level}")
    if scale_minor <= 0:
        raise ValueError(f"the scale must be positive, got {scale_minor}")
    actual, expected = np.asarray(actual_minor, dtype=float), np.asarray(expected_minor, dtype=float)
    known = np.isfinite(actual) & (expected > 0) & np.isfinite(scale_minor)
    y, e = np.where(known, actual, 0.0) / scale_minor, np.where(known, expected, 0.0) / scale_minor
    y, e = np.nan_to_num(y), np.nan_to_num(e)
    weight, shape, rate = _common_level(y, e)
    post_shape, post_rate = y[:, None] + shape, e[:, None] + rate
    tail = (1.0 - level) / 2.0
    return pd.DataFrame(
        {
            "ratio": np.divide(actual, expected, out=np.full(len(actual), np.nan), where=known),
            "factor": (post_shape / post_rate) @ weight,
            "factor_low": _mixture_quantile(tail, weight, post_shape, post_rate),
            "factor_high": _mixture_quantile(1.0 - tail, weight, post_shape, post_rate),
        }
    )


def funnel(actual_minor: ArrayLike, expected_minor: ArrayLike, *, scale_minor: float) -> pd.DataFrame:
    """Say which regions lie outside what luck alone would give around the common level.

    Exact Poisson limits of recovery/scale at the level of all regions together, interpolated between whole numbers as
    Spiegelhalter does, 95 % and 99.8 %.

    Returns
    -------
    DataFrame
        ``target`` (actual/expected of all), ``low95``, ``high95``, ``low998``, ``high998`` (limits of the ratio at the
        region's size) and ``funnel``: "below", "low", "inside", "high", "above" ("low" and "high" lie between the
        95 % and the 99.8 % limits), or "unknown" without history.

    Examples
    --------
    >>> funnel([40, 10, 100], [20, 10, 120], scale_minor=1)["funnel"].tolist()
    ['above', 'inside', 'inside']
    """
    actual, expected = np.asarray(actual_minor, dtype=float), np.asarray(expected_minor, dtype=float)
    known = np.isfinite(actual) & (expected > 0) & np.isfinite(scale_minor)
    target = actual[known].sum() / expected[known].sum() if known.any() else np.nan
    e = np.where(known, expected, np.nan) / scale_minor
    limits = {
        f"{side}{name}": poisson_quantile(share, target * e) / e
        for name, tail in (("95", 0.025), ("998", 0.001))
        for side, share in (("low", tail), ("high", 1.0 - tail))
    }
    ratio = np.divide(actual, expected, out=np.full(len(actual), np.nan), where=known)
    place = np.select(
        [
            ~known,
            ratio < limits["low998"],
            ratio > limits["high998"],
            ratio < limits["low95"],
            ratio > limits["high95"],
        ],
        ["unknown", "below", "above", "low", "high"],
        default="inside",
    )
    return pd.DataFrame({"target": np.full(len(actual), target), **limits, "funnel": place})


def poisson_quantile(share: float, mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the Poisson quantile interpolated between whole numbers, at least 0; NaN where the mean is unknown.

    >>> import numpy as np
    >>> poisson_quantile(0.975, np.array([10.0])).round(2)
    array([16.16])
    """
    whole = stats.poisson.ppf(share, mean)
    with np.errstate(invalid="ignore", divide="ignore"):
        back = (stats.poisson.cdf(whole, mean) - share) / stats.poisson.pmf(whole, mean)
    return np.asarray(np.maximum(whole - back, 0.0))


def _common_level(
    y: NDArray[np.float64], e: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the weights of the grid of (mu, cv) after seeing all regions, with the Gamma's shape and rate at each."""
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
    return weight[kept] / weight[kept].sum(), shape[kept], rate[kept]


def _mixture_quantile(
    share: float, weight: NDArray[np.float64], shape: NDArray[np.float64], rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Find the quantile of a mixture of Gammas, row by row, by halving."""
    low, high = np.zeros(len(shape)), (special.gammaincinv(shape, share) / rate).max(axis=1)
    for _ in range(40):
        middle = (low + high) / 2.0
        below = special.gammainc(shape, rate * middle[:, None]) @ weight < share
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2.0)
