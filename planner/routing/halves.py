"""Several workers on one plan: each takes the routes of one side of the map, and what is left out there.

Where a plan has many routes, a step touches few of them, and two workers need not meet. The plan is cut along a line
between two visits drawn at random; a *part* is a smaller plan of the same kind: the shifts of one side only, all other
visits planned by somebody else. After a number of steps the parts are put together and cut anew elsewhere, so that no
border lasts. Which steps are made does not depend on who is faster: a seed and a number of steps give the same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.anneal import Best, keep
from planner.routing.compiled.layout import NO_ROAD, START, Ground, State

#: Of a visit that another part has.
ELSEWHERE = -2

#: The published shift of a visit whose shift another part has.
NOT_HERE = 1 << 20


class Part(NamedTuple):
    """A plan, or the side of one that a worker has: the problem as it looks there, and which shifts these are."""

    ground: Ground
    state: State
    best: Best
    shifts: NDArray[np.int64]

    def routes(self) -> list[tuple[int, ...]]:
        """Give the nodes of the best plan, shift by shift."""
        pairs = zip(self.best.nodes, self.best.size, strict=True)
        return [tuple(nodes[:size].tolist()) for nodes, size in pairs]


def whole(ground: Ground, state: State) -> Part:
    """Give a plan as the one part of itself; what it holds now is the best so far."""
    return Part(ground, state, _best_now(state), np.arange(len(state.size)))


def cut(one: Part, sides: int, random: np.random.Generator) -> list[Part]:
    """Give so many parts of a plan, as they lie between two visits drawn at random."""
    lies = _lies(one, random)
    order = np.argsort(lies.shifts, kind="stable")
    groups = np.array_split(order, sides)
    borders = [lies.shifts[group[0]] for group in groups[1:]]
    side_of = np.searchsorted(borders, lies.visits, side="right")
    return [_part(one, np.sort(group), side_of == side) for side, group in enumerate(groups)]


def join(one: Part, parts: Sequence[Part]) -> None:
    """Write the parts of a plan back into it; the best seen in each of them together may be its best so far."""
    state, best = one.state, one.best
    for part in parts:
        state.stops[part.shifts] = part.state.stops
        state.size[part.shifts] = part.state.size
        state.gain[part.shifts] = part.state.gain
        here = part.state.at != ELSEWHERE
        at = part.state.at[here]
        state.at[here] = np.where(at >= 0, part.shifts[at], -1)
    total = sum(float(part.best.total[0]) for part in parts)
    if total > best.total[0] + 1e-6:
        best.total[0] = total
        for part in parts:
            best.nodes[part.shifts] = part.best.nodes
            best.size[part.shifts] = part.best.size


class _Lies(NamedTuple):
    """How much nearer to the first of the two visits than to the second, less is nearer: shifts and visits."""

    shifts: NDArray[np.float64]
    visits: NDArray[np.float64]


def _lies(one: Part, random: np.random.Generator) -> _Lies:
    ground, state = one.ground, one.state
    visits = len(state.at)
    first_node = np.minimum(np.searchsorted(ground.visit_of, np.arange(visits)), len(ground.visit_of) - 1)
    place = ground.place_of[first_node]
    a, b = place[random.choice(visits, 2, replace=visits < 2)]
    nearer = (ground.pair[a] & NO_ROAD).astype(np.float64) - (ground.pair[b] & NO_ROAD)
    lies = nearer[place]
    planned = state.at >= 0
    at = state.at[planned]
    sums = np.bincount(at, lies[planned], minlength=len(state.size))
    start = nearer[ground.shift[:, START]]
    return _Lies(np.where(state.size > 0, sums / np.maximum(state.size, 1), start), lies)


def _part(one: Part, shifts: NDArray[np.int64], left_out: NDArray[np.bool_]) -> Part:
    """Give a part: these shifts with their stops, and of the visits left out those that are flagged."""
    ground, state = one.ground, one.state
    here = np.full(len(state.size) + 1, ELSEWHERE, dtype=np.int32)
    here[shifts] = np.arange(len(shifts))
    at = np.where(state.at >= 0, here[state.at], np.where(left_out, -1, ELSEWHERE)).astype(np.int32)
    home = ground.home
    if (home >= 0).any():
        local = np.where(here == ELSEWHERE, NOT_HERE, here)
        home = np.where(home >= 0, local[home], home).astype(np.int32)
    own = ground._replace(
        shift=ground.shift[shifts], pauses=ground.pauses[shifts], back_by=ground.back_by[shifts], home=home
    )
    plan = State(stops=state.stops[shifts], size=state.size[shifts], gain=state.gain[shifts], at=at)
    return Part(own, plan, _best_now(plan), shifts)


def _best_now(state: State) -> Best:
    shifts, longest = len(state.size), state.stops.shape[1] - 2
    best = Best(
        np.zeros((shifts, longest), dtype=np.int32), np.zeros(shifts, dtype=np.int32), np.array([state.gain.sum()])
    )
    keep(state, best)
    return best
