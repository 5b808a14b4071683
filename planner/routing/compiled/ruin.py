"""Making room: strings of stops leave a few routes around a drawn visit, and who may take the room is gathered.

References
----------
Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing problems", Transportation
Science 54 (2020).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.draw import below, uniform
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import label
from planner.routing.compiled.layout import NODE, PLACE, Floats, Ground, Ids, Ints, State
from planner.routing.compiled.recreate import Contest

#: Routes touched in one step, and stops taken out of each, at most.
TOUCHED, STRING = 4, 5

#: Neighbours of a stop that compete for the room of its route, and competing visits in all, at most.
COMPETING_NEAR, COMPETING = 60, 60

#: How often a pair of visit and route is overlooked, how strong the noise of scores is at most.
BLINK, NOISE = 0.01, 0.35


class Before(NamedTuple):
    """The touched routes as they were, to go back to, and marks for gathering.

    Attributes
    ----------
    stops, size, gain
        Rows of the state, one a touched route.
    met, mark
        (visits,) the step in which a visit was entered last, and where it stands in ``order`` then.
    order, open_to
        (visits,) the competing visits, and the routes they compete for, one bit each.
    seen
        Room for the left-out visits near one stop.
    step
        (1,) steps so far.
    """

    stops: Ints
    size: Ints
    gain: Floats
    met: NDArray[np.int64]
    mark: Ids
    order: Ids
    open_to: Ids
    seen: Ids
    step: NDArray[np.int64]


def room(state: State) -> Before:
    """Give room to remember the routes touched by a step."""
    visits = len(state.at)
    return Before(
        stops=np.zeros((TOUCHED, *state.stops.shape[1:]), dtype=np.int32),
        size=np.zeros(TOUCHED, dtype=np.int32),
        gain=np.zeros(TOUCHED),
        met=np.zeros(visits, dtype=np.int64),
        mark=np.zeros(visits, dtype=np.uint32),
        order=np.zeros(visits + 1, dtype=np.uint32),
        open_to=np.zeros(visits + 1, dtype=np.uint32),
        seen=np.zeros(COMPETING_NEAR + 1, dtype=np.uint32),
        step=np.zeros(1, dtype=np.int64),
    )


@inlined
def seed_visit(ground: Ground, state: State, random: NDArray[np.uint64]) -> int:
    """Draw the visit around which room is made: one in three the most promising of four that are left out."""
    visits = state.at.shape[0]
    best = -1
    if uniform(random) < 0.35:
        found = 0
        for _ in range(16):
            visit = below(random, visits)
            if state.at[visit] == -1:
                if best < 0 or ground.promise[visit] > ground.promise[best]:
                    best = visit
                found += 1
                if found == 4:
                    break
    for _ in range(16):
        if best >= 0 and state.at[best] >= -1:
            break
        best = below(random, visits)
    return best


@kernel
def ruin(ground: Ground, state: State, one: Contest, before: Before, seed: int, random: NDArray[np.uint64]) -> int:
    """Take strings out of one to four routes near a visit; give how many were touched."""
    most, touched = 1 + below(random, TOUCHED), 0
    for k in range(ground.near.shape[1]):
        visit = ground.near[seed, k]
        if touched == most:
            break
        shift = state.at[visit]
        if shift >= 0 and not has(one, touched, shift):
            remember(state, one, before, touched, shift)
            if cut(ground, state, shift, visit, random):
                touched += 1
            else:
                restore(ground, state, one, before, touched)
    if touched < TOUCHED and (touched == 0 or uniform(random) < 0.3):
        shift = below(random, state.size.shape[0])
        if state.size[shift] == 0 and not has(one, touched, shift):
            remember(state, one, before, touched, shift)
            touched += 1
    return touched


@inlined
def has(one: Contest, touched: int, shift: int) -> bool:
    """Say whether a shift is among those touched."""
    for t in range(touched):  # noqa: SIM110 - a generator cannot be compiled
        if one.routes[t] == shift:
            return True
    return False


@kernel
def remember(state: State, one: Contest, before: Before, t: int, shift: int) -> None:
    """Keep a route as it is."""
    one.routes[t] = shift
    before.size[t] = state.size[shift]
    before.gain[t] = state.gain[shift]
    copy(state.stops, shift, before.stops, t, state.size[shift] + 2)


@kernel
def restore(ground: Ground, state: State, one: Contest, before: Before, t: int) -> None:
    """Bring a route back; visits it has gained are to be taken out of ``at`` before."""
    shift = one.routes[t]
    state.size[shift] = before.size[t]
    state.gain[shift] = before.gain[t]
    copy(before.stops, t, state.stops, shift, before.size[t] + 2)
    for k in range(1, before.size[t] + 1):
        state.at[ground.visit_of[before.stops[t, k, NODE]]] = shift


@inlined
def copy(source: Ints, row: int, target: Ints, into: int, length: int) -> None:
    """Copy the first stops of one route to another place (a slice would be allocated)."""
    for k in range(length):
        for column in range(source.shape[2]):
            target[into, k, column] = source[row, k, column]


@inlined
def release(ground: Ground, state: State, shift: int) -> None:
    """Say of the visits of a route that they are left out."""
    for k in range(1, state.size[shift] + 1):
        state.at[ground.visit_of[state.stops[shift, k, NODE]]] = -1


@kernel
def cut(ground: Ground, state: State, shift: int, visit: int, random: NDArray[np.uint64]) -> bool:
    """Take a string around a visit out of its route, sometimes sparing some in its midst; say whether a route remains.

    Where roads are not metric, a route may break by losing a stop.
    """
    stops, count = state.stops, state.size[shift]
    at = 1
    while ground.visit_of[stops[shift, at, NODE]] != visit:
        at += 1
    leaving = min(count, 1 + below(random, STRING))
    spared = min(count - leaving, 1 + below(random, 3)) if uniform(random) < 0.3 else 0
    span = leaving + spared
    low = max(1, at - span + 1)
    first = low + below(random, min(at, count - span + 1) - low + 1)
    spared_from = first + (1 + below(random, leaving) if leaving > 1 else 0)
    kept = first
    for k in range(first, count + 1):
        inside = k < first + span and not spared_from <= k < spared_from + spared
        if inside:
            state.at[ground.visit_of[stops[shift, k, NODE]]] = -1
        else:
            stops[shift, kept, NODE] = stops[shift, k, NODE]
            stops[shift, kept, PLACE] = stops[shift, k, PLACE]
            kept += 1
    state.size[shift] = kept - 1
    return label(ground, state, shift)


@kernel
def gather(
    ground: Ground, state: State, one: Contest, before: Before, touched: int, seed: int, random: NDArray[np.uint64]
) -> int:
    """Enter who competes into the contest; give how many."""
    found = nominate(ground, state, before, touched, seed, COMPETING)
    for i in range(found):
        one.visit[i] = before.order[i]
        one.open_to[i] = before.open_to[i]
        one.noise[i] = 1.0 + NOISE * (2.0 * uniform(random) - 1.0)
        if uniform(random) < BLINK * touched:
            one.open_to[i] &= 0xFF ^ (1 << below(random, touched))
    return found


@inlined
def nominate(ground: Ground, state: State, before: Before, touched: int, seed: int, most: int) -> int:
    """Write into ``order`` what left the touched routes, and what is left out near their stops; give how many.

    Where they are more than ``most``, the most promising of the latter stay.
    """
    before.step[0] += 1
    found, everywhere = 0, (1 << touched) - 1
    for t in range(touched):
        for k in range(1, before.size[t] + 1):
            visit = ground.visit_of[before.stops[t, k, NODE]]
            if state.at[visit] == -1:
                before.seen[0] = visit
                found = enter(before, 1, everywhere, found)
    removed = found
    for t in range(touched):
        if before.size[t] == 0:
            found = enter(before, around(ground, state, before, seed), 1 << t, found)
        for k in range(1, before.size[t] + 1):
            stop = ground.visit_of[before.stops[t, k, NODE]]
            found = enter(before, around(ground, state, before, stop), 1 << t, found)
    if found > most > removed:
        promising(ground, before, removed, found, most)
    return min(found, most)


@inlined
def around(ground: Ground, state: State, before: Before, stop: int) -> int:
    """Write the left-out visits near a stop into ``seen``; give how many. No branch: half of them would be missed."""
    near, at, seen, count = ground.near, state.at, before.seen, 0
    for j in range(min(COMPETING_NEAR, near.shape[1])):
        visit = near[stop, j]
        seen[count] = visit
        count += at[visit] == -1
    return count


@inlined
def enter(before: Before, count: int, bits: int, found: int) -> int:
    """Note that the visits in ``seen`` compete for these routes; give how many compete now."""
    seen, met, mark, order, open_to = before.seen, before.met, before.mark, before.order, before.open_to
    step = before.step[0]
    for k in range(count):
        visit = seen[k]
        known = met[visit] == step
        at = mark[visit] if known else found
        order[at] = visit
        open_to[at] = (open_to[at] if known else 0) | bits
        mark[visit] = at
        met[visit] = step
        found += not known
    return found


@kernel
def promising(ground: Ground, before: Before, removed: int, found: int, most: int) -> None:
    """Bring the most promising of the competing visits to the front, behind those removed (Hoare's selection)."""
    order, open_to, low, high = before.order, before.open_to, removed, found - 1
    while low < high:
        pivot, i, j = ground.promise[order[most - 1]], low, high
        while i <= j:
            while ground.promise[order[i]] > pivot:
                i += 1
            while ground.promise[order[j]] < pivot:
                j -= 1
            if i <= j:
                order[i], order[j] = order[j], order[i]
                open_to[i], open_to[j] = open_to[j], open_to[i]
                i += 1
                j -= 1
        if j < most - 1:
            low = i
        if i > most - 1:
            high = j
