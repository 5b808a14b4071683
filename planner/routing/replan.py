"""Plans the rest of a day anew, from where the crews are, with as few changes as may be.

First what the plan holds is kept: its stops in their order, without those that are over; where a crew is late, the
least valuable stops go until it is home in time. If every stop keeps its time and nobody is new, that is the answer.
Otherwise the search goes on from there, for a fixed number of steps on one thread: every visit that changes its shift,
comes or goes costs, and so does every stop that moves by more than five minutes. The better of the two is the plan, and
what is different is listed. Pinned stops are never put in another order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from planner.routing.compiled.ground import ground
from planner.routing.greedy import Tours, greedy, planned, rank, replaced
from planner.routing.instance import NEVER, Instance, prepare
from planner.routing.plan import Plan, Stop
from planner.routing.problem import Break, Lock, Problem
from planner.routing.progress import Steps
from planner.routing.reasons import Reason
from planner.routing.rest import Moment, Rest, rest
from planner.routing.schedule import schedule
from planner.routing.search import improve
from planner.routing.tour import Tour, insertions, tour
from planner.routing.translate import to_plan
from planner.routing.wording import Again

#: Steps of the search: a small day takes well under a second.
STEPS = 8000

#: CP-SAT's own deterministic seconds, asked only where the search finds no room for what must be made.
SETTLING = 0.5

#: A stop that moves by more than this is told about.
RETIMED_S = 300


#: What is said where the plan could gain: it goes on as it was, or stops that people know would move.
GOES_ON = Again(
    "It would still fit and add {gain}, but nothing has happened that calls for another plan.",
    "Mark it as required if it has to be made on one of these days.",
)
STAYS_PUT = Again(
    "It would still fit and add {gain}, but stops whose time or order is known would move, which counts more.",
    "Plan again at a lower cost of a change, or mark it as required.",
)

#: Reasons for which only what is optional is left out: what is required has not been looked at in that light.
WEIGHED = frozenset({Reason.DISPLACED, Reason.NOT_CHOSEN, Reason.NOT_WORTH_TRAVEL, Reason.FULL, Reason.APART})


class DifferenceKind(StrEnum):
    """How a visit differs from the plan before."""

    MOVED = "moved"
    ADDED = "added"
    DROPPED = "dropped"
    RETIMED = "retimed"


@dataclass(frozen=True)
class Difference:
    """A visit planned otherwise than before: its shift and when it begins, before and now; None where left out."""

    visit: str
    kind: DifferenceKind
    shift_before: str | None = None
    shift: str | None = None
    begins_before: int | None = None
    begins: int | None = None


@dataclass(frozen=True, eq=False)
class Replanned:
    """The rest of the problem, its plan, what differs from the plan before, and what could not be kept.

    ``given_up`` are locks, ``breaks_given_up`` the breaks by shift that do not fit before its end any more.
    """

    problem: Problem
    plan: Plan
    differences: tuple[Difference, ...]
    given_up: tuple[Lock, ...]
    breaks_given_up: Mapping[str, tuple[Break, ...]]


def replan(
    problem: Problem,
    plan: Plan,
    moment: Moment,
    *,
    change_cost: float | None = None,
    seed: int = 1,
    steps: int = STEPS,
    same_order: bool = False,
) -> Replanned:
    """Plan what is left of a plan that is being carried out; the same input gives the same plan.

    Parameters
    ----------
    problem
        As it is known now: with urgent visits, without those that were called off, roads, shifts and skills of today.
    plan
        The plan that is being carried out.
    change_cost
        What each change costs; None for what the problem says, or a share of the median value planned.
    same_order
        Keep every route in its order and let nobody in: stops are made later, and who does not fit any more is left.
    """
    left = rest(problem, plan, moment, change_cost=change_cost)
    instance = prepare(left.problem)
    kept = _kept(instance, left)
    tours, again = kept, GOES_ON
    if same_order:
        tours, again = _put_back(instance, kept, left), STAYS_PUT
    elif not _holds(instance, kept, plan, moment):
        again = STAYS_PUT
        common = ground(instance)
        starts = [kept]
        found = [improve(instance, kept, Steps(steps), seed, common=common).tours]
        if rank(instance, found[0])[:2] < (0, 0):
            starts.append(greedy(instance, common))
            found.append(improve(instance, starts[-1], Steps(steps), seed, common=common).tours)
            best = max(found, key=lambda one: rank(instance, one))
            if rank(instance, best)[:2] < (0, 0):
                found.append(_settled(instance, best, seed))
        pinned = [[visit for visit, _ in stops if visit in moment.pinned] for stops in left.routes.values()]
        # Of equals the first is taken, and what is kept stands first.
        calmed = [_calmed(instance, kept, one, plan) for one in (*found, *starts[1:])]
        # Also what is kept is filled up: where a crew is more, that alone is often better than what the search moves.
        filled = [_filled(instance, kept, plan, pinned)]
        best = max(
            (kept, *(one for one in calmed if _in_order(instance, one, pinned))),
            key=lambda one: _rank(instance, one, plan),
        )
        if best is not kept:
            filled.append(_filled(instance, best, plan, pinned))
        tours = max(filled, key=lambda one: _rank(instance, one, plan))
    made = replace(to_plan(instance, tours, made_with="planner replan", again=again), seed=seed)
    return Replanned(left.problem, made, tuple(differences(plan, made)), left.given_up, left.breaks_given_up)


def _settled(instance: Instance, tours: Tours, seed: int) -> Tours:
    """Ask an exact model for room for what must be made."""
    from planner.routing.ortools_recombine import Effort
    from planner.routing.ortools_reroute import settle

    return settle(instance, tours, Effort(math.inf, seed=seed, deterministic=SETTLING)).tours


def differences(before: Plan, now: Plan, *, since_s: float = -math.inf) -> Iterator[Difference]:
    """List how the visits of a plan are planned otherwise than before, in the order of the new plan.

    Stops that were to begin before ``since_s``, seconds from the origin of both, are of the past: nothing of them is
    planned otherwise, whether they were made or not and whether ``now`` holds them still or begins after them; who is
    visited again is told as one that comes in.
    """
    was = {visit: told for visit, told in _stops(before).items() if told[1].begins >= since_s}
    stands = _stops(now)
    for visit, (shift, stop) in stands.items():
        old = was.get(visit)
        if old is None:
            if stop.begins >= since_s:
                yield Difference(visit, DifferenceKind.ADDED, shift=shift, begins=stop.begins)
            continue
        moved = old[0] != shift
        if moved or abs(old[1].begins - stop.begins) > RETIMED_S:
            kind = DifferenceKind.MOVED if moved else DifferenceKind.RETIMED
            yield Difference(visit, kind, old[0], shift, old[1].begins, stop.begins)
    for one in now.left_out:
        if one.visit in was:
            shift_before, stop = was[one.visit]
            yield Difference(one.visit, DifferenceKind.DROPPED, shift_before, begins_before=stop.begins)


def _stops(plan: Plan) -> dict[str, tuple[str, Stop]]:
    return {stop.visit: (route.shift, stop) for route in plan.routes for stop in route.stops}


def _kept(instance: Instance, left: Rest) -> Tours:
    """Give the tours that the plan has left; from one that cannot be made in time the least valuable stops go."""
    number = {
        (instance.problem.visits[v].id, int(o)): n
        for n, (v, o) in enumerate(zip(instance.visit, instance.option, strict=True))
    }
    tours = []
    for s, shift in enumerate(instance.problem.shifts):
        nodes = [number[key] for key in left.routes.get(shift.id, ()) if key in number]
        nodes = [node for node in nodes if instance.may[s, node]]
        tours.append(_shrunk(instance, s, nodes))
    return tuple(tours)


def _put_back(instance: Instance, kept: Tours, left: Rest) -> Tours:
    """Let in again, at their places in the order, who fits after all: by another window, or beside the others.

    The required ones first, then the most valuable.
    """
    tours = []
    for s, shift in enumerate(instance.problem.shifts):
        made = kept[s]
        order = {visit: k for k, (visit, _) in enumerate(left.routes.get(shift.id, ()))}
        turn = np.array([order.get(instance.problem.visits[v].id, -1) for v in instance.visit])
        out = np.flatnonzero((turn >= 0) & instance.may[s] & ~np.isin(turn, turn[list(made.nodes)]))
        for node in sorted(out.tolist(), key=lambda n: (not instance.required[instance.visit[n]], -instance.value[n])):
            if turn[node] in turn[list(made.nodes)]:
                continue
            more = tour(instance, s, sorted([*made.nodes, node], key=lambda n: turn[n]))
            made = more if more is not None else made
        tours.append(made)
    return tuple(tours)


def _shrunk(instance: Instance, shift: int, nodes: Sequence[int]) -> Tour:
    """Take stops out until the shift can make the others: the one whose loss is enough and least, else the least.

    Whoever comes after one that is taken out is likely visited at another time, which costs as any change does.
    """
    now = list(nodes)
    change = _change_cost(instance)
    while (made := tour(instance, shift, now)) is None:
        cost = [
            (bool(instance.locked[v]), bool(instance.required[v]), w + change * (len(now) - 1 - k))
            for k, (v, w) in enumerate(_worth(instance, shift, now))
        ]
        tries = [
            (cost[k], k) for k in range(len(now)) if tour(instance, shift, [*now[:k], *now[k + 1 :]]) is not None
        ] or [(cost[k], k) for k in range(len(now))]
        del now[min(tries)[1]]
    return made


def _worth(instance: Instance, shift: int, nodes: Sequence[int]) -> list[tuple[int, float]]:
    return list(zip(instance.visit[list(nodes)].tolist(), instance.worth(shift, nodes).tolist(), strict=True))


def _holds(instance: Instance, kept: Tours, plan: Plan, moment: Moment) -> bool:
    """Say whether the plan goes on as it is: no stop goes or moves in time, and every visit was known to it."""
    known = {one.visit for one in plan.left_out} | set(_stops(plan))
    if any(one.id not in known for one in instance.problem.visits):
        return False
    if _became_required(instance, kept, plan):
        return False
    begins = _begins(instance, kept)
    ahead = {visit: stop for visit, (_, stop) in _stops(plan).items() if visit not in moment.done}
    return all(visit in begins and abs(begins[visit] - ahead[visit].begins) <= RETIMED_S for visit in ahead)


def _became_required(instance: Instance, kept: Tours, plan: Plan) -> bool:
    """Say whether something is required, or locked, that the plan left out for a reason of what is optional."""
    must = np.flatnonzero((instance.required | instance.locked) & ~planned(instance, kept))
    missing = {instance.problem.visits[v].id for v in must}
    return any(one.visit in missing and one.reason in WEIGHED for one in plan.left_out)


def _begins(instance: Instance, tours: Tours) -> dict[str, int]:
    return {stop.visit: stop.begins for one in tours if one.nodes for stop in schedule(instance, one).stops}


def _rank(instance: Instance, tours: Tours, plan: Plan) -> tuple[int, int, float]:
    """Give what plans are compared by, stops that move in time counted as changes."""
    broken, missing, objective = rank(instance, tours)
    was = _times(plan)
    moved = sum(_retimed(instance, one, was) for one in tours)
    return broken, missing, objective - _change_cost(instance) * moved


def _retimed(instance: Instance, one: Tour, was: Mapping[str, int]) -> int:
    """Count the stops of a tour that begin at another time than they did."""
    return sum(abs(at - was.get(visit, at)) > RETIMED_S for visit, at in _begins(instance, (one,)).items())


def _times(plan: Plan) -> dict[str, int]:
    return {visit: stop.begins for visit, (_, stop) in _stops(plan).items()}


def _change_cost(instance: Instance) -> float:
    return instance.problem.published.change_cost if instance.problem.published else 0.0


def _calmed(instance: Instance, kept: Tours, found: Tours, plan: Plan) -> Tours:
    """Give the tours found, but those that hold the same visits as before in the order of before, unless it costs much.

    The search knows what it costs to move a visit to another shift, but not what it costs to move it in time.
    """
    calm = found
    for old, new in zip(kept, found, strict=True):
        if set(instance.visit[list(old.nodes)]) == set(instance.visit[list(new.nodes)]):
            tried = replaced(calm, old)
            if _rank(instance, tried, plan) >= _rank(instance, calm, plan):
                calm = tried
    return calm


def _filled(instance: Instance, tours: Tours, plan: Plan, pinned: Sequence[Sequence[str]]) -> Tours:
    """Let in who still fits and pays although stops move for it, the most valuable first.

    The search weighs the way alone; where it gave up a plan for the times that moved, somebody may fit into the other.
    """
    out = np.flatnonzero(~planned(instance, tours)[instance.visit])
    out = out[np.argsort(-instance.value[out], kind="stable")]
    was, cost = _times(plan), _change_cost(instance)
    moved = [_retimed(instance, one, was) for one in tours]
    fits = [insertions(instance, one, out) for one in tours]
    best = _rank(instance, tours, plan)
    inside = set[int]()
    for k, node in enumerate(out.tolist()):
        if instance.visit[node] in inside:
            continue
        for s, one in enumerate(tours):
            if not instance.may[one.shift, node] or fits[s].added_s[k] >= NEVER:
                continue
            gap = int(fits[s].gap[k])
            made = tour(instance, one.shift, (*one.nodes[:gap], node, *one.nodes[gap:]))
            if made is None:
                continue
            more, now = replaced(tours, made), _retimed(instance, made, was)
            broken, missing, objective = rank(instance, more)
            reached = broken, missing, objective - cost * (sum(moved) - moved[s] + now)
            if reached > best and _in_order(instance, more, pinned):
                tours, best, moved[s], fits[s] = more, reached, now, insertions(instance, made, out)
                inside.add(int(instance.visit[node]))
                break
    return tours


def _in_order(instance: Instance, tours: Tours, pinned: Sequence[Sequence[str]]) -> bool:
    """Say whether the pinned stops of each route still stand one after the other."""
    routes = [[instance.problem.visits[v].id for v in instance.visit[list(one.nodes)]] for one in tours]
    for wanted in pinned:
        for route in routes:
            here = [visit for visit in route if visit in wanted]
            if here != [visit for visit in wanted if visit in here]:
                return False
    return True
