"""Prices of visits and shifts from the routes found so far: the linear relaxation of set packing, by GLOP.

    max Σ worth·x   so that   each class drives at most as many routes as it has shifts,
                              each visit is made at most once, a required visit exactly once.

The duals of the second rows are the prices of the visits. They are held in a box about the best prices known: a slack
variable for each side, whose worth is the side of the box, so that the few routes of the first rounds cannot draw the
prices to extremes.

References
----------
du Merle, Villeneuve, Desrosiers and Hansen, "Stabilized column generation", Discrete Mathematics 194 (1999).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

#: More routes than this are not kept; the worst at the prices of the time are forgotten.
MOST_ROUTES = 4_000

#: The share of the routes that is kept then.
KEPT = 0.5


@dataclass(frozen=True, eq=False)
class Route:
    """A route of a class: its stops in order, their visits, and what it earns less travel."""

    of_class: int
    stops: NDArray[np.int64]
    visits: NDArray[np.int64]
    worth: float


@dataclass(frozen=True, eq=False)
class Prices:
    """What the master would pay: for each visit and for a shift of each class; and its value in the box."""

    visits: NDArray[np.float64]
    classes: NDArray[np.float64]
    value: float


def _key(one: Route) -> tuple[int, bytes, float]:
    return one.of_class, np.sort(one.visits).tobytes(), round(one.worth, 6)


class Master:
    """The routes found, and their linear programme."""

    def __init__(self, counts: Sequence[int], visits: int) -> None:
        self._counts, self._visits = counts, visits
        self._routes: list[Route] = []
        self._seen: set[tuple[int, bytes, float]] = set()
        self._build()

    def _build(self) -> None:
        self._solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        solver.SetSolverSpecificParametersAsString("use_preprocessing:false")
        self._objective = solver.Objective()
        self._objective.SetMaximization()
        self._class_rows = [solver.Constraint(-solver.infinity(), float(count)) for count in self._counts]
        self._visit_rows = [solver.Constraint(1.0, 1.0) for _ in range(self._visits)]
        self._low = [solver.NumVar(0.0, solver.infinity(), "") for _ in range(self._visits)]
        self._high = [solver.NumVar(0.0, solver.infinity(), "") for _ in range(self._visits)]
        for row, low, high in zip(self._visit_rows, self._low, self._high, strict=True):
            row.SetCoefficient(low, 1.0)
            row.SetCoefficient(high, -1.0)
        self._columns: list[pywraplp.Variable] = []
        for one in self._routes:
            self._add(one)

    def add(self, routes: Sequence[Route]) -> int:
        """Take routes that are not there yet; give how many they were."""
        before = len(self._routes)
        for one in routes:
            key = _key(one)
            if key not in self._seen:
                self._seen.add(key)
                self._routes.append(one)
                self._add(one)
        return len(self._routes) - before

    def _add(self, one: Route) -> None:
        column = self._solver.NumVar(0.0, self._solver.infinity(), "")
        self._objective.SetCoefficient(column, one.worth)
        self._class_rows[one.of_class].SetCoefficient(column, 1.0)
        times: dict[int, float] = {}
        for v in one.visits.tolist():
            times[v] = times.get(v, 0.0) + 1.0
        for v, count in times.items():
            self._visit_rows[v].SetCoefficient(column, count)
        self._columns.append(column)

    def prices(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> Prices | None:
        """Give the best prices of visits between ``low`` and ``high``, or None where GLOP fails."""
        for column, worth in zip(self._low, low.tolist(), strict=True):
            self._objective.SetCoefficient(column, worth)
        for column, worth in zip(self._high, high.tolist(), strict=True):
            self._objective.SetCoefficient(column, -worth)
        if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        visits = np.array([row.dual_value() for row in self._visit_rows])
        classes = np.array([row.dual_value() for row in self._class_rows])
        value = self._objective.Value()
        if len(self._routes) > MOST_ROUTES:
            self._forget()
        return Prices(visits, classes, value)

    def keep(self, wanted: Callable[[Route], bool]) -> None:
        """Forget the routes that are not wanted."""
        self._keep([i for i, one in enumerate(self._routes) if wanted(one)])

    def _forget(self) -> None:
        reduced = np.array([column.reduced_cost() for column in self._columns])
        self._keep(np.sort(np.argsort(-reduced, kind="stable")[: int(KEPT * len(reduced))]).tolist())

    def _keep(self, kept: Sequence[int]) -> None:
        self._routes = [self._routes[i] for i in kept]
        self._seen = {_key(one) for one in self._routes}
        self._build()
