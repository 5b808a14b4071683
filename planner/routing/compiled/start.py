"""The first thing a plan holds: visits that must be made, one after the other, each at its cheapest gap."""

from __future__ import annotations

from planner.routing.compiled.insertion import barred, best_gap_layered
from planner.routing.compiled.kernel import kernel
from planner.routing.compiled.labels import insert, worth
from planner.routing.compiled.layout import CLASS, MOST, Ground, Ints, State


@kernel
def place(ground: Ground, state: State, waiting: Ints) -> int:
    """Insert visits in the order given; those that fit nowhere come to the front of ``waiting``, and are counted."""
    left = 0
    for k in range(waiting.shape[0]):
        visit, lowest, where, gap, node = waiting[k], 0.0, -1, -1, -1
        for shift in range(state.size.shape[0]):
            if state.size[shift] >= ground.shift[shift, MOST]:
                continue
            if ground.parted and barred(ground, state, shift, visit):
                continue
            of_class = ground.shift[shift, CLASS]
            for i in range(ground.first_listed[of_class, visit], ground.first_listed[of_class, visit + 1]):
                added, at = best_gap_layered(ground, state, shift, ground.listed[i])
                if at < 0:
                    continue
                cost = ground.cost_per_s * added - worth(ground, shift, ground.listed[i])
                if where < 0 or cost < lowest:
                    lowest, where, gap, node = cost, shift, at, ground.listed[i]
        if where < 0:
            waiting[left] = visit
            left += 1
        else:
            insert(ground, state, where, gap, node)
    return left
