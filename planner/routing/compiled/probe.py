"""What a finished plan says of each visit that it leaves out: whether and where it would fit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.insertion import barred, best_gap, best_gap_layered
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import worth
from planner.routing.compiled.layout import (
    CLASS,
    END,
    LEG,
    MOST,
    NO_ROAD,
    PAUSES,
    PLACE,
    SERVICE,
    START,
    Floats,
    Ground,
    Ints,
    State,
)


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
    shift
        The first that may take it; -1 for none.
    parted
        The first in which it would fit, were it not kept apart from a stop there; -1 for none.
    """

    road: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    fits: NDArray[np.bool_]
    fits_full: NDArray[np.bool_]
    best_gain: Floats
    detour_gain: Floats
    fit_at: Ints
    extra_s: Floats
    shift: Ints
    parted: Ints


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
        shift=np.full(visits, -1, dtype=np.int32),
        parted=np.full(visits, -1, dtype=np.int32),
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
            parted = ground.parted and barred(ground, state, shift, visit)
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
                if gap >= 0 and parted:
                    if seen.parted[visit] < 0 and state.size[shift] < ground.shift[shift, MOST]:
                        seen.parted[visit] = shift
                elif gap >= 0:
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
                if seen.shift[visit] < 0:
                    seen.shift[visit] = shift


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
