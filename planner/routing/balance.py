"""How evenly a week's work is shared among crews: hours, travel and hard visits, each against the crew's share.

A crew's share of the whole follows its shift hours, so that three days' work is three fifths of five. A load lies
within the tolerance where it is no further from its share than so many per cent of it; of hard visits at least one more
or less is allowed, since they cannot be halved.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.routing.instance import Instance
from planner.routing.plan import Plan
from planner.routing.schedule import schedule
from planner.routing.tour import Tour, tour

#: columns of a load: seconds out less breaks, seconds of travel, hard visits
MEASURES = ("hours_s", "travel_s", "hard")
HARD = 2

Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fair:
    """What is to be shared, and among whom.

    Parameters
    ----------
    crews
        Ids of the crews that are compared, in order.
    hard
        Ids of the hard visits.
    carried
        (crews, 3) loads of past weeks that are counted with this one.
    share
        (crews,) of the whole that is each crew's, adding up to 1.
    tolerance
        How far a load may lie from its share, as a share of it.
    """

    crews: tuple[str, ...]
    hard: frozenset[str]
    carried: Reals
    share: Reals
    tolerance: float

    def targets(self, loads: Reals) -> Reals:
        """Give each crew's share of the whole, (..., crews, 3)."""
        return np.asarray(self.share[:, None] * loads.sum(axis=-2, keepdims=True))

    def allowed(self, loads: Reals) -> Reals:
        """Give how far each load may lie from its share, (..., crews, 3)."""
        allowed = self.tolerance * self.targets(loads)
        allowed[..., HARD] = np.maximum(allowed[..., HARD], 1.0)
        return allowed

    def excess(self, loads: Reals) -> Reals:
        """Give by how much each load lies outside, as a share of what is the crew's, (..., crews, 3); 0 inside."""
        target = self.targets(loads)
        outside = np.maximum(np.abs(loads - target) - self.allowed(loads) - 1e-9, 0.0)
        return np.asarray(outside / np.maximum(target, 1.0))

    def met(self, loads: Reals) -> bool:
        """Say whether every load lies inside."""
        return not bool(self.excess(loads).any())


def fair(
    instance: Instance,
    crews: Collection[str],
    hard: Collection[str],
    tolerance: float,
    carried: Mapping[str, float] | None = None,
) -> Fair:
    """Say what is shared among these crews of the problem; ``carried`` are hard visits of past weeks by crew."""
    known = tuple(dict.fromkeys(one.crew for one in instance.problem.shifts if one.crew in set(crews)))
    seconds = np.array(
        [sum(one.ends - one.starts for one in instance.problem.shifts if one.crew == crew) for crew in known],
        dtype=float,
    )
    past = np.zeros((len(known), len(MEASURES)))
    past[:, HARD] = [float((carried or {}).get(crew, 0.0)) for crew in known]
    return Fair(known, frozenset(hard), past, seconds / max(float(seconds.sum()), 1.0), tolerance)


def tours_of(instance: Instance, plan: Plan) -> tuple[Tour, ...] | None:
    """Give the plan's tours by shift; None where it cannot be rebuilt, which its audit would tell."""
    at = {visit.id: v for v, visit in enumerate(instance.problem.visits)}
    routes = {route.shift: route for route in plan.routes}
    found = []
    for s, shift in enumerate(instance.problem.shifts):
        stops = routes[shift.id].stops if shift.id in routes else ()
        made = tour(instance, s, [int(instance.nodes_of[at[stop.visit]][stop.option]) for stop in stops])
        if made is None:
            return None
        found.append(made)
    return tuple(found)


def load_of(instance: Instance, one: Tour, of: Fair) -> Reals:
    """Give the load of one tour, (3,)."""
    if not one.nodes:
        return np.zeros(len(MEASURES))
    route = schedule(instance, one)
    rests = sum(pause.lasts_s for pause in route.breaks)
    hard = sum(stop.visit in of.hard for stop in route.stops)
    return np.array([route.reaches_end - route.leaves_start - rests, float(one.gap_road_s.sum()), float(hard)])


def loads_of(instance: Instance, tours: Sequence[Tour], of: Fair) -> Reals:
    """Give each crew's load of the week with what is carried, (crews, 3)."""
    total = of.carried.copy()
    row = {crew: k for k, crew in enumerate(of.crews)}
    for one in tours:
        crew = instance.problem.shifts[one.shift].crew
        if crew in row:
            total[row[crew]] += load_of(instance, one, of)
    return total


def spread(of: Fair, loads: Reals) -> Reals:
    """Give the largest distance of a crew from its share by measure, as a share of it, (3,); 0 where there is none."""
    target = of.targets(loads)
    return np.asarray((np.abs(loads - target) / np.where(target > 0, target, np.inf)).max(axis=0, initial=0.0))


def days_of(instance: Instance) -> dict[int, list[int]]:
    """Give the shifts of each day, by number."""
    order = sorted(range(len(instance.problem.shifts)), key=lambda s: instance.problem.shifts[s].starts)

    def day(s: int) -> int:
        return instance.problem.shifts[s].starts // 86_400

    return {one: list(found) for one, found in itertools.groupby(order, key=day)}
