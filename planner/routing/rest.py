"""The rest of a problem, seen from a moment in the middle of it.

Past shifts go, and visits that were made or tried. A crew under way starts where it is, when it is free; a break that
it has had is gone, one that it should have had by now comes first, and one for which no time is left is given up and
named. Its largest number of stops is less by those it has made. What the plan holds for the rest is *published*: each
change of it costs. Locks stay where they can still be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from planner.routing.instance import layers
from planner.routing.plan import Plan, Route
from planner.routing.problem import BadProblem, Break, Lock, Problem, Published, PublishedRoute, Shift, Visit, pair

#: What a change costs where nobody says: this share of the median value of what is planned.
CHANGE_SHARE = 0.2


@dataclass(frozen=True)
class Whereabouts:
    """Where a crew is, or is going to be free, and when; ``breaks_taken`` None means as many as the plan foresaw."""

    place: int
    free_at: int
    breaks_taken: int | None = None


@dataclass(frozen=True)
class Moment:
    """How far the day has come.

    Parameters
    ----------
    now
        Seconds from the origin.
    done
        Visits that are over or under way: made, refused, or nobody was met.
    crews
        Where the crews under way are. One that is not named is believed to be where the plan has it.
    pinned
        Visits that stay on their shift and keep their order, beyond those that the problem locks.
    """

    now: int
    done: frozenset[str] = frozenset()
    crews: Mapping[str, Whereabouts] = field(default_factory=dict)
    pinned: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Rest:
    """The problem that is left, the stops that the plan has left in it by shift, and what cannot be kept.

    ``given_up`` are locks, ``breaks_given_up`` breaks by shift, as the problem has them.
    """

    problem: Problem
    routes: Mapping[str, tuple[tuple[str, int], ...]]
    given_up: tuple[Lock, ...]
    breaks_given_up: Mapping[str, tuple[Break, ...]]


def rest(problem: Problem, plan: Plan, moment: Moment, *, change_cost: float | None = None) -> Rest:
    """Give the rest of a problem, of which a plan is being carried out.

    Parameters
    ----------
    problem
        As it is known now: with urgent visits, without those that were called off, roads and skills as they are today.
    change_cost
        What each change of the plan costs; None for what the problem says, or a share of the median value planned.

    Raises
    ------
    BadProblem
        If a crew or a place of the moment is none of the problem's.
    """
    _checked(problem, moment)
    route_of = {route.shift: route for route in plan.routes}
    visits = tuple(one for one in problem.visits if one.id not in moment.done)
    known = {one.id: one for one in visits}
    begun = tuple(_shifts(problem, route_of, moment))
    shifts = tuple(shift for shift, _ in begun if shift.starts < shift.ends)
    running = {one.id for one in shifts}
    left = {
        shift: tuple((stop.visit, stop.option) for stop in route.stops if stop.visit in known)
        for shift, route in route_of.items()
        if shift in running
    }
    values = [
        known[visit].options[option].value
        for stops in left.values()
        for visit, option in stops
        if option < len(known[visit].options)
    ]
    if change_cost is None and problem.published is not None:
        change_cost = problem.published.change_cost
    if change_cost is None:
        change_cost = CHANGE_SHARE * float(np.median(values)) if values else 0.0
    wanted = [
        *(_shortened(lock, route_of.get(lock.shift), moment) for lock in problem.locks if lock.visit in known),
        *_pins(problem, left, moment),
    ]
    locks: list[Lock] = []
    given_up: list[Lock] = []
    shift_of = {one.id: one for one in shifts}
    for lock in wanted:
        keeps = lock.shift in shift_of and can_keep(lock, known[lock.visit], shift_of[lock.shift])
        keeps = keeps and not any(
            one.shift == lock.shift and pair(one.visit, lock.visit) in problem.apart for one in locks if problem.apart
        )
        (locks if keeps else given_up).append(lock)
    routes = tuple(PublishedRoute(shift, tuple(visit for visit, _ in stops)) for shift, stops in left.items() if stops)
    return Rest(
        replace(
            problem,
            visits=visits,
            shifts=shifts,
            locks=tuple(locks),
            published=Published(routes, change_cost),
        ),
        left,
        tuple(given_up),
        {shift.id: lost for shift, lost in begun if lost and not _home(route_of.get(shift.id), moment)},
    )


def _checked(problem: Problem, moment: Moment) -> None:
    """Refuse a moment that speaks of a crew or a place that there is not: a slip would leave a crew on time, unsaid."""
    crews, last = {shift.crew for shift in problem.shifts}, len(problem.seconds) - 1
    for crew, at in moment.crews.items():
        if crew not in crews:
            raise BadProblem(f"There is no crew {crew!r} in the problem; its crews are {', '.join(sorted(crews))}.")
        if not 0 <= at.place <= last:
            raise BadProblem(f"Crew {crew!r} cannot be at place {at.place}: places go from 0 to {last}.")


def _shifts(
    problem: Problem, route_of: Mapping[str, Route], moment: Moment
) -> Iterator[tuple[Shift, tuple[Break, ...]]]:
    """Give what is left of each shift that is not over, and the breaks for which it has no time any more.

    A crew that is free too late is left a shift that ends before it begins.
    """
    place_of = {(one.id, o): one.place_in(o) for one in problem.visits for o in range(len(one.options))}
    for shift in problem.shifts:
        route = route_of.get(shift.id)
        at = moment.crews.get(shift.crew)
        if shift.ends <= moment.now:
            continue
        if shift.starts > moment.now:
            # A crew that is not free when its shift begins starts later, from where its shift begins.
            begins, taken = shift.starts if at is None else max(shift.starts, at.free_at), 0
        else:
            at = at or _as_planned(shift, route, place_of, moment)
            begins, taken = max(moment.now, at.free_at), _taken(route, at, moment)
            over = [stop for stop in route.stops if stop.visit in moment.done] if route else []
            most = None if shift.max_stops is None else max(0, shift.max_stops - len(over))
            shift = replace(shift, start_place=at.place, max_stops=most)  # noqa: PLW2901
        yield _late(shift, begins, taken)


def _as_planned(
    shift: Shift, route: Route | None, place_of: Mapping[tuple[str, int], int], moment: Moment
) -> Whereabouts:
    """Give where a crew is if all went by the plan: at its last stop, or on the way to the next one and there then."""
    place, now = shift.start_place, moment.now
    if route is None:
        return Whereabouts(place, now)
    busy_until = [one.begins + one.lasts_s for one in route.breaks if one.begins < now]
    for stop in route.stops:
        if stop.visit in moment.done:
            place = place_of.get((stop.visit, stop.option), place)
            busy_until.append(stop.leaves)
    following = next((stop for stop in route.stops if stop.visit not in moment.done), None)
    free_at = max([now, *busy_until])
    if following is None:
        return Whereabouts(place, free_at)
    there = place_of.get((following.visit, following.option), place)
    if following.arrives <= now:
        return Whereabouts(there, free_at)
    stays = any(now <= one.begins < following.arrives for one in route.breaks)
    if stays or free_at > now or now < route.leaves_start:
        return Whereabouts(place, free_at)
    return Whereabouts(there, following.arrives)


def _taken(route: Route | None, at: Whereabouts, moment: Moment) -> int:
    """Give how many breaks a crew under way has had."""
    if at.breaks_taken is not None:
        return at.breaks_taken
    return sum(pause.begins < moment.now for pause in route.breaks) if route else 0


def _home(route: Route | None, moment: Moment) -> bool:
    """Say whether by the plan a crew has nothing left to do."""
    return route is None or (route.reaches_end <= moment.now and all(stop.visit in moment.done for stop in route.stops))


def _late(shift: Shift, begins: int, taken: int) -> tuple[Shift, tuple[Break, ...]]:
    """Give a shift that begins then, so many breaks taken, and those of the others for which no time is left.

    A break whose time is over comes at once.
    """
    if begins == shift.starts and not taken:
        return shift, ()
    earliest, ahead, lost = begins, [], []
    for one in layers(shift).breaks[taken:]:
        # One after the other: what is overdue may not keep the next from being taken.
        moved = Break(max(one.opens, begins), max(one.closes, earliest), one.lasts_s)
        if moved.closes + moved.lasts_s > shift.ends:
            lost.append(one)
            continue
        ahead.append(moved)
        earliest = max(one.opens, earliest) + one.lasts_s
    return replace(shift, starts=begins, breaks=tuple(ahead)), tuple(lost)


def _shortened(lock: Lock, route: Route | None, moment: Moment) -> Lock:
    """Give a lock with its position counted from now."""
    if lock.position is None:
        return lock
    over = sum(stop.visit in moment.done for stop in route.stops) if route else 0
    return replace(lock, position=max(0, lock.position - over))


def _pins(problem: Problem, left: Mapping[str, tuple[tuple[str, int], ...]], moment: Moment) -> Iterator[Lock]:
    """Give a lock for each pinned stop; those that come next, one after the other, keep their position too."""
    locked = {lock.visit for lock in problem.locks}
    for shift, stops in left.items():
        leading = True
        for position, (visit, _) in enumerate(stops):
            leading &= visit in moment.pinned
            if visit in moment.pinned and visit not in locked:
                yield Lock(visit, shift, position if leading else None)


def can_keep(lock: Lock, visit: Visit, shift: Shift) -> bool:
    """Say whether a shift could keep the lock of a visit if it had nothing else to do."""
    if not visit.needs <= shift.skills or (shift.max_stops is not None and (lock.position or 0) >= shift.max_stops):
        return False
    return any(
        option.closes >= shift.starts
        and option.opens + visit.service_in(o) <= shift.ends
        and (lock.begins is None or max(option.opens, shift.starts) <= lock.begins <= option.closes)
        for o, option in enumerate(visit.options)
    )
