"""What the plan engine reaches in so many CPU seconds: python -m benchmarks.engine PROBLEM.json … [--seconds 2 10 30].

Each problem is read once; then, in this one process and on one thread, the search runs from the same start with each
seed for each number of CPU seconds, compiling excluded. Every plan is audited. ``--routing`` adds OR-Tools' routing
library for the longest of the times. The load of the machine is printed with the table.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from pathlib import Path

import numpy as np

from planner.routing import audit, baseline, read_problem, solve
from planner.routing.compiled.ground import ground
from planner.routing.greedy import greedy, rank
from planner.routing.instance import Instance, prepare
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.translate import to_plan


class CpuSeconds:
    """A budget in CPU seconds of this process."""

    def __init__(self, seconds: float) -> None:
        self.began, self.seconds = time.process_time(), seconds

    def used(self, steps: int) -> float:  # noqa: ARG002
        """Give the share that is used."""
        return (time.process_time() - self.began) / self.seconds

    def next(self, steps: int, most: int) -> int:  # noqa: ARG002
        """Give ``most``."""
        return most


def searched(instance: Instance, seconds: list[float], seeds: list[int]) -> None:
    """Print what the search reaches."""
    common = ground(instance)
    began = time.process_time()
    start = greedy(instance, common)
    print(f"  start {rank(instance, start)[2]:12,.0f}  in {time.process_time() - began:.2f} CPU s")
    improve(instance, start, Steps(1), 1, common=common)  # compiled from here on
    for budget in seconds:
        found = [improve(instance, start, CpuSeconds(budget), seed, common=common) for seed in seeds]
        ranks = [rank(instance, one.tours) for one in found]
        for one in found:
            faults = audit(instance.problem, to_plan(instance, one.tours, made_with="search", common=common))
            assert not faults, faults[0].text
        values = np.array([one[2] for one in ranks])
        missing = -min(one[1] for one in ranks)
        pace = 1e6 * budget / np.mean([one.steps for one in found])
        print(f"  search {budget:5.0f} s  mean {values.mean():12,.0f}  sd {values.std():6,.0f}  "
              f"{[round(one) for one in values]}  required missing {missing}  {pace:.0f} µs a step")  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", type=Path, nargs="+", help="field-visit-problem/1 files")
    parser.add_argument("--seconds", type=float, nargs="+", default=[2.0, 10.0, 30.0], help="CPU seconds")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--routing", action="store_true", help="also OR-Tools' routing library, warm-started")
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for path in arguments.problems:
        problem = read_problem(path)
        print(f"{path.name}: {len(problem.visits)} visits, {len(problem.shifts)} shifts")
        print(f"  by hand {baseline(problem).objective:12,.0f}")
        searched(prepare(problem), arguments.seconds, arguments.seeds)
        if arguments.routing:
            most, began = max(arguments.seconds), time.process_time()
            plan = solve(problem, seconds=most, workers=1, engine="routing", bound=False)
            print(f"  routing {plan.objective:12,.0f}  in {time.process_time() - began:.0f} CPU s")
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"  memory so far {memory:,.0f} MB; load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
