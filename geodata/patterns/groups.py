"""Visit groups: places so close together by road that one crew takes them in one go; the rest is scattered.

DBSCAN on driving seconds, a way being as long as its slower direction. The reach eps is not fixed, because at a few
minutes everything in a town chains. It is the one, of a grid, at which the marked places gather most *beyond* what as
many places drawn from all points would do: S(eps) - S0(eps), the share in groups minus the mean share of many random
draws. And it is used only if the largest such difference stands out among those of the draws themselves (p at most
.05): marked places spread like all points get no groups, however dense the town. Dense housing keeps some S0 even at
the best eps, so it is reported.

The draws would need driving times between thousands of customers, so eps is chosen over the straight line. For every
eps the radius is taken that holds as many pairs of marked places as the driving time eps does: driving times set the
scale, town-wide detour and speed included, and marked and drawn places are measured with the same yardstick, which is
what makes the comparison fair. The groups themselves are then formed on the driving seconds, so that a river divides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist, squareform

from geodata.patterns.verdict import LEVEL

EPS_GRID_S = (10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240)
FEWEST_IN_GROUP = 5
SCATTERED = -1


@dataclass(frozen=True)
class Groups:
    """Visit groups.

    ``labels`` (n,) number the groups from 0 in the order of their first member; -1 is scattered. ``eps_s`` is the
    chosen reach in driving seconds, NaN if the places gather no more than drawn ones would. ``share`` is the share of
    places in groups, ``share_null`` the mean share of as many drawn places at the same reach, ``p_value`` that of the
    largest difference.
    """

    labels: NDArray[np.intp]
    eps_s: float
    share: float
    share_null: float
    p_value: float


@dataclass(frozen=True)
class Reach:
    """The chosen eps in seconds, NaN if none stands out; the mean share of drawn places at it; and the p-value."""

    eps_s: float
    share_null: float
    p_value: float


def driving_groups(
    seconds: NDArray[np.float64],
    marked_xy: NDArray[np.float64],
    all_xy: NDArray[np.float64],
    *,
    eps_grid_s: Sequence[float] = EPS_GRID_S,
    draws: int = 99,
    seed: int = 1,
) -> Groups:
    """Form visit groups by driving time.

    Parameters
    ----------
    seconds
        (n, n) driving seconds between the marked places; NaN where there is no road; need not be symmetric.
    marked_xy
        (n, 2) metres, the marked places in the same order.
    all_xy
        (m, 2) metres, all points among which the marked ones could lie (customers), m at least n.
    eps_grid_s
        Rising candidates for the reach.
    draws
        Random draws of n of all points.
    seed
        The same seed gives the same groups.

    Raises
    ------
    ValueError
        If shapes do not fit, a coordinate is not finite, or there are fewer points than marked places.
    """
    n = len(marked_xy)
    if seconds.shape != (n, n):
        raise ValueError(f"seconds must be {n} by {n}, got shape {seconds.shape}")
    if len(all_xy) < n:
        raise ValueError(f"{n} places cannot be drawn from {len(all_xy)} points")
    if not (np.isfinite(marked_xy).all() and np.isfinite(all_xy).all()):
        raise ValueError("places and points need finite coordinates")
    none = np.full(n, SCATTERED, dtype=np.intp)
    if n < FEWEST_IN_GROUP:
        return Groups(none, np.nan, 0.0, np.nan, np.nan)
    apart = np.fmax(seconds, seconds.T)
    apart[np.isnan(seconds) | np.isnan(seconds.T)] = np.nan
    reach = chosen_reach(apart, marked_xy, all_xy, eps_grid_s=eps_grid_s, draws=draws, seed=seed)
    if np.isnan(reach.eps_s):
        return Groups(none, np.nan, 0.0, reach.share_null, reach.p_value)
    labels = within_reach(apart, reach.eps_s)
    return Groups(labels, reach.eps_s, float((labels != SCATTERED).mean()), reach.share_null, reach.p_value)


def chosen_reach(
    apart_s: NDArray[np.float64],
    marked_xy: NDArray[np.float64],
    all_xy: NDArray[np.float64],
    *,
    eps_grid_s: Sequence[float],
    draws: int,
    seed: int,
) -> Reach:
    """Choose eps from the grid by the largest S - S0, if that stands out among the draws."""
    radii = matching_radii(apart_s, marked_xy, eps_grid_s)
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(len(all_xy), len(marked_xy), replace=False) for _ in range(draws)]
    shares = np.array([shares_in_groups(xy, radii) for xy in (marked_xy, *(all_xy[rows] for rows in drawn))])
    # The marked places take part in the mean like any draw, which makes the ranking below exact.
    beyond = (shares - shares.mean(axis=0)).max(axis=1)
    p_value = (1 + int((beyond[1:] >= beyond[0] - 1e-12).sum())) / (1 + draws)
    share_null = shares[1:].mean(axis=0)
    best = int(np.argmax(shares[0] - share_null))
    eps_s = float(eps_grid_s[best]) if p_value <= LEVEL else np.nan
    return Reach(eps_s, float(share_null[best]), p_value)


def matching_radii(
    apart_s: NDArray[np.float64], marked_xy: NDArray[np.float64], eps_grid_s: Sequence[float]
) -> NDArray[np.float64]:
    """Give, for each eps, the radius in metres within which as many pairs lie as within eps by road.

    >>> import numpy as np
    >>> xy = np.array([[0.0, 0.0], [100.0, 0.0], [400.0, 0.0]])
    >>> matching_radii(np.array([[0, 20, 80], [20, 0, 60], [80, 60, 0]]), xy, (20, 60))
    array([100., 300.])
    """
    metres = pdist(marked_xy)
    driven = squareform(apart_s, checks=False)  # the same pairs in the same order; NaN is within no reach
    pairs = np.array([(driven <= eps).sum() for eps in eps_grid_s])
    last = np.maximum(pairs, 1) - 1
    return np.where(pairs > 0, np.partition(metres, np.unique(last))[last], 0.0)


def shares_in_groups(points_xy: NDArray[np.float64], radii_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the share of points that DBSCAN would put in groups at each radius, without forming them."""
    tree = cKDTree(points_xy)
    crowd = np.asarray(tree.query(points_xy, k=FEWEST_IN_GROUP)[0])[:, -1]  # how far its fifth is, itself included
    shares = np.zeros(len(radii_m))
    for k, radius in enumerate(radii_m):
        core = crowd <= radius
        if core.any():
            border = points_xy[~core]
            shares[k] = (
                core.sum()
                + np.isfinite(
                    cKDTree(points_xy[core]).query(border, distance_upper_bound=np.nextafter(radius, np.inf))[0]
                ).sum()
            )
    return shares / len(points_xy)


def within_reach(apart_s: NDArray[np.float64], eps_s: float) -> NDArray[np.intp]:
    """Form DBSCAN's groups at one reach from symmetric driving seconds (NaN: no road)."""
    from sklearn.cluster import DBSCAN

    first, second = np.nonzero(apart_s <= eps_s)
    near = sparse.csr_matrix((apart_s[first, second], (first, second)), shape=apart_s.shape)
    found = DBSCAN(eps=eps_s, min_samples=FEWEST_IN_GROUP, metric="precomputed").fit(near).labels_
    return numbered(found)


def numbered(labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number groups from 0 in the order of their first member.

    >>> import numpy as np
    >>> numbered(np.array([7, -1, 2, 7])).tolist()
    [0, -1, 1, 0]
    """
    fresh = np.full(len(labels), SCATTERED, dtype=np.intp)
    names, first = np.unique(labels, return_index=True)
    order = names[np.argsort(first, kind="stable")]
    for number, name in enumerate(order[order != SCATTERED]):
        fresh[labels == name] = number
    return fresh


def split_by_hours(
    labels: NDArray[np.intp], seconds: NDArray[np.float64], service_s: NDArray[np.float64], *, max_hours: float
) -> NDArray[np.intp]:
    """Split every group whose visits take longer than a crew has, again and again, into two neighbouring halves.

    The halves grow from the two members farthest apart by road, each with about half of the time at the door. A single
    visit longer than the limit stays as it is.

    Parameters
    ----------
    labels
        (n,) groups, -1 scattered.
    seconds
        (n, n) driving seconds, NaN no road.
    service_s
        (n,) seconds at the door of each visit.
    max_hours
        The most time at the door a group may hold.

    Raises
    ------
    ValueError
        If the limit is not positive or a service time is negative or NaN.
    """
    if not max_hours > 0 or not (service_s >= 0).all():
        raise ValueError("the limit must be positive and service times known and not negative")
    limit_s = max_hours * 3600.0
    fresh = np.full(len(labels), SCATTERED, dtype=np.intp)
    waiting = [np.flatnonzero(labels == name) for name in np.unique(labels[labels != SCATTERED])]
    number = 0
    while waiting:
        members = waiting.pop()
        if len(members) == 1 or service_s[members].sum() <= limit_s:
            fresh[members] = number
            number += 1
        else:
            waiting.extend(_halves(members, seconds, service_s))
    return numbered(fresh)


def _halves(
    members: NDArray[np.intp], seconds: NDArray[np.float64], service_s: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    apart = np.nan_to_num(np.fmax(seconds, seconds.T)[np.ix_(members, members)], nan=np.inf)
    apart[~np.isfinite(apart)] = apart[np.isfinite(apart)].max(initial=0.0) + 86_400.0
    a, b = np.unravel_index(int(np.argmax(apart)), apart.shape)
    order = np.argsort(apart[a] - apart[b], kind="stable")
    done = np.cumsum(service_s[members][order])
    cut = int(np.clip(np.searchsorted(done, done[-1] / 2.0) + 1, 1, len(members) - 1))
    return np.sort(members[order[:cut]]), np.sort(members[order[cut:]])
