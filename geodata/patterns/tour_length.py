"""How long the legs of good tours through points are, before any tour is made.

Beardwood, Halton and Hammersley showed that the shortest tour through n points strewn over an area A grows as
.7124 √(n·A), and Daganzo that tours from a depot add the way to their zone and back. Both speak of an area; real points
lie in streets, estates and villages. So the length is taken from the points themselves: their minimum spanning tree
has the same growth (.6331 √(n·A) for strewn points, Steele), shrinks where they lie together, and a good tour is a
fixed multiple of it. Straight metres become driving seconds by what a sample of the region's own roads shows.

References
----------
Beardwood, Halton and Hammersley, "The shortest path through many points", Proc. Camb. Phil. Soc. 55 (1959).
Daganzo, "The distance traveled to visit N points with a maximum of C stops per vehicle", Transportation Science 18
(1984). Steele, "Growth rates of Euclidean minimal spanning trees", Annals of Probability 16 (1988). Figliozzi,
"Planning approximations to the average length of vehicle routing problems", Transportation Research Record 2089 (2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

Floats = NDArray[np.float64]

#: how many points of a sample lie about each of its anchors, so that it knows short legs as well as long ones
ABOUT_ANCHOR = 8
#: into how many parts of equal number the pairs of a sample are divided by distance
PARTS = 12
#: no law is drawn from fewer pairs: one way and its way back
FEWEST_PAIRS = 2


@dataclass(frozen=True)
class LegLaw:
    """Driving seconds of a leg by its straight length: broken lines through the knots (rising), from 0 at 0.

    Beyond the last knot the mean pace of the last knot goes on.
    """

    metres: Floats
    seconds: Floats

    def __call__(self, metres: Floats) -> Floats:
        """Give seconds for straight metres of any shape.

        >>> LegLaw(np.array([100.0, 1000.0]), np.array([30.0, 120.0]))(np.array([0.0, 50.0, 550.0, 2000.0]))
        array([  0.,  15.,  75., 240.])
        """
        within = np.interp(metres, np.append(0.0, self.metres), np.append(0.0, self.seconds))
        beyond = metres * (self.seconds[-1] / self.metres[-1])
        return np.asarray(np.where(metres > self.metres[-1], beyond, within), dtype=np.float64)


def sampled(xy: Floats, most: int, *, seed: int = 1) -> NDArray[np.intp]:
    """Choose points whose road times tell of short and of long legs: anchors, each with its nearest points.

    Parameters
    ----------
    xy
        (n, 2) metres, finite.
    most
        How many at most; all points where there are no more.

    Returns
    -------
    ndarray
        Rising rows of ``xy``, each once.
    """
    if len(xy) <= most:
        return np.arange(len(xy))
    rng = np.random.default_rng(seed)
    anchors = rng.permutation(len(xy))
    tree, chosen = cKDTree(xy), np.zeros(len(xy), dtype=bool)
    for anchor in anchors:
        near = np.atleast_1d(tree.query(xy[anchor], k=min(ABOUT_ANCHOR, most))[1])
        fresh = near[~chosen[near]][: most - int(chosen.sum())]
        chosen[fresh] = True
        if chosen.sum() >= most:
            break
    return np.flatnonzero(chosen)


def leg_law(metres: Floats, seconds: Floats) -> LegLaw:
    """Draw the law from pairs of points: mean seconds by mean metres in parts of equal number, never falling.

    Parameters
    ----------
    metres, seconds
        The straight length and the driving time of each pair, same shape; pairs without a road (NaN) or of no length
        are left out.

    Raises
    ------
    ValueError
        If fewer than two pairs are left.

    Examples
    --------
    >>> leg_law(np.array([100.0, 100.0, np.nan]), np.array([20.0, 22.0, 5.0])).seconds
    array([21.])
    """
    usable = np.isfinite(metres) & np.isfinite(seconds) & (metres > 0)
    if usable.sum() < FEWEST_PAIRS:
        raise ValueError(f"{int(usable.sum())} pairs with a road are too few to say how long a leg takes")
    order = np.argsort(metres[usable], kind="stable")
    parts = np.array_split(order, min(PARTS, max(1, len(order) // 3)))
    far = np.array([metres[usable][part].mean() for part in parts])
    long = np.maximum.accumulate([seconds[usable][part].mean() for part in parts])
    keep = np.append(True, np.diff(far) > 0)
    return LegLaw(far[keep], long[keep])


def tree_edges(xy: Floats) -> Floats:
    """Give the straight metres of the edges of the minimum spanning tree, (n − 1,) rising.

    >>> tree_edges(np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 40.0]]))
    array([30., 40.])
    """
    if len(xy) < 2:
        return np.zeros(0)
    # Points at one place are joined by edges of no length, which a sparse graph cannot hold.
    spots = np.unique(xy, axis=0)
    a, b = _neighbours(spots).T
    graph = sparse.csr_matrix((np.linalg.norm(spots[a] - spots[b], axis=1), (a, b)), shape=(len(spots),) * 2)
    return np.sort(np.append(np.zeros(len(xy) - len(spots)), minimum_spanning_tree(graph).data))


def _neighbours(spots: Floats) -> NDArray[np.intp]:
    """Give pairs of points among which the tree's edges are: those of Delaunay's triangles, or all of a few."""
    if len(spots) < 5:
        return np.argwhere(np.triu(np.ones((len(spots),) * 2, dtype=bool), 1))
    # QJ shakes points that lie in one line, which have no triangles; lengths are taken of the points themselves.
    corners = Delaunay(spots - spots.mean(axis=0), qhull_options="QJ").simplices
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    return np.unique(pairs, axis=0)


def nearest_metres(xy: Floats, owner: NDArray[np.intp], chosen: NDArray[np.bool_]) -> Floats:
    """Give, for each point, the straight metres to the nearest chosen point of another owner; inf where there is none.

    Parameters
    ----------
    xy
        (n, 2) metres.
    owner
        (n,) whose point it is: one owner may have several.
    chosen
        (n,) which points count as neighbours; no more than a few of one owner.
    """
    found = np.full(len(xy), np.inf)
    among = np.flatnonzero(chosen)
    if len(among):
        k = min(len(among), 1 + int(np.bincount(owner[among]).max()))
        far, near = cKDTree(xy[among]).query(xy, k=[*range(1, k + 1)])
        others = owner[among][near] != owner[:, None]
        found = np.where(others, far, np.inf).min(axis=1)
    return found


def way_out_seconds(xy: Floats, depot_s: Floats, a_tour: int) -> float:
    """Give the mean seconds from the depot to the nearest of the points that one tour takes.

    Each point with its nearest neighbours stands for a tour; the way in between is the tree's.

    Parameters
    ----------
    xy
        (n, 2) metres, n at least 1.
    depot_s
        (n,) driving seconds between the depot and each point, the mean of there and back.
    a_tour
        How many points a tour takes, at least 1.
    """
    near = cKDTree(xy).query(xy, k=[*range(1, min(a_tour, len(xy)) + 1)])[1]
    return float(depot_s[near].min(axis=1).mean())
