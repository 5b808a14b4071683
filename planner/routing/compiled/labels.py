"""The labels of a route: per stop and layer the earliest departure and the latest arrival.

A shift with m breaks has m + 1 layers; in layer k the first k breaks are taken. A break is taken at a door, before or
after the visit, never on the way. With these labels an insertion is checked by looking at its gap alone
(``planner.routing.compiled.insertion``).
"""

from __future__ import annotations

from planner.routing.compiled.drive import arrival, departure
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.layout import (
    CLOSES,
    DEPARTS,
    END,
    LEG,
    MOST,
    NEVER,
    NO_ROAD,
    NODE,
    OPENS,
    PAUSES,
    PLACE,
    SERVICE,
    START,
    STARTS,
    Ground,
    State,
)


@kernel
def label(ground: Ground, state: State, shift: int) -> bool:
    """Write legs, labels and gain of a route whose nodes stand in order; say whether the shift can make it."""
    forward(ground, state, shift, 0)
    backward(ground, state, shift, state.size[shift] + 1)
    state.gain[shift] = gain(ground, state, shift)
    return feasible(ground, state, shift)


@inlined
def forward(ground: Ground, state: State, shift: int, first: int) -> None:
    """Write legs from row ``first`` on and earliest departures of the rows behind it."""
    stops, layers, last = state.stops, ground.back_by.shape[1], state.size[shift] + 1
    if first == 0:
        stops[shift, 0, NODE] = -1
        stops[shift, 0, PLACE] = ground.shift[shift, START]
        stops[shift, last, NODE] = -1
        stops[shift, last, PLACE] = ground.shift[shift, END]
        for layer in range(layers):
            stops[shift, 0, DEPARTS + layer] = NEVER
        stops[shift, 0, DEPARTS] = ground.shift[shift, STARTS]
        pause(ground, state, shift, 0)
    for k in range(first, last):
        leg = ground.pair[stops[shift, k, PLACE], stops[shift, k + 1, PLACE]] & NO_ROAD
        stops[shift, k, LEG] = leg
        for layer in range(layers):
            ready = stops[shift, k, DEPARTS + layer]
            if ready < NEVER:
                ready = NEVER if leg == NO_ROAD else arrival(ground, ready, leg)
            stops[shift, k + 1, DEPARTS + layer] = ready
        if layers > 1:
            pause(ground, state, shift, k + 1)
        node = stops[shift, k + 1, NODE]
        if node >= 0:
            opens, closes, service = ground.times[node, OPENS], ground.times[node, CLOSES], ground.times[node, SERVICE]
            for layer in range(layers):
                ready = stops[shift, k + 1, DEPARTS + layer]
                stops[shift, k + 1, DEPARTS + layer] = NEVER if ready > closes else max(ready, opens) + service
            if layers > 1:
                pause(ground, state, shift, k + 1)


@inlined
def backward(ground: Ground, state: State, shift: int, last: int) -> None:
    """Write latest arrivals of row ``last`` and of those before it."""
    stops, layers, end = state.stops, ground.back_by.shape[1], state.size[shift] + 1
    latest = DEPARTS + layers
    if last == end:
        for layer in range(layers):
            stops[shift, end, latest + layer] = ground.back_by[shift, layer]
        unpause(ground, state, shift, end)
    else:
        end = last + 1
    for k in range(end - 1, 0, -1):
        leg = stops[shift, k, LEG]
        for layer in range(layers):
            by = stops[shift, k + 1, latest + layer]
            if by > -NEVER:
                by = -NEVER if leg == NO_ROAD else departure(ground, by, leg)
            stops[shift, k, latest + layer] = by
        if layers > 1:
            unpause(ground, state, shift, k)
        node = stops[shift, k, NODE]
        opens, closes, service = ground.times[node, OPENS], ground.times[node, CLOSES], ground.times[node, SERVICE]
        for layer in range(layers):
            by = stops[shift, k, latest + layer]
            if by > -NEVER:
                by = min(closes, by - service)
                if by < opens:
                    by = -NEVER
                stops[shift, k, latest + layer] = by
        if layers > 1:
            unpause(ground, state, shift, k)


@inlined
def pause(ground: Ground, state: State, shift: int, k: int) -> None:
    """Let the crew take breaks at row k: lower the departures of the layers behind."""
    stops, pauses = state.stops, ground.pauses
    for i in range(ground.shift[shift, PAUSES]):
        begins = max(stops[shift, k, DEPARTS + i], pauses[shift, i, 0])
        if begins <= pauses[shift, i, 1]:
            ends = begins + pauses[shift, i, 2]
            stops[shift, k, DEPARTS + i + 1] = min(stops[shift, k, DEPARTS + i + 1], ends)


@inlined
def unpause(ground: Ground, state: State, shift: int, k: int) -> None:
    """Raise the latest moments of row k by the breaks that may be taken there."""
    stops, pauses = state.stops, ground.pauses
    latest = DEPARTS + ground.back_by.shape[1]
    for i in range(ground.shift[shift, PAUSES] - 1, -1, -1):
        by = stops[shift, k, latest + i + 1] - pauses[shift, i, 2]
        if by >= pauses[shift, i, 0]:
            stops[shift, k, latest + i] = max(stops[shift, k, latest + i], min(pauses[shift, i, 1], by))


@inlined
def feasible(ground: Ground, state: State, shift: int) -> bool:
    """Say whether the labels meet over the first leg, and the number of stops is allowed."""
    stops, layers, count = state.stops, ground.back_by.shape[1], state.size[shift]
    if count == 0:
        return True
    if count > ground.shift[shift, MOST] or stops[shift, 0, LEG] == NO_ROAD:
        return False
    for layer in range(layers):
        ready = stops[shift, 0, DEPARTS + layer]
        if ready < NEVER and arrival(ground, ready, stops[shift, 0, LEG]) <= stops[shift, 1, DEPARTS + layers + layer]:
            return True
    return False


@kernel
def gain(ground: Ground, state: State, shift: int) -> float:
    """Give what a labelled route earns less its travel; required visits, locks and promises counted."""
    stops, count = state.stops, state.size[shift]
    if count == 0:
        return 0.0
    travel, earned = stops[shift, 0, LEG], 0.0
    for k in range(1, count + 1):
        travel += stops[shift, k, LEG]
        node = stops[shift, k, NODE]
        earned += worth(ground, shift, node)
        if 0 <= ground.position[ground.visit_of[node]] != k - 1:
            earned -= 0.5 * ground.first[ground.visit_of[node]]
    return earned - ground.cost_per_s * travel


@inlined
def worth(ground: Ground, shift: int, node: int) -> float:
    """Give what a node adds on a shift, against leaving its visit out."""
    visit = ground.visit_of[node]
    return ground.value[node] + ground.first[visit] + kept(ground, shift, visit)


@inlined
def kept(ground: Ground, shift: int, visit: int) -> float:
    """Give what planning a visit on a shift saves in changes to the published plan, against leaving it out."""
    home = ground.home[visit]
    if home == -2:
        return 0.0
    if home == -1:
        return -ground.change_cost
    return ground.change_cost if home == shift else 0.0


@kernel
def insert(ground: Ground, state: State, shift: int, gap: int, node: int) -> None:
    """Put a node into a gap (0 is before the first stop) where it is known to fit, and label the route anew."""
    stops, count = state.stops, state.size[shift]
    for k in range(count + 1, gap, -1):
        for column in range(stops.shape[2]):
            stops[shift, k + 1, column] = stops[shift, k, column]
    stops[shift, gap + 1, NODE] = node
    stops[shift, gap + 1, PLACE] = ground.place_of[node]
    state.size[shift] = count + 1
    state.at[ground.visit_of[node]] = shift
    forward(ground, state, shift, gap)
    backward(ground, state, shift, gap + 1)
