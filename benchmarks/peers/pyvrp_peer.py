"""PyVRP, warm-started: iterated local search with prizes, as its authors would model this problem.

The model. All shifts lie on one time axis, the time of day. A *client* is a visit together with a window of the day:
options that differ only in the day are one client, so that moving a visit to another day is an ordinary move. The
day is a property of the vehicle: each day and set of skills is a profile of its own, in whose distance matrix the
arcs of clients that are not to be had then cost more than all values together (the way of PyVRP's own guide to
vehicle restrictions; durations stay true, so that time warp says nothing false). A visit with several
windows a day, or with values that differ, is a mutually exclusive group of clients, required if the visit is.
Shifts that are alike are one vehicle type. Travel cost is the distance, values are prizes, both times ``SCALE``.

What was tried on 800 visits, 30 shifts (generator seed 7, from the same start of 139,185, 8 to 10 CPU s, one seed each
at a load of 4; seeds differ by some 400, so the last steps are within luck):

* a client an option on one axis of the week, in groups of up to ten (4,330 clients, no day profiles): 139,871 with
  the parameters of the library and 141,307 with those below, although it makes more iterations: only a replacement
  inside a group moves a visit to another day;
* the model of the day with the parameters of the library, at a scale of 100: 141,896;
* then, each added to those before: 1 to 5 perturbations a step instead of 1 to 25, 144,812; a scale at which the
  library's fixed first penalty is worth what five and not fifty minutes earn, 145,804; a history of 50 plans instead
  of 300, which suits a minute rather than hours, 147,001 (of 20: 148,102); waiting weighed fully among neighbours,
  148,492;
* at 45 s a history of 20 gave 149,690, of 50 150,086, and of 100 at 60 s 149,745;
* worse: 25, 35 or 100 neighbours for 50, up to 3 or 8 perturbations, no exhaustive search around new best plans.

The clock of the budget starts with the search: stating the model (about a second) and the library's neighbour lists
are not counted against it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyvrp import (
    Client,
    ClientGroup,
    Depot,
    IteratedLocalSearchParams,
    Location,
    ProblemData,
    Route,
    Solution,
    SolveParams,
    VehicleType,
    solve,
)
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.search import NeighbourhoodParams, PerturbationParams

from benchmarks.clock import CpuSeconds
from benchmarks.peers import refuse
from planner.routing.greedy import Tours, fill, rank, toured
from planner.routing.instance import NO_ROAD_S, Instance

DAY_S = 86_400

#: The library's first penalty of a unit of lateness, and how many times the earnings of such a unit it shall be.
FIRST_PENALTY, EARNINGS = 50_000.0, 5.0

PARAMETERS = SolveParams(
    ils=IteratedLocalSearchParams(history_length=50),
    neighbourhood=NeighbourhoodParams(weight_wait_time=1_000.0),
    perturbation=PerturbationParams(min_perturbations=1, max_perturbations=5),
)


class _Door(NamedTuple):
    """What makes a client of PyVRP: a visit and a window of the day, in seconds from midnight."""

    visit: int
    place: int
    service_s: int
    value: float
    opens: int
    closes: int


class _Kind(NamedTuple):
    """What makes shifts alike; times of the day in seconds."""

    start_place: int
    end_place: int
    starts: int
    ends: int
    max_stops: int | None
    profile: int


#: The clients, and for each the node that it is on each day it is to be had.
Clients = dict[_Door, dict[int, int]]


@dataclass(frozen=True, eq=False)
class _Model:
    """The problem as PyVRP knows it, and the way back.

    Parameters
    ----------
    node_on
        For each client the node that it is on each day.
    day_of
        The day of each shift, counted from the problem's origin.
    shifts_of
        The shifts of each vehicle type.
    """

    data: ProblemData
    node_on: list[dict[int, int]]
    day_of: list[int]
    shifts_of: list[list[int]]


class _Stop:
    """PyVRP's stopping rule: a callable that is told the best cost."""

    def __init__(self, seconds: float) -> None:
        self.clock = CpuSeconds(seconds)

    def __call__(self, best_cost: int) -> bool:  # noqa: ARG002
        return self.clock.over()


def improved(instance: Instance, start: Tours, seconds: float, seed: int) -> Tours:
    """Give what PyVRP makes of the start."""
    refuse(instance.problem, "pyvrp", breaks=True)
    model = _model(instance, rank(instance, start)[2])
    with warnings.catch_warnings():
        # That lateness costs the most it may is no fault here: the first penalty is already half of it.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        found = solve(
            model.data,
            _Stop(seconds),
            seed=seed,
            collect_stats=False,
            params=PARAMETERS,
            initial_solution=_solution(model, start),
        )
    if not found.best.is_feasible():
        return start
    made = fill(instance, _tours(instance, model, found.best))
    return made if rank(instance, made) > rank(instance, start) else start


def _model(instance: Instance, earned: float) -> _Model:
    shifts = instance.problem.shifts
    day_of = [one.starts // DAY_S for one in shifts]
    begins = [one.starts - DAY_S * day for one, day in zip(shifts, day_of, strict=True)]
    ends = [one.ends - DAY_S * day for one, day in zip(shifts, day_of, strict=True)]
    clients = _clients(instance, day_of, min(begins), max(ends))
    depots = list(dict.fromkeys(place for one in shifts for place in (one.start_place, one.end_place)))
    place = np.array(depots + [door.place for door in clients], dtype=np.int64)
    legs = instance.travel_s[np.ix_(place, place)]
    far = 2 * (max(ends) - min(begins))
    legs_s = np.where(legs < NO_ROAD_S, legs, far).astype(np.int64)
    times = np.array(begins + ends + [t for door in clients for t in (door.service_s, door.opens, door.closes)])
    # What is all in whole minutes is stated in minutes.
    unit = max(1, int(np.gcd.reduce(np.concatenate((legs_s.ravel(), times)))))
    rate = earned * unit / max(1, sum(one.ends - one.starts for one in shifts))
    scale = FIRST_PENALTY / (EARNINGS * rate) if rate > 0 else 1.0
    roads_s = np.where(legs < NO_ROAD_S, instance.road_s[np.ix_(place, place)], far)
    cost = np.rint(scale * instance.cost_per_s * roads_s).astype(np.int64)
    above_all = round(scale * (1.0 + float(np.abs(instance.value).sum())))
    profile_of, distances = _profiles(instance, day_of, clients, cost, above_all)
    kinds: dict[_Kind, list[int]] = {}
    for s, one in enumerate(shifts):
        kind = _Kind(one.start_place, one.end_place, begins[s], ends[s], one.max_stops, profile_of[s])
        kinds.setdefault(kind, []).append(s)
    group_of, groups = _groups(instance, clients)
    counted = any(one.max_stops is not None for one in shifts)
    data = ProblemData(
        [Location(0, 0) for _ in place],
        [
            Client(
                location=len(depots) + i,
                delivery=[1] if counted else [],
                service_duration=door.service_s // unit,
                tw_early=door.opens // unit,
                tw_late=door.closes // unit,
                prize=max(0, round(scale * door.value)),
                required=bool(instance.required[door.visit]) and group_of[i] is None,
                group=group_of[i],
            )
            for i, door in enumerate(clients)
        ],
        [Depot(location=i) for i in range(len(depots))],
        [
            VehicleType(
                num_available=len(alike),
                capacity=[len(clients) if kind.max_stops is None else kind.max_stops] if counted else [],
                start_depot=depots.index(kind.start_place),
                end_depot=depots.index(kind.end_place),
                tw_early=kind.starts // unit,
                tw_late=kind.ends // unit,
                profile=kind.profile,
            )
            for kind, alike in kinds.items()
        ],
        distances,
        [legs_s // unit] * len(distances),
        groups,
    )
    return _Model(data, list(clients.values()), day_of, list(kinds.values()))


def _clients(instance: Instance, day_of: list[int], first: int, last: int) -> Clients:
    """Give the clients, and for each its node on each day it is to be had."""
    found: Clients = {}
    for day in dict.fromkeys(day_of):
        to_be_had = np.logical_or.reduce(instance.may[[s for s, its in enumerate(day_of) if its == day]])
        for n in np.flatnonzero(to_be_had).tolist():
            visit, value = int(instance.visit[n]), float(instance.value[n])
            opens = max(int(instance.opens[n]) - DAY_S * day, first)
            closes = min(int(instance.closes[n]) - DAY_S * day, last)
            if opens <= closes and (value > 0 or instance.required[visit]):
                door = _Door(visit, int(instance.place[n]), int(instance.service_s[n]), value, opens, closes)
                found.setdefault(door, {}).setdefault(day, n)
    return found


def _profiles(
    instance: Instance, day_of: list[int], clients: Clients, cost: NDArray[np.int64], above_all: int
) -> tuple[list[int], list[NDArray[np.int64]]]:
    """Give each shift's profile, and of each profile the distances: ``above_all`` to and from what it may not take."""
    needed = frozenset[str]().union(*(one.needs for one in instance.problem.visits))
    keys = [(day, one.skills & needed) for day, one in zip(day_of, instance.problem.shifts, strict=True)]
    numbers = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    distances = []
    for key in numbers:
        alike = np.logical_or.reduce(instance.may[[s for s, its in enumerate(keys) if its == key]])
        # Depots stand first among the locations.
        barred = np.zeros(len(cost), dtype=bool)
        barred[len(cost) - len(clients) :] = [key[0] not in on or not alike[on[key[0]]] for on in clients.values()]
        one = cost.copy()
        one[barred, :] = above_all
        one[:, barred] = above_all
        np.fill_diagonal(one, 0)
        distances.append(one)
    return [numbers[key] for key in keys], distances


def _groups(instance: Instance, clients: Clients) -> tuple[list[int | None], list[ClientGroup]]:
    """Give each client's group, None for the only one of its visit, and the groups."""
    of_visit: dict[int, list[int]] = {}
    for i, door in enumerate(clients):
        of_visit.setdefault(door.visit, []).append(i)
    several = {visit: found for visit, found in of_visit.items() if len(found) > 1}
    number = {visit: g for g, visit in enumerate(several)}
    groups = [ClientGroup(found, required=bool(instance.required[visit])) for visit, found in several.items()]
    return [number.get(door.visit) for door in clients], groups


def _solution(model: _Model, start: Tours) -> Solution:
    client_on = {(node, day): i for i, on in enumerate(model.node_on) for day, node in on.items()}
    type_of = {s: number for number, alike in enumerate(model.shifts_of) for s in alike}
    return Solution(
        model.data,
        [
            Route(model.data, [client_on[node, model.day_of[one.shift]] for node in one.nodes], type_of[one.shift])
            for one in start
            if one.nodes
        ],
    )


def _tours(instance: Instance, model: _Model, found: Solution) -> Tours:
    """Give the routes as tours; routes of one type go to its shifts in turn."""
    free = [list(alike) for alike in model.shifts_of]
    plan: list[list[int]] = [[] for _ in model.day_of]
    for route in found.routes():
        shift = free[route.vehicle_type()].pop(0)
        plan[shift] = [model.node_on[one.idx][model.day_of[shift]] for one in route if one.is_client()]
    return toured(instance, plan)
