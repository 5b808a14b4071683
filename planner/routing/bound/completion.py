"""The best that can still follow: for every stop and time, the richest way home, ties with the last stop cut.

For a stop j and a time a on the grid, ``first[j, a]`` is the most that a shift which arrives at j at a can still earn,
j included, and ``then[j, a]`` the most it can earn if the stop after j is not of the visit ``whose[j, a]`` that the
best way goes to next. Together they forbid i → j → i without a label for each predecessor. The table is dense and
filled backward in time, sixteen times at a step.

References
----------
Houck, Picard, Queyranne and Vemuganti, "The travelling salesman problem as a constrained shortest path problem",
Opsearch 17 (1980), for the second best without the cycle of two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.kernel import LANES, kernel, less, load, spread, store, where_above, where_equal

#: Less than any sum: what cannot be done.
NEVER = np.int32(-(2**30))

#: Followers are tried so many at a time for all stops, so that their part of the table stays in the cache.
TILE = 256

#: The successor of a stop after which the shift goes home.
HOME = np.int32(-1)


class Arcs(NamedTuple):
    """What a class of shifts may drive, on the grid of time, money in whole units.

    ``wait[i, j]`` is service at i and the way to j; ``cost[i, j]`` its price. ``begins[j, a]`` is when a stop may begin
    at which a shift arrives at a, -1 for never; ``opens`` and ``closes`` its first and last such time. ``visit`` is the
    visit of a stop. Shapes are (stops,) or (stops, stops), for ``begins`` (stops, horizon + 1).
    """

    out: NDArray[np.int32]
    out_cost: NDArray[np.int32]
    wait: NDArray[np.int32]
    cost: NDArray[np.int32]
    home: NDArray[np.int32]
    home_cost: NDArray[np.int32]
    begins: NDArray[np.int16]
    opens: NDArray[np.int32]
    closes: NDArray[np.int32]
    visit: NDArray[np.int32]


class Table(NamedTuple):
    """The best completions of every stop and arrival, (stops × width,) flat."""

    first: NDArray[np.int32]
    then: NDArray[np.int32]
    whose: NDArray[np.int32]


@kernel
def complete(arcs: Arcs, gain: NDArray[np.int32], kept: NDArray[np.int32], table: Table, width: int, step: int) -> None:
    """Fill the table for the stops ``kept``, whose making earns ``gain``.

    ``step`` is at most the least ``wait`` and at most LANES; ``width`` is horizon + 1 + 2 LANES: a load may reach over
    the horizon, and behind that lie the sixteen times at hand.
    """
    first, then, whose = table.first, table.then, table.whose
    wait, cost, begins = arcs.wait, arcs.cost, arcs.begins
    horizon = begins.shape[1] - 1
    late = 0
    for k in range(len(kept)):
        late = max(late, arcs.closes[kept[k]])
        row = kept[k] * width
        for a in range(width):
            first[row + a] = NEVER
            then[row + a] = NEVER
            whose[row + a] = HOME
    never = spread(NEVER)
    base = late - step + 1
    while base > -step:
        low, count = max(base, 0), min(step, base + step)
        for tile in range(0, len(kept), TILE):
            for k in range(len(kept)):
                i = kept[k]
                if arcs.opens[i] >= low + count or arcs.closes[i] < low:
                    continue
                hand, mine = i * width + width - LANES, spread(arcs.visit[i])
                best, second, next_visit = never, never, spread(HOME)
                if tile > 0:
                    best, second, next_visit = load(first, hand), load(then, hand), load(whose, hand)
                for m in range(tile, min(tile + TILE, len(kept))):
                    j = kept[m]
                    at = low + wait[i, j]
                    if at > arcs.closes[j] or arcs.visit[j] == arcs.visit[i]:
                        continue
                    place = j * width + at
                    value = where_equal(load(whose, place), mine, load(then, place), load(first, place))
                    follows, theirs = less(value, spread(cost[i, j])), spread(arcs.visit[j])
                    beaten = where_above(best, follows, follows, best)
                    beaten = where_equal(next_visit, theirs, never, beaten)
                    second = where_above(second, beaten, second, beaten)
                    next_visit = where_above(follows, best, theirs, next_visit)
                    best = where_above(follows, best, follows, best)
                store(first, hand, best)
                store(then, hand, second)
                store(whose, hand, next_visit)
        for k in range(len(kept)):
            i = kept[k]
            row, hand = i * width, i * width + width - LANES
            for lane in range(count - 1, -1, -1):
                b = low + lane
                begin = begins[i, b]
                if begin == b:
                    x, y, z = first[hand + lane], then[hand + lane], whose[hand + lane]
                    if b + arcs.home[i] <= horizon:
                        rest = -arcs.home_cost[i]
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
        base -= step
