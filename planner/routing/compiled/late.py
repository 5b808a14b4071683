"""When a crew comes home with one more stop: the rest of its route driven once more, to the end."""

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
def remaining(ground: Ground, state: State, shift: int, rest: Ints) -> None:
    """Write per row the seconds from arriving there to the end, waiting and breaks left off."""
    stops, end = state.stops, state.size[shift] + 1
    rest[end] = 0
    for k in range(end - 1, 0, -1):
        rest[k] = ground.times[stops[shift, k, NODE], SERVICE] + stops[shift, k, LEG] + rest[k + 1]


@kernel
def lateness(ground: Ground, state: State, shift: int, node: int, gap: int, ready: Ints) -> int:
    """Give by how many seconds the crew is home too late with the node in the gap; ``NEVER`` if a window is missed."""
    stops, layers, end = state.stops, ground.back_by.shape[1], state.size[shift] + 1
    for layer in range(layers):
        ready[layer] = stops[shift, gap, DEPARTS + layer]
    place = ground.place_of[node]
    made(ground, shift, node, ground.pair[place, stops[shift, gap, PLACE]] >> 16, ready)
    leg = ground.pair[place, stops[shift, gap + 1, PLACE]] & NO_ROAD
    for k in range(gap + 1, end):
        # A crew that takes no break is never later than one that does: if it is too late, all are.
        if ready[0] >= NEVER:
            return NEVER
        made(ground, shift, stops[shift, k, NODE], leg, ready)
        leg = stops[shift, k, LEG]
    if ready[0] >= NEVER:
        return NEVER
    made(ground, shift, -1, leg, ready)
    last = ground.shift[shift, PAUSES]
    for layer in range(last):
        if ready[layer] <= ground.back_by[shift, layer]:
            return 0
    return NEVER if ready[last] >= NEVER else max(0, ready[last] - ground.back_by[shift, last])


@inlined
def made(ground: Ground, shift: int, node: int, leg: int, ready: Ints) -> None:
    """Drive a leg and make the visit behind it (-1 for the end of the shift), breaks at the door included."""
    for layer in range(ready.shape[0]):
        if ready[layer] < NEVER:
            ready[layer] = arrival(ground, ready[layer], leg)
    rested(ground, shift, ready)
    if node >= 0:
        opens, closes, service = ground.times[node, OPENS], ground.times[node, CLOSES], ground.times[node, SERVICE]
        for layer in range(ready.shape[0]):
            ready[layer] = NEVER if ready[layer] > closes else max(ready[layer], opens) + service
        rested(ground, shift, ready)


@inlined
def rested(ground: Ground, shift: int, ready: Ints) -> None:
    """Let the crew take its breaks here."""
    for i in range(ground.shift[shift, PAUSES]):
        begins = max(ready[i], ground.pauses[shift, i, 0])
        if begins <= ground.pauses[shift, i, 1]:
            ready[i + 1] = min(ready[i + 1], begins + ground.pauses[shift, i, 2])
