"""How little a plan lacks to take a visit that it leaves out, displacing nobody.

For every shift and gap the rest of the route is driven once more with the visit in it (``late``), which tells by how
much the crew would come home too late. It is done only where a bound, the drive without any waiting, leaves hope.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.insertion import barred, pushes
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

# What may be lacking: minutes on a shift that may take the visit; that and a stop; a skill; a shift of its own, and
# minutes on it.
ROOM, FULL, SKILL, ALONE = 0, 1, 2, 3
KINDS = 4

#: By how much a shift may be lengthened; who needs more needs another shift.
LONGEST_S = 7200


class Asked(NamedTuple):
    """What is asked beyond the ground.

    Attributes
    ----------
    first_node
        The nodes of visit v are ``first_node[v]`` to ``first_node[v + 1]``.
    skilled, skills_of
        (sets of skills, visits) who may make what, and the set of each shift.
    only
        (visits,) the one shift that a lock leaves a visit, -1 without a lock.
    most
        (shifts,) the largest number of stops.
    """

    first_node: Ints
    skilled: NDArray[np.bool_]
    skills_of: Ints
    only: Ints
    most: Ints


class Lacking(NamedTuple):
    """The least that is lacking, a row a kind and a column a visit.

    Attributes
    ----------
    minutes
        By which the shift is too short, ``NEVER`` where nothing helps.
    gain
        What the visit adds there; of equal minutes the largest.
    at
        (kinds, visits, 3) shift, node and gap.
    """

    minutes: Ints
    gain: Floats
    at: Ints


def lacking(visits: int) -> Lacking:
    """Give what is known before any shift was looked at."""
    return Lacking(
        minutes=np.full((KINDS, visits), NEVER, dtype=np.int32),
        gain=np.full((KINDS, visits), -np.inf),
        at=np.full((KINDS, visits, 3), -1, dtype=np.int32),
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
            parted = ground.parted and barred(ground, state, shift, visit)
            for node in range(asked.first_node[visit], asked.first_node[visit + 1]):
                in_reach = ground.times[node, CLOSES] >= starts
                in_reach &= ground.times[node, OPENS] + ground.times[node, SERVICE] <= ends + LONGEST_S
                if in_reach:
                    alone(ground, bare, shift, node, skilled, found, ready)
                if in_reach and not parted and (skilled or size < most):
                    weigh(ground, state, shift, node, kind, found, ready, rest)


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
    ground: Ground, state: State, shift: int, node: int, kind: int, found: Lacking, ready: Ints, rest: Ints
) -> None:
    """Weigh each gap: by how much the crew would be late."""
    stops, place, visit = state.stops, ground.place_of[node], ground.visit_of[node]
    opens, closes, service = ground.times[node, OPENS], ground.times[node, CLOSES], ground.times[node, SERVICE]
    ends = ground.back_by[shift, ground.shift[shift, PAUSES]]
    # Where the hours matter a leg may take less than its seconds, and the bound says nothing.
    bounded = ground.hours.shape[0] == 0
    for gap in range(state.size[shift] + 1):
        first = stops[shift, gap, DEPARTS]
        least = max(0, max(first, opens) + service + rest[gap + 1] - ends) if bounded else 0
        if first > closes or least > min(LONGEST_S, 60 * found.minutes[kind, visit]):
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
        if least <= LONGEST_S and better(found, kind, visit, (least + 59) // 60, gain):
            late = lateness(ground, state, shift, node, gap, ready)
            if late <= LONGEST_S:
                keep(found, kind, visit, (late + 59) // 60, gain, shift, node, gap)


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
