"""Which of all points are the marked ones: matching two lists of coordinates.

Several customers may live at one address, and it does not matter which of them is marked: the points there are alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree


class NotAmong(ValueError):
    """A marked point is not among all points, or more are marked at an address than there are points.

    ``row`` is the first such row of the marked points, counted from 0.
    """

    def __init__(self, row: int) -> None:
        super().__init__(f"marked point {row} is not among all points")
        self.row = row


def mark_exact(points: NDArray[np.float64], marked: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark points by exactly equal coordinates, each at most once.

    Parameters
    ----------
    points
        (n, 2) all points.
    marked
        (m, 2) points to find among them, in the same unit and order of axes.

    Returns
    -------
    ndarray
        (n,) True for the points that were found; m of them.

    Raises
    ------
    NotAmong
        If a point cannot be found, or all points at its address are marked already.

    Examples
    --------
    >>> import numpy as np
    >>> mark_exact(np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]]), np.array([[1.0, 2.0]]))
    array([ True, False, False])
    """
    free: dict[tuple[float, float], list[int]] = {}
    for row in range(len(points) - 1, -1, -1):
        free.setdefault((float(points[row, 0]), float(points[row, 1])), []).append(row)
    labels = np.zeros(len(points), dtype=np.bool_)
    for row in range(len(marked)):
        here = free.get((float(marked[row, 0]), float(marked[row, 1])))
        if not here:
            raise NotAmong(row)
        labels[here.pop()] = True
    return labels


def mark_near(
    points_xy: NDArray[np.float64], marked_xy: NDArray[np.float64], *, within_m: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the nearest free point of each marked place, closest couples first.

    For lists whose coordinates went through another datum or were rounded, so that they no longer agree to the digit.

    Parameters
    ----------
    points_xy
        (n, 2) metres, all points.
    marked_xy
        (m, 2) metres, places to find among them.
    within_m
        A place with no free point within this distance stays unmatched.

    Returns
    -------
    labels
        (n,) True for the points that were taken.
    matched
        (m,) False for places that found no point.

    Examples
    --------
    >>> import numpy as np
    >>> mark_near(np.array([[0.0, 0.0], [9.0, 0.0]]), np.array([[1.0, 0.0], [50.0, 0.0]]), within_m=5)
    (array([ True, False]), array([ True, False]))
    """
    taken, matched = take_near(points_xy, np.ones(len(points_xy), np.int64), marked_xy, within_m=within_m)
    return taken.astype(np.bool_), matched


def take_near(
    points_xy: NDArray[np.float64], room: NDArray[np.int64], marked_xy: NDArray[np.float64], *, within_m: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Let each marked place take the nearest point that has room, closest couples first.

    Parameters
    ----------
    points_xy
        (n, 2) metres.
    room
        (n,) how many places each point can take, such as the homes at an address.
    marked_xy
        (m, 2) metres.
    within_m
        A place with no room within this distance stays unmatched.

    Returns
    -------
    taken
        (n,) places that took each point, at most its room.
    matched
        (m,) False for places that found no room.

    Examples
    --------
    >>> import numpy as np
    >>> take_near(np.array([[0.0, 0.0]]), np.array([2]), np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]), within_m=5)
    (array([2]), array([ True,  True, False]))
    """
    taken, matched = np.zeros(len(points_xy), np.int64), np.zeros(len(marked_xy), np.bool_)
    if not len(points_xy) or not len(marked_xy):
        return taken, matched
    near = cKDTree(marked_xy).sparse_distance_matrix(cKDTree(points_xy), within_m, output_type="ndarray")
    for couple in near[np.lexsort((near["j"], near["i"], near["v"]))]:
        if not matched[couple["i"]] and taken[couple["j"]] < room[couple["j"]]:
            matched[couple["i"]] = True
            taken[couple["j"]] += 1
    return taken, matched
