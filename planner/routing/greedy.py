"""The plan that always exists: required visits first, then the rest by value per time.

Required visits go in tightest first, each at its cheapest feasible gap over all shifts. For one that finds none, stops
are taken out around it and tried again elsewhere (``_make_room``). Then every shift in turn is filled with the
visits that earn most per second of added travel and service, twice over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.ground import ground, load, routes, state
from planner.routing.compiled.layout import Ground, State
from planner.routing.compiled.recreate import PAUSE_S
from planner.routing.compiled.start import place
from planner.routing.instance import NEVER, Instance
from planner.routing.tour import Insertions, Tour, insertions, tour

#: How many visits, the best by value and service, one shift looks at.
LOOKED_AT = 384

#: How many neighbouring stops may leave a tour together to make room.
EJECTED = 5

Tours = tuple[Tour, ...]


def greedy(instance: Instance, common: Ground | None = None) -> Tours:
    """Give a feasible tour for every shift; ``common`` spares building the arrays of the search anew."""
    tours = place_required(instance, common or ground(instance))
    for _ in range(2):
        tours = fill(instance, tours)
    return tours


def empty(instance: Instance) -> Tours:
    """Give tours without stops."""
    found = [tour(instance, shift, ()) for shift in range(len(instance.problem.shifts))]
    return tuple(one for one in found if one is not None)


def planned(instance: Instance, tours: Tours) -> NDArray[np.bool_]:
    """Say of each visit whether it is in one of the tours."""
    inside = np.zeros(len(instance.required), dtype=bool)
    for one in tours:
        inside[instance.visit[list(one.nodes)]] = True
    return inside


def rank(instance: Instance, tours: Tours) -> tuple[int, int, float]:
    """Give what plans are compared by: locks broken, required visits missing (as negative numbers), the objective."""
    inside = planned(instance, tours)
    broken = int((instance.locked & ~inside).sum()) + sum(astray(instance, one) for one in tours)
    missing = int((instance.required & ~inside).sum())
    return -broken, -missing, sum(one.gain for one in tours) - instance.all_changed


def astray(instance: Instance, one: Tour) -> int:
    """Give how many stops of a tour a lock wants at another position."""
    wanted = instance.position[instance.visit[list(one.nodes)]]
    return int(((wanted >= 0) & (wanted != np.arange(len(wanted)))).sum())


def fill(instance: Instance, tours: Tours) -> Tours:
    """Insert, shift by shift, whatever still fits with a gain, the most per second first."""
    inside = planned(instance, tours)
    filled = []
    for one in tours:
        nodes = np.flatnonzero(instance.may[one.shift] & ~inside[instance.visit])
        longer = grown(instance, one, nodes)
        inside[instance.visit[list(longer.nodes)]] = True
        filled.append(longer)
    return tuple(filled)


def grown(instance: Instance, start: Tour, nodes: NDArray[np.int64]) -> Tour:
    """Give a tour with those of the nodes that pay put in, the most per second first; the same one if none does."""
    one = start
    while len(nodes):
        found = insertions(instance, one, nodes)
        gain = instance.worth(start.shift, nodes) - instance.cost_per_s * found.added_s
        score = gain / (np.maximum(found.added_s, 0.0) + instance.service_s[nodes] + PAUSE_S)
        # The first stop of a shift need not pay for the whole way alone: if all together do not, it stays at home.
        score[(found.added_s >= NEVER) | ((gain <= 0) & bool(one.nodes))] = -np.inf
        best = int(score.argmax())
        if score[best] == -np.inf:
            break
        one, visit = inserted(instance, one, int(nodes[best]), int(found.gap[best])), instance.visit[nodes[best]]
        if len(nodes) > LOOKED_AT:
            keep = np.argpartition(-score, LOOKED_AT)[:LOOKED_AT]
            nodes, found = nodes[keep], Insertions(found.added_s[keep], found.gap[keep])
        # What fits nowhere now will hardly fit later; the second round looks at everything again.
        nodes = nodes[(instance.visit[nodes] != visit) & (found.added_s < NEVER)]
    return one if one.gain > start.gain and astray(instance, one) <= astray(instance, start) else start


def inserted(instance: Instance, one: Tour, node: int, gap: int) -> Tour:
    """Give the tour with a node at a gap where it is known to fit."""
    grown = tour(instance, one.shift, (*one.nodes[:gap], node, *one.nodes[gap:]))
    assert grown is not None, "an insertion that fits gives a feasible tour"
    return grown


def place_required(instance: Instance, common: Ground) -> Tours:
    """Insert the required visits, tightest first, making room for those that find none."""
    waiting = [int(v) for v in np.flatnonzero(instance.required) if len(instance.nodes_of[v])]
    waiting.sort(key=lambda v: (_slack(instance, v), v))
    begun = state(common, common.longest)
    load(common, begun, [()] * len(instance.problem.shifts))
    waiting = placed(common, begun, waiting)
    best = current = toured(instance, routes(begun))
    tries = 4 * len(waiting)
    while waiting and tries:
        tries -= 1
        visit = waiting.pop(0)
        load(common, begun, [one.nodes for one in current])
        if not placed(common, begun, [visit]):
            current = toured(instance, routes(begun))
        else:
            changed, moved = _make_room(instance, current, visit)
            waiting += moved
            current = current if changed is None else changed
        if rank(instance, current) > rank(instance, best):
            best = current
    return best


def placed(common: Ground, plan: State, visits: Sequence[int]) -> list[int]:
    """Insert visits into a plan, each at its cheapest gap over all shifts; give those that fit nowhere."""
    waiting = np.array(visits, dtype=np.int32)
    left: list[int] = waiting[: place(common, plan, waiting)].tolist()
    return left


def toured(instance: Instance, plan: Sequence[Sequence[int]]) -> Tours:
    """Give the tours of a plan's nodes, shift by shift: their times are computed anew, by other code."""
    made = [tour(instance, shift, nodes) for shift, nodes in enumerate(plan)]
    assert None not in made, "what the compiled labels call feasible is feasible"
    return tuple(one for one in made if one is not None)


def _slack(instance: Instance, visit: int) -> float:
    """Give the seconds, over all shifts that may take it, in which the visit could begin."""
    nodes = instance.nodes_of[visit]
    shifts = instance.problem.shifts
    return float(
        sum(
            max(0.0, min(instance.closes[n], shifts[s].ends) - max(instance.opens[n], shifts[s].starts))
            for n in nodes
            for s in np.flatnonzero(instance.may[:, n])
        )
    )


def _make_room(instance: Instance, tours: Tours, visit: int) -> tuple[Tours | None, list[int]]:
    """Put a visit where the fewest required, then least worth, has to leave; gives also the required that left."""
    best: tuple[tuple[int, float], Tour, list[int]] | None = None
    for one, nodes in _open_to(instance, tours, visit):
        count = len(one.nodes)
        for first in range(count):
            for last in range(first + 1, min(count, first + EJECTED) + 1):
                out = instance.visit[list(one.nodes[first:last])]
                required = [int(v) for v in out[instance.required[out]]]
                key = (len(required), float(instance.value[list(one.nodes[first:last])].sum()))
                if best is not None and key >= best[0]:
                    continue
                for node in nodes:
                    changed = tour(instance, one.shift, (*one.nodes[:first], int(node), *one.nodes[last:]))
                    if changed is not None:
                        best = (key, changed, required)
    if best is None:
        return None, []
    return replaced(tours, best[1]), best[2]


def _open_to(instance: Instance, tours: Tours, visit: int) -> Iterator[tuple[Tour, NDArray[np.int64]]]:
    """Give the tours that may take a visit, each with the nodes it may take."""
    nodes = instance.nodes_of[visit]
    for one in tours:
        allowed = nodes[instance.may[one.shift, nodes]]
        if len(allowed):
            yield one, allowed


def replaced(tours: Tours, changed: Tour) -> Tours:
    """Give the tours with one of them changed."""
    return (*tours[: changed.shift], changed, *tours[changed.shift + 1 :])
