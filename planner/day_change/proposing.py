"""Plans the rest of one crew's day again, and says what would be different. Nothing is kept of it."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from geodata.roads import RoadEngine
from planner import routing
from planner.answer import spent
from planner.day_change.made import day_saved, route_made
from planner.day_change.news import CannotChange, Happened, News, Way, Why
from planner.day_change.own import OwnDay
from planner.day_change.prepared import Prepared, prepare, whole_shift
from planner.domain import Principal
from planner.routing.replan import RETIMED_S, Replanned, replan
from planner.rules.pack import RulePack
from planner.store import SavedPlan, Store
from planner.value.parameters import Parameters
from planner.view.board import board_route
from planner.view.rest_drawn import finish_told

#: steps of the search for one crew's rest of day: well under a second
STEPS = 1_500
#: another order is suggested for its uplift alone if it brings this share more (engineering choice)
WORTH_MORE = 0.05
#: a door that opens later than this after the crew has come to it is no next stop
LONGEST_WAIT_S = 1_800
#: below these a difference is not worth a word: seconds on the road, and a currency unit's minor units
LEAST_S, LEAST_MINOR = 60, 100


@dataclass(frozen=True)
class Change:
    """A stop that would be made otherwise: at another time, not at all, or new.

    ``why`` is of those not made: what happened, "window" where its time is over by then (``closes``), else "no_time".
    ``moved`` says that it is made before or after others than before.
    """

    debtor_id: str
    kind: str  # retimed, added, dropped, moved
    begins_before: datetime | None
    begins: datetime | None
    required: bool
    why: str = ""
    moved: bool = False
    closes: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """How the day stands: the return, the chance that it ends with the shift, and that required visits are made.

    ``value_minor`` is the uplift of what is still ahead, ``travel_s`` the drive for it from where the crew is,
    ``unreached`` how many of its stops will not be made, in the mean.
    """

    back_at: datetime | None
    in_time: float | None
    required_chance: float | None
    value_minor: float = 0.0
    travel_s: float = 0.0
    unreached: float = 0.0


@dataclass(frozen=True, eq=False)
class Proposal:
    """The rest of a day as it could be. ``saved`` is the plan to be taken, still without its line and its id.

    ``shifts`` are those that would work by it, the changed one first; ``order`` says whether stops change places.
    """

    news: News
    way: Way
    at: datetime
    shifts: tuple[str, ...]
    changes: tuple[Change, ...]
    before: Standing
    after: Standing
    saved: SavedPlan
    locks_given_up: tuple[str, ...] = ()

    @property
    def order(self) -> bool:
        """Whether stops change places."""
        return any(one.moved for one in self.changes)

    @property
    def digest(self) -> str:
        """Name exactly this rest of the day."""
        stops = [[stop["visit"], stop["begins"]] for one in self.saved.plan["routes"] for stop in one["stops"]]
        return hashlib.sha256(json.dumps([self.saved.parent, stops]).encode()).hexdigest()[:16]

    @property
    def at_risk(self) -> tuple[Change, ...]:
        """The required visits that would not be made."""
        return tuple(one for one in self.changes if one.required and one.kind == "dropped")

    @property
    def lost(self) -> tuple[Change, ...]:
        """The visits for which no time is left; not those that the news itself takes away."""
        return tuple(one for one in self.changes if one.why in ("no_time", "window"))


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
    way: Way = Way.BEST,
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
    prepared = prepare(store, principal, own, news, roads, pack, at=at, pinned=pinned)
    return proposed(prepared, principal, parameters, way)


def proposals(
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
) -> tuple[Proposal, ...]:
    """Give the ways in which the rest can go on (``propose``): in the same order first, and the best where it differs.

    Somebody who is called in has no place in the order yet: where it fits best comes first then, and as the very next
    stop where that is possible and not the same.
    """
    prepared = prepare(store, principal, own, news, roads, pack, at=at, pinned=pinned)
    best = proposed(prepared, principal, parameters, Way.BEST)
    if news.kind is Happened.URGENT:
        try:
            soon = proposed(prepared, principal, parameters, Way.NEXT)
        except CannotChange:
            return (best,)
        return (best,) if soon.digest == best.digest else (best, soon)
    same = proposed(prepared, principal, parameters, Way.SAME)
    return (same, best) if better(best, same) else (same,)


def better(best: Proposal, same: Proposal) -> bool:
    """Say whether another plan is worth a look: more who are visited, more uplift, or less of the road.

    As many visits that bring less are worth none, however short the road: the road counts where they bring the same.
    """
    if best.digest == same.digest:
        return False
    kept, before = ((len(one.at_risk), len(one.lost)) for one in (best, same))
    gain = best.after.value_minor - same.after.value_minor
    if kept != before:
        return kept < before or gain >= LEAST_MINOR
    return gain >= LEAST_MINOR or (gain > -LEAST_MINOR and same.after.travel_s - best.after.travel_s >= LEAST_S)


def preset(ways: Sequence[Proposal]) -> Way:
    """Give the way that is suggested: the same order, unless another keeps more of the day.

    More who must be visited, more visits, or (``WORTH_MORE``) visits that bring clearly more; people know the order.
    """
    same = ways[0]

    def kept(one: Proposal) -> tuple[int, int]:
        return len(one.at_risk), len(one.lost)

    def more(one: Proposal) -> bool:
        gain = one.after.value_minor - same.after.value_minor
        return kept(one) < kept(same) or (kept(one) == kept(same) and gain > WORTH_MORE * same.after.value_minor)

    return same.way if not same.lost else next((one.way for one in ways[1:] if more(one)), same.way)


def proposed(prepared: Prepared, principal: Principal, parameters: Parameters, way: Way) -> Proposal:
    """Plan the rest in one of the ways."""
    own, news, at, problem = prepared.own, prepared.news, prepared.at, prepared.problem
    shift_id, same = own.shift.shift_id, way is Way.SAME
    if way is Way.NEXT:
        made = _at_once(prepared)
    else:
        made = replan(problem, prepared.plan, prepared.moment, steps=STEPS, same_order=same)
    if made.breaks_given_up.get(shift_id):
        # Where a break has no room any more, no visit takes its place: the crew rests, and goes home.
        made = replan(replace(problem, visits=(), locks=()), prepared.plan, prepared.moment, steps=STEPS)
    found = {one["shift"]: one for one in routing.plan_to_dict(made.plan)["routes"]}.get(shift_id)
    if news.kind is Happened.URGENT and news.debtor_id not in {s["visit"] for s in (found or {}).get("stops", ())}:
        raise CannotChange(Why.NO_ROOM)
    route = route_made(prepared, found)
    routes = [route]
    later = prepared.later
    if later is not None:
        routes.append({**later, "stops": [one for one in later["stops"] if one["visit"] != news.debtor_id]})
    changes = tuple(_changes(prepared, route, same=same))
    told = [[one.debtor_id, one.required, one.why] for one in changes if one.kind == "dropped"]
    saved = day_saved(
        prepared, principal, routes, told, [one.debtor_id for one in changes if one.kind == "added"],
        sum(one.kind in ("retimed", "moved") for one in changes),
    )  # fmt: skip
    # How likely the changed day ends with its shift is kept with it, as the week's plan keeps it of a planned one.
    for one in routes:
        risk = finish_told(saved, one, own.recorded if one is route else {}, parameters, at)
        if risk is not None:
            saved.metrics["finish"]["routes"][one["shift"]] = risk
    used = routing.efficiency(prepared.whole, routing.plan_from_dict(saved.plan)).routes  # for the day's papers
    saved.metrics["routes"] = {one["shift"]: spent(used[one["shift"]]) for one in routes}
    return Proposal(
        news=news,
        way=way,
        at=at,
        shifts=tuple(one["shift"] for one in routes),
        changes=changes,
        before=_standing(own.saved, own.route, prepared, parameters),
        after=_standing(saved, route, prepared, parameters),
        saved=saved,
        locks_given_up=tuple(one.visit for one in made.given_up),
    )


def _at_once(prepared: Prepared) -> Replanned:
    """Plan the rest with who is called in before all others, in the option that leaves out the fewest.

    Raises
    ------
    CannotChange
        If no option is open when the crew would be there, or soon after.
    """
    plan, news, shift_id = prepared.plan, prepared.news, prepared.own.shift.shift_id
    route = next(one for one in plan.routes if one.shift == shift_id)
    visit = next(one for one in prepared.problem.visits if one.id == news.debtor_id)
    tried = []
    for option in range(len(visit.options)):
        stop = routing.Stop(news.debtor_id, option, prepared.free_at, prepared.free_at, prepared.free_at)
        routes = tuple(replace(one, stops=(stop, *route.stops)) if one is route else one for one in plan.routes)
        made = replan(prepared.problem, replace(plan, routes=routes), prepared.moment, steps=STEPS, same_order=True)
        ahead = next((one.stops for one in made.plan.routes if one.shift == shift_id), ())
        if ahead and ahead[0].visit == news.debtor_id and ahead[0].begins - ahead[0].arrives <= LONGEST_WAIT_S:
            tried.append((-len(ahead), ahead[-1].leaves, option, made))
    if not tried:
        raise CannotChange(Why.NO_ROOM)
    return min(tried, key=lambda one: one[:3])[3]


def _changes(prepared: Prepared, route: Mapping[str, Any], *, same: bool) -> Iterator[Change]:
    own, news = prepared.own, prepared.news
    was = {one["visit"]: one["begins"] for one in own.route["stops"] if one["visit"] not in own.recorded}
    now = {one["visit"]: one["begins"] for one in route["stops"] if one["visit"] not in own.recorded}
    required = {one.id: one.required for one in prepared.whole.visits}
    elsewhere = out_of_order([name for name in was if name in now], list(now))
    for name, begins in was.items():
        if name not in now:
            closes = _closed_by_then(prepared, route, name) if same else None
            why = "no_time" if closes is None else "window"
            if name == news.debtor_id or news.kind is Happened.ALONE:
                why, closes = news.kind.value, None
            then = None if closes is None else own.moment(closes)
            yield Change(name, "dropped", own.moment(begins), None, required[name], why, closes=then)
    for name, begins in now.items():
        if name not in was:
            yield Change(name, "added", None, own.moment(begins), required[name])
        elif name in elsewhere or abs(begins - was[name]) > RETIMED_S:
            kind = "moved" if name in elsewhere else "retimed"
            before, then = own.moment(was[name]), own.moment(begins)
            yield Change(name, kind, before, then, required[name], moved=name in elsewhere)


def out_of_order(before: Sequence[str], now: Sequence[str]) -> frozenset[str]:
    """Give the fewest stops that have to change places, so that the others stand in the order of before.

    >>> sorted(out_of_order(["a", "b", "c", "d"], ["a", "c", "d", "new", "b"]))
    ['b']
    """
    at = {name: k for k, name in enumerate(before)}
    ends: list[int] = []  # the least position at which a row of that length ends
    chain: dict[int, list[int]] = {}
    for position in [at[name] for name in now if name in at]:
        k = bisect_left(ends, position)
        ends[k : k + 1] = [position]
        chain[k] = [*chain.get(k - 1, []), position]
    longest = set(chain[len(ends) - 1]) if ends else set()
    return frozenset(name for name in before if at[name] not in longest)


def _closed_by_then(prepared: Prepared, route: Mapping[str, Any], debtor_id: str) -> int | None:
    """Give until when a visit may begin today, if the crew would come later than that at its place in the order."""
    own, problem = prepared.own, prepared.problem
    order = [one["visit"] for one in own.route["stops"]]
    visit = next((one for one in problem.visits if one.id == debtor_id), None)
    if visit is None:
        return None
    place, free = prepared.place, prepared.free_at
    before = [
        one for one in route["stops"]
        if one["visit"] not in own.recorded and order.index(one["visit"]) < order.index(debtor_id)
    ]  # fmt: skip
    if before:
        last = next(one for one in problem.visits if one.id == before[-1]["visit"])
        place, free = last.place_in(before[-1]["option"]), before[-1]["leaves"]
    ends = whole_shift(prepared.whole, own).ends
    today = [(one.closes, visit.place_in(k)) for k, one in enumerate(visit.options) if one.opens < ends]
    if any(free + float(problem.seconds[place, there]) <= closes for closes, there in today):
        return None
    return max((closes for closes, _there in today), default=None)


def _standing(saved: SavedPlan, route: Mapping[str, Any], prepared: Prepared, parameters: Parameters) -> Standing:
    # What is recorded, and no more: the page of the day tells the same of the same moment, before and after.
    # A crew that says how long it cannot go on is that late either way, whether it plans again or not.
    free_at = prepared.own.moment(prepared.free_at) if prepared.news.kind is Happened.LATE else None
    told = board_route(saved, route, {}, prepared.own.recorded, parameters, prepared.at, heard=True, free_at=free_at)
    back = told.back_at or told.route.returns_at or prepared.own.moment(route["reaches_end"])  # nobody is left to see
    in_time = told.in_time
    if in_time is None and told.route.finish is not None:  # nothing is ahead, or the shift has not begun
        in_time = told.route.finish.in_time
    value, travel = _worth(route, prepared)
    return Standing(back, in_time, told.required_chance, value, travel, told.unreached or 0.0)


def _worth(route: Mapping[str, Any], prepared: Prepared) -> tuple[float, float]:
    """Give the uplift of what is ahead by a route, and the drive for it from where the crew is, as roads are now."""
    problem, own = prepared.problem, prepared.own
    visits = {one.id: one for one in (*prepared.whole.visits, *problem.visits)}
    stops = [one for one in route["stops"] if one["visit"] not in own.recorded]
    if not stops:
        return 0.0, prepared.home_s if own.recorded else 0.0
    end = next(one for one in problem.shifts if one.id == own.shift.shift_id).end_place
    places = [prepared.place, *(visits[one["visit"]].place_in(one["option"]) for one in stops), end]
    travel = sum(float(problem.seconds[a, b]) for a, b in pairwise(places))
    # A problem's values are in the currency's main unit, as in `planner.ask`.
    return 100 * sum(visits[one["visit"]].options[one["option"]].value for one in stops), travel
