"""Improves a plan: strings of stops leave a few routes, better ones go in, and what pays is kept.

The steps are compiled (``planner.routing.compiled``); here is what surrounds them: the temperature, the clock and who
listens. Several workers search apart, or together on one large plan (``planner.routing.workers``). The same seed and
number of steps give the same plan.

References
----------
Christiaens and Vanden Berghe, "Slack induction by string removals for vehicle routing problems", Transportation
Science 54 (2020).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from planner.routing.compiled.ground import ground
from planner.routing.compiled.layout import Ground
from planner.routing.greedy import Tours, rank, toured
from planner.routing.halves import Part
from planner.routing.instance import Instance
from planner.routing.progress import Budget
from planner.routing.tour import Tour, tour
from planner.routing.workers import Apart, Together, Worker

#: First and last temperature as shares of the mean value of an option.
HOT, COLD = 0.4, 0.008

#: Routes are remembered from the last third of the search on; so many of them are recombined.
RECOMBINED = 6_000

#: From so many shifts on, several workers work on one plan.
TOGETHER = 60

#: Told the objective and the nodes that are planned.
Listener = Callable[[float, Sequence[int]], None]


@dataclass
class Found:
    """What a search found: the best tours, the steps of each worker, and tours worth recombining."""

    tours: Tours
    steps: int = 0
    pool: list[Tour] = field(default_factory=list)


def improve(
    instance: Instance,
    start: Tours,
    budget: Budget,
    seed: int,
    on_better: Listener | None = None,
    *,
    workers: int = 1,
    common: Ground | None = None,
) -> Found:
    """Search from ``start`` until the budget is used; the tours given are never worse than ``start``.

    ``common`` spares building the arrays of the search anew.
    """
    found = Found(start)
    if not len(instance.visit) or not start or budget.used(0) >= 1:
        return found
    kind = Together if workers > 1 and len(start) >= TOGETHER else Apart
    team = kind(common or ground(instance), [one.nodes for one in start], seed, workers)
    mean = float(np.abs(instance.value).mean()) or 1.0
    best = float(team.leading.best.total[0])
    with ThreadPoolExecutor(workers) as threads:
        while (used := budget.used(found.steps)) < 1:
            steps = budget.next(found.steps, team.stride)
            team.walk(threads, steps, mean * HOT * (COLD / HOT) ** used, remember=used > 2 / 3)
            found.steps += steps
            if on_better is not None and team.leading.best.total[0] > best + 1e-6:
                best = float(team.leading.best.total[0])
                on_better(*_told(instance, team.leading))
    made = toured(instance, team.leading.routes())
    if rank(instance, made) > rank(instance, start):
        found.tours = made
    found.pool = list(_unique(instance, team.workers))
    return found


def _told(instance: Instance, one: Part) -> tuple[float, list[int]]:
    """Give objective and nodes of the best plan."""
    planned = [node for nodes in one.routes() for node in nodes]
    bonus = float(one.ground.first[instance.visit[planned]].sum()) if planned else 0.0
    return float(one.best.total[0]) - bonus - instance.all_changed, planned


def _unique(instance: Instance, team: Sequence[Worker]) -> Iterable[Tour]:
    """Give of all remembered routes the best of each shift and set of visits, the newest of each worker."""
    best: dict[tuple[int, bytes], tuple[float, list[int]]] = {}
    for number, one in enumerate(team, start=1):
        pool, room_for = one.pool, RECOMBINED * number // len(team)
        size = len(pool.shift)
        last = int(pool.put[0])
        for k in range(last - 1, max(-1, last - size - 1), -1):
            row = k % size
            nodes = pool.nodes[row, : pool.size[row]]
            key = int(pool.shift[row]), np.sort(instance.visit[nodes]).tobytes()
            known = best.get(key)
            if known is None and len(best) >= room_for:
                break
            if known is None or known[0] < pool.gain[row]:
                best[key] = float(pool.gain[row]), nodes.tolist()
    for (shift, _), (_, route) in best.items():
        made = tour(instance, shift, route) if route else None
        if made is not None:
            yield made
