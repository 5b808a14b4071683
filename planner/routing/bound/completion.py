"""The best that can still follow: for every stop and time, the richest way home, ties with the last stop cut.

A *door* is a visit at one place, a *stop* one way of making it there: by day or in the evening, for its own value and
time. For a stop j and a time a on the grid, ``first[j, a]`` is the most that a shift which arrives at j at a can still
earn, j included, and ``then[j, a]`` the most it can earn if the stop after j is not of the visit ``whose[j, a]`` that
the best way goes to next. Together they forbid i → j → i without a label for each predecessor. ``at_door`` holds the
same for the best of the stops of a door: who drives to a door asks it only, and doors that lie together (``regions``)
only if they promise enough. The tables are dense and filled backward in time, sixteen times at a step.

References
----------
Houck, Picard, Queyranne and Vemuganti, "The travelling salesman problem as a constrained shortest path problem",
Opsearch 17 (1980), for the second best without the cycle of two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.kernel import (
    LANES,
    any_above,
    inlined,
    kernel,
    less,
    load,
    spread,
    store,
    where_above,
    where_equal,
)
from planner.routing.bound.regions import Kept, Regions

#: Less than any sum: what cannot be done.
NEVER = np.int32(-(2**30))

#: The successor of a stop after which the shift goes home.
HOME = np.int32(-1)


class Arcs(NamedTuple):
    """What a class of shifts may drive, on the grid of time, money in whole units.

    Stops stand door by door: those of door d are ``stops_of[d]`` up to ``stops_of[d + 1]``; ``door`` is that of each.
    ``wait[i, d]`` is service at stop i and the way to door d, ``cost[e, d]`` the price of that way from door e.
    ``begins[j, a]`` is when a stop may begin at which a shift arrives at a, -1 for never, (stops, horizon + 1);
    ``opens`` and ``closes`` are its first and last such time, ``shuts`` the last of a door. ``visit``, ``out``,
    ``out_cost`` and ``home_cost`` are of a door, ``home`` of a stop: its service and the way home.
    """

    stops_of: NDArray[np.int32]
    door: NDArray[np.int32]
    visit: NDArray[np.int32]
    out: NDArray[np.int32]
    out_cost: NDArray[np.int32]
    wait: NDArray[np.int32]
    cost: NDArray[np.int32]
    home: NDArray[np.int32]
    home_cost: NDArray[np.int32]
    begins: NDArray[np.int16]
    opens: NDArray[np.int32]
    closes: NDArray[np.int32]
    shuts: NDArray[np.int32]


class Table(NamedTuple):
    """The best completions of every stop and arrival, (stops × width,) flat."""

    first: NDArray[np.int32]
    then: NDArray[np.int32]
    whose: NDArray[np.int32]


def table(rows: int, width: int) -> Table:
    """Give room for so many rows."""
    return Table(*(np.empty(rows * width, np.int32) for _ in range(3)))


@kernel
def complete(
    arcs: Arcs,
    gain: NDArray[np.int32],
    kept: Kept,
    regions: Regions,
    table: Table,
    at_door: Table,
    promised: NDArray[np.int32],
    width: int,
    step: int,
) -> None:
    """Fill the tables for the stops kept, whose making earns ``gain``, their doors, and what the regions promise.

    ``step`` is at most the least ``wait`` and at most LANES; ``width`` is horizon + 1 + 2 LANES: a load may reach over
    the horizon, and behind that lie the sixteen times at hand. ``promised`` is (regions × width,).
    """
    first, then, whose = table.first, table.then, table.whose
    wait, cost, begins = arcs.wait, arcs.cost, arcs.begins
    horizon = begins.shape[1] - 1
    late = 0
    for k in range(len(kept.stops)):
        late = max(late, arcs.closes[kept.stops[k]])
        _clear(table, kept.stops[k], width)
    for k in range(len(kept.doors)):
        _clear(at_door, kept.doors[k], width)
    promised[: regions.wait.shape[1] * width] = NEVER
    never = spread(NEVER)
    base = late - step + 1
    while base > -step:
        low, count = max(base, 0), min(step, base + step)
        for k in range(len(kept.stops)):
            i = kept.stops[k]
            if arcs.opens[i] >= low + count or arcs.closes[i] < low:
                continue
            here = arcs.door[i]
            mine = spread(arcs.visit[here])
            best, second, next_visit = never, never, spread(HOME)
            for q in range(regions.order.shape[1]):
                r = regions.order[here, q]
                at = low + regions.wait[i, r]
                if at > horizon:
                    continue
                if not any_above(less(load(promised, r * width + at), spread(regions.cost[here, r])), second):
                    continue
                for m in range(kept.starts[r], kept.starts[r + 1]):
                    d = kept.doors[m]
                    at = low + wait[i, d]
                    if at > arcs.shuts[d] or arcs.visit[d] == arcs.visit[here]:
                        continue
                    place = d * width + at
                    value = where_equal(
                        load(at_door.whose, place), mine, load(at_door.then, place), load(at_door.first, place)
                    )
                    follows, theirs = less(value, spread(cost[here, d])), spread(arcs.visit[d])
                    beaten = where_above(best, follows, follows, best)
                    beaten = where_equal(next_visit, theirs, never, beaten)
                    second = where_above(second, beaten, second, beaten)
                    next_visit = where_above(follows, best, theirs, next_visit)
                    best = where_above(follows, best, follows, best)
            hand = i * width + width - LANES
            store(first, hand, best)
            store(then, hand, second)
            store(whose, hand, next_visit)
        for k in range(len(kept.stops)):
            i = kept.stops[k]
            here = arcs.door[i]
            row, hand, home_cost = i * width, i * width + width - LANES, arcs.home_cost[here]
            promise = regions.of_door[here] * width
            for lane in range(count - 1, -1, -1):
                b = low + lane
                begin = begins[i, b]
                if begin == b:
                    x, y, z = first[hand + lane], then[hand + lane], whose[hand + lane]
                    if b + arcs.home[i] <= horizon:
                        rest = -home_cost
                        if rest > x:
                            x, y, z = rest, x, HOME
                        elif rest > y:
                            y = rest
                    first[row + b] = x + gain[i]
                    then[row + b] = y + gain[i]
                    whose[row + b] = z
                elif begin > b:
                    first[row + b] = first[row + begin]
                    then[row + b] = then[row + begin]
                    whose[row + b] = whose[row + begin]
                if begin >= b:
                    _offer(at_door, here * width + b, first[row + b], then[row + b], whose[row + b])
                    promised[promise + b] = max(promised[promise + b], first[row + b])
        base -= step


@inlined
def _clear(table: Table, row: int, width: int) -> None:
    for a in range(row * width, (row + 1) * width):
        table.first[a] = NEVER
        table.then[a] = NEVER
        table.whose[a] = HOME


@inlined
def _offer(at_door: Table, place: int, x: int, y: int, z: int) -> None:
    """Take a stop's completion into its door's: x by way of visit z, y by way of any other."""
    best, other = at_door.first[place], at_door.whose[place]
    if x > best:
        rest = at_door.then[place] if other == z else best
        at_door.first[place], at_door.whose[place], at_door.then[place] = x, z, max(y, rest)
    else:
        at_door.then[place] = max(at_door.then[place], y if other == z else x)
