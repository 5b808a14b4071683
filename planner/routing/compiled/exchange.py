"""What it changes if a visit comes in where neighbouring ones go: a visit left out, or one planned on another shift.

Each run of neighbouring stops is taken out of its route once, and every visit asked for is tried in all gaps of what
is left. What a visit that makes room counts is given as its *toll*: its worth, or what of it would not come back
elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.routing.compiled.insertion import best_gap, best_gap_layered
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import label, worth
from planner.routing.compiled.layout import CLASS, LEG, MOST, NODE, PAUSES, PLACE, Floats, Ground, Ints, State

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
        (visits, 5) shift, node, the rows before and behind the stops that make room, and how many of the stops that
        stay come before the node; -1 for none.
    """

    toll: Floats
    gain: Floats
    at: Ints


def exchanges(toll: Floats, *, above: float = -np.inf) -> Exchanges:
    """Give what is known before any shift was looked at; only what gains more is then kept."""
    return Exchanges(toll, np.full(len(toll), above), np.full((len(toll), 5), -1, dtype=np.int32))


@kernel
def exchange(ground: Ground, state: State, left: State, found: Exchanges, asked: Ints) -> None:
    """Fill in the best exchange of each visit asked for: of one left out anywhere, of a planned one on another shift.

    A planned one may also go where nobody has to make room, and takes no place of a required or locked one; one left
    out takes no place of one whose rank is higher (required above the rest, locked above required). What ``left`` holds
    is overwritten.
    """
    for shift in range(state.size.shape[0]):
        take_out(ground, state, left, shift, 0, 1)
        offer(ground, state, left, shift, 0, 1, 0.0, 0.0, found, asked)
        for low in range(state.size[shift]):
            lost, rank = 0.0, 0.0
            for high in range(low + 2, min(state.size[shift] + 1, low + 1 + DISPLACED) + 1):
                visit = ground.visit_of[state.stops[shift, high - 1, NODE]]
                lost += found.toll[visit]
                rank = max(rank, ground.first[visit])
                take_out(ground, state, left, shift, low, high)
                offer(ground, state, left, shift, low, high, lost, rank, found, asked)


@inlined
def take_out(ground: Ground, state: State, left: State, shift: int, low: int, high: int) -> None:
    """Write the route of a shift without the stops between two rows, labelled.

    Where no road leads over the hole, the labels still tell what fits into it, and that nothing fits elsewhere.
    """
    count = 0
    for k in range(1, state.size[shift] + 1):
        if k <= low or k >= high:
            count += 1
            left.stops[shift, count, NODE] = state.stops[shift, k, NODE]
            left.stops[shift, count, PLACE] = state.stops[shift, k, PLACE]
    left.size[shift] = count
    label(ground, left, shift)


@inlined
def offer(
    ground: Ground,
    state: State,
    left: State,
    shift: int,
    low: int,
    high: int,
    lost: float,
    rank: float,
    found: Exchanges,
    asked: Ints,
) -> None:
    """Try every visit asked for on a route from which the stops between two rows were taken, ``lost`` in all."""
    of_class, saved, longest = ground.shift[shift, CLASS], 0, 0
    plain = ground.shift[shift, PAUSES] == 0 and ground.hours.shape[0] == 0 and not ground.placed
    if state.size[shift] > 0:
        for k in range(low, high):
            saved += state.stops[shift, k, LEG]
    if left.size[shift] > 0:
        saved -= left.stops[shift, low, LEG]
        for k in range(left.size[shift] + 1):
            longest = max(longest, left.stops[shift, k, LEG])
    for a in range(asked.shape[0]):
        visit = asked[a]
        planned = state.at[visit] != -1
        if state.at[visit] == shift or rank > (0.0 if planned else ground.first[visit]):
            continue
        if high == low + 1 and (not planned or state.size[shift] >= ground.shift[shift, MOST]):
            continue
        for i in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
            node = ground.listed[i]
            gain = worth(ground, shift, node) - lost + ground.cost_per_s * saved
            # No insertion saves more travel than the longest leg.
            if gain + ground.cost_per_s * longest <= found.gain[visit]:
                continue
            if plain:
                added, gap = best_gap(ground, left, shift, node)
            else:
                added, gap = best_gap_layered(ground, left, shift, node)
            gain -= ground.cost_per_s * added
            if gap >= 0 and gain > found.gain[visit]:
                found.gain[visit] = gain
                found.at[visit, 0], found.at[visit, 1] = shift, node
                found.at[visit, 2], found.at[visit, 3], found.at[visit, 4] = low, high, gap
