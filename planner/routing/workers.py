"""Who searches: each worker makes steps on a plan of its own, or on its side of a plan that they share.

Apart, every worker anneals a whole plan, and now and then all go on from the best of them. Together, they work on
the sides of one plan (``planner.routing.halves``), which pays once a plan has so many routes that they seldom meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from planner.routing.compiled.anneal import Pool, anneal
from planner.routing.compiled.compose import bench
from planner.routing.compiled.draw import seeded
from planner.routing.compiled.ground import load, state
from planner.routing.compiled.layout import Ground
from planner.routing.compiled.recreate import contest
from planner.routing.compiled.ruin import COMPETING, TOUCHED, room
from planner.routing.halves import Part, cut, join, whole

#: Routes remembered by each worker.
REMEMBERED = 20_000

#: Steps between two looks at the clock of workers apart, and looks between two times that they share the best plan.
LOOK_EVERY, SHARE_EVERY = 500, 200

#: Steps of workers together between two cuts, which is as often as they look at the clock.
CUT_EVERY = 4_000

Routes = Sequence[Sequence[int]]


class Worker:
    """What one thread works with: a part of a plan, random numbers, and all the arrays that its steps write to."""

    def __init__(self, part: Part, seed: int, number: int) -> None:
        self.part = part
        longest = part.ground.longest
        self.pool = _pool(REMEMBERED, longest)
        self.nothing = _pool(0, longest)
        self.contest = contest(COMPETING, TOUCHED)
        self.before = room(part.state)
        self.bench = bench()
        self.random = seeded(seed, number)

    def walk(self, steps: int, temperature: float, *, remember: bool) -> None:
        """Make steps; ``remember`` keeps the routes that are accepted."""
        part, pool = self.part, self.pool if remember else self.nothing
        known = int(pool.put[0])
        anneal(
            part.ground,
            part.state,
            part.best,
            pool,
            self.contest,
            self.before,
            self.bench,
            self.random,
            steps,
            temperature,
        )
        if remember:
            new = np.arange(max(known, int(pool.put[0]) - REMEMBERED), int(pool.put[0])) % REMEMBERED
            pool.shift[new] = part.shifts[pool.shift[new]]


class Apart:
    """Workers that each anneal a whole plan."""

    stride = LOOK_EVERY

    def __init__(self, ground: Ground, start: Routes, seed: int, workers: int) -> None:
        self.workers = [Worker(_loaded(ground, start), seed, number) for number in range(workers)]
        self.looks = 0

    @property
    def leading(self) -> Part:
        """The best plan."""
        return max((one.part for one in self.workers), key=lambda part: float(part.best.total[0]))

    def walk(self, threads: Executor, steps: int, temperature: float, *, remember: bool) -> None:
        """Let every worker make steps."""
        list(threads.map(lambda one: one.walk(steps, temperature, remember=remember), self.workers))
        self.looks += 1
        if self.looks % SHARE_EVERY == 0:
            leader = self.leading
            for one in self.workers:
                if one.part is not leader:
                    one.part.best.nodes[:], one.part.best.size[:], one.part.best.total[:] = leader.best
                    load(one.part.ground, one.part.state, leader.routes())


class Together:
    """Workers that anneal one plan, each on its side of it."""

    stride = CUT_EVERY

    def __init__(self, ground: Ground, start: Routes, seed: int, workers: int) -> None:
        self.leading = _loaded(ground, start)
        self.workers = [Worker(self.leading, seed, number) for number in range(workers)]
        self.random = np.random.default_rng([abs(seed), seed < 0])

    def walk(self, threads: Executor, steps: int, temperature: float, *, remember: bool) -> None:
        """Cut the plan, let every worker make steps on its side, and put the sides together."""
        parts = cut(self.leading, len(self.workers), self.random)
        for one, part in zip(self.workers, parts, strict=True):
            one.part = part
        list(threads.map(lambda one: one.walk(steps, temperature, remember=remember), self.workers))
        join(self.leading, parts)


def _loaded(ground: Ground, start: Routes) -> Part:
    plan = state(ground, ground.longest)
    load(ground, plan, start)
    return whole(ground, plan)


def _pool(size: int, longest: int) -> Pool:
    return Pool(
        shift=np.zeros(size, dtype=np.int32),
        size=np.zeros(size, dtype=np.int32),
        nodes=np.zeros((size, longest), dtype=np.int32),
        gain=np.zeros(size),
        put=np.zeros(1, dtype=np.int64),
    )
