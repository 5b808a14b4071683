"""Plans again what is not settled: locks, drops, hours and pairs of a plan stay, its stops move as little as may be.

All of it stands in the problem that the search is given, which keeps it.

What was planned is *published* to the search: each visit that changes its shift, comes or goes costs. Beside the search
stands the plan that goes on as it was (``routing.replan``); the better of the two is taken, stops that move in time
counted as changes too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np

from planner import editing, routing
from planner.domain import Break, Shift
from planner.editing.kept import Dropped, Kept, bare
from planner.editing.wording import left_out_by_hand
from planner.routing.replan import RETIMED_S, Difference, DifferenceKind, differences, replan
from planner.routing.rest import CHANGE_SHARE, Moment, can_keep
from planner.store import SavedPlan

Solve = Callable[[routing.Problem], routing.Plan]


class WhyGivenUp(StrEnum):
    """Why something that was settled by hand is not kept."""

    #: the debtor is not to be visited any more: no longer on the list, or removed
    GONE = "gone"
    #: the crew has no such shift any more
    NO_SHIFT = "no_shift"
    #: the visit is not possible within that shift, or at that time, any more
    NO_TIME = "no_time"
    #: a shift called in by hand has begun, or its crew may not go out
    NOT_CALLED = "not_called"


@dataclass(frozen=True)
class GivenUp:
    """What could not be kept: a lock (``visit`` on ``shift``), a shift called in (``visit`` is ""), or a pair apart.

    Of a pair ``visit`` is the one who is not to be visited any more, ``other`` the one kept apart from him.
    """

    visit: str
    shift: str
    why: WhyGivenUp
    other: str = ""

    def told(self) -> dict[str, str]:
        """Give it as JSON can say it."""
        pair = {"other": self.other} if self.other else {}
        return {"visit": self.visit, "shift": self.shift, "why": self.why.value} | pair


@dataclass(frozen=True, eq=False)
class Settled:
    """A plan of which as much as may be is kept: what was settled by hand, and its routes where ``stops`` stay too."""

    plan_id: str
    plan: routing.Plan
    kept: Kept
    locks: tuple[routing.Lock, ...]
    asked: frozenset[str]
    origin: datetime
    stops: bool = True

    @property
    def empty(self) -> bool:
        """Whether nothing was settled by hand."""
        kept = self.kept
        return not (self.locks or kept.dropped or kept.apart or kept.off or kept.absent or kept.shifts)

    def may_be_evened(self, problem: routing.Problem) -> bool:
        """Say whether a plan of the problem that it is held in may be evened out.

        That exchanges whole routes and moves stops: where stops are kept it would undo that, and it knows neither the
        place in the order that a lock may hold nor who is kept apart.
        """
        return not (self.stops or problem.locks or problem.apart)

    @property
    def shift_of(self) -> dict[str, tuple[str, routing.Stop]]:
        """The shift and the stop of each visit planned."""
        return {stop.visit: (route.shift, stop) for route in self.plan.routes for stop in route.stops}


def to_hold(saved: SavedPlan, *, stops: bool) -> Settled | None:
    """Read a saved plan as one to be kept; None where only what was settled by hand would be, and nothing was."""
    settled = settled_in(saved, stops=stops)
    return None if settled.empty and not stops else settled


def settled_in(saved: SavedPlan, *, stops: bool = True) -> Settled:
    """Read a saved plan as one to be kept."""
    edits = saved.context.get("edits", {})
    locks = tuple(
        routing.Lock(one["visit"], one["shift"], one.get("position"), one.get("begins"))
        for one in saved.problem.get("locks", [])
    )
    return Settled(
        plan_id=saved.plan_id,
        plan=routing.plan_from_dict(saved.plan),
        kept=with_own_ends(editing.kept_from_dict(edits.get("kept", {})), saved.context["shifts"]),
        locks=locks,
        asked=frozenset(edits.get("asked", [])),
        origin=datetime.fromisoformat(saved.problem["origin"]),
        stops=stops,
    )


def with_own_ends(kept: Kept, told: Mapping[str, Mapping[str, Any]]) -> Kept:
    """Let shifts end when their crews are off: what a plan keeps back of them, the next one keeps back by itself."""
    ends = {name: int(told[name]["ends"]) if name in told else one.ends for name, one in kept.shifts.items()}
    return replace(kept, shifts={name: replace(one, ends=ends[name]) for name, one in kept.shifts.items()})


def shifts_as_settled(
    shifts: Sequence[Shift], settled: Settled, crews: Collection[str], branch: str, *, now: datetime
) -> tuple[Shift, ...]:
    """Give the branch's shifts as the manager wants them: those off are gone, hours are his, those called in are there.

    A shift called in that has begun, or of a crew that may not go out, is left alone.
    """
    kept, found = settled.kept, list[Shift]()
    for one in shifts:
        if one.shift_id in kept.off:
            continue
        changed = kept.shifts.get(one.shift_id)
        if changed is None:
            found.append(one)
        else:
            found.append(replace(one, starts=_at(settled, changed.starts, one), ends=_at(settled, changed.ends, one)))
    known = {one.shift_id for one in shifts}
    for name, one_more in kept.shifts.items():
        starts = settled.origin + timedelta(seconds=one_more.starts)
        if name in known or one_more.crew not in crews or starts < now:
            continue
        found.append(
            Shift(
                shift_id=name,
                crew_id=one_more.crew,
                branch=branch,
                day=starts.date(),
                starts=starts,
                ends=settled.origin + timedelta(seconds=one_more.ends),
                breaks=tuple(
                    Break(
                        settled.origin + timedelta(seconds=each.opens),
                        settled.origin + timedelta(seconds=each.closes),
                        timedelta(seconds=each.lasts_s),
                    )
                    for each in one_more.breaks
                ),
                max_stops=one_more.max_stops,
            )
        )
    return tuple(found)


def _at(settled: Settled, seconds: int, like: Shift) -> datetime:
    return (settled.origin + timedelta(seconds=seconds)).astimezone(like.starts.tzinfo)


def held(problem: routing.Problem, settled: Settled) -> tuple[routing.Problem, Kept, tuple[GivenUp, ...]]:
    """Put what was settled into a fresh problem; gives also what is kept beside it, and what is given up."""
    known = {one.id: one for one in problem.visits}
    shifts = tuple(
        replace(one, skills=one.skills & settled.kept.shifts[one.id].skills)
        if one.id in settled.kept.absent and one.id in settled.kept.shifts
        else one
        for one in problem.shifts
    )
    dropped = {name: Dropped(one.why, known[name]) for name, one in settled.kept.dropped.items() if name in known}
    visits = tuple(bare(one) if one.id in dropped else one for one in problem.visits)
    plain = replace(problem, visits=visits, shifts=shifts)
    left, works = {one.id: one for one in visits}, {one.id: one for one in shifts}
    locks = tuple(
        one
        for one in settled.locks
        if one.visit in left and one.shift in works and can_keep(one, left[one.visit], works[one.shift])
    )
    published = known_routes(settled, plain, known) if settled.stops else None
    apart = frozenset(one for one in settled.kept.apart if set(one) <= set(known))
    made = replace(plain, locks=locks, published=published, apart=apart)
    here = {one.id for one in shifts}
    kept = replace(
        settled.kept,
        dropped=dropped,
        apart=apart,
        shifts={one.id: one for one in shifts if one.id in settled.kept.shifts},
        absent={name: who for name, who in settled.kept.absent.items() if name in here},
        proven=editing.proven(made, dropped),
    )
    return made, kept, given_up(settled, locks, left, works)


def known_routes(settled: Settled, problem: routing.Problem, visits: Mapping[str, routing.Visit]) -> routing.Published:
    """Give the kept routes as published, with what a change costs; ``visits`` by id have their options still."""
    was = carried(settled.plan, problem)
    values = [visits[stop.visit].options[stop.option].value for route in was.routes for stop in route.stops]
    return routing.Published(
        tuple(routing.PublishedRoute(one.shift, tuple(s.visit for s in one.stops)) for one in was.routes),
        CHANGE_SHARE * max(float(np.median(values)), 0.0) if values else 0.0,
    )


def given_up(
    settled: Settled,
    locks: Collection[routing.Lock],
    visits: Mapping[str, routing.Visit],
    shifts: Mapping[str, routing.Shift],
) -> tuple[GivenUp, ...]:
    """Say what was settled and is not kept, with why; a visit that was dropped needs no word, it is left out anyway."""
    found = []
    for one in settled.locks:
        if one in locks:
            continue
        if one.visit not in visits or not visits[one.visit].options:
            why = WhyGivenUp.GONE
        else:
            why = WhyGivenUp.NO_TIME if one.shift in shifts else WhyGivenUp.NO_SHIFT
        found.append(GivenUp(one.visit, one.shift, why))
    lost = [name for name in settled.kept.shifts if name not in shifts and name not in settled.kept.off]
    # In order of who is gone; of two who are both gone nobody has to be told.
    parted = sorted(
        (name, other)
        for one in settled.kept.apart
        for name, other in (one, one[::-1])
        if name not in visits and other in visits
    )
    return (
        *found,
        *(GivenUp("", name, WhyGivenUp.NOT_CALLED) for name in lost),
        *(GivenUp(name, "", WhyGivenUp.GONE, other) for name, other in parted),
    )


def carried(plan: routing.Plan, problem: routing.Problem) -> routing.Plan:
    """Give a plan's stops with the options that a newer problem has at their times; who has none is left away."""
    visits, shifts = {one.id: one for one in problem.visits}, {one.id for one in problem.shifts}
    routes = []
    for route in plan.routes:
        stops = []
        for stop in route.stops:
            options = visits[stop.visit].options if stop.visit in visits else ()
            # Where two options touch, both may begin then: a crew that waited for the second meant what earns more.
            near = [
                (max(one.opens - stop.begins, stop.begins - one.closes, 0), -one.value, o)
                for o, one in enumerate(options)
            ]
            if near and min(near)[0] < 12 * 3600:
                stops.append(replace(stop, option=min(near)[2]))
        if route.shift in shifts and stops:
            routes.append(replace(route, stops=tuple(stops)))
    planned = {stop.visit for route in routes for stop in route.stops}
    out = tuple(routing.LeftOut(name, "not_chosen", "", "") for name in visits if name not in planned)
    return replace(plan, routes=tuple(routes), left_out=out)


@dataclass(frozen=True)
class PassedOver:
    """A plan that earned ``more`` (main unit) and was not taken, since it planned ``changes`` visits otherwise."""

    more: float
    changes: int

    def told(self) -> dict[str, Any]:
        """Give it as JSON can say it."""
        return {"more": self.more, "changes": self.changes}


def steadily(
    solve: Solve,
    settled: Settled,
    *,
    seed: int,
    pass_over: Callable[[PassedOver], None] = lambda _one: None,
) -> Solve:
    """Give a way to solve that keeps what it can: the search, or the plan going on as it was, whichever is better.

    ``pass_over`` is told of a plan that the search found to be worth more, and that changes too much for it.
    """

    def solved(problem: routing.Problem) -> routing.Plan:
        found = solve(problem)
        was = carried(settled.plan, problem)
        cost = problem.published.change_cost if problem.published else 0.0
        calm = replan(problem, was, Moment(now=-(10**9)), change_cost=cost, seed=seed).plan
        best = max((calm, found), key=lambda one: _rank(problem, one, was, cost))
        if best is calm and found.objective > calm.objective:
            pass_over(PassedOver(found.objective - calm.objective, len(tuple(differences(was, found)))))
        return replace(
            best,
            bound=found.bound,
            bound_is_valid=found.bound_is_valid,
            bound_kind=found.bound_kind,
            prices=found.prices,
        )

    return solved


def told_by_hand(plan: routing.Plan, kept: Kept) -> routing.Plan:
    """Say of those who were dropped that they were: to the search they have no window left."""
    out = tuple(
        left_out_by_hand(one.visit, kept.dropped[one.visit].why) if one.visit in kept.dropped else one
        for one in plan.left_out
    )
    return replace(plan, left_out=out)


def _rank(problem: routing.Problem, plan: routing.Plan, was: routing.Plan, cost: float) -> tuple[int, int, float]:
    """Give what plans are compared by: locks and required visits missed, then value less changes, of time as well."""
    at = {stop.visit: (route.shift, stop) for route in plan.routes for stop in route.stops}
    before = {stop.visit: stop.begins for route in was.routes for stop in route.stops}
    retimed = sum(abs(stop.begins - before.get(name, stop.begins)) > RETIMED_S for name, (_, stop) in at.items())
    broken = sum(1 for one in routing.audit(problem, plan) if one.code.startswith("lock"))
    missing = sum(one.required and one.id not in at for one in problem.visits)
    return -broken, -missing, plan.objective - cost * retimed


def changed_since(settled: Settled, plan: routing.Plan, *, now: datetime) -> tuple[Difference, ...]:
    """List how a plan differs in what is to come; who is gone from the problem was dropped by nobody."""
    return tuple(differences(settled.plan, plan, since_s=(now - settled.origin).total_seconds()))


def changes_told(found: Sequence[Difference], asked: Collection[str] = ()) -> dict[str, Any]:
    """Give changes as JSON can say them: how many of each kind, and how many nobody asked for."""
    count: Mapping[str, int] = {kind.value: sum(one.kind is kind for one in found) for kind in DifferenceKind}
    return {**count, "unasked": sum(one.visit not in set(asked) for one in found)}
