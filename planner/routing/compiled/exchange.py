"""What it changes if a visit takes the place of neighbouring ones: a visit left out, or one planned on another shift.

What a visit that makes room counts is given as its *toll*: its worth, or what of it would not come back elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.insertion import added_layered
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import worth
from planner.routing.compiled.layout import (
    CLASS,
    CLOSES,
    DEPARTS,
    LEG,
    MOST,
    NEVER,
    NODE,
    OPENS,
    PAUSES,
    SERVICE,
    Floats,
    Ground,
    Ints,
    State,
)

#: How many neighbouring stops a visit may displace.
DISPLACED = 5


class Exchanges(NamedTuple):
    """The best exchange of each visit, one entry a visit.

    Attributes
    ----------
    toll
        What it counts that a planned visit makes room; never negative.
    gain
        What the objective gains at these tolls; -inf where nothing can be exchanged.
    at
        (visits, 4) shift, node, and the rows before and behind the stops that make room; -1 for none.
    """

    toll: Floats
    gain: Floats
    at: Ints


def exchanges(toll: Floats, *, above: float = -np.inf) -> Exchanges:
    """Give what is known before any shift was looked at; only what gains more is then kept."""
    return Exchanges(toll, np.full(len(toll), above), np.full((len(toll), 4), -1, dtype=np.int32))


@kernel
def exchange(ground: Ground, state: State, found: Exchanges, asked: NDArray[np.bool_]) -> None:
    """Fill in the best exchange of each visit asked for: of one left out anywhere, of a planned one on another shift.

    A planned one may also go where nobody has to make room, and takes no place of a required or locked one.
    """
    for shift in range(state.size.shape[0]):
        of_class = ground.shift[shift, CLASS]
        for visit in range(state.at.shape[0]):
            if not asked[visit] or state.at[visit] == shift:
                continue
            planned = state.at[visit] != -1
            rank = 0.0 if planned else ground.first[visit]
            fewest = 0 if planned and state.size[shift] < ground.shift[shift, MOST] else 1
            for i in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
                node, least = ground.listed[i], found.gain[visit]
                gain, low, high = best_exchange(ground, state, shift, node, found.toll, rank, fewest, least)
                if gain > least:
                    found.gain[visit] = gain
                    found.at[visit, 0], found.at[visit, 1] = shift, node
                    found.at[visit, 2], found.at[visit, 3] = low, high


@inlined
def best_exchange(
    ground: Ground, state: State, shift: int, node: int, toll: Floats, rank: float, fewest: int, least: float
) -> tuple[float, int, int]:
    """Give the best change of the objective, above ``least``, if a node replaces ``fewest`` neighbouring stops or more.

    With it come the rows before and behind the stops replaced; (-inf, -1, -1) where no exchange is feasible and better.
    A stop whose rank is higher (required above the rest, locked above required) is not replaced.
    """
    stops, size, best, before, behind = state.stops, state.size[shift], least, -1, -1
    value = worth(ground, shift, node)
    closes, ends = ground.times[node, CLOSES], ground.times[node, OPENS] + ground.times[node, SERVICE]
    latest = DEPARTS + ground.back_by.shape[1]
    plain = ground.shift[shift, PAUSES] == 0
    for low in range(size + 1):
        if stops[shift, low, DEPARTS] > closes:
            break
        lost, left, last = 0.0, stops[shift, low, LEG], min(size + 1, low + 1 + DISPLACED)
        if plain and ends > stops[shift, last, latest]:
            continue
        for high in range(low + 1, last + 1):
            if high > low + 1:
                out = stops[shift, high - 1, NODE]
                if ground.first[ground.visit_of[out]] > rank:
                    break
                lost += toll[ground.visit_of[out]]
                left += stops[shift, high - 1, LEG]
            # No exchange saves more travel than the legs it replaces.
            if high - low - 1 < fewest or value - lost + ground.cost_per_s * left <= best:
                continue
            if plain and ends > stops[shift, high, latest]:
                continue
            added = added_layered(ground, state, shift, low, high, node)
            if added < NEVER and value - ground.cost_per_s * added - lost > best:
                best, before, behind = value - ground.cost_per_s * added - lost, low, high
    return (best if before >= 0 else -np.inf), before, behind
