"""The plan's auditor: reads a plan against its problem and names every broken promise.

It imports nothing of the solver and trusts nothing of the plan: travel, windows, breaks, completeness, objective and
bound are read again from the problem. A clean audit is the empty tuple. What is checked, in this order:

1. routes and ids: every shift and visit known, none twice, every visit in exactly one place (``_completeness``);
2. each stop: option, window, service, skills, waiting (``_stops``);
3. each leg, the first and the one back included: long enough a drive between the breaks (``_legs``);
4. breaks: owed ones taken, inside their window, not while visiting (``_breaks``);
5. the shift's own limits, locks, pairs kept apart (``_limits``, ``_locks``, ``_apart``);
6. what the plan says of itself: objective, bound, status (``_claims``).
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.routing.plan import Pause, Plan, Route, Status
from planner.routing.problem import Problem, Shift, Visit
from planner.routing.reasons import Reason

#: Share of the money that moves by which the stated objective may differ from the one read again.
OBJECTIVE_TOLERANCE = 1e-7

#: Seconds by which travel is let off before it is rounded up: what float32 files lose.
ROUNDING_S = 1e-3


@dataclass(frozen=True)
class Finding:
    """One broken promise: its code, one sentence, and the shift and visit it is about, if any."""

    code: str
    text: str
    shift: str | None = None
    visit: str | None = None


@dataclass(frozen=True)
class _Known:
    """The problem with its parts by id."""

    problem: Problem
    visits: Mapping[str, Visit]
    shifts: Mapping[str, Shift]


def audit(problem: Problem, plan: Plan) -> tuple[Finding, ...]:
    """Give every promise of the formats that the plan breaks, in reading order; empty if it keeps them all."""
    known = _Known(problem, {one.id: one for one in problem.visits}, {one.id: one for one in problem.shifts})
    findings = list(_completeness(known, plan))
    for route in plan.routes:
        shift = known.shifts.get(route.shift)
        if shift is None or not route.stops:
            continue
        findings += _stops(known, shift, route)
        findings += _legs(known, shift, route)
        findings += _breaks(shift, route)
        findings += _limits(shift, route)
    findings += _locks(known, plan)
    findings += _apart(known, plan)
    findings += _claims(known, plan)
    return tuple(findings)


def _completeness(known: _Known, plan: Plan) -> Iterator[Finding]:
    for shift, times in Counter(route.shift for route in plan.routes).items():
        if shift not in known.shifts:
            yield Finding("unknown_shift", f"The problem has no shift {shift!r}.", shift=shift)
        if times > 1:
            yield Finding("repeated_shift", f"Shift {shift!r} has {times} routes.", shift=shift)
    planned = Counter(stop.visit for route in plan.routes for stop in route.stops)
    left_out = Counter(one.visit for one in plan.left_out)
    for visit in [*planned, *(left_out.keys() - planned.keys())]:
        if visit not in known.visits:
            yield Finding("unknown_visit", f"The problem has no visit {visit!r}.", visit=visit)
        if planned[visit] > 1:
            yield Finding("repeated_visit", f"Visit {visit!r} is planned {planned[visit]} times.", visit=visit)
        if left_out[visit] > 1:
            yield Finding("repeated_left_out", f"Visit {visit!r} is left out {left_out[visit]} times.", visit=visit)
        if planned[visit] and left_out[visit]:
            yield Finding("planned_and_left_out", f"Visit {visit!r} is both planned and left out.", visit=visit)
    for visit in known.visits:
        if not planned[visit] and not left_out[visit]:
            yield Finding("missing_visit", f"Visit {visit!r} is neither planned nor left out.", visit=visit)
    for one in plan.left_out:
        if not one.reason.strip():
            yield Finding("no_reason", f"Visit {one.visit!r} is left out without a reason.", visit=one.visit)
        elif one.reason not in set(Reason):
            yield Finding(
                "unknown_reason", f"The reason {one.reason!r} of {one.visit!r} is not listed.", visit=one.visit
            )
        if not one.action.strip():
            yield Finding("no_action", f"Visit {one.visit!r} is left out without an action.", visit=one.visit)


def _stops(known: _Known, shift: Shift, route: Route) -> Iterator[Finding]:
    for stop in route.stops:
        visit = known.visits.get(stop.visit)
        if visit is None:
            continue

        def found(code: str, text: str, visit: Visit = visit) -> Finding:
            return Finding(code, f"Visit {visit.id!r} on {shift.id!r} {text}.", shift=shift.id, visit=visit.id)

        if not visit.needs <= shift.skills:
            yield found("skill", f"needs {', '.join(sorted(visit.needs - shift.skills))}, which the shift lacks")
        if stop.begins < stop.arrives:
            yield found("begins_before_arrival", f"begins at {stop.begins} but arrives at {stop.arrives}")
        if not 0 <= stop.option < len(visit.options):
            yield found("unknown_option", f"has no option {stop.option}")
            continue
        option, service = visit.options[stop.option], visit.service_in(stop.option)
        if not option.opens <= stop.begins <= option.closes:
            yield found("window", f"begins at {stop.begins}, outside {option.opens} to {option.closes}")
        if stop.leaves - stop.begins != service:
            yield found("service", f"stays {stop.leaves - stop.begins} s, its service takes {service} s")


def _legs(known: _Known, shift: Shift, route: Route) -> Iterator[Finding]:
    places = _places(known, shift, route)
    leaves = [route.leaves_start, *(stop.leaves for stop in route.stops)]
    arrives = [*(stop.arrives for stop in route.stops), route.reaches_end]
    names = ["the start", *(repr(stop.visit) for stop in route.stops), "the end"]
    for leg, (a, b) in enumerate(itertools.pairwise(places)):
        if a is None or b is None:
            continue
        what = f"the leg from {names[leg]} to {names[leg + 1]}"
        visit = route.stops[leg].visit if leg < len(route.stops) else None
        travel_s = float(known.problem.seconds[a, b])
        if math.isnan(travel_s):
            yield Finding("no_road", f"On {shift.id!r}, {what} has no road.", shift.id, visit)
        elif not _drivable(known.problem, travel_s, leaves[leg], arrives[leg], ()):
            given_s = arrives[leg] - leaves[leg]
            text = f"On {shift.id!r}, {what} needs {travel_s:g} s of travel, the plan gives {given_s} s."
            yield Finding("travel", text, shift.id, visit)
        elif not _drivable(known.problem, travel_s, leaves[leg], arrives[leg], route.breaks):
            yield Finding("break_while_travelling", f"On {shift.id!r}, a break interrupts {what}.", shift.id, visit)


def _drivable(problem: Problem, travel_s: float, leaves: int, arrives: int, pauses: Sequence[Pause]) -> bool:
    """Say whether some departure from ``leaves`` on arrives in time without a break on the way.

    Within an hour the earliest departure is the best one, so only free moments and full hours are tried.
    """
    free_from = leaves
    for pause in [*sorted(pauses, key=lambda pause: pause.begins), Pause(arrives, 0)]:
        free_until = min(pause.begins, arrives)
        if any(
            at + _drive_s(problem, travel_s, at) <= free_until for at in _departures(problem, free_from, free_until)
        ):
            return True
        free_from = max(free_from, pause.begins + pause.lasts_s)
    return False


def _departures(problem: Problem, first: int, last: int) -> Iterator[int]:
    if first > last:
        return
    yield first
    if problem.hour_factors is not None:
        origin = problem.origin
        into_hour = (origin.minute * 60 + origin.second + first) % 3600
        yield from range(first - into_hour + 3600, last + 1, 3600)


def _drive_s(problem: Problem, travel_s: float, departs: int) -> int:
    factor = 1.0 if problem.hour_factors is None else problem.hour_factors[problem.local_hour(departs)]
    return math.ceil(travel_s * factor - ROUNDING_S)


def _breaks(shift: Shift, route: Route) -> Iterator[Finding]:
    pauses = sorted(route.breaks, key=lambda pause: pause.begins)
    for before, after in itertools.pairwise(pauses):
        if after.begins < before.begins + before.lasts_s:
            yield Finding("breaks_overlap", f"On {shift.id!r}, two breaks overlap at {after.begins}.", shift.id)
    for pause in pauses:
        ends = pause.begins + pause.lasts_s
        if pause.begins < route.leaves_start or ends > route.reaches_end:
            yield Finding(
                "break_outside_route", f"On {shift.id!r}, the break at {pause.begins} is off route.", shift.id
            )
        for stop in route.stops:
            if pause.begins < stop.leaves and stop.begins < ends:
                text = f"On {shift.id!r}, the break at {pause.begins} falls into the visit {stop.visit!r}."
                yield Finding("break_while_visiting", text, shift.id, stop.visit)
    owed = [
        one for one in shift.breaks if route.leaves_start <= one.opens and route.reaches_end >= one.closes + one.lasts_s
    ]
    offered = owed + [one for one in shift.breaks if one not in owed]
    fits = [
        [
            j
            for j, pause in enumerate(pauses)
            if one.opens <= pause.begins <= one.closes and pause.lasts_s == one.lasts_s
        ]
        for one in offered
    ]
    taken = _matched(fits)
    for i, one in enumerate(owed):
        if i not in taken.values():
            text = f"Shift {shift.id!r} owes a break of {one.lasts_s} s between {one.opens} and {one.closes}."
            yield Finding("break_owed", text, shift.id)
    for j, pause in enumerate(pauses):
        if j not in taken:
            text = f"On {shift.id!r}, the break at {pause.begins} of {pause.lasts_s} s fits none of the shift's breaks."
            yield Finding("break_window", text, shift.id)


def _matched(fits: Sequence[Sequence[int]]) -> dict[int, int]:
    """Match each row to one of the numbers it lists, the first rows first; gives number → row (Kuhn's algorithm)."""
    row_of: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for j in fits[row]:
            if j not in seen:
                seen.add(j)
                if j not in row_of or place(row_of[j], seen):
                    row_of[j] = row
                    return True
        return False

    for row in range(len(fits)):
        place(row, set())
    return row_of


def _limits(shift: Shift, route: Route) -> Iterator[Finding]:
    if route.leaves_start < shift.starts:
        yield Finding(
            "shift_start", f"{shift.id!r} leaves at {route.leaves_start}, before it starts at {shift.starts}.", shift.id
        )
    if route.reaches_end > shift.ends:
        yield Finding("shift_end", f"{shift.id!r} ends at {route.reaches_end}, later than {shift.ends}.", shift.id)
    if shift.max_stops is not None and len(route.stops) > shift.max_stops:
        yield Finding(
            "max_stops", f"{shift.id!r} has {len(route.stops)} stops, at most {shift.max_stops} fit.", shift.id
        )


def _locks(known: _Known, plan: Plan) -> Iterator[Finding]:
    at = {
        stop.visit: (route.shift, position, stop.begins)
        for route in plan.routes
        for position, stop in enumerate(route.stops)
    }
    for lock in known.problem.locks:
        shift, position, begins = at.get(lock.visit, (None, None, None))
        if shift != lock.shift:
            where = f"is on {shift!r}" if shift is not None else "is left out"
            text = f"Visit {lock.visit!r} is locked to {lock.shift!r} but {where}."
            yield Finding("lock_shift", text, lock.shift, lock.visit)
            continue
        if lock.position is not None and position != lock.position:
            text = f"Visit {lock.visit!r} is locked to position {lock.position} but stands at {position}."
            yield Finding("lock_position", text, lock.shift, lock.visit)
        if lock.begins is not None and begins != lock.begins:
            text = f"Visit {lock.visit!r} is locked to begin at {lock.begins} but begins at {begins}."
            yield Finding("lock_begins", text, lock.shift, lock.visit)


def _apart(known: _Known, plan: Plan) -> Iterator[Finding]:
    shift_of = {stop.visit: route.shift for route in plan.routes for stop in route.stops}
    for first, second in sorted(known.problem.apart):
        if first in shift_of and shift_of[first] == shift_of.get(second):
            text = f"Visits {first!r} and {second!r} are kept apart, but both on {shift_of[first]!r}."
            yield Finding("apart", text, shift_of[first], second)


def _claims(known: _Known, plan: Plan) -> Iterator[Finding]:
    value, cost = _value(known, plan), _travel_cost(known, plan) + _change_cost(known, plan)
    tolerance = max(0.01, OBJECTIVE_TOLERANCE * (abs(value) + cost))
    if not math.isnan(cost) and abs(plan.objective - (value - cost)) > tolerance:
        yield Finding("objective", f"The plan states an objective of {plan.objective:g}, it is {value - cost:g}.")
    if plan.bound is None and plan.bound_is_valid:
        yield Finding("bound", "The plan calls its bound valid but states none.")
    if plan.bound is not None and not plan.bound_kind:
        yield Finding("bound_kind", "The plan states a bound but not of which kind.")
    if plan.bound is not None and plan.bound_is_valid and plan.objective > plan.bound + tolerance:
        yield Finding("bound", f"The objective {plan.objective:g} is above the bound {plan.bound:g}, called valid.")
    planned = {stop.visit for route in plan.routes for stop in route.stops}
    missing = [one.id for one in known.problem.visits if one.required and one.id not in planned]
    if plan.status not in set(Status):
        yield Finding("status", f"The status {plan.status!r} is not known.")
    elif missing and plan.status not in (Status.REQUIRED_MISSING, Status.NO_PLAN_IN_TIME):
        yield Finding(
            "status", f"Required {missing[0]!r} is left out, the status says {plan.status}.", visit=missing[0]
        )
    elif not missing and plan.status == Status.REQUIRED_MISSING:
        yield Finding("status", "The status says that a required visit is missing, but all are planned.")
    if plan.status == Status.NO_PLAN_IN_TIME and planned:
        yield Finding("status", "The status says that there is no plan, but visits are planned.")
    proven = plan.bound_is_valid and plan.bound is not None and plan.bound <= plan.objective + tolerance
    if plan.status == Status.OPTIMAL and not proven:
        yield Finding("status", "The status says optimal, but no valid bound equals the objective.")


def _value(known: _Known, plan: Plan) -> float:
    total = 0.0
    for stop in (stop for route in plan.routes for stop in route.stops):
        visit = known.visits.get(stop.visit)
        if visit is not None and 0 <= stop.option < len(visit.options):
            total += visit.options[stop.option].value
    return total


def _travel_cost(known: _Known, plan: Plan) -> float:
    seconds = 0.0
    for route in plan.routes:
        shift = known.shifts.get(route.shift)
        if shift is None or not route.stops:
            continue
        places = [place for place in _places(known, shift, route) if place is not None]
        seconds += sum(float(known.problem.seconds[a, b]) for a, b in itertools.pairwise(places))
    return known.problem.travel_cost_per_s * seconds


def _change_cost(known: _Known, plan: Plan) -> float:
    published = known.problem.published
    if published is None:
        return 0.0
    promised = published.shift_of()
    now = {stop.visit: route.shift for route in plan.routes for stop in route.stops}
    return published.change_cost * sum(promised.get(visit) != now.get(visit) for visit in known.visits)


def _places(known: _Known, shift: Shift, route: Route) -> list[int | None]:
    """Give the places of a route from start to end; None where the stop is unknown (named elsewhere)."""
    places: list[int | None] = [shift.start_place]
    for stop in route.stops:
        visit = known.visits.get(stop.visit)
        known_option = visit is not None and 0 <= stop.option < len(visit.options)
        places.append(visit.place_in(stop.option) if visit is not None and known_option else None)
    return [*places, shift.end_place]
