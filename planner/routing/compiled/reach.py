"""How little a plan lacks to take a visit that it leaves out, displacing nobody.

For every shift and gap the rest of the route is driven once more with the visit in it (``late``), which tells by how
much the crew would come home too late. It is done only where a bound, the drive without any waiting, leaves hope.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.drive import arrival, departure
from planner.routing.compiled.insertion import pushes
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import worth
from planner.routing.compiled.late import lateness, remaining
from planner.routing.compiled.layout import (
    CLOSES,
    DEPARTS,
    END,
    LEG,
    NEVER,
    NO_ROAD,
    OPENS,
    PAUSES,
    PLACE,
    SERVICE,
    START,
    STARTS,
    Floats,
    Ground,
    Ints,
    State,
)

# What may be lacking: minutes on a shift that may take the visit; that and a stop; a skill; a time that the debtor
# agrees to; a shift of its own, and minutes on it.
ROOM, FULL, SKILL, TIME, ALONE = 0, 1, 2, 3, 4
KINDS = 5

#: By how much a shift may be lengthened; who needs more needs another shift.
LONGEST_S = 7200

#: How long a time to agree on must be at least, and from which length on a longer one is no better.
LEAST_TIME_S, ENOUGH_TIME_S = 1200, 3600


class Asked(NamedTuple):
    """What is asked beyond the ground.

    Attributes
    ----------
    first_node
        The nodes of visit v are ``first_node[v]`` to ``first_node[v + 1]``.
    fresh
        (nodes,) whether it stands for all nodes of the visit with its place and service: that of least value.
    skilled, skills_of
        (sets of skills, visits) who may make what, and the set of each shift.
    only
        (visits,) the one shift that a lock leaves a visit, -1 without a lock.
    most
        (shifts,) the largest number of stops.
    hours
        (shifts, 2) the first and last moment at which anybody at all may be visited on the shift.
    """

    first_node: Ints
    fresh: NDArray[np.bool_]
    skilled: NDArray[np.bool_]
    skills_of: Ints
    only: Ints
    most: Ints
    hours: Ints


class Lacking(NamedTuple):
    """The least that is lacking, a row a kind and a column a visit.

    Attributes
    ----------
    minutes
        By which the shift is too short, ``NEVER`` where nothing helps; for a time to agree on, the fewer the longer.
    gain
        What the visit adds there; of equal minutes the largest.
    at
        (kinds, visits, 3) shift, node and gap.
    times
        (visits, 2) the first and the last moment of the time to agree on.
    """

    minutes: Ints
    gain: Floats
    at: Ints
    times: Ints


def lacking(visits: int) -> Lacking:
    """Give what is known before any shift was looked at."""
    return Lacking(
        minutes=np.full((KINDS, visits), NEVER, dtype=np.int32),
        gain=np.full((KINDS, visits), -np.inf),
        at=np.full((KINDS, visits, 3), -1, dtype=np.int32),
        times=np.zeros((visits, 2), dtype=np.int32),
    )


@kernel
def reach(ground: Ground, state: State, bare: State, asked: Asked, found: Lacking, ready: Ints, rest: Ints) -> None:
    """Fill in what is lacking for each visit left out; ``bare`` is a plan without stops, the last two are scratch."""
    for shift in range(state.size.shape[0]):
        size, most = state.size[shift], asked.most[shift]
        if most == 0:
            continue
        remaining(ground, state, shift, rest)
        starts, ends = ground.shift[shift, STARTS], ground.back_by[shift, ground.shift[shift, PAUSES]]
        for visit in range(state.at.shape[0]):
            if state.at[visit] != -1 or (asked.only[visit] >= 0 and asked.only[visit] != shift):
                continue
            skilled = asked.skilled[asked.skills_of[shift], visit]
            kind = SKILL if not skilled else (FULL if size >= most else ROOM)
            for node in range(asked.first_node[visit], asked.first_node[visit + 1]):
                in_reach = ground.times[node, CLOSES] >= starts
                in_reach &= ground.times[node, OPENS] + ground.times[node, SERVICE] <= ends + LONGEST_S
                if in_reach:
                    alone(ground, bare, shift, node, skilled, found, ready)
                in_reach &= skilled or size < most
                agreed = asked.fresh[node] and kind == ROOM
                if in_reach or agreed:
                    weigh(ground, state, shift, node, kind, in_reach, agreed, asked, found, ready, rest)


@inlined
def alone(ground: Ground, bare: State, shift: int, node: int, skilled: bool, found: Lacking, ready: Ints) -> None:
    """Weigh a shift like this one for the visit alone; one whose crew has the skill is better than any other."""
    place, visit = ground.place_of[node], ground.visit_of[node]
    there = ground.pair[place, ground.shift[shift, START]] >> 16
    back = ground.pair[place, ground.shift[shift, END]] & NO_ROAD
    gain = worth(ground, shift, node) - ground.cost_per_s * (there + back)
    more = 0 if skilled else NEVER // 2
    if max(there, back) == NO_ROAD or not better(found, ALONE, visit, more, gain):
        return
    late = lateness(ground, bare, shift, node, 0, ready)
    if late <= LONGEST_S:
        keep(found, ALONE, visit, more + (late + 59) // 60, gain, shift, node, 0)


@inlined
def weigh(
    ground: Ground,
    state: State,
    shift: int,
    node: int,
    kind: int,
    in_reach: bool,
    agreed: bool,
    asked: Asked,
    found: Lacking,
    ready: Ints,
    rest: Ints,
) -> None:
    """Weigh each gap: by how much the crew would be late, and which time the debtor could agree to."""
    stops, place, visit = state.stops, ground.place_of[node], ground.visit_of[node]
    opens, closes, service = ground.times[node, OPENS], ground.times[node, CLOSES], ground.times[node, SERVICE]
    ends, latest = ground.back_by[shift, ground.shift[shift, PAUSES]], DEPARTS + ground.back_by.shape[1]
    # Where the hours matter a leg may take less than its seconds, and the bound says nothing.
    bounded, plain = ground.hours.shape[0] == 0, ground.back_by.shape[1] == 1 and ground.hours.shape[0] == 0
    for gap in range(state.size[shift] + 1):
        first = stops[shift, gap, DEPARTS]
        hoped = in_reach and first <= closes
        least = max(0, max(first, opens) + service + rest[gap + 1] - ends) if bounded else 0
        hoped &= least <= LONGEST_S and least <= 60 * found.minutes[kind, visit]
        timed = agreed and not (plain and stops[shift, gap + 1, latest] - first < service + LEAST_TIME_S)
        if not (hoped or timed):
            continue
        there = ground.pair[place, stops[shift, gap, PLACE]] >> 16
        back = ground.pair[place, stops[shift, gap + 1, PLACE]] & NO_ROAD
        left = stops[shift, gap, LEG] if state.size[shift] else 0
        gain = worth(ground, shift, node) - ground.cost_per_s * (there + back - left)
        if max(there, back) == NO_ROAD or gain <= 0.0:
            continue
        if ground.placed and pushes(ground, state, shift, gap, node):
            continue
        least = max(0, max(first + there, opens) + service + back + rest[gap + 1] - ends) if bounded else 0
        if hoped and least <= LONGEST_S and better(found, kind, visit, (least + 59) // 60, gain):
            late = lateness(ground, state, shift, node, gap, ready)
            if late <= LONGEST_S:
                keep(found, kind, visit, (late + 59) // 60, gain, shift, node, gap)
        if timed:
            agree(ground, state, shift, node, gap, gain, asked, found)


@kernel
def agree(
    ground: Ground, state: State, shift: int, node: int, gap: int, gain: float, asked: Asked, found: Lacking
) -> None:
    """Weigh the time in which a visit could begin in a gap if its windows were open then."""
    stops, place, visit = state.stops, ground.place_of[node], ground.visit_of[node]
    there = ground.pair[place, stops[shift, gap, PLACE]] >> 16
    back = ground.pair[place, stops[shift, gap + 1, PLACE]] & NO_ROAD
    latest = DEPARTS + ground.back_by.shape[1]
    for layer in range(ground.shift[shift, PAUSES] + 1):
        departs, by = stops[shift, gap, DEPARTS + layer], stops[shift, gap + 1, latest + layer]
        if departs < NEVER and by > -NEVER:
            opens = max(arrival(ground, departs, there), asked.hours[shift, 0])
            closes = min(departure(ground, by, back) - ground.times[node, SERVICE], asked.hours[shift, 1])
            short = (ENOUGH_TIME_S - min(closes - opens, ENOUGH_TIME_S)) // 60
            if closes - opens >= LEAST_TIME_S and better(found, TIME, visit, short, gain):
                keep(found, TIME, visit, short, gain, shift, node, gap)
                found.times[visit, 0], found.times[visit, 1] = opens, closes


@inlined
def better(found: Lacking, kind: int, visit: int, minutes: int, gain: float) -> bool:
    """Say whether fewer minutes are lacking than ever before, or as many with a larger gain."""
    known = found.minutes[kind, visit]
    return gain > 0.0 and (minutes < known or (minutes == known and gain > found.gain[kind, visit]))


@inlined
def keep(found: Lacking, kind: int, visit: int, minutes: int, gain: float, shift: int, node: int, gap: int) -> None:
    """Write down what is lacking, if it is less than what was known."""
    if better(found, kind, visit, minutes, gain):
        found.minutes[kind, visit], found.gain[kind, visit] = minutes, gain
        found.at[kind, visit, 0], found.at[kind, visit, 1], found.at[kind, visit, 2] = shift, node, gap
