"""What exact models are for: a small problem is settled before any search, a long route is gone over after it.

``settle`` states a whole problem if it is small; most days of one or two crews are proven best in less than a tenth of
a second. Where a larger one misses required visits, it places those alone, all of them at once, and fills what is left.
``reroute`` goes over the routes of a plan one by one, the poorest first: each over all options of its own visits and
as many of the left-out ones as a model of that size can bear. A visit feasible only together with others (roads that
lead one way) is found there, which no insertion finds.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.routing.compiled.recreate import PAUSE_S
from planner.routing.greedy import Tours, astray, fill, planned, rank, replaced
from planner.routing.instance import Instance
from planner.routing.ortools_exact import Choices, Exact, exact
from planner.routing.ortools_recombine import Effort
from planner.routing.ortools_round import possible_legs
from planner.routing.tour import Tour, tour

#: Legs of a problem that is stated whole, and of one with required visits alone, at most: about a second each.
WHOLE, REQUIRED = 450, 3_000

#: Nodes of one route: up to so many, left-out visits are added to its own; and its own at most.
CANDIDATES, LONGEST = 22, 40

#: Seconds for one route at least (with less, nothing comes of any) and at most, and CP-SAT's own deterministic ones
#: where the search is counted in steps.
LEAST_ROUTE_S, ROUTE_S, ROUTE_DETERMINISTIC_S = 0.2, 1.0, 0.5


def settle(instance: Instance, start: Tours, effort: Effort) -> Exact:
    """Give the best plan of a small problem, or of a larger one a plan with more of what is required, if there is."""
    choices = _choices(instance)
    if choices is not None:
        return exact(instance, start, choices, effort)
    if rank(instance, start)[:2] < (0, 0):
        return Exact(_with_required(instance, start, effort), proven=False)
    return Exact(start, proven=False)


def optimal(instance: Instance, settled: Tours, effort: Effort) -> bool:
    """Say whether a plan that is proven best for ``tour`` is proven best by the rules of the format too.

    The format is freer with breaks, and with fractions of seconds on roads that are slower at some hours.
    """
    choices = _choices(instance)
    if choices is None or rank(instance, settled)[:2] < (0, 0):
        return False
    if instance.hours is not None and instance.travel_s is not instance.road_s:
        return False
    if not any(one.breaks for one in instance.layers):
        return True
    found = exact(instance, settled, choices, effort, free=True)
    return found.proven and found.tours is settled


def reroute(instance: Instance, start: Tours, effort: Effort) -> Tours:
    """Give the plan with its routes gone over one by one while time lasts."""
    tours, spent = start, 0.0
    if rank(instance, tours)[:2] < (0, 0):
        tours = _with_required(instance, tours, effort)
    in_turn = sorted(tours, key=lambda one: one.gain)
    for left, one in zip(range(len(in_turn), 0, -1), in_turn, strict=True):
        if effort.cancelled is not None and effort.cancelled():
            break
        nodes = _nodes(instance, tours, tours[one.shift])
        if not 0 < len(nodes) <= LONGEST:
            continue
        share = replace(effort, workers=1)
        if effort.deterministic is not None:
            share = replace(share, deterministic=min(ROUTE_DETERMINISTIC_S, effort.deterministic - spent))
        else:
            now = time.monotonic()
            turn_s = max(LEAST_ROUTE_S, min(ROUTE_S, (effort.ends - now) / left))
            share = replace(share, ends=min(effort.ends, now + turn_s))
        if share.used():
            break
        found = exact(instance, tours, {one.shift: nodes}, share)
        tours, spent = found.tours, spent + found.spent
    return tours


def _choices(instance: Instance) -> Choices | None:
    """Give the nodes that each shift may take, if the whole problem is small."""
    if instance.may.sum() > WHOLE:
        return None
    choices = {shift: np.flatnonzero(may).tolist() for shift, may in enumerate(instance.may)}
    return choices if _legs(instance, choices) <= WHOLE else None


def _legs(instance: Instance, choices: Choices) -> int:
    return sum(int(possible_legs(instance, shift, nodes).sum()) for shift, nodes in choices.items())


def _nodes(instance: Instance, tours: Tours, one: Tour) -> list[int]:
    """Give the options of a route's own visits, then those of left-out ones that earn most per second there."""
    may = instance.may[one.shift]
    own = np.flatnonzero(may & np.isin(instance.visit, instance.visit[list(one.nodes)]))
    others = np.flatnonzero(may & ~planned(instance, tours)[instance.visit])
    if len(own) >= CANDIDATES or not len(others):
        return own.tolist()
    place, shift = instance.place[others], instance.problem.shifts[one.shift]
    there = instance.travel_s[one.before[:, None], place] + instance.travel_s[place, one.behind[:, None]]
    # Without a road it may still go beside another one: as far away as the shift is long.
    added_s = np.clip((there - one.gap_road_s[:, None]).min(axis=0), 0.0, shift.ends - shift.starts)
    gain = instance.worth(one.shift, others) - instance.cost_per_s * added_s
    score = gain / (added_s + instance.service_s[others] + PAUSE_S)
    score[instance.required[instance.visit[others]]] = np.inf
    best = np.argsort(-score, kind="stable")[: CANDIDATES - len(own)]
    return [*own.tolist(), *others[best].tolist()]


def _with_required(instance: Instance, start: Tours, effort: Effort) -> Tours:
    """Give a plan in which more of what is required is made, if one is found: those visits first, then the others.

    Shifts that may take a lacking visit are asked, and those to which their own required visits could go.
    """
    lacking = instance.required & ~planned(instance, start)
    lacking[[v for one in start if astray(instance, one) for v in _visits(instance, one)]] = True
    near = _open_to(instance, lacking)
    moving = lacking.copy()
    moving[[v for shift in near for v in _visits(instance, start[shift])]] = True
    for concerned in (_open_to(instance, moving & instance.required), near):
        choices, bare = _required(instance, start, concerned)
        if choices and sum(map(len, choices.values())) <= REQUIRED and _legs(instance, choices) <= REQUIRED:
            break
    else:
        return start
    made = exact(instance, bare, choices, effort).tours
    for shift in concerned:
        if [n for n in start[shift].nodes if instance.required[instance.visit[n]]] == list(made[shift].nodes):
            made = replaced(made, start[shift])
    made = fill(instance, fill(instance, made))
    return made if rank(instance, made) > rank(instance, start) else start


def _visits(instance: Instance, one: Tour) -> list[int]:
    visits: list[int] = instance.visit[list(one.nodes)].tolist()
    return visits


def _open_to(instance: Instance, visits: NDArray[np.bool_]) -> list[int]:
    """Give the shifts that may take any of some visits."""
    shifts: list[int] = np.flatnonzero(instance.may[:, visits[instance.visit]].any(axis=1)).tolist()
    return shifts


def _required(instance: Instance, start: Tours, concerned: Sequence[int]) -> tuple[Choices, Tours]:
    """Give the required nodes that some shifts may take, and the plan without anything else on them.

    Only where a lock wants a position, which other stops may have to fill up to, these stand beside them.
    """
    elsewhere = planned(instance, tuple(one for one in start if one.shift not in concerned))
    wanted = (instance.required & ~elsewhere)[instance.visit]
    choices, bare = {}, start
    for shift in concerned:
        nodes = np.flatnonzero(instance.may[shift] & wanted).tolist()
        kept = [node for node in start[shift].nodes if instance.required[instance.visit[node]]]
        if (instance.position[instance.visit[nodes]] >= 0).any():
            nodes, kept = sorted({*nodes, *_nodes(instance, start, start[shift])}), list(start[shift].nodes)
        choices[shift], bare = nodes, replaced(bare, tour(instance, shift, kept) or _nowhere(instance, shift))
    return choices, bare


def _nowhere(instance: Instance, shift: int) -> Tour:
    one = tour(instance, shift, ())
    assert one is not None, "a crew may stay at home"
    return one
