"""How near the quick worth of one more shift comes to planning all anew: python -m benchmarks.crew_day_worth FILE.json.

A problem is written by ``python -m planner plan … --problem-out PROBLEM.json``. It is planned from nothing with so many
steps, and from that plan the quick figures are taken as the product does (``planner.why.more_shifts``). Then, for each
of the same shifts, everything is planned from nothing with the shift and with as many steps, for several seeds, and set
against the plans without it by the same seeds. Times are CPU seconds of one thread.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from planner.routing import Plan, Problem, read_problem, solve
from planner.routing.problem import Shift
from planner.why import Worth, more_shifts, stand
from planner.why.more_shifts import STEPS, at_day

EVENING = (17 * 3600, 20 * 3600 + 1800)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", type=Path, help="a field-visit-problem/1 file")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of each quick search")
    parser.add_argument("--full", type=int, default=100_000, help="steps of each plan from nothing")
    parser.add_argument("--seeds", type=int, default=2, help="seeds of the plans from nothing")
    arguments = parser.parse_args()
    problem, seeds = read_problem(arguments.problem), range(1, arguments.seeds + 1)
    print(f"{len(problem.visits)} visits, {len(problem.shifts)} shifts; load {os.getloadavg()[0]:.1f}", flush=True)
    began = time.process_time()
    base = [anew(problem, arguments.full, seed) for seed in seeds]
    plan = max(base, key=lambda one: one.objective)
    print(f"a plan from nothing: {(time.process_time() - began) / len(base):.1f} CPU s", flush=True)
    began = time.process_time()
    quick = more_shifts(stand(problem, plan), evening=EVENING, steps=arguments.steps)
    print(f"all quick figures: {time.process_time() - began:.1f} CPU s, {arguments.steps:,} steps each", flush=True)
    print("| day | shift | quick | all anew | (apart by seed) |\n|---|---|---|---|---|")
    pairs = []
    for one in quick.each:
        larger = replace(problem, shifts=(*problem.shifts, like(problem, one)))
        plans = [anew(larger, arguments.full, seed) for seed in seeds]
        gains = [now.objective - was.objective for now, was in zip(plans, base, strict=True)]
        pairs.append((one.kind, one.gain, float(np.mean(gains))))
        apart = float(np.ptp(gains))
        print(f"| {one.day} | {one.kind} | {one.gain:,.0f} | {np.mean(gains):,.0f} | {apart:,.0f} |", flush=True)
    for kind in dict.fromkeys(kind for kind, _, _ in pairs):
        mine = np.array([[a, b] for k, a, b in pairs if k == kind])
        off = mine[:, 0] - mine[:, 1]
        print(
            f"{kind}: mean quick {mine[:, 0].mean():,.0f}, all anew {mine[:, 1].mean():,.0f}; mean difference "
            f"{off.mean():+,.0f}, mean absolute {np.abs(off).mean():,.0f}; best day {mine[:, 0].argmax()} and "
            f"{mine[:, 1].argmax()}; load {os.getloadavg()[0]:.1f}"
        )


def anew(problem: Problem, steps: int, seed: int) -> Plan:
    """Plan from nothing, one thread, counted in steps."""
    return solve(problem, seconds=3600, seed=seed, workers=1, steps=steps, bound=False)


def like(problem: Problem, one: Worth) -> Shift:
    """Give the shift whose worth was told."""
    moved = [at_day(each, one.day) for each in problem.shifts if each.crew == one.like]
    same = next((each for each in moved if (each.starts, each.ends) == (one.starts, one.ends)), None)
    found = same or replace(moved[0], starts=one.starts, ends=one.ends, breaks=())
    return replace(found, id=f"more:{one.kind}:{one.day}")


if __name__ == "__main__":
    main()
