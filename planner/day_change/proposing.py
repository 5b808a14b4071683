"""Plans the rest of one crew's day again, and says what would be different. Nothing is kept of it."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from geodata.roads import RoadEngine
from planner import routing
from planner.day_change.news import CannotChange, Happened, News, Why
from planner.day_change.own import OwnDay, later_routes, small
from planner.desk.crews import skills_without
from planner.domain import Principal, Role
from planner.routing.replan import RETIMED_S, replan
from planner.routing.rest import Moment, Whereabouts
from planner.rules.pack import RulePack
from planner.store import SavedPlan, Store
from planner.value.parameters import Parameters
from planner.view.board import board_route

#: steps of the search for one crew's rest of day: well under a second
STEPS = 1_500


@dataclass(frozen=True)
class Change:
    """A stop that would be made otherwise: at another time, not at all, or new. ``why`` is of those not made."""

    debtor_id: str
    kind: str  # retimed, added, dropped
    begins_before: datetime | None
    begins: datetime | None
    required: bool
    why: str = ""


@dataclass(frozen=True)
class Standing:
    """How the day stands: the return, the chance that it ends with the shift, and that required visits are made."""

    back_at: datetime | None
    in_time: float | None
    required_chance: float | None


@dataclass(frozen=True, eq=False)
class Proposal:
    """The rest of a day as it could be. ``saved`` is the plan to be taken, still without its line and its id.

    ``shifts`` are those that would work by it, the changed one first; ``order`` says whether stops change places.
    """

    news: News
    at: datetime
    shifts: tuple[str, ...]
    changes: tuple[Change, ...]
    order: bool
    before: Standing
    after: Standing
    saved: SavedPlan
    locks_given_up: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Name exactly this rest of the day."""
        stops = [[stop["visit"], stop["begins"]] for one in self.saved.plan["routes"] for stop in one["stops"]]
        return hashlib.sha256(json.dumps([self.saved.parent, stops]).encode()).hexdigest()[:16]

    @property
    def at_risk(self) -> tuple[Change, ...]:
        """The required visits that would not be made."""
        return tuple(one for one in self.changes if one.required and one.kind == "dropped")


def propose(
    store: Store,
    principal: Principal,
    own: OwnDay,
    news: News,
    roads: RoadEngine,
    pack: RulePack,
    parameters: Parameters,
    *,
    at: datetime,
    pinned: Collection[str] = (),
) -> Proposal:
    """Plan the rest of a day again, from where the crew stands at a moment; the same input gives the same plan.

    Parameters
    ----------
    pinned
        Stops that keep their order and stay, beside those that are locked.

    Raises
    ------
    CannotChange
        If the day is over, the stop is none that is ahead, or what is asked for does not fit.
    geodata.roads.RoadFailure
        If the roads do not answer.
    """
    now = own.seconds(at)
    shift = next(one for one in own.saved.problem["shifts"] if one["id"] == own.shift.shift_id)
    if now >= shift["ends"]:
        raise CannotChange(Why.OVER)
    if news.kind in (Happened.BLOCKED, Happened.REFUSED) and news.debtor_id not in own.ahead:
        raise CannotChange(Why.NOT_AHEAD)
    more, later = _called(store, principal, own, news) if news.kind is Happened.URGENT else ([], None)
    codes = store.places(principal, own.branch.code, week=own.saved.week)
    pins = dict(zip(codes["place_id"], zip(codes["lon"], codes["lat"], strict=True), strict=True))
    document, context = small(own, more, pins)
    where = np.array([(one["lon"], one["lat"]) for one in context["places"]], dtype=float).reshape(-1, 2)
    times = roads.travel_times(where)
    if news.kind is Happened.URGENT:
        for one in document["visits"]:
            one["required"] = one["required"] or one["id"] == news.debtor_id
    skills = None
    if news.kind is Happened.ALONE:
        people = {one.collector_id: one for one in store.collectors(principal, own.branch.code)}
        skills = skills_without(own.crew, people, [news.member])
    whole = routing.problem_from_dict(document, seconds=times.seconds)
    problem = _as_it_is(own, whole, news, pack, skills)
    place, free_at = _whereabouts(own, whole, news, now)
    begun = whole_shift(whole, own).starts <= now
    crews = {}
    if begun or news.kind is Happened.LATE:
        taken = sum(one["begins"] < now for one in own.route.get("breaks", [])) if begun else 0
        crews = {own.crew.crew_id: Whereabouts(place, free_at, taken)}
    plan = routing.plan_from_dict({**own.saved.plan, "routes": [dict(own.route)], "left_out": []})
    done = frozenset(own.recorded)
    kept = frozenset(pinned) & set(own.ahead)
    made = replan(problem, plan, Moment(now, done, crews, kept), steps=STEPS)
    found = {one["shift"]: one for one in routing.plan_to_dict(made.plan)["routes"]}.get(own.shift.shift_id)
    if news.kind is Happened.URGENT and news.debtor_id not in {s["visit"] for s in (found or {}).get("stops", ())}:
        raise CannotChange(Why.NO_ROOM)
    route = _route(own, found, free_at=free_at, home_s=float(whole.seconds[place, whole_shift(whole, own).end_place]),
                   begun=begun)  # fmt: skip
    routes = [route]
    if later is not None:
        routes.append({**later, "stops": [one for one in later["stops"] if one["visit"] != news.debtor_id]})
    changes = tuple(_changes(own, route, whole, news))
    saved = _saved(own, principal, document, context, routes, changes, news, at, times.source, times.estimated)
    # The last door is left when the crew is free, which may be later than it wrote down.
    known = dict(own.recorded)
    if known:
        name = max(known, key=lambda one: known[one]["ended_at"])
        known[name] = {**known[name], "ended_at": max(known[name]["ended_at"], pd.Timestamp(own.moment(free_at)))}
    return Proposal(
        news=news,
        at=at,
        shifts=tuple(one["shift"] for one in routes),
        changes=changes,
        order=_reordered(own, route),
        before=_standing(own.saved, own.route, known, parameters, at),
        after=_standing(saved, route, known, parameters, at),
        saved=saved,
        locks_given_up=tuple(one.visit for one in made.given_up),
    )


def whole_shift(problem: routing.Problem, own: OwnDay) -> routing.ProblemShift:
    """Give the shift as the problem has it."""
    return next(one for one in problem.shifts if one.id == own.shift.shift_id)


def _called(
    store: Store, principal: Principal, own: OwnDay, news: News
) -> tuple[list[tuple[SavedPlan, str]], Mapping[str, Any] | None]:
    """Give where somebody is called from: the crew's later shift with its route, or those left out."""
    for shift_id, saved, route in later_routes(store, principal, own):
        if news.debtor_id in {one["visit"] for one in route["stops"]}:
            return [(saved, shift_id)], route
    if principal.role is not Role.COLLECTOR:
        whole = store.published(principal, own.branch.code, own.saved.week)
        if whole is not None and news.debtor_id in {one["visit"] for one in whole.plan["left_out"]}:
            return [(whole, news.debtor_id)], None
    raise CannotChange(Why.NOT_AHEAD)


def _as_it_is(
    own: OwnDay, problem: routing.Problem, news: News, pack: RulePack, skills: frozenset[str] | None
) -> routing.Problem:
    """Give the problem of the day as it is known now: one shift, with what happened in it."""
    shift = whole_shift(problem, own)
    mine = {one["visit"] for one in own.route["stops"]} | {news.debtor_id}
    visits = [one for one in problem.visits if one.id in mine]
    seconds = problem.seconds
    if skills is not None:
        shift = replace(shift, skills=shift.skills & skills)
    if news.kind is Happened.URGENT:
        called = next(one for one in visits if one.id == news.debtor_id)
        if not called.needs <= shift.skills:
            raise CannotChange(Why.SKILL)
    elif news.kind is Happened.REFUSED or (news.kind is Happened.BLOCKED and news.minutes is None):
        visits = [one for one in visits if one.id != news.debtor_id]
    elif news.kind is Happened.BLOCKED:
        there = {one.place_in(o) for one in visits if one.id == news.debtor_id for o in range(len(one.options))}
        seconds = np.array(seconds, dtype=float)
        for place in there:
            seconds[place, :] += 60.0 * float(news.minutes or 0)
            seconds[:, place] += 60.0 * float(news.minutes or 0)
            seconds[place, place] = 0.0
    elif news.kind is Happened.ALONE and len(set(own.crew.members) - {news.member}) < pack.crew_min.value:
        visits = []  # nobody goes to a door alone where the rules want two
    ids = {one.id for one in visits}
    locks = tuple(one for one in problem.locks if one.visit in ids and one.shift == shift.id)
    return replace(problem, visits=tuple(visits), shifts=(shift,), locks=locks, seconds=seconds)


def _whereabouts(own: OwnDay, problem: routing.Problem, news: News, now: int) -> tuple[int, int]:
    """Give at which place the crew stands and from when it is free: at the last door that was recorded."""
    shift, free = whole_shift(problem, own), max(now, whole_shift(problem, own).starts)
    place = shift.start_place
    if own.recorded:
        last = max(own.recorded, key=lambda one: own.recorded[one]["ended_at"])
        stop = next(one for one in own.route["stops"] if one["visit"] == last)
        place = next(one for one in problem.visits if one.id == last).place_in(stop["option"])
        free = max(free, own.seconds(own.recorded[last]["ended_at"].to_pydatetime()))
    if news.kind is Happened.LATE:
        free += 60 * (news.minutes or 0)
    return place, free


def _route(own: OwnDay, found: Mapping[str, Any] | None, *, free_at: int, home_s: float, begun: bool) -> dict[str, Any]:
    """Give the whole day's route: what was made, as it was made, and the rest."""
    done = [dict(one) for one in own.route["stops"] if one["visit"] in own.recorded]
    done.sort(key=lambda one: own.recorded[one["visit"]]["started_at"])
    if done:
        done[-1]["leaves"] = max(free_at, done[-1]["begins"])
    stops = list((found or {}).get("stops", ()))
    past = [one for one in own.route.get("breaks", []) if begun and one["begins"] < free_at]
    ahead = [one for one in (found or {}).get("breaks", ()) if one not in past]
    leaves = own.route["leaves_start"] if done else found["leaves_start"] if found and stops else free_at
    return {
        "shift": own.shift.shift_id,
        "leaves_start": leaves,
        "reaches_end": found["reaches_end"] if found and stops else round(free_at + (home_s if done else 0)),
        "stops": [*done, *stops],
        "breaks": [*past, *ahead] if stops else past,
    }


def _changes(own: OwnDay, route: Mapping[str, Any], problem: routing.Problem, news: News) -> Iterator[Change]:
    was = {one["visit"]: one["begins"] for one in own.route["stops"] if one["visit"] not in own.recorded}
    now = {one["visit"]: one["begins"] for one in route["stops"] if one["visit"] not in own.recorded}
    required = {one.id: one.required for one in problem.visits}
    for name, begins in was.items():
        if name not in now:
            why = news.kind.value if name == news.debtor_id or news.kind is Happened.ALONE else "no_time"
            yield Change(name, "dropped", own.moment(begins), None, required[name], why)
    for name, begins in now.items():
        if name not in was:
            yield Change(name, "added", None, own.moment(begins), required[name])
        elif abs(begins - was[name]) > RETIMED_S:
            yield Change(name, "retimed", own.moment(was[name]), own.moment(begins), required[name])


def _reordered(own: OwnDay, route: Mapping[str, Any]) -> bool:
    now = [one["visit"] for one in route["stops"] if one["visit"] in own.ahead]
    return now != [one for one in own.ahead if one in now]


def _standing(
    saved: SavedPlan, route: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], parameters: Parameters,
    at: datetime,
) -> Standing:  # fmt: skip
    told = board_route(saved, route, {}, known, parameters, at)
    back = told.back_at or told.route.returns_at
    return Standing(back, told.in_time, told.required_chance)


def _saved(
    own: OwnDay, principal: Principal, document: dict[str, Any], context: dict[str, Any],
    routes: list[dict[str, Any]], changes: tuple[Change, ...], news: News, at: datetime, source: str, estimated: bool,
) -> SavedPlan:  # fmt: skip
    """Give the plan of the day as it would be kept."""
    whole = own.saved.context
    told = {
        "shift": own.shift.shift_id,
        "at": at.isoformat(),
        **{key: value for key, value in asdict(news).items() if value not in ("", None)},
        "moved": sum(one.kind == "retimed" for one in changes),
        "added": [one.debtor_id for one in changes if one.kind == "added"],
        "dropped": [[one.debtor_id, one.required, one.why] for one in changes if one.kind == "dropped"],
    }
    empty: dict[str, Any] = {"one_more": {}, "lines": {}, "removed": [], "channels": {}, "load": {}, "verdicts": {}}
    kept = {key: copy.deepcopy(whole[key]) for key in ("currency", "days", "groups", "parameters")}
    return SavedPlan(
        plan_id="",
        branch=own.branch.code,
        week=own.saved.week,
        parent=own.saved.plan_id,
        created_at=at,
        created_by=principal.name,
        problem=document,
        plan={**own.saved.plan, "routes": routes, "left_out": [], "bound": None, "bound_is_valid": False,
              "bound_kind": None, "status": "feasible", "made_with": "planner day change"},
        context={**empty, **kept, **context, "roads_estimated": estimated, "far_from_streets": 0,
                 "unreachable_pairs": 0},
        metrics={"plan": {}, "baseline": {}, "routes": {}, "finish": {"certainty": None, "routes": {}}, "day": told},
        rule_pack=own.saved.rule_pack,
        road_source=source,
        seed=own.saved.seed,
    )  # fmt: skip
