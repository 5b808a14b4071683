"""Doors that lie together, so that many are passed over at once: none of a region promises more than the region does.

What a region promises at a time is the most that any of its doors does. Who is at a stop asks the regions from the
nearest to the farthest, each at the earliest time at which any of its doors can be reached, and looks into those only
where that is more than what is known already. Completions never grow with time, so nothing is missed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Doors of a region, at most.
TOGETHER = 24


class Regions(NamedTuple):
    """Regions of the doors of a class; the doors of one stand side by side.

    ``of_door`` is the region of each door. ``order[e]`` are the regions by their way from door e, the nearest first.
    ``wait[i, r]`` is the least that lies between the beginnings of stop i and of any door of region r, and
    ``cost[e, r]`` the least price of the way there from door e.
    """

    of_door: NDArray[np.int32]
    order: NDArray[np.int32]
    wait: NDArray[np.int32]
    cost: NDArray[np.int32]


class Kept(NamedTuple):
    """What may be made at the prices of the time: stops, and doors; those of region r begin at ``starts[r]``."""

    stops: NDArray[np.int32]
    doors: NDArray[np.int32]
    starts: NDArray[np.int32]


def lying_together(ways_s: NDArray[np.float64], most: int = TOGETHER) -> list[NDArray[np.int64]]:
    """Give the doors in groups of at most so many that lie together; ``ways_s`` there and back, (doors, doors).

    They are halved again and again: of two doors far apart, one half is nearer to the one, the rest to the other.

    >>> at = np.array([0.0, 9.0, 1.0, 8.0])
    >>> [one.tolist() for one in lying_together(abs(at[:, None] - at), 2)]
    [[1, 3], [2, 0]]
    """
    waiting, groups = [np.arange(len(ways_s))], []
    while waiting:
        some = waiting.pop()
        if len(some) <= most:
            groups.append(some)
            continue
        one = some[ways_s[some[0], some].argmax()]
        other = some[ways_s[one, some].argmax()]
        order = some[np.argsort(ways_s[some, one] - ways_s[some, other], kind="stable")]
        waiting.extend((order[len(some) // 2 :], order[: len(some) // 2]))
    return groups


def regions(sizes: list[int], wait: NDArray[np.int32], cost: NDArray[np.int32], stops_of: NDArray[np.int32]) -> Regions:
    """Give the regions of doors that stand in groups of these sizes; ``wait`` and ``cost`` are those of ``Arcs``."""
    starts = np.cumsum([0, *sizes[:-1]])
    least = np.minimum.reduceat(wait, starts, axis=1)
    order = np.argsort(least[stops_of[:-1]], axis=1, kind="stable").astype(np.int32)
    of_door = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    return Regions(of_door, order, least, np.minimum.reduceat(cost, starts, axis=1))
