"""The richest routes of a class of shifts at given prices, best first.

A label is the beginning of a route: its last stop, when that begins, what it has earned, and which visits near the
last stop it remembers; those it may not make again (an *ng-route* may return to a visit that it has forgotten on the
way, but never goes i → j → i). A label earns at most what it has and the completion table promises, and labels are
taken in the order of that promise, so the first route that reaches home is the best, the second the second best. A
label is dropped where one at the same stop is as early, as rich, and is forbidden no more.

References
----------
Baldacci, Mingozzi and Roberti, "New route relaxation and pricing strategies for the vehicle routing problem",
Operations Research 59 (2011).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.bound.completion import NEVER, Arcs, Table
from planner.routing.bound.kernel import inlined, kernel
from planner.routing.bound.regions import Kept, Regions

#: Stop of a label that has reached home, and what stands for no label.
AT_HOME, NONE = np.int32(-1), np.int32(-1)


class Near(NamedTuple):
    """Which visits a door remembers.

    ``visits[d, p]`` is the visit at place p of the memory of door d, its own at place 0, -1 where there are fewer;
    ``place[d, v]`` the place of visit v, -1 where d forgets it.
    """

    visits: NDArray[np.int32]
    place: NDArray[np.int8]


class Room(NamedTuple):
    """Arrays to search in: one entry a label, and the heap of promises."""

    stop: NDArray[np.int32]
    begin: NDArray[np.int32]
    earned: NDArray[np.int32]
    memory: NDArray[np.uint32]
    parent: NDArray[np.int32]
    before: NDArray[np.int32]
    older: NDArray[np.int32]
    newest: NDArray[np.int32]
    top: NDArray[np.int32]
    promise: NDArray[np.int32]
    heap: NDArray[np.int32]
    counts: NDArray[np.int64]


class Found(NamedTuple):
    """Routes found: stops in order, how many, and what each earns."""

    stops: NDArray[np.int32]
    length: NDArray[np.int32]
    price: NDArray[np.int32]


def room(labels: int, stops: int, times: int) -> Room:
    """Give room for so many labels, stops and times."""

    def numbers() -> NDArray[np.int32]:
        return np.empty(labels, np.int32)

    return Room(
        stop=numbers(),
        begin=numbers(),
        earned=numbers(),
        memory=np.empty(labels, np.uint32),
        parent=numbers(),
        before=numbers(),
        older=numbers(),
        newest=np.empty((stops, times), np.int32),
        top=np.empty((stops, times), np.int32),
        promise=numbers(),
        heap=numbers(),
        counts=np.zeros(4, np.int64),
    )


@inlined
def _push(promise: NDArray[np.int32], heap: NDArray[np.int32], size: int, label: int, worth: int) -> None:
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if promise[above] >= worth:
            break
        promise[at], heap[at] = promise[above], heap[above]
        at = above
    promise[at], heap[at] = worth, label


@inlined
def _drop_top(promise: NDArray[np.int32], heap: NDArray[np.int32], size: int) -> None:
    """Take the top out of a heap of so many entries."""
    last = size - 1
    worth, label, at = promise[last], heap[last], 0
    while True:
        below = 2 * at + 1
        if below >= last:
            break
        if below + 1 < last and promise[below + 1] > promise[below]:
            below += 1
        if promise[below] <= worth:
            break
        promise[at], heap[at] = promise[below], heap[below]
        at = below
    promise[at], heap[at] = worth, label


@kernel
def richest(
    arcs: Arcs,
    gain: NDArray[np.int32],
    kept: Kept,
    regions: Regions,
    table: Table,
    at_door: Table,
    promised: NDArray[np.int32],
    width: int,
    near: Near,
    room: Room,
    found: Found,
    floor: int,
    span: int,
    size: int,
    patience: int,
    extra: int,
) -> int:
    """Write the richest routes worth more than ``floor`` to ``found``; give a bound on what the richest can earn.

    It ends with the first route that is worth ``span`` less than the best, when ``found`` is full, when there is no
    more room, when ``patience`` labels were made, or ``extra`` looked into after the first route. Of the memory of a
    door the first ``size`` places are used. ``room.counts`` holds afterwards the routes, the labels made, those looked
    into, and 1 if it gave up.
    """
    stop, begin, earned, memory = room.stop, room.begin, room.earned, room.memory
    parent, before, older, newest = room.parent, room.before, room.older, room.newest
    top = room.top
    promise, heap = room.promise, room.heap
    first, then, whose = table.first, table.then, table.whose
    horizon = arcs.begins.shape[1] - 1
    most, open_, made, looked, routes, best = len(stop) - len(kept.stops) - 2, 0, 0, 0, 0, floor
    room.counts[3], enough = 0, most
    for k in range(len(kept.stops)):
        j = kept.stops[k]
        for t in range(arcs.opens[j], arcs.closes[j] + 1):
            newest[j, t], top[j, t] = NONE, NEVER
        d = arcs.door[j]
        a = arcs.out[d]
        if a > arcs.closes[j]:
            continue
        worth = first[j * width + a] - arcs.out_cost[d]
        if worth > floor:
            stop[made], begin[made], parent[made], before[made] = j, arcs.begins[j, a], NONE, NONE
            earned[made], memory[made] = gain[j] - arcs.out_cost[d], 1
            _push(promise, heap, open_, made, worth)
            open_ += 1
            made += 1
    while open_ > 0:
        label, worth = heap[0], promise[0]
        if routes > 0 and worth < best - span:
            break
        if made >= most or made >= patience or looked >= enough:
            room.counts[3] = 1
            best = max(best, worth)
            break
        _drop_top(promise, heap, open_)
        open_ -= 1
        i = stop[label]
        if i == AT_HOME:
            if routes == 0:
                enough = looked + extra
            best = max(best, worth)
            length, at = 0, parent[label]
            while at != NONE:
                found.stops[routes, length] = stop[at]
                length += 1
                at = parent[at]
            found.length[routes], found.price[routes] = length, worth
            routes += 1
            if routes == len(found.length):
                break
            continue
        here, b, has, knows, came = arcs.door[i], begin[label], earned[label], memory[label], before[label]
        mine = arcs.visit[here]
        beaten = False
        for t in range(b, arcs.opens[i] - 1, -1):
            if top[i, t] < has:
                continue
            other = newest[i, t]
            while other != NONE:
                if earned[other] >= has and memory[other] & ~knows == 0:
                    # Where the door does not remember whence it came, only the ban on going back there tells.
                    whence = before[other]
                    beaten = whence in (came, NONE) or 0 <= near.place[here, whence] < size
                    if beaten:
                        break
                other = older[other]
            if beaten:
                break
        if beaten:
            continue
        looked += 1
        older[label], newest[i, b], top[i, b] = newest[i, b], label, max(top[i, b], has)
        if b + arcs.home[i] <= horizon:
            worth = has - arcs.home_cost[here]
            if worth > floor:
                stop[made], parent[made] = AT_HOME, label
                _push(promise, heap, open_, made, worth)
                open_ += 1
                made += 1
        for r in range(len(kept.starts) - 1):
            a = b + regions.wait[i, r]
            if a > horizon or has - regions.cost[here, r] + promised[r * width + a] <= floor:
                continue
            for k in range(kept.starts[r], kept.starts[r + 1]):
                d = kept.doors[k]
                a = b + arcs.wait[i, d]
                if a > arcs.shuts[d]:
                    continue
                so_far = has - arcs.cost[here, d]
                if so_far + at_door.first[d * width + a] <= floor or arcs.visit[d] == came:
                    continue
                known = near.place[here, arcs.visit[d]]
                if 0 <= known < size and (knows >> np.uint32(known)) & 1:
                    continue
                keeps = np.uint32(0)
                for j in range(arcs.stops_of[d], arcs.stops_of[d + 1]):
                    if gain[j] <= 0 or a > arcs.closes[j]:
                        continue
                    place = j * width + a
                    worth = so_far + (then[place] if whose[place] == mine else first[place])
                    if worth <= floor:
                        continue
                    if keeps == 0:
                        keeps = _kept(near, here, d, knows, size)
                    stop[made], begin[made], parent[made], before[made] = j, arcs.begins[j, a], label, mine
                    earned[made], memory[made] = so_far + gain[j], keeps
                    _push(promise, heap, open_, made, worth)
                    open_ += 1
                    made += 1
    room.counts[0], room.counts[1], room.counts[2] = routes, made, looked
    return best


@inlined
def _kept(near: Near, here: int, door: int, knows: np.uint32, size: int) -> np.uint32:
    """Give what a door remembers of what was known at the door before it, itself included."""
    keeps = np.uint32(1)
    for p in range(1, size):
        v = near.visits[door, p]
        if v < 0:
            break
        known = near.place[here, v]
        if 0 <= known < size:
            keeps |= ((knows >> np.uint32(known)) & np.uint32(1)) << np.uint32(p)
    return keeps
