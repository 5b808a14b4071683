"""What people do by hand: the largest balances first, each shift to the nearest next.

The rule, so that the comparison is fair: all visits stand in a list by their balance, or by their largest value where
no balance is given, which is the stronger rule. Shift after shift takes
from the list, in that order, as many as it has room for by a plain count: the shift's length over the mean time of a
visit (service, and the mean travel to the nearest neighbour among all). It serves them nearest first: from where it
is, it goes to the nearest of its visits, by when the visit could begin, that it can still make and be back in time.
So nobody sits at a door until the evening while others could be visited; it waits for windows only if it must.
What it could not make goes back on the list for the next shifts. Every rule of the problem holds (windows, skills,
breaks, number of stops, travel rounded up), so the plan audits clean; required visits stand before all others.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from planner.routing.greedy import empty
from planner.routing.hours import arrival
from planner.routing.instance import Instance, prepare
from planner.routing.plan import Plan
from planner.routing.problem import Problem
from planner.routing.tour import Tour, tour
from planner.routing.translate import to_plan


def baseline(problem: Problem, balances: Mapping[str, float] | None = None, *, explained: bool = True) -> Plan:
    """Give the plan "largest balances, nearest first".

    Parameters
    ----------
    balances
        What is owed, by visit id, in any one unit; a visit it does not name comes last. Without it visits are taken by
        their largest value.
    explained
        Say why who is left out is; for figures of the routes nobody asks that.
    """
    instance = prepare(problem)
    value = np.full(len(problem.visits), -np.inf)
    np.maximum.at(value, instance.visit, instance.value)
    first = value if balances is None else np.array([balances.get(one.id, 0.0) for one in problem.visits], dtype=float)
    waiting = np.lexsort((np.arange(len(value)), -first, ~instance.required))
    waiting = waiting[value[waiting] > -np.inf]
    tours = []
    for one in empty(instance):
        made = _served(instance, one, waiting[: 0 if not len(waiting) else None])
        waiting = waiting[~np.isin(waiting, instance.visit[list(made.nodes)])]
        tours.append(made)
    return to_plan(instance, tuple(tours), made_with="largest balances, nearest first", explained=explained)


def _served(instance: Instance, one: Tour, waiting: NDArray[np.int64]) -> Tour:
    """Take from the list what the shift has room for, and serve it nearest first."""
    may = np.zeros(len(instance.required), dtype=bool)
    may[instance.visit[instance.may[one.shift]]] = True
    chosen = waiting[may[waiting]][: _room(instance, one.shift)]
    nodes = np.flatnonzero(instance.may[one.shift] & np.isin(instance.visit, chosen))
    here = instance.problem.shifts[one.shift].start_place
    while len(nodes):
        road_s = instance.road_s[here, instance.place[nodes]]
        begins = np.maximum(arrival(instance.hours, one.departs[0, -1], road_s), instance.opens[nodes])
        nearest = nodes[np.lexsort((road_s, begins))]
        for node in nearest:
            longer = tour(instance, one.shift, (*one.nodes, int(node)))
            if longer is not None:
                one, here = longer, int(instance.place[node])
                nodes = nodes[instance.visit[nodes] != instance.visit[node]]
                break
        else:
            break
    return one


def _room(instance: Instance, shift: int) -> int:
    """Give how many visits a shift has time for, by a plain count."""
    one = instance.problem.shifts[shift]
    places = np.unique(instance.place)
    apart = instance.road_s[np.ix_(places, places)].copy()
    np.fill_diagonal(apart, np.inf)
    near_s = float(np.minimum(apart.min(axis=1), one.ends - one.starts).mean()) if len(places) > 1 else 0.0
    each_s = float(instance.service_s.mean()) + near_s if len(instance.service_s) else 1.0
    rest_s = sum(pause.lasts_s for pause in instance.layers[shift].breaks)
    return max(1, round((one.ends - one.starts - rest_s) / max(each_s, 1.0)))
