"""A route composed by dynamic programming: the way through a shift that earns most, of many tried side by side.

A *label* is a way through the first part of a shift, known by its last stop and its time. The shift is cut into spans;
of all ways that leave the same stop in the same span the one that has earned most is kept, and the best labels of each
span are carried on to the nearest stops that they have not passed. Times in a label are exact, so what comes out is
feasible; that it is the best there is, is likely and not certain.

References
----------
Righini and Salani, "Decremental state space relaxation strategies and initialization heuristics for solving the
orienteering problem with time windows with dynamic programming", Computers & Operations Research 36 (2009).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.layout import (
    CLOSES,
    MOST,
    NO_ROAD,
    OPENS,
    SERVICE,
    START,
    STARTS,
    Floats,
    Ground,
    Ids,
    Ints,
)

#: Visits that compete for a route, and options of these, at most.
CANDIDATES = 320

#: Spans that a shift is cut into, labels of a span that are carried on, and stops that each is carried on to, at most.
SPANS, BEAM, ONWARD = 120, 30, 32

#: Words of 64 bits that hold a bit for each candidate.
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
    foes
        (candidates, words) from whom each candidate is kept apart, one bit each; written only where anybody is.
    owed
        (1,) ways that may still be tried, so that composing keeps its share of the work.
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
    foes: NDArray[np.uint64]
    owed: Floats


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
        foes=np.zeros((CANDIDATES, WORDS), dtype=np.uint64),
        owed=np.zeros(1),
    )


@kernel
def compose(ground: Ground, room: Bench, shift: int, options: int, found: int) -> tuple[int, int]:
    """Write labels span by span; give span and option of the best route's last stop."""
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
                    or (ground.parted and meets(room, span, i, c, words))
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
    room.owed[0] -= tried
    return best_span, best_last


@inlined
def meets(room: Bench, span: int, i: int, c: int, words: int) -> bool:
    """Say whether a label's way has passed one from whom a candidate is kept apart."""
    for w in range(words):  # noqa: SIM110 - a generator cannot be compiled
        if room.passed[span, i, w] & room.foes[c, w]:
            return True
    return False


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
