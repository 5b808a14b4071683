"""A crew's own part of a day: the shift, the plan it works by, what is recorded; small, and nobody else's in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from planner.day_change.news import CannotChange, Why
from planner.domain import Branch, Crew, Principal, Role, Shift
from planner.store import SavedPlan, Store
from planner.store.crew_part import crew_part
from planner.view.day import find_crew
from planner.view.day_shifts import shift_now
from planner.view.recorded import outcomes_of_day
from planner.week import iso_week, week_days

#: so many of those left out may be called in by a manager, the most valuable first
MOST_LEFT_OUT = 20


@dataclass(frozen=True, eq=False)
class OwnDay:
    """A crew's shift and the plan it works by, cut to the crew; ``recorded`` is by debtor."""

    branch: Branch
    crew: Crew
    shift: Shift
    saved: SavedPlan
    route: Mapping[str, Any]
    recorded: Mapping[str, Mapping[str, Any]]

    @property
    def origin(self) -> datetime:
        """From when the plan's seconds count."""
        return datetime.fromisoformat(self.saved.problem["origin"])

    @property
    def ahead(self) -> list[str]:
        """The debtors still to be visited, in the order of the plan."""
        return [one["visit"] for one in self.route["stops"] if one["visit"] not in self.recorded]

    def seconds(self, at: datetime) -> int:
        """Give a moment as the plan counts it."""
        return round((at - self.origin).total_seconds())

    def moment(self, seconds: float) -> datetime:
        """Give the moment so many seconds from the origin."""
        return self.origin + timedelta(seconds=float(seconds))


@dataclass(frozen=True)
class OnCall:
    """Somebody who could be visited today beyond the plan: where he is planned, "" where he is left out."""

    debtor_id: str
    shift_id: str
    begins_at: datetime | None
    required: bool


def read_own(
    store: Store, principal: Principal, crew_id: str, day: date, *, now: datetime | None = None, about: str = ""
) -> OwnDay:
    """Read a crew's shift of a day: of several the one under way at a moment, else the next; the last if all are over.

    Without a moment it is the first. ``about`` names a debtor: the shift that has him as a stop goes before.

    Raises
    ------
    CannotChange
        If the crew has no shift or no published plan on that day.
    KeyError
        If the crew is none of the principal's.
    """
    if principal.crew is not None and principal.crew != crew_id:
        raise KeyError(crew_id)
    branch, crew = find_crew(store, principal, crew_id)
    shifts = [one for one in store.shifts_worked(principal, branch.code, day, day) if one.crew_id == crew_id]
    of_shift = [(one, part_of(store, principal, branch, iso_week(day), one.shift_id, crew_id)) for one in shifts]
    found: list[tuple[Shift, SavedPlan, Mapping[str, Any], set[str]]] = [
        (shift, saved, route, {one["visit"] for one in route["stops"]})
        for shift, saved in of_shift
        if saved is not None
        for route in saved.plan["routes"]
        if route["shift"] == shift.shift_id
    ]
    if not found:
        raise CannotChange(Why.NO_PLAN)
    at = shift_now([(one.starts, one.ends) for one, _, _, _ in found], now)
    shift, saved, route, mine = next((one for one in found if about in one[3]), found[at])
    known = outcomes_of_day(store, principal, branch, day, plan_id=saved.plan_id)
    return OwnDay(branch, crew, shift, saved, route, {name: one for name, one in known.items() if name in mine})


def part_of(
    store: Store, principal: Principal, branch: Branch, week: str, shift_id: str, crew_id: str
) -> SavedPlan | None:
    """Give the crew's part of the plan that a shift works by, whoever asks."""
    saved = store.published(principal, branch.code, week, shift=shift_id)
    if saved is None or principal.role is Role.COLLECTOR:
        return saved
    part = crew_part(
        {"problem": saved.problem, "plan": saved.plan, "context": saved.context, "metrics": saved.metrics}, crew_id
    )
    return replace(saved, problem=part["problem"], plan=part["plan"], context=part["context"], metrics=part["metrics"])


def later_routes(store: Store, principal: Principal, own: OwnDay) -> Iterator[tuple[str, SavedPlan, Mapping[str, Any]]]:
    """Give the crew's shifts of the week after this one, each with the plan it works by and its route."""
    last = week_days(own.saved.week)[-1]
    for shift in store.shifts_worked(principal, own.branch.code, own.shift.day, last):
        if shift.crew_id == own.crew.crew_id and shift.starts > own.shift.starts:
            saved = part_of(store, principal, own.branch, own.saved.week, shift.shift_id, own.crew.crew_id)
            for route in saved.plan["routes"] if saved is not None else ():
                if saved is not None and route["shift"] == shift.shift_id:
                    yield shift.shift_id, saved, route


def called_for(store: Store, principal: Principal, own: OwnDay, *, now: datetime) -> list[OnCall]:
    """Give who could be visited today beyond the plan, whoever must be visited first.

    That are the crew's own stops of later days, and for a manager also the most valuable of those left out.
    """
    found = [
        OnCall(stop["visit"], shift_id, own.moment(stop["begins"]), is_required(saved, stop["visit"]))
        for shift_id, saved, route in later_routes(store, principal, own)
        for stop in route["stops"]
        if open_today(own, visit_of(saved, stop["visit"]), now)
    ]
    if principal.role is not Role.COLLECTOR:
        whole = store.published(principal, own.branch.code, own.saved.week)
        if whole is not None:
            out = [one["visit"] for one in whole.plan["left_out"]]
            out = [one for one in out if open_today(own, visit_of(whole, one), now)]
            out.sort(key=lambda one: -float(whole.context["debtors"][one]["best_value_minor"]))
            found += [OnCall(one, "", None, is_required(whole, one)) for one in out[:MOST_LEFT_OUT]]
    taken = {one["visit"] for one in own.route["stops"]}
    # Whoever must be visited this week stands first, then as planned.
    return sorted((one for one in found if one.debtor_id not in taken), key=lambda one: not one.required)


def open_today(own: OwnDay, visit: Mapping[str, Any], now: datetime) -> bool:
    """Say whether a visit may still begin in what is left of the shift, by a crew with these skills."""
    shift = next(one for one in own.saved.problem["shifts"] if one["id"] == own.shift.shift_id)
    begins = max(own.seconds(now), shift["starts"])
    return set(visit["needs"]) <= set(shift["skills"]) and any(
        one["closes"] >= begins and one["opens"] < shift["ends"] for one in visit["options"]
    )


def visit_of(saved: SavedPlan, debtor_id: str) -> Mapping[str, Any]:
    """Give a visit of a plan's problem."""
    return next(one for one in saved.problem["visits"] if one["id"] == debtor_id)


def is_required(saved: SavedPlan, debtor_id: str) -> bool:
    """Say whether a visit is required."""
    return bool(visit_of(saved, debtor_id)["required"])


def small(
    own: OwnDay, more: Sequence[tuple[SavedPlan, str]], pins: Mapping[str, tuple[float, float]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the documents of a day alone: a problem without matrix, and the context of its visits and places.

    Parameters
    ----------
    more
        Visits of other plans, each with its own numbering of the places, or shifts with all their stops.
    pins
        Where places are now, by id: a pin may have been put right since the plan was made.
    """
    rows: list[Mapping[str, Any]] = []
    index: dict[tuple[int, int], int] = {}

    def row(saved: SavedPlan, number: int) -> int:
        key = (id(saved), number)
        if key not in index:
            place = dict(saved.context["places"][number])
            lon, lat = pins.get(place["place_id"], (place["lon"], place["lat"]))
            if math.isfinite(lon) and math.isfinite(lat):
                place |= {"lon": lon, "lat": lat}
            index[key] = len(rows)
            rows.append(place)
        return index[key]

    def visit(saved: SavedPlan, one: Mapping[str, Any]) -> dict[str, Any]:
        options = [{**option, "place": row(saved, option.get("place", one["place"]))} for option in one["options"]]
        return {**one, "place": row(saved, one["place"]), "options": options}

    parts: list[tuple[SavedPlan, str]] = [(own.saved, own.shift.shift_id), *more]
    visits, shifts = dict[str, Any](), dict[str, Any]()
    context: dict[str, Any] = {"shifts": {}, "options": {}, "debtors": {}}
    for saved, name in parts:
        shift = next((one for one in saved.problem["shifts"] if one["id"] == name), None)
        wanted = [name]
        if shift is not None:
            ends = {key: row(saved, shift[key]) for key in ("start_place", "end_place")}
            shifts[name] = {**shift, **ends}
            context["shifts"][name] = saved.context["shifts"][name]
            wanted = [stop["visit"] for one in saved.plan["routes"] if one["shift"] == name for stop in one["stops"]]
        for one in wanted:
            visits[one] = visit(saved, visit_of(saved, one))
            for key in ("options", "debtors"):
                context[key][one] = saved.context[key][one]
    problem = {
        **{key: value for key, value in own.saved.problem.items() if key not in ("published", "locks")},
        "visits": list(visits.values()),
        "shifts": list(shifts.values()),
        "locks": [
            one for one in own.saved.problem.get("locks", []) if one["shift"] in shifts and one["visit"] in visits
        ],
    }
    return problem, {**context, "places": rows}
