"""Trying an insertion: does a node fit into a gap of a route, and what travel does it add there?

Every check is O(layers): from the earliest departure before the gap over the node to the latest arrival behind it.
"""

from __future__ import annotations

from planner.routing.compiled.drive import arrival
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.layout import (
    CLOSES,
    DEPARTS,
    LEG,
    NEVER,
    NO_ROAD,
    NODE,
    OPENS,
    PAUSES,
    PLACE,
    SERVICE,
    Ground,
    Ints,
    State,
)


@inlined
def best_gap(ground: Ground, state: State, shift: int, node: int) -> tuple[int, int]:
    """Give the travel a node adds at its best gap of a route, and the gap; (``NEVER``, -1) where it fits nowhere."""
    stops, count = state.stops, state.size[shift]
    closes = ground.times[node, CLOSES]
    ends = ground.times[node, OPENS] + ground.times[node, SERVICE]
    latest = DEPARTS + ground.back_by.shape[1]
    best, at = NEVER, -1
    for gap in range(count + 1):
        if stops[shift, gap, DEPARTS] > closes:
            break
        if ends > stops[shift, gap + 1, latest]:
            continue
        added = added_at(ground, state, shift, gap, node)
        if added < best:
            best, at = added, gap
    return best, at


@kernel
def best_gap_layered(ground: Ground, state: State, shift: int, node: int) -> tuple[int, int]:
    """Give the same for a shift with breaks, or where the hours matter or a lock wants a position."""
    best, at = NEVER, -1
    for gap in range(state.size[shift] + 1):
        added = added_layered(ground, state, shift, gap, gap + 1, node)
        if added < best and not pushes(ground, state, shift, gap, node):
            best, at = added, gap
    return best, at


@inlined
def added_at(ground: Ground, state: State, shift: int, gap: int, node: int) -> int:
    """Give the travel a node adds in a gap of a route without breaks or slower hours; ``NEVER`` where it fits not."""
    stops = state.stops
    place = ground.place_of[node]
    there = ground.pair[place, stops[shift, gap, PLACE]] >> 16
    back = ground.pair[place, stops[shift, gap + 1, PLACE]] & NO_ROAD
    begins = max(stops[shift, gap, DEPARTS] + there, ground.times[node, OPENS])
    latest = stops[shift, gap + 1, DEPARTS + ground.back_by.shape[1]]
    if (
        begins > ground.times[node, CLOSES]
        or begins + ground.times[node, SERVICE] + back > latest
        or max(there, back) == NO_ROAD
    ):
        return NEVER
    if state.size[shift] == 0:
        return there + back
    return there + back - stops[shift, gap, LEG]


@kernel
def added_layered(ground: Ground, state: State, shift: int, low: int, high: int, node: int) -> int:
    """Give the travel a node adds between the rows ``low`` and ``high``, what stands between them taken out.

    The four places of a break (before the drive, before the visit, after it, after the second drive) are tried in turn:
    rows carry the first and the last of them in their labels.
    """
    stops, pauses = state.stops, ground.pauses
    place, count = ground.place_of[node], ground.shift[shift, PAUSES]
    there = ground.pair[place, stops[shift, low, PLACE]] >> 16
    back = ground.pair[place, stops[shift, high, PLACE]] & NO_ROAD
    if max(there, back) == NO_ROAD:
        return NEVER
    opens, closes, service = ground.times[node, OPENS], ground.times[node, CLOSES], ground.times[node, SERVICE]
    latest = DEPARTS + ground.back_by.shape[1]
    arrived = served = NEVER
    for layer in range(count + 1):
        ready = stops[shift, low, DEPARTS + layer]
        ready = arrival(ground, ready, there) if ready < NEVER else NEVER
        if layer > 0:
            ready = min(ready, paused(pauses, shift, layer - 1, arrived))
        arrived = ready
        ready = max(ready, opens) + service if ready <= closes else NEVER
        if layer > 0:
            ready = min(ready, paused(pauses, shift, layer - 1, served))
        served = ready
        if served < NEVER and arrival(ground, served, back) <= stops[shift, high, latest + layer]:
            if state.size[shift] == 0:
                return there + back
            left = 0
            for k in range(low, high):
                left += stops[shift, k, LEG]
            return there + back - left
    return NEVER


@inlined
def paused(pauses: Ints, shift: int, i: int, ready: int) -> int:
    """Give when break i is over for a crew that is ready then; ``NEVER`` where it is too late for it."""
    begins = max(ready, pauses[shift, i, 0])
    return begins + pauses[shift, i, 2] if begins <= pauses[shift, i, 1] else NEVER


@kernel
def barred(ground: Ground, state: State, shift: int, visit: int) -> bool:
    """Say whether a route has a stop from which a visit is kept apart."""
    for f in range(ground.first_foe[visit], ground.first_foe[visit + 1]):
        for k in range(1, state.size[shift] + 1):
            if ground.visit_of[state.stops[shift, k, NODE]] == ground.foe[f]:
                return True
    return False


@kernel
def pushes(ground: Ground, state: State, shift: int, gap: int, node: int) -> bool:
    """Say whether an insertion would push a locked stop behind its position, or miss the node's own."""
    own = ground.position[ground.visit_of[node]]
    if 0 <= own < gap:
        return True
    for k in range(gap + 1, state.size[shift] + 1):
        position = ground.position[ground.visit_of[state.stops[shift, k, NODE]]]
        if 0 <= position <= k - 1:
            return True
    return False


@kernel
def wanted(ground: Ground, state: State, shift: int, gap: int) -> bool:
    """Say whether a stop behind the gap is locked to a later position: then anything before it is welcome."""
    for k in range(gap + 1, state.size[shift] + 1):
        if ground.position[ground.visit_of[state.stops[shift, k, NODE]]] > k - 1:
            return True
    return False
