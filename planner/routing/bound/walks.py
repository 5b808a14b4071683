"""Routes that follow the completion table: good ones at once, where the richest take long to find.

From a stop the walk goes on to the door whose completion promises most, leaving out what it has made before. What comes
out makes no visit twice, so it is a route of the true relaxed problem; it need not be the richest. A walk that may come
back is the richest way of the table: where the labels give up, it is the bound, and only such a column shows the master
which prices are too low.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.completion import NEVER, Arcs, Table
from planner.routing.bound.kernel import kernel
from planner.routing.bound.regions import Kept, Regions

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int32]


@kernel
def walk(
    arcs: Arcs,
    gain: Numbers,
    kept: Kept,
    regions: Regions,
    table: Table,
    at_door: Table,
    promised: Numbers,
    width: int,
    start: int,
    banned: Bytes,
    stops: Numbers,
    once: bool,
) -> tuple[int, int]:
    """Write the stops of a walk that begins at door ``start``; give how many they are and what they earn.

    Visits that are ``banned`` are not made. If ``once``, those of the walk are banned afterwards; else it may come
    back to a visit as the table may, and earns what that promises. It goes home where no door promises more than that.
    """
    size, earned = 0, -arcs.out_cost[start]
    door, at, mine = start, arcs.out[start], np.int32(-1)
    horizon = arcs.begins.shape[1] - 1
    while True:
        stop, best = -1, NEVER
        for j in range(arcs.stops_of[door], arcs.stops_of[door + 1]):
            place = j * width + at
            if gain[j] <= 0 or at > arcs.closes[j]:
                continue
            worth = table.then[place] if table.whose[place] == mine else table.first[place]
            if worth > best:
                stop, best = j, worth
        if stop < 0 or size == len(stops):
            return 0, 0
        stops[size] = stop
        size += 1
        earned += gain[stop]
        came, mine = mine, arcs.visit[door]
        if once:
            banned[mine] = 1
        begin = arcs.begins[stop, at]
        home = begin + arcs.home[stop] <= horizon
        best, onward = -arcs.home_cost[door] if home else NEVER, -1
        for q in range(regions.order.shape[1]):
            r = regions.order[door, q]
            a = begin + regions.wait[stop, r]
            if a > horizon or promised[r * width + a] - regions.cost[door, r] <= best:
                continue
            for k in range(kept.starts[r], kept.starts[r + 1]):
                d = kept.doors[k]
                a, visit = begin + arcs.wait[stop, d], arcs.visit[d]
                if a > arcs.shuts[d] or banned[visit] or visit in (came, mine):
                    continue
                place = d * width + a
                worth = at_door.then[place] if at_door.whose[place] == mine else at_door.first[place]
                worth -= arcs.cost[door, d]
                if worth > best:
                    best, onward = worth, d
        if onward < 0:
            return (size, earned - arcs.home_cost[door]) if home else (0, 0)
        earned -= arcs.cost[door, onward]
        at = begin + arcs.wait[stop, onward]
        door = onward
