"""How large the pair ratio may be in truth: its one-sided upper 95 % limit.

The pair ratio is a U-statistic of the marked points. Its standard error comes from the number of marked neighbours of
each (the jackknife), reduced by the share of points that are marked. Neighbours are skewed: most have few, some have
many, and a sample that misses the many has both a low ratio and a low standard error. A normal limit is then passed by
the truth too often (up to 8 % of cases were measured), so its quantile z is raised by the Edgeworth expansion of a
studentised U-statistic,

    q = z + ((2 z^2 + 1) E g^3 + 3 (z^2 + 1) E g g' h) / (6 sqrt(n)),

g the standardised number of neighbours, h whether two are neighbours; never lowered. And the limit is never below the
exact Poisson limit of the number of pairs, so that a handful of pairs cannot look certain.

References
----------
Arvesen 1969, Annals of Mathematical Statistics 40, 2076-2100. Helmers 1991, Annals of Statistics 19, 470-484.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from geodata.patterns.layout import Layout, lay_out

#: The limit is passed by the truth in at most this share of cases.
LIMIT_LEVEL = 0.05
#: With more marked points than this their near pairs are found twice instead of kept.
KEPT_MARKED = 20_000


def upper_limits(
    marked_xy: NDArray[np.float64],
    pairs: NDArray[np.float64],
    expected: NDArray[np.float64],
    *,
    n_all: int,
    radii_m: Sequence[int],
) -> NDArray[np.float64]:
    """Give the upper limit of the pair ratio by radius.

    Parameters
    ----------
    marked_xy
        (n, 2) metres, at least two.
    pairs, expected
        (radii,) pairs of marked points, seen and expected if marking were chance.
    n_all
        Points, marked or not.
    radii_m
        Rising radii in metres.

    Returns
    -------
    ndarray
        (radii,); NaN where no pair can be expected.
    """
    n = len(marked_xy)
    layout = lay_out(marked_xy, radii_m, keep=n <= KEPT_MARKED)
    members = np.bincount(layout.sites.site_of, minlength=len(layout.sites.xy)).astype(float)
    near = neighbours(layout, members)
    mean = (near @ members)[:, None] / n
    spread = np.sqrt(((near - mean) ** 2 @ members)[:, None] / (n - 1))
    g = np.divide(near - mean, spread, out=np.zeros_like(near), where=spread > 0)
    z = float(special.ndtri(1.0 - LIMIT_LEVEL))
    skew = (g**3 @ members) / n
    with np.errstate(invalid="ignore", divide="ignore"):
        together = np.where(spread > 0, 2.0 * products(layout, members, g)[:, None] / (n * spread), 0.0)[:, 0]
        quantile = z + np.maximum(0.0, (2 * z**2 + 1) * skew + 3 * (z**2 + 1) * together) / (6 * np.sqrt(n))
        relative_se = 2.0 * np.sqrt((1.0 - n / n_all) / n) * (spread / mean)[:, 0]
        skewed = pairs / expected * (1.0 + quantile * relative_se)
        poisson = special.gammaincinv(pairs + 1.0, 1.0 - LIMIT_LEVEL) / expected
    return np.where(expected > 0, np.fmax(skewed, poisson), np.nan)


def neighbours(layout: Layout, members: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count a point's other points within each radius, (radii, s), for the points of each site."""
    rings = np.zeros((len(layout.radii_m), len(members)))
    for lot in layout.near():
        here = slice(lot.first, lot.first + lot.rings[0].shape[0])
        for k, near in enumerate(lot.rings):
            rings[k, here] += near @ members
            rings[k] += near.T @ members[here]
    return np.asarray(rings.cumsum(axis=0) + members - 1.0)


def products(layout: Layout, members: NDArray[np.float64], g: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum g g' over the pairs of points within each radius, (radii,); ``g`` (radii, s) is a value of each site."""
    total = (g**2) @ (members * (members - 1.0) / 2.0)
    weight = g * members
    for lot in layout.near():
        here = slice(lot.first, lot.first + lot.rings[0].shape[0])
        for k, near in enumerate(lot.rings):
            for radius in range(k, len(total)):  # a pair of ring k lies within all wider radii as well
                total[radius] += weight[radius, here] @ (near @ weight[radius])
    return total
