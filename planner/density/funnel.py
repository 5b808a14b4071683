"""The funnel: which regions' actual by expected recovery lies outside what luck alone would give.

References
----------
Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from planner.density.rates import known


def payment_scale(past: pd.DataFrame) -> float:
    """Give the variance of recovery by its mean: sum of squares by sum of what each payer paid; NaN without payments.

    Payments of one debtor count as one: who pays three times is luck once, not three times.

    Parameters
    ----------
    past
        ``region``, ``debtor_id``, ``paid_minor``, one row a visit.

    Examples
    --------
    >>> visits = pd.DataFrame({"region": "N", "debtor_id": ["a", "b", "b"], "paid_minor": [100, 300, 0]})
    >>> payment_scale(visits)
    250.0
    """
    paid = past.groupby(["region", "debtor_id"])["paid_minor"].sum().to_numpy(float)
    return float((paid**2).sum() / paid.sum()) if paid.sum() > 0 else float("nan")


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

    Raises
    ------
    ValueError
        If the scale is not positive.

    Examples
    --------
    >>> funnel([40, 10, 100], [20, 10, 120], scale_minor=1)["funnel"].tolist()
    ['above', 'inside', 'inside']
    """
    if scale_minor <= 0:
        raise ValueError(f"the scale must be positive, got {scale_minor}")
    actual, expected = np.asarray(actual_minor, dtype=float), np.asarray(expected_minor, dtype=float)
    there = known(actual, expected) & np.isfinite(scale_minor)
    target = actual[there].sum() / expected[there].sum() if there.any() else np.nan
    e = np.where(there, expected, np.nan) / scale_minor
    limits = {
        f"{side}{name}": poisson_quantile(share, target * e) / e
        for name, tail in (("95", 0.025), ("998", 0.001))
        for side, share in (("low", tail), ("high", 1.0 - tail))
    }
    ratio = np.divide(actual, expected, out=np.full(len(actual), np.nan), where=there)
    place = np.select(
        [
            ~there,
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
