"""What a finished plan says of each visit that it leaves out: where it would fit, and what it would displace."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.insertion import added_layered, best_gap, best_gap_layered
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import worth
from planner.routing.compiled.layout import (
    CLASS,
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
    Floats,
    Ground,
    Ints,
    State,
)

#: How many neighbouring stops a visit may displace.
DISPLACED = 5


class Seen(NamedTuple):
    """What all shifts together say of each visit, one entry a visit.

    Attributes
    ----------
    road, alone, fits, fits_full
        Whether a road leads there and home, it could be the only stop of a shift, it fits now, it would fit if the
        number of stops did not count.
    best_gain, detour_gain
        The best gain of an insertion that fits now, and of the shortest detour whatever the time; -inf for none.
    fit_at
        (visits, 3) shift, node and gap of the best gain; -1 for none.
    extra_s
        The least travel and service that it adds.
    exchange, shift
        The best change of the objective if it took the place of neighbouring stops, and where; -inf and -1 for none.
    exchange_at
        (visits, 3) node, and the rows before and behind the stops that it replaces there.
    """

    road: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    fits: NDArray[np.bool_]
    fits_full: NDArray[np.bool_]
    best_gain: Floats
    detour_gain: Floats
    fit_at: Ints
    extra_s: Floats
    exchange: Floats
    shift: Ints
    exchange_at: Ints


def unseen(visits: int) -> Seen:
    """Give what is known before any shift was looked at."""
    return Seen(
        road=np.zeros(visits, dtype=bool),
        alone=np.zeros(visits, dtype=bool),
        fits=np.zeros(visits, dtype=bool),
        fits_full=np.zeros(visits, dtype=bool),
        best_gain=np.full(visits, -np.inf),
        detour_gain=np.full(visits, -np.inf),
        fit_at=np.full((visits, 3), -1, dtype=np.int32),
        extra_s=np.full(visits, np.inf),
        exchange=np.full(visits, -np.inf),
        shift=np.full(visits, -1, dtype=np.int32),
        exchange_at=np.full((visits, 3), -1, dtype=np.int32),
    )


@kernel
def look(ground: Ground, state: State, empty: State, seen: Seen) -> None:
    """Fill in what the routes of a plan say of the visits it leaves out; ``empty`` is a plan without stops."""
    for shift in range(state.size.shape[0]):
        of_class = ground.shift[shift, CLASS]
        start, end = ground.shift[shift, START], ground.shift[shift, END]
        plain = ground.shift[shift, PAUSES] == 0 and ground.hours.shape[0] == 0 and not ground.placed
        for visit in range(state.at.shape[0]):
            if state.at[visit] != -1:
                continue
            for i in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
                node = ground.listed[i]
                place, value = ground.place_of[node], worth(ground, shift, node)
                if max(ground.pair[start, place] & NO_ROAD, ground.pair[place, end] & NO_ROAD) < NO_ROAD:
                    seen.road[visit] = True
                if not seen.alone[visit]:
                    seen.alone[visit] = best_gap_layered(ground, empty, shift, node)[1] >= 0
                if plain:
                    added, gap = best_gap(ground, state, shift, node)
                else:
                    added, gap = best_gap_layered(ground, state, shift, node)
                if gap >= 0:
                    seen.fits_full[visit] = True
                    if state.size[shift] < ground.shift[shift, MOST]:
                        seen.fits[visit] = True
                        gain = value - ground.cost_per_s * added
                        if gain > seen.best_gain[visit]:
                            seen.best_gain[visit] = gain
                            seen.fit_at[visit, 0], seen.fit_at[visit, 1], seen.fit_at[visit, 2] = shift, node, gap
                detour = shortest_detour(ground, state, shift, place)
                seen.detour_gain[visit] = max(seen.detour_gain[visit], value - ground.cost_per_s * detour)
                extra_s = max(detour, 0) + ground.times[node, SERVICE]
                seen.extra_s[visit] = min(seen.extra_s[visit], float(extra_s))
                change, low, high = best_exchange(ground, state, shift, node, seen.exchange[visit])
                if change > seen.exchange[visit] or seen.shift[visit] < 0:
                    seen.exchange[visit] = change
                    seen.shift[visit] = shift
                    seen.exchange_at[visit, 0] = node
                    seen.exchange_at[visit, 1], seen.exchange_at[visit, 2] = low, high


@inlined
def shortest_detour(ground: Ground, state: State, shift: int, place: int) -> int:
    """Give the least travel that a place adds to a route, whatever the time; that of no road where none leads there."""
    stops, size = state.stops, state.size[shift]
    best = NO_ROAD
    for gap in range(size + 1):
        there = ground.pair[place, stops[shift, gap, PLACE]] >> 16
        back = ground.pair[place, stops[shift, gap + 1, PLACE]] & NO_ROAD
        if max(there, back) < NO_ROAD:
            best = min(best, there + back - (stops[shift, gap, LEG] if size else 0))
    return best


@inlined
def best_exchange(ground: Ground, state: State, shift: int, node: int, least: float) -> tuple[float, int, int]:
    """Give the best change of the objective, above ``least``, if a node replaces neighbouring stops.

    With it come the rows before and behind the stops replaced; (-inf, -1, -1) where no exchange is feasible and better.
    A stop that stands above the visit (required above the rest, locked above required) is not replaced.
    """
    stops, size, best, before, behind = state.stops, state.size[shift], least, -1, -1
    value, rank = worth(ground, shift, node), ground.first[ground.visit_of[node]]
    closes, ends = ground.times[node, CLOSES], ground.times[node, OPENS] + ground.times[node, SERVICE]
    latest = DEPARTS + ground.back_by.shape[1]
    plain = ground.shift[shift, PAUSES] == 0
    for low in range(size):
        if stops[shift, low, DEPARTS] > closes:
            break
        lost, left = 0.0, stops[shift, low, LEG]
        for high in range(low + 2, min(size + 1, low + 1 + DISPLACED) + 1):
            out = stops[shift, high - 1, NODE]
            if ground.first[ground.visit_of[out]] > rank:
                break
            lost += worth(ground, shift, out)
            left += stops[shift, high - 1, LEG]
            # No exchange saves more travel than the legs it replaces.
            if value - lost + ground.cost_per_s * left <= best or (plain and ends > stops[shift, high, latest]):
                continue
            added = added_layered(ground, state, shift, low, high, node)
            if added < NEVER and value - ground.cost_per_s * added - lost > best:
                best, before, behind = value - ground.cost_per_s * added - lost, low, high
    return (best if before >= 0 else -np.inf), before, behind
