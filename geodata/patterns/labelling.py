"""Random labelling: what pairs of marked points would do if marking were chance.

x is 1 for marked points and 0 for others, A_r the pairs of points within r. T_r = sqrt(x' A_r x) is computed for the
labels seen and for random choices of as many points, standardised over all of them together, and M = max over r is
ranked, equal M by the sum over r: p = (1 + #{M_s >= M}) / (1 + simulations). Because the observed labels take part in
the standardising like any other, the p-value is exact for any layout of the points.

References
----------
Cuzick and Edwards 1990, JRSS B 52, 73-104. Diggle and Chetwynd 1991, Biometrics 47, 1155-1163. Besag and Clifford 1989,
Biometrika 76, 633-642.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geodata.patterns.layout import Layout, drawn_counts, lay_out, seen_counts
from geodata.patterns.limits import upper_limits

#: Few marked points form few pairs, so many labellings share the largest excess. As ties count against the labels seen,
#: 2 % of random labellings passed at the 5 % level (30 of 25,000). What all radii say together decides between them.
TIE_BREAK = 1e-4


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
    return excess_on(lay_out(points, radii_m, keep=False), marked, simulations=simulations, seed=seed)


def excess_on(layout: Layout, labels: NDArray[np.bool_], *, simulations: int, seed: int) -> Excess:
    """Rank the pairs of marked points of a layout among random labellings; the same as ``labelled_excess``."""
    given = seen_counts(layout.sites, labels)
    drawn = drawn_counts(layout.sites, int(labels.sum()), simulations=simulations, seed=seed)
    pairs = layout.pairs(np.hstack([given, drawn]))  # in one pass, because finding the pairs is the long part
    return ranked(layout, labels, pairs[:, :2], pairs[:, 2:])


def excess_among(layout: Layout, labels: NDArray[np.bool_], drawn: NDArray[np.float64]) -> Excess:
    """Rank the pairs of marked points of a layout among labellings drawn before by ``drawn_pairs`` for as many."""
    return ranked(layout, labels, layout.pairs(seen_counts(layout.sites, labels)), drawn)


def ranked(layout: Layout, labels: NDArray[np.bool_], given: NDArray[np.float64], drawn: NDArray[np.float64]) -> Excess:
    """Rank the pairs of the labels seen, ``given`` (radii, 2: all points, marked ones), among those ``drawn``."""
    n, n_all = int(labels.sum()), len(labels)
    everyone, seen = given[:, 0], given[:, 1]
    root = np.sqrt(np.column_stack([seen, drawn]))  # the square root steadies the variance, so that radii compare
    centred, spread = root - root.mean(axis=1, keepdims=True), root.std(axis=1, keepdims=True)
    z = np.divide(centred, spread, out=np.zeros_like(root), where=spread > 1e-9)
    largest = z.max(axis=0) + TIE_BREAK * z.sum(axis=0)
    reached = int((largest[1:] >= largest[0] - 1e-9).sum())
    expected = everyone * (n * (n - 1)) / (n_all * (n_all - 1))
    return Excess(
        p_value=(1 + reached) / len(largest),
        radii_m=layout.radii_m,
        ratio=np.divide(seen, expected, out=np.full(len(expected), np.nan), where=expected > 0),
        ratio_upper=upper_limits(layout.points_xy[labels], seen, expected, n_all=n_all, radii_m=layout.radii_m),
        z=z[:, 0],
    )
