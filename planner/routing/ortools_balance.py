"""Shares whole routes among the crews of a day so that the week is as even as can be, at the same value: CP-SAT, exact.

A route may go to another crew's shift of that day if the shift can make the same stops in the same order, with skills
and breaks, and earns the same: then only who goes is another. What is made least is first the largest excess over the
tolerance, then the sum of all distances from the shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp

from planner.routing.balance import MEASURES, Fair, Reals, days_of, load_of, loads_of
from planner.routing.greedy import astray
from planner.routing.instance import Instance
from planner.routing.tour import Tour, tour

#: loads are counted in thousandths of a crew's share; the largest excess weighs above all distances together
PER_MILLE, ABOVE_ALL = 1000, 1000
#: two routes earn the same if they differ by less: sums in another order
SAME = 1e-6
#: effort as the solver counts it, so that the same week is shared alike on any machine: some three seconds on large
#: weeks, where three times as much found nothing more; the clock only ends what hangs
EFFORT, LIMIT_S = 4.0, 60.0


@dataclass(frozen=True, eq=False)
class _Column:
    """A route as another shift of its day would make it."""

    route: int
    made: Tour
    load: Reals


def share_routes(instance: Instance, tours: Sequence[Tour], of: Fair, *, seed: int = 1) -> tuple[Tour, ...]:
    """Give the tours with the crews of each day exchanged so that the loads are most even; the value stays."""
    columns = list(_columns(instance, tours, of))
    if len({one.route for one in columns}) == len(columns):
        return tuple(tours)
    now = loads_of(instance, tours, of)
    target = np.maximum(of.targets(now), 1.0)
    row = {crew: k for k, crew in enumerate(of.crews)}
    solver = pywraplp.Solver.CreateSolver("SAT")
    chosen = [solver.BoolVar("") for _ in columns]
    routes = {s: solver.Constraint(1.0, 1.0) for s in sorted({one.route for one in columns})}
    shifts = {s: solver.Constraint(0.0, 1.0) for s in sorted({one.made.shift for one in columns})}
    most = 100 * PER_MILLE
    worst = solver.IntVar(0, most, "")
    far = [[solver.IntVar(0, most, "") for _ in MEASURES] for _ in of.crews]
    objective = solver.Objective()
    objective.SetMinimization()
    objective.SetCoefficient(worst, ABOVE_ALL)
    allowed = of.allowed(now)
    for crew in range(len(of.crews)):
        for measure in range(len(MEASURES)):
            objective.SetCoefficient(far[crew][measure], 1.0)
            scale = PER_MILLE / target[crew, measure]
            carried = round(of.carried[crew, measure] * scale)
            share = round(of.targets(now)[crew, measure] * scale)
            for sign in (1.0, -1.0):
                # far >= sign (load - share), and worst >= far - allowed
                line = solver.Constraint(sign * (carried - share), solver.infinity())
                line.SetCoefficient(far[crew][measure], 1.0)
                for one, variable in zip(columns, chosen, strict=True):
                    if row[instance.problem.shifts[one.made.shift].crew] == crew:
                        line.SetCoefficient(variable, -sign * round(one.load[measure] * scale))
            bound = solver.Constraint(-float(round(allowed[crew, measure] * scale)), solver.infinity())
            bound.SetCoefficient(worst, 1.0)
            bound.SetCoefficient(far[crew][measure], -1.0)
    for one, variable in zip(columns, chosen, strict=True):
        routes[one.route].SetCoefficient(variable, 1.0)
        shifts[one.made.shift].SetCoefficient(variable, 1.0)
    solver.SetHint(chosen, [float(one.route == one.made.shift) for one in columns])
    solver.SetTimeLimit(int(1000 * LIMIT_S))
    solver.SetSolverSpecificParametersAsString(
        f"num_workers:1 random_seed:{seed} max_deterministic_time:{EFFORT} catch_sigint_signal:false"
    )
    if solver.Solve() not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return tuple(tours)
    found = list(tours)
    moved = {one.route for one in columns}
    for s in moved:
        nothing = tour(instance, s, ())
        assert nothing is not None
        found[s] = nothing
    for one, variable in zip(columns, chosen, strict=True):
        if variable.solution_value() > 0.5:
            found[one.made.shift] = one.made
    return tuple(found)


def _columns(instance: Instance, tours: Sequence[Tour], of: Fair) -> list[_Column]:
    """Give each route of these crews on every shift of its day that can make it as well, its own first."""
    shifts, columns = instance.problem.shifts, []
    for those in days_of(instance).values():
        ours = [s for s in those if shifts[s].crew in of.crews]
        for s in ours:
            nodes = tours[s].nodes
            if not nodes:
                continue
            columns.append(_Column(s, tours[s], load_of(instance, tours[s], of)))
            for t in ours:
                if t == s or not instance.may[t, list(nodes)].all():
                    continue
                made = tour(instance, t, nodes)
                if made is not None and abs(made.gain - tours[s].gain) < SAME and not astray(instance, made):
                    columns.append(_Column(s, made, load_of(instance, made, of)))
    return columns
