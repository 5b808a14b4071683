"""What pairs kept apart cost: python -m benchmarks.apart PROBLEM.json [--pairs 0 20 100] [--steps N] [--seeds 1 2 3].

Pairs are drawn among visits that lie near each other, which is where they meet on a route. For each number of pairs and
seed, in turn in this one process and on one thread: the search with the pairs, and the search without them, whose plan
is then parted (the visit whose loss is least leaves the route, and what room there is is filled), much as was done
before the search knew pairs. Every plan is audited with the pairs in force. CPU seconds are those of the search alone,
against the same search without pairs right before it.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from planner.routing import Problem, audit, pair, read_problem
from planner.routing.greedy import Tours, fill, greedy, rank
from planner.routing.instance import Instance, prepare
from planner.routing.progress import Steps
from planner.routing.search import improve
from planner.routing.tour import barred, tour
from planner.routing.translate import to_plan

#: Among so many of the nearest visits the other one of a pair is drawn.
NEAR = 12


def with_pairs(plain: Problem, count: int, seed: int) -> Problem:
    """Give the problem with so many pairs of neighbours apart."""
    rng = np.random.default_rng(seed)
    places = np.array([one.place for one in plain.visits])
    found: set[tuple[str, str]] = set()
    while len(found) < count:
        v = int(rng.integers(len(places)))
        near = np.argsort(plain.seconds[places[v], places], kind="stable")[: NEAR + 1]
        other = int(rng.choice(near[near != v]))
        found.add(pair(plain.visits[v].id, plain.visits[other].id))
    return replace(plain, apart=frozenset(found))


def searched(instance: Instance, steps: int, seed: int) -> tuple[Tours, float]:
    """Give the tours found and the CPU seconds of the search."""
    start = greedy(instance)
    began = time.process_time()
    return improve(instance, start, Steps(steps), seed).tours, time.process_time() - began


def broken(instance: Instance, tours: Tours) -> int:
    """Count the pairs that tours have on one route."""
    here = [set(instance.visit[list(one.nodes)].tolist()) for one in tours]
    return sum(len(instance.foes.get(v, frozenset()) & some) for some in here for v in some) // 2


def parted(instance: Instance, tours: Tours) -> Tours:
    """Give the tours without the lesser visit of each pair, and filled."""
    made = []
    for one in tours:
        nodes = list(one.nodes)
        while tour(instance, one.shift, nodes) is None:
            met = barred(instance, nodes)
            worth = dict(zip(nodes, instance.worth(one.shift, nodes).tolist(), strict=True))
            nodes.remove(min((n for n in nodes if instance.visit[n] in met), key=worth.__getitem__))
        left = tour(instance, one.shift, nodes)
        assert left is not None
        made.append(left)
    return fill(instance, fill(instance, tuple(made)))


def objective(instance: Instance, tours: Tours) -> float:
    """Give the objective of tours that the audit finds clean."""
    faults = audit(instance.problem, to_plan(instance, tours, made_with="benchmark"))
    assert not faults, faults[0].text
    return rank(instance, tours)[2]


def main() -> None:
    """Print a table."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("problem", type=Path)
    made.add_argument("--pairs", type=int, nargs="+", default=[0, 20, 100, 400])
    made.add_argument("--steps", type=int, default=100_000)
    made.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments = made.parse_args()
    plain = read_problem(arguments.problem)
    free = prepare(plain)
    searched(free, 1, 1)  # compiles
    load = f"load {os.getloadavg()[0]:.0f}"
    print(f"{len(plain.visits)} visits, {len(plain.shifts)} shifts, {arguments.steps} steps, {load}")
    print("| pairs | met without | without pairs | parted after | searched with | CPU, with / without |")
    print("|---|---|---|---|---|---|")
    for count in arguments.pairs:
        rows = []
        for seed in arguments.seeds:
            one = prepare(with_pairs(plain, count, seed), like=free)
            loose, before = searched(free, arguments.steps, seed)
            found, spent = searched(one, arguments.steps, seed)
            met = broken(one, loose)
            rows.append(
                (met, rank(free, loose)[2], objective(one, parted(one, loose)), objective(one, found), spent / before)
            )
        met, without, after, within, ratio = np.mean(rows, axis=0)
        print(f"| {count} | {met:.0f} | {without:,.0f} | {after:,.0f} | {within:,.0f} | {ratio:.3f} |", flush=True)


if __name__ == "__main__":
    main()
