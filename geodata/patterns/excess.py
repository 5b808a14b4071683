"""How many times as many points are marked about a place as where it is calm: marked against all, neighbourhood by
neighbourhood.

A rate is taken about each point, itself left out, as marked over all within a Gaussian neighbourhood. One pass rounds
off peaks and fills valleys; a second one corrects that (Jones, Linton and Nielsen): the rate is multiplied by what is
marked over what the first pass expected there. Narrow neighbourhoods are noisy and wide ones blurred: the mean of two
in between found planted hot spots best (docs/groups.md). The ordinary rate is that of the calm points, those with less
than one and a half times the ordinary rate: a fixed point that is looked for from the calmest tenth upward, because
where most of the marked points lie in hot spots the mean of all says nothing about the rest.

References
----------
Jones, Linton and Nielsen (1995): A simple bias reduction method for density estimation, Biometrika 82.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

#: standard deviations of the neighbourhoods
WIDTHS_M = (400.0, 500.0)
#: a neighbourhood ends after so many standard deviations, and is laid on cells of a quarter of one
ENDS_AT, CELLS_A_WIDTH = 2.5, 4
#: points of the mean rate that are thought to lie about each point: one marked one. Few neighbours tell little.
IMAGINED = 1.0
CALM_BELOW = 1.5
CALMEST = 0.1


@dataclass(frozen=True, eq=False)
class Excess:
    """Marked against all, about each point, itself left out, for k markings.

    ``times`` (n, k): the rate as a multiple of the ordinary one; ``support`` (n, k): marked points that it rests on;
    ``ordinary`` (k,): the ordinary rate, between 0 and 1.
    """

    times: NDArray[np.float64]
    support: NDArray[np.float64]
    ordinary: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Points gathered into cells: ``near`` (c, c) kernel between cells, ``gather`` (c, n), the ``cell`` of each."""

    near: sparse.csr_matrix
    gather: sparse.csr_matrix
    cell: NDArray[np.intp]


def excess(points_xy: NDArray[np.float64], marked: NDArray[np.bool_]) -> Excess:
    """Measure how dense the marked points are about each point, among all.

    Parameters
    ----------
    points_xy
        (n, 2) metres.
    marked
        (n, k) markings of the points; each marks somebody.

    Examples
    --------
    >>> import numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 6_000, (3_000, 2))
    >>> west = np.linalg.norm(xy - 1_500, axis=1) < 700
    >>> marked = np.arange(3_000) % np.where(west, 2, 12) == 0
    >>> found = excess(xy, marked[:, None])
    >>> bool(found.times[west].mean() > 3), bool(0.06 < found.ordinary[0] < 0.11)
    (True, True)
    """
    ones = marked.astype(np.float64)
    measured = [_rates(neighbourhoods(points_xy, width), ones) for width in WIDTHS_M]
    rates = np.mean([rate for rate, _ in measured], axis=0)
    support = np.mean([found for _, found in measured], axis=0)
    ordinary = np.array([ordinary_rate(rates[:, k], marked[:, k]) for k in range(marked.shape[1])])
    return Excess(rates / ordinary, support, ordinary)


def ordinary_rate(rates: NDArray[np.float64], marked: NDArray[np.bool_]) -> float:
    """Give the rate of marked points where it is calm, from the local rates (n,).

    >>> import numpy as np
    >>> marked = np.repeat([True, False, True, False], [10, 90, 50, 50])
    >>> round(ordinary_rate(np.repeat([0.1, 0.5], 100), marked), 2)
    0.1
    """
    ordinary = float(np.quantile(rates, CALMEST))
    while True:  # every round adds points to the calm ones or is the last
        calm = rates < CALM_BELOW * ordinary
        higher = float(marked[calm].mean())
        if higher <= ordinary * (1 + 1e-9):
            return ordinary
        ordinary = higher


def neighbourhoods(points_xy: NDArray[np.float64], width_m: float) -> Neighbourhoods:
    """Lay a Gaussian neighbourhood of one width about each cell that has points, (n, 2) metres."""
    side = width_m / CELLS_A_WIDTH
    cells, cell = np.unique(np.floor((points_xy - points_xy.min(axis=0)) / side), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    tree = cKDTree(cells * side)
    found = tree.sparse_distance_matrix(tree, ENDS_AT * width_m, output_type="ndarray")
    kernel = np.exp(-0.5 * (found["v"] / width_m) ** 2)
    near = sparse.csr_matrix((kernel, (found["i"], found["j"])), shape=(len(cells), len(cells)))
    gather = sparse.csr_matrix((np.ones(len(cell)), (cell, np.arange(len(cell)))), shape=(len(cells), len(cell)))
    return Neighbourhoods(near, gather, cell)


def _rates(about: Neighbourhoods, marked: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the rate about each point and the marked points it rests on, both (n, k)."""
    own = about.cell
    living = np.asarray(about.gather.sum(axis=1))
    everyone, found = about.near @ living, about.near @ (about.gather @ marked)
    pad = IMAGINED / marked.mean(axis=0)
    rest = found[own] - marked
    first = (rest + IMAGINED) / (everyone[own] - 1.0 + pad)
    by_cell = (found + IMAGINED) / (everyone + pad)
    expected = about.near @ (by_cell * living)
    second = (rest + IMAGINED) / (expected[own] - by_cell[own] + IMAGINED)
    return first * second, rest
