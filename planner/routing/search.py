"""Improves a plan: strings of stops leave a few routes, better ones go in, and what pays is kept.

The steps are compiled (``planner.routing.compiled``); here is what surrounds them: the temperature, the clock, who
listens, and the sharing between workers. Each worker anneals a plan of its own; now and then all go on from the best
of them. With one worker the same seed and number of steps give the same plan.

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

from planner.routing.compiled.anneal import Best, Pool, anneal, keep
from planner.routing.compiled.draw import seeded
from planner.routing.compiled.ground import ground, load, state
from planner.routing.compiled.layout import Ground
from planner.routing.compiled.rebuild import bench
from planner.routing.compiled.recreate import contest
from planner.routing.compiled.ruin import COMPETING, TOUCHED, room
from planner.routing.greedy import Tours, rank, toured
from planner.routing.instance import Instance
from planner.routing.progress import Budget
from planner.routing.tour import Tour, tour

#: First and last temperature as shares of the mean value of an option.
HOT, COLD = 0.4, 0.008

#: Steps between two looks at the clock, and looks between two times that workers share the best plan.
LOOK_EVERY, SHARE_EVERY = 500, 40

#: Routes remembered by each worker, from the last third of the search on, and how many of them are recombined.
REMEMBERED, RECOMBINED = 20_000, 6_000

#: Told the objective and how many visits are planned.
Listener = Callable[[float, int], None]


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
    shared = common or ground(instance)
    team = [_Worker(shared, start, seed, number) for number in range(workers)]
    mean = float(np.abs(instance.value).mean()) or 1.0
    best, looks = team[0].total, 0
    with ThreadPoolExecutor(workers) as threads:
        while (used := budget.used(found.steps)) < 1:
            steps = budget.next(found.steps, LOOK_EVERY)
            temperature = mean * HOT * (COLD / HOT) ** used
            list(threads.map(lambda one: one.walk(steps, temperature, remember=used > 2 / 3), team))  # noqa: B023
            found.steps += steps
            looks += 1
            leader = max(team, key=lambda one: one.total)
            if leader.total > best + 1e-6:
                best = leader.total
                if on_better is not None:
                    on_better(*leader.told(instance))
            if workers > 1 and looks % SHARE_EVERY == 0:
                for one in team:
                    if one is not leader:
                        one.follow(leader)
    made = max((one.tours(instance) for one in team), key=lambda tours: rank(instance, tours))
    if rank(instance, made) > rank(instance, start):
        found.tours = made
    found.note = [f"{x:.4g}" for x in team[0].stats]
    found.pool = list(_unique(instance, team))
    return found


class _Worker:
    """A plan under way, with all the arrays that its steps write to."""

    def __init__(self, common: Ground, start: Tours, seed: int, number: int) -> None:
        longest = common.longest
        self.ground = common
        self.state = state(common, longest)
        load(common, self.state, [one.nodes for one in start])
        shifts = len(start)
        self.best = Best(
            np.zeros((shifts, longest), dtype=np.int32),
            np.zeros(shifts, dtype=np.int32),
            np.array([self.state.gain.sum()]),
        )
        keep(self.state, self.best)
        self.pool = _pool(REMEMBERED, longest)
        self.nothing = _pool(0, longest)
        self.contest = contest(COMPETING, TOUCHED)
        self.before = room(self.state)
        self.bench = bench()
        self.stats = np.zeros(10)
        import os
        self.share = float(os.environ.get("SHARE", "0"))
        self.random = seeded(seed, number)

    @property
    def total(self) -> float:
        """The sum of the gains of the best plan, required visits counted above all value."""
        return float(self.best.total[0])

    def walk(self, steps: int, temperature: float, *, remember: bool) -> None:
        """Make steps; ``remember`` keeps the routes that are accepted."""
        pool = self.pool if remember else self.nothing
        anneal(
            self.ground, self.state, self.best, pool, self.contest, self.before, self.bench, self.random,
            steps, temperature, self.share, self.stats,
        )

    def follow(self, leader: _Worker) -> None:
        """Go on from the best plan of another worker."""
        self.best.nodes[:], self.best.size[:], self.best.total[:] = leader.best
        load(self.ground, self.state, leader.routes())

    def routes(self) -> list[tuple[int, ...]]:
        """Give the nodes of the best plan, shift by shift."""
        pairs = zip(self.best.nodes, self.best.size, strict=True)
        return [tuple(nodes[:count].tolist()) for nodes, count in pairs]

    def tours(self, instance: Instance) -> Tours:
        """Give the best plan as tours: their times are computed anew, by other code."""
        return toured(instance, self.routes())

    def told(self, instance: Instance) -> tuple[float, int]:
        """Give objective and number of visits of the best plan."""
        planned = [node for nodes in self.routes() for node in nodes]
        bonus = float(self.ground.first[instance.visit[planned]].sum()) if planned else 0.0
        return self.total - bonus - instance.all_changed, len(planned)


def _pool(size: int, longest: int) -> Pool:
    return Pool(
        shift=np.zeros(size, dtype=np.int32),
        size=np.zeros(size, dtype=np.int32),
        nodes=np.zeros((size, longest), dtype=np.int32),
        gain=np.zeros(size),
        put=np.zeros(1, dtype=np.int64),
    )


def _unique(instance: Instance, team: Sequence[_Worker]) -> Iterable[Tour]:
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
