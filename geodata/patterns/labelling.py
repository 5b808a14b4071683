"""Random labelling: what pairs of marked points would do if marking were chance.

x is 1 for marked points and 0 for others, A_r the pairs of points within r. T_r = sqrt(x' A_r x) is computed for the
labels seen and for random choices of as many points, standardised over all of them together, and M = max over r is
ranked: p = (1 + #{M_s >= M}) / (1 + simulations). Because the observed labels take part in the standardising like any
other, the p-value is exact for any layout of the points.

The upper limit of a pair ratio treats it as a U-statistic of the marked points: jackknife variance from the number of
marked neighbours of each, reduced by the share of points that are marked, on the scale of the square root. It is never
below the exact Poisson limit of the number of pairs, so that a handful of pairs cannot look certain.

References
----------
Cuzick and Edwards 1990, JRSS B 52, 73-104. Diggle and Chetwynd 1991, Biometrics 47, 1155-1163. Besag and Clifford 1989,
Biometrika 76, 633-642. Arvesen 1969, Annals of Mathematical Statistics 40, 2076-2100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import special

from geodata.patterns.pairs import Sites, gather, neighbours, pair_counts

#: The upper limit of a pair ratio is passed by the truth in at most this share of cases.
LIMIT_LEVEL = 0.05


@dataclass(frozen=True)
class Excess:
    """What random labelling found, before anything is concluded from it.

    By radius: ``ratio`` pairs seen by pairs expected (NaN where none can be expected), ``ratio_upper`` its upper 95 %
    limit, ``z`` the standardised excess (0 where no labelling differs from another).
    """

    p_value: float
    radii_m: tuple[int, ...]
    ratio: NDArray[np.float64]
    ratio_upper: NDArray[np.float64]
    z: NDArray[np.float64]


def checked(
    points_xy: NDArray[np.float64], labels: NDArray[np.bool_], radii_m: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give points and labels as arrays, or refuse them.

    Raises
    ------
    ValueError
        If a coordinate is NaN or infinite, shapes do not fit, labels are not true or false, or radii do not rise.
    """
    points, marked = np.asarray(points_xy, dtype=float), np.asarray(labels)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must have two columns, got shape {points.shape}")
    if marked.shape != (len(points),) or marked.dtype != np.bool_:
        raise ValueError(f"labels must be one true or false a point, got {marked.dtype} of shape {marked.shape}")
    if not np.isfinite(points).all():
        row = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise ValueError(f"point {row} has no finite coordinates")
    if not len(radii_m) or radii_m[0] <= 0 or any(a >= b for a, b in pairwise(radii_m)):
        raise ValueError(f"radii must be positive and rising, got {tuple(radii_m)}")
    return points, marked


def labelled_excess(
    points_xy: NDArray[np.float64],
    labels: NDArray[np.bool_],
    *,
    simulations: int,
    seed: int,
    radii_m: Sequence[int],
) -> Excess:
    """Rank the pairs of marked points among random labellings.

    Parameters
    ----------
    points_xy
        (n, 2) metres.
    labels
        (n,) True for the marked points: at least two, and not all.
    simulations
        Random labellings.
    seed
        The draws follow the layout of the points, not the order of the rows: shuffled, shifted or turned points give
        the same answer.
    radii_m
        Rising radii in metres.

    Raises
    ------
    ValueError
        As ``checked``, and if there is nothing to draw.
    """
    points, marked = checked(points_xy, labels, radii_m)
    n, n_all = int(marked.sum()), len(marked)
    if simulations < 1:
        raise ValueError(f"simulations must be at least 1, got {simulations}")
    if not 2 <= n < n_all:
        raise ValueError(f"at least two and not all points must be marked, got {n} of {n_all}")
    sites = gather(points)
    pairs = pair_counts(sites, labellings(sites, marked, simulations=simulations, seed=seed), radii_m)
    everyone, drawn = pairs[:, 0], pairs[:, 1:]  # the first of the drawn is the one observed
    root = np.sqrt(drawn)  # the square root steadies the variance, so that the radii compare
    centred, spread = root - root.mean(axis=1, keepdims=True), root.std(axis=1, keepdims=True)
    z = np.divide(centred, spread, out=np.zeros_like(root), where=spread > 1e-9)
    largest = z.max(axis=0)
    reached = int((largest[1:] >= largest[0] - 1e-9).sum())
    expected = everyone * (n * (n - 1)) / (n_all * (n_all - 1))
    return Excess(
        p_value=(1 + reached) / (1 + simulations),
        radii_m=tuple(int(r) for r in radii_m),
        ratio=np.divide(drawn[:, 0], expected, out=np.full(len(expected), np.nan), where=expected > 0),
        ratio_upper=upper_limits(points[marked], drawn[:, 0], expected, n_all=n_all, radii_m=radii_m),
        z=z[:, 0],
    )


def labellings(sites: Sites, labels: NDArray[np.bool_], *, simulations: int, seed: int) -> NDArray[np.float32]:
    """Count the marked points of each site, (s, 2 + simulations): all points, those observed, then random choices."""
    given = sites.counts(np.column_stack([np.ones_like(labels), labels]))
    # From the middle outwards: an order that belongs to the layout, whatever the order of the rows or the axes.
    outwards = np.argsort(np.linalg.norm(sites.xy - sites.xy.mean(axis=0), axis=1), kind="stable")
    members = np.bincount(sites.site_of, minlength=len(sites.xy))
    places = Sites(sites.xy, np.repeat(outwards, members[outwards]))
    drawn = np.zeros((simulations, len(labels)), dtype=np.bool_)
    drawn[:, : int(labels.sum())] = True
    np.random.default_rng(seed).permuted(drawn, axis=1, out=drawn)
    return np.hstack([given, places.counts(drawn.T)])


def upper_limits(
    marked_xy: NDArray[np.float64],
    pairs: NDArray[np.float64],
    expected: NDArray[np.float64],
    *,
    n_all: int,
    radii_m: Sequence[int],
) -> NDArray[np.float64]:
    """Give the one-sided upper 95 % limit of the pair ratio by radius; NaN where no pair can be expected."""
    n = len(marked_xy)
    near = neighbours(marked_xy, radii_m).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = pairs / expected
        relative_se = 2.0 * np.sqrt((1.0 - n / n_all) * near.var(axis=1, ddof=1) / n) / near.mean(axis=1)
        jackknife = ratio * (1.0 + special.ndtri(1.0 - LIMIT_LEVEL) * relative_se / 2.0) ** 2
        poisson = special.gammaincinv(pairs + 1.0, 1.0 - LIMIT_LEVEL) / expected
    return np.where(expected > 0, np.fmax(jackknife, poisson), np.nan)
