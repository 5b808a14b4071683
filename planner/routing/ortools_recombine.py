"""Composes a plan from tours that the search has seen: set packing by CP-SAT, exact over the pool.

Each remembered tour is a column; each shift takes at most one, each visit is in at most one. The linear relaxation
(GLOP) first drops columns whose reduced cost proves that no better plan holds them. The plan at hand is the hint,
so what comes back is never worse.

CP-SAT is reached through the linear solver's interface: its own Python model imports pandas, about two CPU seconds
that a plan of a few seconds does not have.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from planner.routing.greedy import Tours, astray, empty, rank
from planner.routing.instance import Instance
from planner.routing.tour import Tour

#: Objective units per unit of value in the integer model are chosen so that the sum of all stays below this.
LARGEST_SUM = 1e13

#: A column is taken where its variable lies above.
ONE_HALF = 0.5


@dataclass(frozen=True)
class Effort:
    """How long CP-SAT may take: until an instant of ``time.monotonic``, or deterministic seconds where given."""

    ends: float
    workers: int = 1
    seed: int = 1
    deterministic: float | None = None
    cancelled: Callable[[], bool] | None = None

    def used(self) -> bool:
        """Say whether nothing is left of it."""
        if self.deterministic is not None:
            return self.deterministic <= 0
        return self.ends <= time.monotonic()


def recombine(instance: Instance, start: Tours, pool: Iterable[Tour], effort: Effort) -> Tours:
    """Give the best plan made of tours of the pool and of ``start``; ``start`` itself if there is none better."""
    columns = _columns(instance, start, pool)
    if len(columns) <= len(start) or effort.used():
        return start
    worth = _worth(instance, columns)
    in_start = np.array([start[one.shift] is one for one in columns], dtype=bool)
    kept = _promising(instance, columns, worth, in_start, effort)
    columns, worth, in_start = [columns[i] for i in kept], worth[kept], in_start[kept]
    chosen = _packed(instance, columns, worth, in_start, effort)
    tours = list(empty(instance))
    for i in chosen:
        tours[columns[i].shift] = columns[i]
    made = tuple(tours)
    return made if rank(instance, made) > rank(instance, start) else start


def _columns(instance: Instance, start: Tours, pool: Iterable[Tour]) -> list[Tour]:
    ours = {(one.shift, frozenset(one.nodes)) for one in start}
    others = [one for one in pool if one.nodes and (one.shift, frozenset(one.nodes)) not in ours]
    others = [one for one in others if not astray(instance, one)]
    return [one for one in start if one.nodes] + others


def _worth(instance: Instance, columns: list[Tour]) -> NDArray[np.float64]:
    """Give the gain of each column, required visits counted above all value."""
    above_all = 1.0 + 2.0 * float(np.abs(instance.value).sum())
    required = [float(instance.required[instance.visit[list(one.nodes)]].sum()) for one in columns]
    return np.array([one.gain for one in columns]) + above_all * np.array(required)


def _promising(
    instance: Instance, columns: list[Tour], worth: NDArray[np.float64], in_start: NDArray[np.bool_], effort: Effort
) -> NDArray[np.int64]:
    """Give the columns that may be part of a better plan than the one at hand, by the relaxation's reduced costs."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    if effort.deterministic is None:
        solver.SetTimeLimit(max(1, int(500 * (effort.ends - time.monotonic()))))
    shifts = [solver.Constraint(0.0, 1.0) for _ in instance.problem.shifts]
    visits = [solver.Constraint(0.0, 1.0) for _ in instance.required]
    objective = solver.Objective()
    objective.SetMaximization()
    variables = []
    for one, gain in zip(columns, worth.tolist(), strict=True):
        variable = solver.NumVar(0.0, solver.infinity(), "")
        objective.SetCoefficient(variable, gain)
        shifts[one.shift].SetCoefficient(variable, 1.0)
        for visit in instance.visit[list(one.nodes)].tolist():
            visits[visit].SetCoefficient(variable, 1.0)
        variables.append(variable)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return np.arange(len(columns))
    room = objective.Value() - float(worth[in_start].sum())
    reduced = np.array([variable.reduced_cost() for variable in variables])
    slack = 1e-6 * (1.0 + abs(objective.Value()))
    return np.flatnonzero(in_start | (reduced >= -room - slack))


def _packed(
    instance: Instance, columns: list[Tour], worth: NDArray[np.float64], in_start: NDArray[np.bool_], effort: Effort
) -> list[int]:
    scale = min(1000.0, LARGEST_SUM / (1.0 + float(np.abs(worth).sum())))
    solver = pywraplp.Solver.CreateSolver("SAT")
    chosen = [solver.BoolVar("") for _ in columns]
    shifts = [solver.Constraint(0.0, 1.0) for _ in instance.problem.shifts]
    visits = [solver.Constraint(0.0, 1.0) for _ in instance.required]
    objective = solver.Objective()
    objective.SetMaximization()
    for one, gain, variable in zip(columns, worth.tolist(), chosen, strict=True):
        objective.SetCoefficient(variable, float(round(scale * gain)))
        shifts[one.shift].SetCoefficient(variable, 1.0)
        for visit in instance.visit[list(one.nodes)].tolist():
            visits[visit].SetCoefficient(variable, 1.0)
    solver.SetHint(chosen, in_start.astype(float).tolist())
    parameters = f"num_workers:{effort.workers} random_seed:{effort.seed} catch_sigint_signal:false"
    if effort.deterministic is None:
        solver.SetTimeLimit(max(10, int(1000 * (effort.ends - time.monotonic()))))
    else:
        parameters += f" max_deterministic_time:{effort.deterministic}"
    solver.SetSolverSpecificParametersAsString(parameters)
    if _solved(solver, effort.cancelled) not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return np.flatnonzero(in_start).tolist()
    return [i for i, variable in enumerate(chosen) if variable.solution_value() > ONE_HALF]


def _solved(solver: pywraplp.Solver, cancelled: Callable[[], bool] | None) -> object:
    """Solve in a thread of its own, so that somebody who cancels is heard while CP-SAT works."""
    status: list[object] = []
    worker = threading.Thread(target=lambda: status.append(solver.Solve()))
    worker.start()
    while worker.is_alive():
        worker.join(0.05)
        if cancelled is not None and cancelled():
            solver.InterruptSolve()
    return status[0] if status else pywraplp.Solver.NOT_SOLVED
