"""The alternative engine: OR-Tools' routing library with guided local search, warm-started.

Options of a visit with the same place, service and value are one node here, with the union of their windows; the
nodes of a visit are one disjunction of which at most one is active. A shift is a vehicle. A required visit's penalty
is above all value. What is less than a visit's best value is an extra cost of the way into the node.

The library aborts the process on malformed input and answers silently wrong on a callback that fails, so only plain
matrices of whole numbers go in, and every route that comes out is built again by ``tour``: what does not hold there
is repaired by leaving stops out. The library holds the interpreter for the whole solve; somebody who cancels is heard
through a limit that it asks now and then.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from planner.routing.compiled.recreate import PAUSE_S
from planner.routing.greedy import Tours, fill, rank
from planner.routing.instance import NO_ROAD_S, Instance, Layers
from planner.routing.tour import Tour, tour

#: Nodes the library gets at most: beyond, its matrices take longer to hand over than it then gains.
MOST_NODES = 2_000

#: The sum of all values in the library's whole numbers.
WHOLE_SUM = 1e9


@dataclass(frozen=True)
class Limits:
    """When the library has to stop: an instant of ``time.monotonic``, failed tries, or when somebody cancels."""

    ends: float
    failures: int | None = None
    cancelled: Callable[[], bool] | None = None


@dataclass(frozen=True, eq=False)
class _Model:
    """What the library is given: places, services and windows of its nodes, and the depots behind them.

    ``groups[i]`` are the options that node i stands for; nodes from ``len(groups)`` on are the shifts' ends.
    """

    groups: tuple[NDArray[np.int64], ...]
    transit: NDArray[np.int64]
    cost: NDArray[np.int64]
    best: NDArray[np.int64]
    scale: float
    starts: list[int]
    ends: list[int]
    first: int
    last: int


def improve_by_library(
    instance: Instance, start: Tours, limits: Limits, on_better: Callable[[float, int], None] | None = None
) -> Tours:
    """Give the better of ``start`` and what the library makes of it; ``on_better`` hears objective and visits."""
    if not len(instance.visit) or not start or limits.ends <= time.monotonic():
        return start
    model = _model(instance, start)
    manager = pywrapcp.RoutingIndexManager(len(model.transit), len(start), model.starts, model.ends)
    routing = pywrapcp.RoutingModel(manager)
    _state(instance, model, manager, routing)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(_milliseconds(limits))
    if limits.failures is not None:
        routing.AddSearchMonitor(routing.solver().FailuresLimit(limits.failures))
    if limits.cancelled is not None:
        routing.AddSearchMonitor(routing.solver().CustomLimit(_Asked(limits.cancelled).enough))
    if on_better is not None:
        routing.AddAtSolutionCallback(_Teller(model, routing, on_better).heard)
    routing.CloseModelWithParameters(parameters)
    hint = _hint(instance, model, routing, start)
    if hint is None:
        return start
    # Once more: stating the model took some of the time.
    parameters.time_limit.FromMilliseconds(_milliseconds(limits))
    solution = routing.SolveFromAssignmentWithParameters(hint, parameters)
    if solution is None:
        return start
    made = fill(instance, _tours(instance, model, manager, routing, solution))
    return made if rank(instance, made) > rank(instance, start) else start


def _milliseconds(limits: Limits) -> int:
    return max(1, int(1000 * (limits.ends - time.monotonic())))


@dataclass
class _Asked:
    """Asks whether somebody cancelled, but only now and then: the library asks a hundred thousand times a second."""

    cancelled: Callable[[], bool]
    times: int = 0
    answer: bool = False

    def enough(self) -> bool:
        self.times += 1
        if self.times % 256 == 0:
            self.answer = self.cancelled()
        return self.answer


@dataclass
class _Teller:
    """Says what the library found whenever it is better than all before."""

    model: _Model
    routing: pywrapcp.RoutingModel
    on_better: Callable[[float, int], None]
    least: int | None = None

    def heard(self) -> None:
        cost = self.routing.CostVar().Max()
        if self.least is not None and cost >= self.least:
            return
        self.least = cost
        stops = [self.routing.NextVar(index) for index in range(len(self.model.groups))]
        visits = sum(following.Value() != index for index, following in enumerate(stops))
        self.on_better((float(self.model.best.sum()) - cost) / self.model.scale, visits)


def _groups(instance: Instance, start: Tours) -> tuple[NDArray[np.int64], ...]:
    """Give the options that may share a node: of one visit with the same place, service and value."""
    together: dict[tuple[int, int, float, float], list[int]] = {}
    for node in np.flatnonzero(instance.may.any(axis=0)).tolist():
        key = (int(instance.visit[node]), int(instance.place[node]), instance.service_s[node], instance.value[node])
        together.setdefault(key, []).append(node)
    groups = [np.array(nodes, dtype=np.int64) for nodes in together.values()]
    if len(groups) <= MOST_NODES:
        return tuple(groups)
    kept = {node for one in start for node in one.nodes}
    per_time = instance.value / (instance.service_s + PAUSE_S) + np.where(instance.required[instance.visit], 1e12, 0.0)
    groups.sort(key=lambda nodes: (not kept.intersection(nodes.tolist()), -per_time[nodes[0]]))
    return tuple(sorted(groups[:MOST_NODES], key=lambda nodes: int(nodes[0])))


def _model(instance: Instance, start: Tours) -> _Model:
    groups, shifts = _groups(instance, start), instance.problem.shifts
    heads = np.array([nodes[0] for nodes in groups], dtype=np.int64)
    depots = sorted({one.start_place for one in shifts} | {one.end_place for one in shifts})
    at = {place: len(groups) + i for i, place in enumerate(depots)}
    place = np.concatenate((instance.place[heads], np.array(depots, dtype=np.int64)))
    service_s = np.concatenate((instance.service_s[heads], np.zeros(len(depots))))
    first, last = min(one.starts for one in shifts), max(one.ends for one in shifts)
    far = 2.0 * (last - first) + 1.0
    legs = instance.travel_s[np.ix_(place, place)]
    transit = np.where(legs < NO_ROAD_S, legs + service_s[:, None], far)
    transit[len(groups) :, len(groups) :] = 0  # a shift that stays at home needs no road
    best = np.full(len(instance.required), -np.inf)
    np.maximum.at(best, instance.visit, instance.value)
    scale = WHOLE_SUM / (1.0 + float(np.abs(instance.value).sum()))
    short = np.concatenate((best[instance.visit[heads]] - instance.value[heads], np.zeros(len(depots))))
    roads = np.minimum(instance.road_s[np.ix_(place, place)], far)
    cost = scale * (instance.cost_per_s * roads + short[None, :])
    whole_best = np.rint(scale * np.where(np.isfinite(best), best, 0.0))
    return _Model(
        groups=groups,
        transit=np.minimum(transit, far).astype(np.int64),
        cost=np.rint(np.minimum(cost, 1e12)).astype(np.int64),
        best=whole_best.astype(np.int64),
        scale=scale,
        starts=[at[one.start_place] for one in shifts],
        ends=[at[one.end_place] for one in shifts],
        first=first,
        last=last,
    )


def _state(
    instance: Instance, model: _Model, manager: pywrapcp.RoutingIndexManager, routing: pywrapcp.RoutingModel
) -> None:
    """State costs, times, breaks, numbers of stops and disjunctions."""
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(model.cost.tolist()))
    horizon = model.last - model.first
    routing.AddDimension(routing.RegisterTransitMatrix(model.transit.tolist()), horizon, horizon, False, "time")
    clock = routing.GetDimensionOrDie("time")
    service = [0] * routing.Size()
    by_visit: dict[int, list[int]] = {}
    for node, nodes in enumerate(model.groups):
        index = manager.NodeToIndex(node)
        service[index] = int(instance.service_s[nodes[0]])
        _windows(instance, model, nodes, clock.CumulVar(index), routing.solver())
        allowed = np.flatnonzero(instance.may[:, nodes].any(axis=1)).tolist()
        routing.VehicleVar(index).SetValues([-1, *allowed])
        by_visit.setdefault(int(instance.visit[nodes[0]]), []).append(index)
    above_all = int(2 * WHOLE_SUM)
    for visit, indices in by_visit.items():
        penalty = int(model.best[visit]) + (above_all if instance.required[visit] else 0)
        routing.AddDisjunction(indices, max(0, penalty), 1)
    for vehicle, shift in enumerate(instance.problem.shifts):
        for index in (routing.Start(vehicle), routing.End(vehicle)):
            clock.CumulVar(index).SetRange(shift.starts - model.first, shift.ends - model.first)
        breaks = instance.layers[vehicle].breaks
        if breaks:
            intervals = [
                routing.solver().FixedDurationIntervalVar(
                    one.opens - model.first, one.closes - model.first, one.lasts_s, False, f"{shift.id} {k}"
                )
                for k, one in enumerate(breaks)
            ]
            clock.SetBreakIntervalsOfVehicle(intervals, vehicle, service)
    most = [len(model.groups) if one.max_stops is None else one.max_stops for one in instance.problem.shifts]
    if min(most) < len(model.groups):
        ones = routing.RegisterUnaryTransitVector(
            [1] * len(model.groups) + [0] * (len(model.transit) - len(model.groups))
        )
        routing.AddDimensionWithVehicleCapacity(ones, 0, most, True, "stops")


def _windows(
    instance: Instance, model: _Model, nodes: NDArray[np.int64], at: pywrapcp.IntVar, solver: pywrapcp.Solver
) -> None:
    """Let a node begin in the union of its windows only.

    The gaps are stated as one constraint: holes in the variable's own domain are kept second by second, which took
    14 s for 800 nodes of a week.
    """
    windows = sorted((int(instance.opens[n]) - model.first, int(instance.closes[n]) - model.first) for n in nodes)
    at.SetRange(max(0, windows[0][0]), min(model.last - model.first, windows[-1][1]))
    gaps = [(closes + 1, opens - 1) for (_, closes), (opens, _) in itertools.pairwise(windows) if closes + 1 < opens]
    if gaps:
        solver.Add(solver.NotMemberCt(at, [first for first, _ in gaps], [last for _, last in gaps]))


def _hint(
    instance: Instance, model: _Model, routing: pywrapcp.RoutingModel, start: Tours
) -> pywrapcp.Assignment | None:
    """Give the warm start, without the stops that the library alone refuses.

    It keeps a break also from a shift that is back between the break's last begin and its end, and so owes none.
    """
    by = [
        (*(min(float(pause.closes) for pause in one.breaks[k:]) for k in range(len(one.breaks))), one.back_by[-1])
        for one in instance.layers
    ]
    strict = replace(
        instance, layers=tuple(Layers(one.breaks, back) for one, back in zip(instance.layers, by, strict=True))
    )
    node_of = {int(option): node for node, options in enumerate(model.groups) for option in options}
    routes = [[node_of[option] for option in _repaired(strict, one.shift, one.nodes).nodes] for one in start]
    return routing.ReadAssignmentFromRoutes(routes, True)


def _tours(
    instance: Instance,
    model: _Model,
    manager: pywrapcp.RoutingIndexManager,
    routing: pywrapcp.RoutingModel,
    solution: pywrapcp.Assignment,
) -> Tours:
    clock = routing.GetDimensionOrDie("time")
    made = []
    for vehicle in range(len(instance.problem.shifts)):
        nodes, index = [], solution.Value(routing.NextVar(routing.Start(vehicle)))
        while not routing.IsEnd(index):
            begins = solution.Min(clock.CumulVar(index)) + model.first
            nodes.append(_option_at(instance, model.groups[manager.IndexToNode(index)], begins))
            index = solution.Value(routing.NextVar(index))
        made.append(_repaired(instance, vehicle, nodes))
    return tuple(made)


def _option_at(instance: Instance, nodes: NDArray[np.int64], begins: int) -> int:
    """Give the option whose window holds this time, or the first that opens after it."""
    open_still = nodes[instance.closes[nodes] >= begins]
    return int(open_still[0] if len(open_still) else nodes[-1])


def _repaired(instance: Instance, shift: int, nodes: Sequence[int]) -> Tour:
    """Give the tour of these stops, leaving out the least worth until it is feasible by our own reckoning."""
    left = list(nodes)
    while (made := tour(instance, shift, left)) is None:
        left.remove(min(left, key=lambda node: (instance.required[instance.visit[node]], instance.value[node])))
    return made
