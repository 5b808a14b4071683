"""A saved plan stood up again: its problem over the roads, and its routes as tours that can be tried otherwise.

``agrees`` tells whether the roads answer as they did when the plan was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from planner import routing
from planner.routing.balance import tours_of
from planner.routing.compiled.ground import ground
from planner.routing.greedy import planned, rank
from planner.routing.instance import Instance, prepare
from planner.routing.look import Looked, looked
from planner.routing.tour import Tour, tour
from planner.why.cuts import Cuts, cuts_of

#: So much, as a share, the objective counted anew may differ from the one saved before the roads count as changed.
SAME_OBJECTIVE = 1e-6


class CannotStand(ValueError):
    """The plan's routes cannot be made over the roads as they are now. One sentence, no names."""


@dataclass(frozen=True, eq=False)
class Standing:
    """A plan over its problem, to be looked at and tried otherwise; a value, never changed.

    Parameters
    ----------
    tours
        One a shift of the problem, in its order; empty where the shift stays at home.
    number
        The visits of the problem by id.
    seen
        The plan as it was stood up, with the best place of each planned visit on another shift.
    cuts
        Who could make room on each route.
    """

    instance: Instance
    tours: tuple[Tour, ...]
    number: Mapping[str, int]
    seen: Looked
    cuts: tuple[Cuts, ...]

    @property
    def problem(self) -> routing.Problem:
        """The problem."""
        return self.instance.problem

    @property
    def objective(self) -> float:
        """What the plan earns, in the unit of the values."""
        return rank(self.instance, self.tours)[2]

    @property
    def inside(self) -> np.ndarray:
        """Say of each visit whether it is planned."""
        return planned(self.instance, self.tours)

    def name(self, visit: int) -> str:
        """Give a visit's id."""
        return self.problem.visits[visit].id

    def place_of(self, visit: int) -> tuple[int, int] | None:
        """Give the shift and the position at which a visit is made, both from 0; None where it is left out."""
        for one in self.tours:
            for position, node in enumerate(one.nodes):
                if self.instance.visit[node] == visit:
                    return one.shift, position
        return None

    def fixed(self, visit: int) -> bool:
        """Say whether a visit may not make room: required or locked."""
        return bool(self.instance.required[visit] or self.instance.locked[visit])

    def with_tour(self, made: Tour) -> Standing:
        """Give the plan with another tour of one shift."""
        at = made.shift
        tours = (*self.tours[:at], made, *self.tours[at + 1 :])
        return replace(self, tours=tours)

    def without(self, visit: int) -> Standing | None:
        """Give the plan without a visit, the others in their order; None where it is not planned, or not possible."""
        at = self.place_of(visit)
        if at is None:
            return None
        shift, position = at
        nodes = self.tours[shift].nodes
        made = tour(self.instance, shift, (*nodes[:position], *nodes[position + 1 :]))
        return None if made is None else self.with_tour(made)


def stand(problem: routing.Problem, plan: routing.Plan) -> Standing:
    """Stand a plan up on its problem.

    Raises
    ------
    CannotStand
        If a route cannot be made in its order over these travel times.
    """
    instance = prepare(problem)
    tours = tours_of(instance, plan)
    if tours is None:
        raise CannotStand("A route of the plan cannot be made over the roads as they are now: plan the week again.")
    return standing_of(instance, tours)


def standing_of(instance: Instance, tours: tuple[Tour, ...]) -> Standing:
    """Stand up a plan that is prepared already: tours, one a shift, in the order of the problem's."""
    cuts = tuple(cuts_of(instance, one) for one in tours)
    seen = looked(instance, tours, ground(instance))
    return Standing(instance, tours, {one.id: v for v, one in enumerate(instance.problem.visits)}, seen, cuts)


def agrees(standing: Standing, plan: routing.Plan) -> bool:
    """Say whether the plan is worth what it said: the roads answer as they did when it was made."""
    return abs(standing.objective - plan.objective) <= SAME_OBJECTIVE * max(1.0, abs(plan.objective))
