"""What a change of the day starts from: the problem with what happened in it, and where the crew stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from geodata.roads import RoadEngine
from planner import routing
from planner.day_change.breaks import breaks_had
from planner.day_change.news import BEFOREHAND, CannotChange, Happened, News, Why
from planner.day_change.own import OwnDay, later_routes, small
from planner.desk.crews import skills_without
from planner.domain import Principal, Role
from planner.routing.rest import Moment, Whereabouts
from planner.rules.pack import RulePack
from planner.store import SavedPlan, Store
from planner.view.day_news import said_free


@dataclass(frozen=True, eq=False)
class Prepared:
    """A crew's day before its rest is planned again.

    ``problem`` holds the crew's shift with what happened in it, ``whole`` all that ``document`` and ``context`` name;
    ``later`` is the route from which somebody is called, ``at`` the moment, and the crew is free at ``place`` from
    ``free_at`` on, with ``taken`` breaks behind it.
    """

    own: OwnDay
    news: News
    at: datetime
    document: dict[str, Any]
    context: dict[str, Any]
    whole: routing.Problem
    problem: routing.Problem
    plan: routing.Plan
    moment: Moment
    place: int
    free_at: int
    taken: int
    later: Mapping[str, Any] | None
    source: str
    estimated: bool

    @property
    def home_s(self) -> float:
        """The drive home from where the crew stands."""
        return float(self.whole.seconds[self.place, whole_shift(self.whole, self.own).end_place])


def prepare(
    store: Store, principal: Principal, own: OwnDay, news: News, roads: RoadEngine, pack: RulePack, *, at: datetime,
    pinned: Collection[str],
) -> Prepared:  # fmt: skip
    """Read what the rest of a day is planned from.

    Raises
    ------
    CannotChange
        If the day is over or still to come, the stop is none that is ahead, or a skill is missing.
    geodata.roads.RoadFailure
        If the roads do not answer.
    """
    now = own.seconds(at)
    shift = next(one for one in own.saved.problem["shifts"] if one["id"] == own.shift.shift_id)
    if now >= shift["ends"]:
        raise CannotChange(Why.OVER)
    if own.shift.day > at.astimezone(ZoneInfo(own.branch.timezone)).date() and news.kind not in BEFOREHAND:
        raise CannotChange(Why.NOT_YET)
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
    taken, rests_until = breaks_had(own, whole, now) if begun else (0, now)
    free_at = max(free_at, rests_until)  # nobody is called out of a break
    if begun or news.kind is Happened.LATE or free_at > max(now, whole_shift(whole, own).starts):
        crews = {own.crew.crew_id: Whereabouts(place, free_at, taken)}
    plan = routing.plan_from_dict({**own.saved.plan, "routes": [dict(own.route)], "left_out": []})
    moment = Moment(now, frozenset(own.recorded), crews, frozenset(pinned) & set(own.ahead))
    return Prepared(
        own, news, at, document, context, whole, problem, plan, moment, place, free_at, taken, later, times.source,
        times.estimated,
    )  # fmt: skip


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
    doors = [one["started_at"].to_pydatetime() for one in own.recorded.values()]
    said = said_free(own.saved, own.shift.shift_id, max(doors, default=None))
    return place, free if said is None else max(free, own.seconds(said))
