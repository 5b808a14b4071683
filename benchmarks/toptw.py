"""How far the plan engine stays below the best known values of the team orienteering problem with time windows.

    python -m benchmarks.toptw FILE… [--vehicles 4] [--seconds 10] [--seeds 1 2]
        [--peers pyvrp routing] [--peer-seconds 10] [--best NAME=VALUE …]

A file is a field-visit-problem/1 made of an instance of Solomon or of Cordeau, Gendreau and Laporte and named like it
(``c104-4.json``): a customer is a visit, his profit its value, travel is free; a second is a tenth of the
instance's unit, and distances are cut there. The vehicles are all alike: the first shift of the file, so many times.
With ``--peers``, others run beside ours as in ``benchmarks.engine``.

The best known values were found on distances cut after the first decimal for Solomon's instances, so they compare; for
the others (pr) after the second, so that a file of tenths is a little easier and a gap below zero possible.

References
----------
Vansteenwegen, Souffriau, Vanden Berghe and Van Oudheusden, "Iterated local search for the team orienteering problem
with time windows", Computers & Operations Research 36 (2009); Hu and Lim, "An iterative three-component heuristic for
the team orienteering problem with time windows", EJOR 232 (2014).
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.engine import engines_for, loads, measured
from benchmarks.peers import MODULES, release
from planner.routing import Problem, read_problem
from planner.routing.greedy import greedy
from planner.routing.instance import prepare

#: Best known profit by instance and number of vehicles; others are given with ``--best``.
BEST_KNOWN: Mapping[tuple[str, int], float] = {
    ("c104", 4): 1260.0,
    ("r109", 4): 885.0,
    ("rc104", 4): 1065.0,
    ("pr04", 4): 1585.0,
}


def with_vehicles(problem: Problem, count: int) -> Problem:
    """Give the problem with so many shifts like its first."""
    first = problem.shifts[0]
    return replace(problem, shifts=tuple(replace(first, id=f"s{i}", crew=f"s{i}") for i in range(count)))


def gap(best: float, objective: float) -> float:
    """Give by how many per cent an objective stays below the best known value.

    >>> gap(200.0, 199.0)
    0.5
    """
    return 100.0 * (best - objective) / best


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", type=Path, nargs="+", help="field-visit-problem/1 files named like their instance")
    parser.add_argument("--vehicles", type=int, default=4)
    parser.add_argument("--seconds", type=float, nargs="+", default=[10.0], help="CPU seconds of ours")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--peers", nargs="+", choices=list(MODULES), default=[])
    parser.add_argument("--peer-seconds", type=float, nargs="+", default=[10.0], help="CPU seconds of each peer")
    parser.add_argument("--best", nargs="+", default=[], metavar="NAME=VALUE", help="best known values to add")
    arguments = parser.parse_args()
    vehicles = arguments.vehicles
    best = {**BEST_KNOWN, **{(name, vehicles): float(value) for name, value in (p.split("=") for p in arguments.best)}}
    runs = [("ours", one) for one in arguments.seconds]
    runs += itertools.product(dict.fromkeys(arguments.peers), arguments.peer_seconds)
    print("; ".join([loads(), *(release(name) for name in dict.fromkeys(arguments.peers))]))
    print(f"\n{vehicles} vehicles, seeds {arguments.seeds}\n")
    print("| instance | best known | engine | CPU s | by seed | mean gap % |\n|---|---|---|---|---|---|")
    gaps: dict[tuple[str, float], list[float]] = {run: [] for run in runs}
    for path in arguments.problems:
        name = path.stem.split("-")[0]
        instance = prepare(with_vehicles(read_problem(path), vehicles))
        engines = engines_for(instance, greedy(instance), arguments.peers)
        known = best.get((name, vehicles))
        for row in measured(instance, engines, runs, arguments.seeds):
            below = None if known is None else gap(known, row.mean)
            gaps[row.engine, row.seconds] += [] if below is None else [below]
            known_told, below_told = ("not given", "–") if below is None else (f"{known:,.0f}", f"{below:.2f}")
            values = ", ".join(f"{one:,.0f}" for one in row.objectives)
            print(f"| {name} | {known_told} | {row.engine} | {row.seconds:g} | {values} | {below_told} |", flush=True)
    for (name, seconds), found in gaps.items():
        if found:
            print(f"\nmean gap, {name} at {seconds:g} s: {np.mean(found):.2f} % over {len(found)} instances")
    print(f"\n{loads()}")


if __name__ == "__main__":
    main()
