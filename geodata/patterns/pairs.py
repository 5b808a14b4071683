"""How many pairs of marked points lie close together, observed and for many random labellings at once.

Points at the same address are one site with a multiplicity, so an apartment block costs no more than a house. The
pairs of sites within the widest radius are found once; the labellings then cost one sparse matrix product a radius.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

#: Directed pairs held in memory at once (24 bytes each) while they are found.
PAIRS_AT_ONCE = 3_000_000

#: Two points exactly a radius apart are a pair, also after a turn of the map has moved them by a rounding error.
SLACK_M = 1e-6


@dataclass(frozen=True)
class Sites:
    """Points gathered by address.

    ``xy`` (s, 2) metres, ordered so that neighbours on the ground are neighbours in memory; ``site_of`` (n,) gives the
    row of each point.
    """

    xy: NDArray[np.float64]
    site_of: NDArray[np.intp]

    def counts(self, labels: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Count the marked points of each site, (s, k), for k labellings of the points, (n, k)."""
        rows = sparse.csr_matrix(
            (np.ones(len(self.site_of), np.float32), (self.site_of, np.arange(len(self.site_of)))),
            shape=(len(self.xy), len(self.site_of)),
        )
        return np.asarray(rows @ labels.astype(np.float32), dtype=np.float32)


def gather(points_xy: NDArray[np.float64]) -> Sites:
    """Gather points with exactly the same coordinates into sites."""
    xy, site_of = np.unique(points_xy, axis=0, return_inverse=True)
    order = np.asarray(cKDTree(xy).indices)
    place = np.empty(len(xy), np.intp)
    place[order] = np.arange(len(xy))
    return Sites(xy[order], place[site_of.reshape(-1)])


@dataclass(frozen=True, eq=False)
class Lot:
    """The near pairs of one run of sites: a matrix a ring, (rows, s), 1 where row ``first`` + i and site j > are near.

    Ring k holds the pairs farther apart than radius k - 1 and at most radius k.
    """

    first: int
    rings: tuple[sparse.csr_matrix, ...]


def pair_counts(
    sites: Sites, counts: NDArray[np.float32], radii_m: Sequence[float], *, lots: Iterable[Lot] | None = None
) -> NDArray[np.float64]:
    """Count unordered pairs of marked points within each radius.

    Parameters
    ----------
    sites
        The addresses.
    counts
        (s, k) marked points at each site for k labellings.
    radii_m
        Rising radii in metres; a pair exactly a radius apart counts.
    lots
        The near pairs of these sites at these radii, where they were kept; else they are found, and forgotten again.

    Returns
    -------
    ndarray
        (len(radii_m), k) numbers of pairs; points that share a site are pairs at every radius.

    Examples
    --------
    >>> import numpy as np
    >>> sites = gather(np.array([[0.0, 0.0], [0.0, 0.0], [100.0, 0.0]]))
    >>> pair_counts(sites, sites.counts(np.ones((3, 1), bool)), (50, 100))
    array([[1.],
           [3.]])
    """
    together = (counts * (counts - np.float32(1.0))).sum(axis=0, dtype=np.float64) / 2.0
    rings = np.zeros((len(radii_m), counts.shape[1]))
    for lot in near_sites(sites, radii_m) if lots is None else lots:
        for k, near in enumerate(lot.rings):
            here = counts[lot.first : lot.first + near.shape[0]]
            # Whole numbers below 2**24 are exact in float32; their sum is taken in float64.
            rings[k] += (here * (near @ counts)).sum(axis=0, dtype=np.float64)
    return np.asarray(together + rings.cumsum(axis=0))


def near_sites(sites: Sites, radii_m: Sequence[float]) -> Iterator[Lot]:
    """Find the pairs of sites within the widest radius, each once, one run of rows after the other."""
    tree = cKDTree(sites.xy)
    reach = radii_m[-1] + SLACK_M
    edges = np.asarray(radii_m, dtype=float) + SLACK_M
    load = np.cumsum(tree.query_ball_point(sites.xy, reach, return_length=True)) // PAIRS_AT_ONCE
    if not len(load) or not load[-1]:  # room for all at once: each pair is found once, not from both its ends
        i, j = tree.query_pairs(reach, output_type="ndarray").T
        ring = np.searchsorted(edges, np.hypot(*(sites.xy[i] - sites.xy[j]).T))
        whole = (len(sites.xy),) * 2
        yield Lot(0, tuple(_matrix(i[ring == k], j[ring == k], whole) for k in range(len(radii_m))))
        return
    starts = np.flatnonzero(np.diff(load, prepend=-1))
    for start, stop in zip(starts, [*starts[1:], len(sites.xy)], strict=True):
        found = cKDTree(sites.xy[start:stop]).sparse_distance_matrix(tree, reach, output_type="ndarray")
        found = found[found["j"] > found["i"] + start]
        ring = np.searchsorted(edges, found["v"])
        shape = (int(stop - start), len(sites.xy))
        i, j = found["i"], found["j"]
        yield Lot(int(start), tuple(_matrix(i[ring == k], j[ring == k], shape) for k in range(len(radii_m))))


def _matrix(i: NDArray[np.intp], j: NDArray[np.intp], shape: tuple[int, int]) -> sparse.csr_matrix:
    """Give pairs as a matrix of ones."""
    return sparse.csr_matrix((np.ones(len(i), np.float32), (i, j)), shape=shape)
