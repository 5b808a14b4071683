"""What the plan engine reaches in so many CPU seconds, and what other engines reach beside it.

    python -m benchmarks.engine PROBLEM.json … [--seconds 2 10 30] [--seeds 1 2 3]
        [--peers pyvrp routing vroom] [--peer-seconds 30 60]

Each problem is read once. Then, in this one process and on one thread, every engine runs from the same start with each
seed for each number of CPU seconds, compiling and stating of models excluded; seed by seed and engine by engine in
turn, so that a busy hour of the machine falls on all of them alike. What an engine says of itself is not believed:
its stops in order become our tours, our scheduler times them, our audit reads the plan, objective included.

The output is a table for docs/engine.md. Where ours ran ``HELD_AT`` seconds or less, its last line says by how much
that is over PyVRP at its longest, worst and best over all problems, by mean over the seeds.
"""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.clock import CpuSeconds
from benchmarks.peers import MODULES, peer, release
from planner.routing import audit, baseline, read_problem
from planner.routing.compiled.ground import ground
from planner.routing.greedy import Tours, greedy, rank
from planner.routing.instance import Instance, prepare
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.translate import to_plan

#: The seconds of ours that are held against the longest of PyVRP.
HELD_AT = 10.0

#: An engine: given the seconds and a seed, its tours.
Engine = Callable[[float, int], Tours]


@dataclass(frozen=True)
class Row:
    """One engine at one number of seconds on one problem: objectives and CPU seconds by seed, and what was missed."""

    engine: str
    seconds: float
    objectives: tuple[float, ...]
    cpu_s: tuple[float, ...]
    missing: int

    @property
    def mean(self) -> float:
        """The mean objective over the seeds."""
        return float(np.mean(self.objectives))


def audited(instance: Instance, tours: Tours, made_with: str) -> tuple[float, int]:
    """Give objective and required visits missing of a plan that the audit, which reads both anew, finds clean."""
    plan = to_plan(instance, tours, made_with=made_with)
    faults = audit(instance.problem, plan)
    assert not faults, f"{made_with}: {faults[0].text}"
    return plan.objective, -rank(instance, tours)[1]


def measured(
    instance: Instance, engines: dict[str, Engine], runs: Sequence[tuple[str, float]], seeds: list[int]
) -> list[Row]:
    """Run each engine for its seconds with each seed."""
    found: dict[tuple[str, float], list[tuple[float, int, float]]] = {run: [] for run in runs}
    for seed, (name, seconds) in itertools.product(seeds, runs):
        began = time.process_time()
        tours = engines[name](seconds, seed)
        spent = time.process_time() - began
        found[name, seconds].append((*audited(instance, tours, name), spent))
    return [
        Row(
            name,
            seconds,
            tuple(objective for objective, _, _ in made),
            tuple(spent for _, _, spent in made),
            max(missing for _, missing, _ in made),
        )
        for (name, seconds), made in found.items()
    ]


def engines_for(instance: Instance, start: Tours, peers: Sequence[str]) -> dict[str, Engine]:
    """Give ours and the peers, ready to run from the start."""
    common = ground(instance)
    improve(instance, start, Steps(1), 1, common=common)  # compiled from here on

    def ours(seconds: float, seed: int) -> Tours:
        return improve(instance, start, CpuSeconds(seconds), seed, common=common).tours

    def other(name: str) -> Engine:
        improved = peer(name)
        return lambda seconds, seed: improved(instance, start, seconds, seed)

    return {"ours": ours, **{name: other(name) for name in peers}}


def table(rows: Sequence[Row]) -> str:
    """Give the rows as a table.

    >>> print(table([Row("ours", 2.0, (10.0, 14.0), (2.0, 2.0), 0)]))
    | engine | CPU s | mean | sd | worst | best | required missing | CPU s taken |
    |---|---|---|---|---|---|---|---|
    | ours | 2 | 12 | 2 | 10 | 14 | 0 | 2.0 |
    """
    lines = [
        "| engine | CPU s | mean | sd | worst | best | required missing | CPU s taken |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        values = np.array(row.objectives)
        numbers = " | ".join(f"{one:,.0f}" for one in (values.mean(), values.std(), values.min(), values.max()))
        lines.append(f"| {row.engine} | {row.seconds:g} | {numbers} | {row.missing} | {max(row.cpu_s):.1f} |")
    return "\n".join(lines)


def ahead(rows: Sequence[Row]) -> tuple[float, float, float] | None:
    """Give our seconds, PyVRP's, and how much more ours is worth in per cent; None where one of them did not run.

    >>> ahead([Row("ours", 10.0, (102.0,), (10.0,), 0), Row("pyvrp", 60.0, (100.0,), (60.0,), 0)])
    (10.0, 60.0, 2.0)
    """
    ours = [row for row in rows if row.engine == "ours" and row.seconds <= HELD_AT]
    theirs = [row for row in rows if row.engine == "pyvrp"]
    if not ours or not theirs:
        return None
    one, other = (max(them, key=lambda row: row.seconds) for them in (ours, theirs))
    return one.seconds, other.seconds, round(100 * (one.mean / other.mean - 1), 6)


def loads() -> str:
    """Give the load averages, and on how many cores."""
    return f"load {' '.join(f'{one:.1f}' for one in os.getloadavg())} on {os.cpu_count()} cores"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problems", type=Path, nargs="+", help="field-visit-problem/1 files")
    parser.add_argument("--seconds", type=float, nargs="+", default=[2.0, 10.0, 30.0], help="CPU seconds of ours")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--peers", nargs="+", choices=list(MODULES), default=[])
    parser.add_argument("--peer-seconds", type=float, nargs="+", default=[30.0, 60.0], help="CPU seconds of each peer")
    arguments = parser.parse_args()
    with_peers = ", ".join(release(name) for name in dict.fromkeys(arguments.peers))
    print(
        f"{loads()}; Python {platform.python_version()}, numba {version('numba')}"
        + (f", {with_peers}" * bool(with_peers))
    )
    leads = []
    for path in arguments.problems:
        problem = read_problem(path)
        print(f"\n{path.name}: {len(problem.visits)} visits, {len(problem.shifts)} shifts; seeds {arguments.seeds}")
        instance = prepare(problem)
        common = ground(instance)
        began = time.process_time()
        start = greedy(instance, common)
        spent = time.process_time() - began
        print(
            f"by hand {baseline(problem).objective:,.0f}; start {rank(instance, start)[2]:,.0f} in {spent:.2f} CPU s\n"
        )
        runs = [("ours", one) for one in arguments.seconds]
        runs += itertools.product(dict.fromkeys(arguments.peers), arguments.peer_seconds)
        rows = measured(instance, engines_for(instance, start, arguments.peers), runs, arguments.seeds)
        print(table(rows))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"\nmemory so far {memory:,.0f} MB; {loads()}", flush=True)
        lead = ahead(rows)
        leads += [] if lead is None else [lead]
    if leads:
        percents = sorted(lead[2] for lead in leads)
        print(
            f"\nany seed: ours at {leads[0][0]:g} s over PyVRP at {leads[0][1]:g} s: "
            f"{percents[0]:+.1f} % .. {percents[-1]:+.1f} % ({len(percents)} problems)"
        )


if __name__ == "__main__":
    main()
