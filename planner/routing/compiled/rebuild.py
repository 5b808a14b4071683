"""Planning whole routes anew: a few neighbouring ones are emptied and each is composed by dynamic programming.

Strings of five stops change a long route little. Here one to three routes leave whole, and one after the other is made
anew of what is free nearby: a *label* is a way through the first part of a shift, known by its last stop and its time;
of all ways to the same stop in the same span of time the one that earns most is kept. Values carry noise, or the same
route would come back every time. Times in a label are exact, so a composed route is feasible; the labels of the search
say so once more.

Only shifts without breaks are composed, and none where roads are slower at some hours or a lock wants a position.

References
----------
Righini and Salani, "Decremental state space relaxation strategies and initialization heuristics for solving the
orienteering problem with time windows with dynamic programming", Computers & Operations Research 36 (2009).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.draw import below, uniform
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import kept, label
from planner.routing.compiled.layout import (
    CLASS,
    CLOSES,
    END,
    MOST,
    NO_ROAD,
    NODE,
    OPENS,
    PAUSES,
    PLACE,
    SERVICE,
    START,
    STARTS,
    Floats,
    Ground,
    Ids,
    Ints,
    State,
)
from planner.routing.compiled.recreate import Contest
from planner.routing.compiled.ruin import Before, has, nominate, remember

#: Routes composed anew in one move, visits that compete for them, and options of these, at most.
COMPOSED, CANDIDATES = 3, 320

#: Spans that a shift is cut into, labels of a span that are carried on, and neighbours that each is carried on to.
SPANS, BEAM, ONWARD = 120, 60, 32

#: How strong the noise of values is at most.
WAVER = 0.3

WORDS = (CANDIDATES + 63) // 64


class Bench(NamedTuple):
    """Room to compose a route.

    Attributes
    ----------
    visit, gone
        (candidates,) the visits that compete, and which of them a route has taken.
    first_of
        (candidates + 1,) the options of candidate c are those from ``first_of[c]`` to ``first_of[c + 1]``.
    node, of
        (options,) the node, and the candidate it is an option of.
    times
        (options, 3) opens, closes, service; ``home`` the travel to the end of the shift.
    worth
        (options,) value with noise, required visits above all.
    onward, leg, ways
        (options, onward) where to go from an option, and the travel; ``ways`` says how many there are.
    earned, departs, stops, came
        (spans, options) the label: value less cost of travel, departure, number of stops, and where it came from, as
        span × options + option, -1 for the start.
    passed
        (spans, options, words) the candidates on its way, one bit each.
    held, holds
        (spans, options) which options have a label in a span; ``holds`` says how many.
    labelled
        (spans, options) the number of the composing in which a label was written last; ``composing`` counts them.
    """

    visit: Ids
    gone: NDArray[np.bool_]
    first_of: Ids
    node: Ids
    of: Ids
    times: Ints
    home: Ints
    worth: Floats
    onward: Ids
    leg: Ints
    ways: Ints
    earned: Floats
    departs: Ints
    stops: Ints
    came: Ints
    passed: NDArray[np.uint64]
    held: Ids
    holds: Ints
    labelled: Ints
    composing: Ints


def bench() -> Bench:
    """Give room to compose a route."""
    table = (SPANS, CANDIDATES)
    return Bench(
        visit=np.zeros(CANDIDATES, dtype=np.uint32),
        gone=np.zeros(CANDIDATES, dtype=bool),
        first_of=np.zeros(CANDIDATES + 1, dtype=np.uint32),
        node=np.zeros(CANDIDATES, dtype=np.uint32),
        of=np.zeros(CANDIDATES, dtype=np.uint32),
        times=np.zeros((CANDIDATES, 3), dtype=np.int32),
        home=np.zeros(CANDIDATES, dtype=np.int32),
        worth=np.zeros(CANDIDATES),
        onward=np.zeros((CANDIDATES, ONWARD), dtype=np.uint32),
        leg=np.zeros((CANDIDATES, ONWARD), dtype=np.int32),
        ways=np.zeros(CANDIDATES, dtype=np.int32),
        earned=np.zeros(table),
        departs=np.zeros(table, dtype=np.int32),
        stops=np.zeros(table, dtype=np.int32),
        came=np.zeros(table, dtype=np.int32),
        passed=np.zeros((*table, WORDS), dtype=np.uint64),
        held=np.zeros(table, dtype=np.uint32),
        holds=np.zeros(SPANS, dtype=np.int32),
        labelled=np.zeros(table, dtype=np.int32),
        composing=np.zeros(1, dtype=np.int32),
    )


@kernel
def rebuild(
    ground: Ground,
    state: State,
    one: Contest,
    before: Before,
    room: Bench,
    seed: int,
    random: NDArray[np.uint64],
) -> tuple[int, int]:
    """Empty one to three routes near a visit and compose them anew; give how many, and how many ways were tried."""
    most, touched = 1 + below(random, COMPOSED), 0
    for k in range(ground.near.shape[1]):
        shift = state.at[ground.near[seed, k]]
        if shift >= 0 and ground.shift[shift, PAUSES] == 0 and not has(one, touched, shift):
            remember(state, one, before, touched, shift)
            touched += 1
            if touched == most:
                break
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
    tried, turn = 0, below(random, max(touched, 1))
    for t in range(touched):
        shift = one.routes[(t + turn) % touched]
        options = lay_out(ground, before, room, shift, found, random)
        connect(ground, before, room, shift, options)
        span, last, ways = compose(ground, room, shift, options, found)
        tried += ways
        take(ground, state, room, shift, span, last)
    return touched, tried


@kernel
def lay_out(
    ground: Ground, before: Before, room: Bench, shift: int, found: int, random: NDArray[np.uint64]
) -> int:
    """Write the options of the candidates that a shift may take and reach in time; give how many."""
    of_class, starts = ground.shift[shift, CLASS], ground.shift[shift, STARTS]
    start, end, by = ground.shift[shift, START], ground.shift[shift, END], ground.back_by[shift, 0]
    options = 0
    for c in range(found):
        visit = room.visit[c]
        room.first_of[c] = options
        wavers = 1.0 + WAVER * (2.0 * uniform(random) - 1.0)
        if room.gone[c]:
            continue
        for i in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
            node = ground.listed[i]
            place = ground.place_of[node]
            there, home = ground.pair[place, start] >> 16, ground.pair[place, end] & NO_ROAD
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
def compose(ground: Ground, room: Bench, shift: int, options: int, found: int) -> tuple[int, int, int]:
    """Write labels span by span; give span and option of the best route's last stop, and how many ways were tried."""
    starts, by, most = ground.shift[shift, STARTS], ground.back_by[shift, 0], ground.shift[shift, MOST]
    start, words, tried = ground.shift[shift, START], (found + 63) // 64, options
    cost, per_s = ground.cost_per_s, SPANS / (by - starts + 1.0)
    times, worth, home, came, passed = room.times, room.worth, room.home, room.came, room.passed
    room.composing[0] += 1
    for span in range(SPANS):
        room.holds[span] = 0
    best, best_span, best_last = 0.0, -1, -1
    for j in range(options):
        leg = ground.pair[start, ground.place_of[room.node[j]]] & NO_ROAD
        if leg == NO_ROAD or starts + leg > times[j, CLOSES] or most == 0:
            continue
        leaves = max(starts + leg, times[j, OPENS]) + times[j, SERVICE]
        if leaves + home[j] > by:
            continue
        earned = worth[j] - cost * leg
        span = int((leaves - starts) * per_s)
        if not write(room, span, j, earned, leaves, 1):
            continue
        came[span, j] = -1
        for w in range(words):
            passed[span, j, w] = np.uint64(0)
        passed[span, j, room.of[j] >> 6] |= np.uint64(1) << np.uint64(room.of[j] & 63)
        if earned - cost * home[j] > best:
            best, best_span, best_last = earned - cost * home[j], span, j
    for span in range(SPANS - 1):
        labels = room.holds[span]
        if labels > BEAM:
            foremost(room, span, labels)
            labels = BEAM
        for k in range(labels):
            i = room.held[span, k]
            departs, sofar, stops = room.departs[span, i], room.earned[span, i], room.stops[span, i]
            if stops == most:
                continue
            tried += room.ways[i]
            for way in range(room.ways[i]):
                j, leg = room.onward[i, way], room.leg[i, way]
                arrives = departs + leg
                leaves = max(arrives, times[j, OPENS]) + times[j, SERVICE]
                c = room.of[j]
                if (
                    arrives > times[j, CLOSES]
                    or leaves + home[j] > by
                    or passed[span, i, c >> 6] >> np.uint64(c & 63) & np.uint64(1)
                ):
                    continue
                earned = sofar + worth[j] - cost * leg
                # Where a stop is over within the span, its label waits in the next: only the bookkeeping is later.
                into = max(int((leaves - starts) * per_s), span + 1)
                if not write(room, into, j, earned, leaves, stops + 1):
                    continue
                came[into, j] = span * CANDIDATES + i
                for w in range(words):
                    passed[into, j, w] = passed[span, i, w]
                passed[into, j, c >> 6] |= np.uint64(1) << np.uint64(c & 63)
                if earned - cost * home[j] > best:
                    best, best_span, best_last = earned - cost * home[j], into, j
    return best_span, best_last, tried


@inlined
def write(room: Bench, span: int, j: int, earned: float, departs: int, stops: int) -> bool:
    """Write a label unless a better one stands there; say whether it was written."""
    if room.labelled[span, j] != room.composing[0]:
        room.labelled[span, j] = room.composing[0]
        room.held[span, room.holds[span]] = j
        room.holds[span] += 1
    elif earned <= room.earned[span, j]:
        return False
    room.earned[span, j] = earned
    room.departs[span, j] = departs
    room.stops[span, j] = stops
    return True


@inlined
def foremost(room: Bench, span: int, labels: int) -> None:
    """Bring the labels of a span that earn most to the front (Hoare's selection)."""
    held, earned, low, high = room.held, room.earned, 0, labels - 1
    while low < high:
        pivot, i, j = earned[span, held[span, BEAM - 1]], low, high
        while i <= j:
            while earned[span, held[span, i]] > pivot:
                i += 1
            while earned[span, held[span, j]] < pivot:
                j -= 1
            if i <= j:
                held[span, i], held[span, j] = held[span, j], held[span, i]
                i += 1
                j -= 1
        if j < BEAM - 1:
            low = i
        if i > BEAM - 1:
            high = j


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
        # Never so far: a composed route is feasible. Were it not, the crew would stay at home.
        for k in range(1, count + 1):
            state.at[ground.visit_of[stops[shift, k, NODE]]] = -1
        state.size[shift] = 0
        label(ground, state, shift)
