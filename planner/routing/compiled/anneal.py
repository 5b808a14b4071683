"""The search's loop: ruin, refill, and keep the change as simulated annealing would.

One step touches up to four routes, or composes one or two anew. Worse plans are accepted less and less often as the
temperature falls; the best plan seen is kept beside the current one.
"""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.compose import Bench
from planner.routing.compiled.draw import below, uniform
from planner.routing.compiled.kernel import inlined, kernel
from planner.routing.compiled.labels import gain, label
from planner.routing.compiled.layout import EXPONENTS, NODE, SELDOM, Floats, Ground, Ints, State
from planner.routing.compiled.rebuild import owing, rebuild
from planner.routing.compiled.recreate import Contest, refill
from planner.routing.compiled.ruin import Before, gather, release, restore, ruin, seed_visit


class Best(NamedTuple):
    """The best plan seen: nodes by shift and position, stops of each shift, and the sum of the gains, (1,)."""

    nodes: Ints
    size: Ints
    total: Floats


class Pool(NamedTuple):
    """Routes that were accepted, the oldest overwritten: shift, stops, nodes, gain; and how many were ever put in."""

    shift: Ints
    size: Ints
    nodes: Ints
    gain: Floats
    put: NDArray[np.int64]


@kernel
def anneal(
    ground: Ground,
    state: State,
    best: Best,
    pool: Pool,
    one: Contest,
    before: Before,
    room: Bench,
    random: NDArray[np.uint64],
    steps: int,
    temperature: float,
) -> None:
    """Make that many steps."""
    simple = ground.hours.shape[0] == 0 and not ground.placed
    plain = simple and ground.back_by.shape[1] == 1
    due = owing(state.size.shape[0])
    total = 0.0
    for shift in range(state.gain.shape[0]):
        total += state.gain[shift]
    for _ in range(steps):
        seed = seed_visit(ground, state, random)
        touched = rebuild(ground, state, one, before, room, seed, random) if simple and room.owed[0] > 0.0 else 0
        if touched == 0:
            room.owed[0] += due
            touched = ruin(ground, state, one, before, seed, random)
        if touched == 0:
            continue
        competing = gather(ground, state, one, before, touched, seed, random)
        last = len(EXPONENTS) - 1
        exponent = last if uniform(random) < SELDOM else below(random, last)
        refill(ground, state, one, competing, touched, exponent, plain)
        change = 0.0
        for t in range(touched):
            shift = one.routes[t]
            state.gain[shift] = gain(ground, state, shift)
            if state.gain[shift] < 0.0:
                # A route was opened for several visits together: where they do not pay, the crew stays at home.
                release(ground, state, shift)
                state.size[shift] = 0
                label(ground, state, shift)
            change += state.gain[shift] - before.gain[t]
        if change < temperature * log(1.0 - uniform(random)):
            for t in range(touched):
                release(ground, state, one.routes[t])
            for t in range(touched):
                restore(ground, state, one, before, t)
            continue
        total += change
        if pool.shift.shape[0] > 0 and change != 0.0:
            for t in range(touched):
                collect(state, pool, one.routes[t])
        if total > best.total[0] + 1e-6:
            best.total[0] = total
            keep(state, best)


@kernel
def keep(state: State, best: Best) -> None:
    """Copy the current plan into the best one."""
    for shift in range(state.size.shape[0]):
        best.size[shift] = state.size[shift]
        for k in range(state.size[shift]):
            best.nodes[shift, k] = state.stops[shift, k + 1, NODE]


@inlined
def collect(state: State, pool: Pool, shift: int) -> None:
    """Put a route into the pool."""
    at = pool.put[0] % pool.shift.shape[0]
    pool.put[0] += 1
    pool.shift[at] = shift
    pool.size[at] = state.size[shift]
    pool.gain[at] = state.gain[shift]
    for k in range(state.size[shift]):
        pool.nodes[at, k] = state.stops[shift, k + 1, NODE]
