"""Planning whole routes anew: one or two neighbouring ones are emptied, and each is composed of what is free nearby.

Strings of five stops change a long route little; composing it whole (``planner.routing.compiled.compose``) finds what
no string would. Values carry noise, or the same route would come back every time, and the first of two would leave the
second nothing. What is composed enters the step as what is left of a route after a string has gone: it is filled up,
and stays or not like any other change.

Only shifts without breaks are composed, and none where roads are slower at some hours or a lock wants a position.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.compose import CANDIDATES, ONWARD, WORDS, Bench, compose
from planner.routing.compiled.draw import below, uniform
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import kept, label
from planner.routing.compiled.layout import (
    CLASS,
    CLOSES,
    END,
    NO_ROAD,
    NODE,
    OPENS,
    PAUSES,
    PLACE,
    SERVICE,
    STARTS,
    Ground,
    State,
)
from planner.routing.compiled.recreate import Contest
from planner.routing.compiled.ruin import Before, has, nominate, remember

#: How often one route is composed alone instead of one or two, and how strong the noise of values is at most.
ALONE, WAVER = 0.5, 0.3

#: The share of a search's work that goes into composing where shifts are this few; where they are more, it falls with
#: the square of their number.
SHARE, FEW = 0.6, 4

#: How many ways from label to label take as long as one step of the search.
STEP = 1_800


@inlined
def owing(shifts: int) -> float:
    """Give how many ways may be tried for each step of the search."""
    share = SHARE * min(1.0, FEW / shifts) ** 2
    return STEP * share / (1.0 - share)


@kernel
def rebuild(
    ground: Ground,
    state: State,
    one: Contest,
    before: Before,
    room: Bench,
    seed: int,
    random: NDArray[np.uint64],
) -> int:
    """Empty up to two routes near a visit and compose them anew; give how many."""
    most = 1 if uniform(random) < ALONE else 1 + below(random, 2)
    waver, touched = WAVER * uniform(random), 0
    for k in range(ground.near.shape[1]):
        shift = state.at[ground.near[seed, k]]
        if shift >= 0 and ground.shift[shift, PAUSES] == 0 and not has(one, touched, shift):
            remember(state, one, before, touched, shift)
            touched += 1
            if touched == most:
                break
    room.owed[0] -= STEP
    if touched == 0:
        return 0
    for t in range(touched):
        shift = one.routes[t]
        for k in range(1, state.size[shift] + 1):
            state.at[ground.visit_of[state.stops[shift, k, NODE]]] = -1
        state.size[shift] = 0
    found = nominate(ground, state, before, touched, seed, CANDIDATES)
    for c in range(found):
        room.visit[c] = before.order[c]
        room.gone[c] = False
        before.mark[before.order[c]] = c
    if ground.parted:
        set_apart(ground, before, room, found)
    turn = below(random, touched)
    for t in range(touched):
        shift = one.routes[(t + turn) % touched]
        options = lay_out(ground, room, shift, found, random, waver)
        connect(ground, before, room, shift, options)
        take(ground, state, room, shift, *compose(ground, room, shift, options, found))
    return touched


@kernel
def set_apart(ground: Ground, before: Before, room: Bench, found: int) -> None:
    """Write from whom each candidate is kept apart."""
    for c in range(found):
        for w in range(WORDS):
            room.foes[c, w] = np.uint64(0)
        visit = room.visit[c]
        for f in range(ground.first_foe[visit], ground.first_foe[visit + 1]):
            other = before.mark[ground.foe[f]]
            # Marks of those who do not compete are old.
            if other < found and room.visit[other] == ground.foe[f]:
                room.foes[c, other >> 6] |= np.uint64(1) << np.uint64(other & 63)


@kernel
def lay_out(ground: Ground, room: Bench, shift: int, found: int, random: NDArray[np.uint64], waver: float) -> int:
    """Write the options of the candidates that a shift may take and reach in time; give how many."""
    of_class, starts = ground.shift[shift, CLASS], ground.shift[shift, STARTS]
    end, by = ground.shift[shift, END], ground.back_by[shift, 0]
    options = 0
    for c in range(found):
        visit = room.visit[c]
        room.first_of[c] = options
        wavers = 1.0 + waver * (2.0 * uniform(random) - 1.0)
        if room.gone[c]:
            continue
        for i in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
            node = ground.listed[i]
            place = ground.place_of[node]
            home = ground.pair[place, end] & NO_ROAD
            begins = max(starts, ground.times[node, OPENS])
            if (
                options < CANDIDATES
                and home < NO_ROAD
                and begins <= ground.times[node, CLOSES]
                and begins + ground.times[node, SERVICE] + home <= by
            ):
                room.node[options] = node
                room.of[options] = c
                for column in range(3):
                    room.times[options, column] = ground.times[node, column]
                room.home[options] = home
                value = ground.value[node] + kept(ground, shift, visit)
                room.worth[options] = wavers * value + ground.first[visit]
                options += 1
    room.first_of[found] = options
    return options


@kernel
def connect(ground: Ground, before: Before, room: Bench, shift: int, options: int) -> None:
    """Write for each option the nearest ones that may follow it."""
    step, starts = before.step[0], ground.shift[shift, STARTS]
    for i in range(options):
        node, ways = room.node[i], 0
        place, visit = ground.place_of[node], ground.visit_of[node]
        earliest = max(starts, room.times[i, OPENS]) + room.times[i, SERVICE]
        for k in range(1, ground.near.shape[1]):
            other = ground.near[visit, k]
            if before.met[other] != step or before.mark[other] >= CANDIDATES:
                continue
            c = before.mark[other]
            if room.visit[c] != other or room.gone[c]:
                continue
            for j in range(room.first_of[c], room.first_of[c + 1]):
                leg = ground.pair[place, ground.place_of[room.node[j]]] & NO_ROAD
                if ways < ONWARD and leg < NO_ROAD and earliest + leg <= room.times[j, CLOSES]:
                    room.onward[i, ways] = j
                    room.leg[i, ways] = leg
                    ways += 1
            if ways == ONWARD:
                break
        room.ways[i] = ways


@kernel
def take(ground: Ground, state: State, room: Bench, shift: int, span: int, last: int) -> None:
    """Write the composed route into the plan, label it, and let its visits compete no more."""
    stops = state.stops
    count = room.stops[span, last] if span >= 0 else 0
    state.size[shift] = count
    for k in range(count, 0, -1):
        node = room.node[last]
        stops[shift, k, NODE] = node
        stops[shift, k, PLACE] = ground.place_of[node]
        room.gone[room.of[last]] = True
        state.at[ground.visit_of[node]] = shift
        came = room.came[span, last]
        if came >= 0:
            span, last = came // CANDIDATES, came % CANDIDATES
    if not label(ground, state, shift):
        # Not so far: what is composed is feasible. Were it not, the crew would stay at home.
        for k in range(1, count + 1):
            state.at[ground.visit_of[stops[shift, k, NODE]]] = -1
        state.size[shift] = 0
        label(ground, state, shift)
