"""What it brings to divide a large branch: ``python -m benchmarks.branch_parts PROBLEM.json … [--seconds 20]``.

Each problem is searched for the same wall time, as it would be on a quiet machine, in these ways:

- *whole*: by one thread.
- *threads*: by so many, each with the shifts of one side of the plan, which is cut anew every 4,000 steps
  (``planner.routing.workers``): what ``planner bank`` does with processors that no other branch needs.
- *parts*: the whole for three tenths of the time, so many parts by as many workers for half of it, and the whole again
  for the rest: what tasks of their own for the parts would be. With several rounds the parts are cut anew in between.

All cool alike, from the first temperature to the last over the whole time, and time is CPU seconds: the threads of a
process take so many times as many, and parts are made one after the other. Not counted is what tasks would cost beside
the search: reading the branch and building its arrays once more for every time that it comes back from its parts.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.clock import CpuSeconds
from planner.routing import read_problem
from planner.routing.compiled.ground import ground
from planner.routing.compiled.layout import Ground
from planner.routing.greedy import Tours, greedy, rank, toured
from planner.routing.halves import Part, cut, join
from planner.routing.instance import Instance, prepare
from planner.routing.progress import Steps
from planner.routing.search import COLD, HOT, improve
from planner.routing.workers import CUT_EVERY, Apart, Worker

#: shares of the time for the whole before its parts, and after them
BEFORE, AFTER = 0.3, 0.2

Way = Callable[[float, int], Tours]


class Cooling:
    """Anneals plans and parts of them on one thread, ever colder."""

    def __init__(self, instance: Instance) -> None:
        self.mean = float(np.abs(instance.value).mean())

    def walk(self, worker: Worker, seconds: float, first: float, last: float) -> None:
        """Let a worker search for so many CPU seconds, from one share of the cooling to another."""
        budget = CpuSeconds(seconds)
        while (used := budget.used(0)) < 1:
            cool = first + (last - first) * used
            worker.walk(500, self.mean * HOT * (COLD / HOT) ** cool, remember=False)


def by_parts(instance: Instance, common: Ground, start: Tours, *, workers: int, rounds: int) -> Way:
    """Give the way of parts."""

    def way(seconds: float, seed: int) -> Tours:
        team, cooling = Apart(common, [one.nodes for one in start], seed, 1), Cooling(instance)
        (one,) = team.workers
        random = np.random.default_rng(seed)
        cooling.walk(one, BEFORE * seconds, 0.0, BEFORE)
        whole: Part = one.part
        share = (1 - BEFORE - AFTER) / rounds
        for k in range(rounds):
            parts = cut(whole, workers, random)
            for part in parts:
                one.part = part
                cooling.walk(one, share * seconds, BEFORE + share * k, BEFORE + share * (k + 1))
            join(whole, parts)
        one.part = whole
        cooling.walk(one, AFTER * seconds, 1 - AFTER, 1.0)
        return toured(instance, whole.routes())

    return way


def ways(instance: Instance, counts: list[int]) -> dict[str, Way]:
    """Give all ways by name, ready to go."""
    common = ground(instance)
    start = greedy(instance, common)
    improve(instance, start, Steps(1), 1, common=common)  # compiled from here on

    def by_threads(count: int) -> Way:
        def way(seconds: float, seed: int) -> Tours:
            budget = CpuSeconds(seconds * count)
            return improve(instance, start, budget, seed, common=common, workers=count).tours

        return way

    found = {"whole": by_threads(1)}
    for count in counts:
        found[f"{count} threads"] = by_threads(count)
        for rounds in (1, 3):
            found[f"{count} parts, {rounds} round{'s' if rounds > 1 else ''}"] = by_parts(
                instance, common, start, workers=count, rounds=rounds
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", type=Path, nargs="+")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--workers", type=int, nargs="+", default=[2])
    asked = parser.parse_args()
    print(f"{asked.seconds:g} s each; threads cut the plan anew every {CUT_EVERY:,} steps; ", end="")
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for file in asked.problems:
        instance = prepare(read_problem(file))
        whole: dict[int, float] = {}
        made = ways(instance, asked.workers)
        for seed in asked.seeds:
            for name, way in made.items():
                objective = rank(instance, way(asked.seconds, seed))[2]
                whole.setdefault(seed, objective)
                ahead = 100 * (objective / whole[seed] - 1)
                visits = len(instance.problem.visits)
                print(f"{visits:7,d} visits  seed {seed}  {name:20} {objective:12,.0f} {ahead:+6.2f} %", flush=True)


if __name__ == "__main__":
    main()
