"""One crew's day as the collectors see it on a phone: the stops in order, what is done, and the next one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pandas as pd

from planner.agency import sharing
from planner.domain import Branch, Principal
from planner.rules.pack import ClockTerms
from planner.store import Store
from planner.value.parameters import Parameters
from planner.view.board import BoardRoute, board_route
from planner.view.day_clocks import ClockEffect
from planner.view.day_facts import FactsReader, StopFacts, stop_facts
from planner.view.day_given_up import given_up
from planner.view.day_shifts import in_force, shift_now
from planner.view.pins import same_spot
from planner.view.recorded import counting_by_debtor, entries_of_day, own_by_debtor
from planner.view.week import RouteView, StopView, route_view


@dataclass(frozen=True)
class DayStop:
    """A stop with the contact card joined and the outcome, where one is recorded (``outcome_code`` else empty)."""

    number: int
    debtor_id: str
    place_id: str
    place_kind: str
    name: str
    address: str
    phone: str
    lon: float
    lat: float
    accuracy_m: float
    arrives_at: datetime
    begins_at: datetime
    leaves_at: datetime
    opens_at: datetime
    closes_at: datetime
    overdue_minor: int
    cases: tuple[str, ...]
    days_past_due: int
    bucket: str
    visit_group: str
    debtor_type: str
    group: str
    guaranteed: bool
    accommodations: tuple[tuple[str, str], ...]
    required: bool
    required_reason: str
    outcome_code: str
    #: by all entries of the stop that stand
    paid_minor: int
    #: the entry that stands, which a correction replaces; "" where nothing is recorded
    outcome_id: str = ""
    #: what was promised at the door for when, where something was
    promised_on: date | None = None
    promised_minor: int = 0
    #: what that entry says (``tables.OUTCOMES``, NaT where nothing), and how many stand beside each other; a note of
    #: another crew is not told to an agency
    entry: Mapping[str, Any] = field(default_factory=dict)
    #: the crew's own entry beside it, where that of another crew counts; empty elsewhere
    own_entry: Mapping[str, Any] = field(default_factory=dict)
    standing: int = 0
    #: every limitation period has passed by the day of the visit, perhaps since the plan was made
    expired: bool = False
    #: what evidence brought from the door would do to the limitation clocks, by its kind; empty where not told
    effects: Mapping[str, ClockEffect] = field(default_factory=dict)
    #: the shift it is a stop of, numbered within it, and the plan by which that shift works
    shift_id: str = ""
    plan_id: str = ""
    #: its position was last put right by a crew at a visit; the plan was made with the position as it is now
    pin_set: bool = False
    pin_planned: bool = True


@dataclass(frozen=True)
class DayView:
    """A crew's day. ``plan_id`` is empty and ``stops`` too where nothing is planned.

    A crew may have several shifts on a day: ``hours`` are those of each, ``stops`` those of all in order of time, as
    numbered within each shift, and ``line`` leads through all. The hours, the return and the chances are those of the
    shift that is under way, else of the next; of the last where all are over. ``plan_id`` is that of its plan.
    """

    branch: Branch
    crew_id: str
    crew_name: str
    members: tuple[str, ...]
    day: date
    published: bool
    plan_id: str
    starts_at: datetime | None
    ends_at: datetime | None
    returns_at: datetime | None
    depot: tuple[float, float]
    stops: tuple[DayStop, ...]
    breaks: tuple[tuple[datetime, datetime], ...]
    line: tuple[tuple[float, float], ...]
    colour: int
    roads_estimated: bool
    #: the chance that the crew is back by the end of its shift: as planned, or as it stands while the crew is out
    in_time: float | None = None
    #: that all required visits still ahead are made; None where none is, or nothing can be told
    required_chance: float | None = None
    #: chance and return are told from what is recorded until now
    live: bool = False
    #: how many stops ahead will likely not be reached; 0 where nothing can be told
    unreached: int = 0
    #: the crew is out and nothing has been recorded for so long that chance and return are not known
    silent: bool = False
    #: of each shift of the day, in order: from when to when it lasts, when it is back as planned, and its plan
    hours: tuple[tuple[datetime, datetime], ...] = ()
    returns: tuple[datetime, ...] = ()
    plan_ids: tuple[str, ...] = ()
    #: the stops that changes of the day left out, as last planned, each with why (``day_change``)
    given_up: tuple[tuple[DayStop, str], ...] = ()

    @property
    def done(self) -> int:
        """How many stops have an outcome."""
        return sum(1 for stop in self.stops if stop.outcome_code)

    @property
    def collected_minor(self) -> int:
        """What was paid at the doors of this day, in minor units."""
        return sum(stop.paid_minor for stop in self.stops)

    @property
    def next_stop(self) -> DayStop | None:
        """Give the first stop without an outcome."""
        return next((stop for stop in self.stops if not stop.outcome_code), None)


def day_view(
    store: Store,
    principal: Principal,
    crew_id: str,
    day: date,
    *,
    terms: Callable[[Branch], ClockTerms] | None = None,
    now: datetime | None = None,
    parameters: Parameters | None = None,
    doors_only: bool = False,
    facts: FactsReader = stop_facts,
) -> DayView:
    """Read a crew's day from the plan that its shift works by.

    ``terms`` gives a branch's terms of limitation; without it nobody is told that a period has passed. With ``now`` and
    ``parameters`` the chances of a crew that is out are those of what is left, as the board of the day tells them.
    With ``doors_only`` a stop is what the plan says of it, nothing of the record joined: enough to say where something
    belongs that comes from a phone, in a fifth of the time. ``facts`` reads what is known of the people at the stops;
    it may remember it.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not see the crew's branch.
    KeyError
        If no branch of the principal has such a crew, or a collector asks for another crew than his own.
    """
    if principal.crew is not None and principal.crew != crew_id:
        # His part of the plan holds nothing of theirs; an empty day would say that they are idle.
        raise KeyError(crew_id)
    branch, crew = find_crew(store, principal, crew_id)
    people = store.collectors(principal, branch.code)
    members = {one.collector_id: one.name for one in people}
    # A contract that has ended since the plan was made lets its crew see the minimum.
    contracts = [one for one in store.agencies(principal, branch.code) if one.in_force(day)]
    fields = sharing(crew, people, contracts)
    names = tuple(members.get(member, member) for member in crew.members)
    shifts = [one for one in store.shifts_worked(principal, branch.code, day, day) if one.crew_id == crew_id]
    current, parts = in_force(store, principal, branch, crew_id, day, shifts)
    begin = shifts[shift_now([(one.starts, one.ends) for one in shifts], now)] if shifts else None
    if not parts:
        return DayView(
            branch=branch,
            crew_id=crew_id,
            crew_name=crew.name,
            members=names,
            day=day,
            published=current is not None,
            plan_id="",
            starts_at=begin.starts if begin else None,
            ends_at=begin.ends if begin else None,
            returns_at=None,
            depot=crew.start,
            stops=(),
            breaks=(),
            line=(),
            colour=0,
            roads_estimated=False,
            hours=tuple((one.starts, one.ends) for one in shifts),
        )
    of_shift = [(saved, found, route_view(saved, found, {})) for saved, found in parts]
    of_shift.sort(key=lambda one: one[2].shift_starts_at)
    routes = [route for _, _, route in of_shift]
    plans = () if doors_only else {one.plan_id for one, _, _ in of_shift}
    entries = {one: entries_of_day(store, principal, branch, day, plan_id=one) for one in plans}
    known = {one: counting_by_debtor(table) for one, table in entries.items()}
    own = {one: own_by_debtor(table, crew_id) for one, table in entries.items()}
    stops: list[DayStop] = []
    gone: list[tuple[DayStop, str]] = []
    for saved, _, route in of_shift:
        if doors_only:
            stops += [door_of(one, saved.plan_id) for one in route.stops]
            continue
        here = {one.debtor_id for one in route.stops} | set(known[saved.plan_id])
        left = given_up(saved, route.shift_id, lambda plan_id: store.plan(principal, plan_id), here)
        doors = (*route.stops, *(one for one, _why in left))
        told = facts(
            store,
            principal,
            branch,
            doors,
            day,
            terms=None if terms is None else terms(branch),
            agency=fields is not None,
        )
        joined = day_stops(
            doors, told, plan_id=saved.plan_id, recorded=known[saved.plan_id], own=own[saved.plan_id], fields=fields
        )
        stops += joined[: len(route.stops)]
        gone += zip(joined[len(route.stops) :], (why for _stop, why in left), strict=True)
    hours = tuple((one.shift_starts_at, one.shift_ends_at) for one in routes)
    saved, found, route = of_shift[shift_now(hours, now)]
    going = None
    if now is not None and parameters is not None and route.leaves_at is not None and not doors_only:
        going = board_route(saved, found, {}, known[saved.plan_id], parameters, now)
    return DayView(
        branch=branch,
        crew_id=crew_id,
        crew_name=crew.name,
        members=names,
        day=day,
        published=True,
        plan_id=saved.plan_id,
        starts_at=route.shift_starts_at,
        ends_at=route.shift_ends_at,
        depot=route.depot,
        stops=tuple(sorted(stops, key=lambda stop: stop.begins_at)),
        breaks=tuple(sorted(pause for one in routes for pause in one.breaks)),
        line=tuple(point for one in routes for point in one.line),
        colour=route.colour,
        roads_estimated=any(bool(one.context["roads_estimated"]) for one, _, _ in of_shift),
        hours=hours,
        returns=tuple(one.returns_at for one in routes if one.returns_at is not None),
        plan_ids=tuple(one.plan_id for one, _, _ in of_shift),
        given_up=tuple(gone),
        **expected(route, going, out=route.leaves_at is not None and now is not None and now >= route.leaves_at),
    )


def door_of(stop: StopView, plan_id: str) -> DayStop:
    """Give a stop as the plan has it, with nothing of the record."""
    return DayStop(
        number=stop.number,
        debtor_id=stop.debtor_id,
        place_id=stop.place_id,
        place_kind=stop.place_kind,
        name="",
        address="",
        phone="",
        lon=stop.lon,
        lat=stop.lat,
        accuracy_m=math.nan,
        arrives_at=stop.arrives_at,
        begins_at=stop.begins_at,
        leaves_at=stop.leaves_at,
        opens_at=stop.opens_at,
        closes_at=stop.closes_at,
        overdue_minor=stop.overdue_minor,
        cases=(),
        days_past_due=0,
        bucket="",
        visit_group=stop.visit_group,
        debtor_type="",
        group="",
        guaranteed=False,
        accommodations=(),
        required=stop.required,
        required_reason=stop.required_reason,
        outcome_code="",
        paid_minor=0,
        shift_id=stop.shift_id,
        plan_id=plan_id,
    )


def expected(route: RouteView, going: BoardRoute | None, *, out: bool = True) -> dict[str, Any]:
    """Give when the crew is back and the chances, of what is left; as planned where no moment is given or all is over.

    A crew that has not left yet is told the same, drawn in the same way: the sheet on which it changes its day
    (``day_change``) stands beside it, and two figures of one moment would be two truths.
    """
    if going is not None and going.in_time is not None:
        told = {"returns_at": going.back_at, "in_time": going.in_time, "required_chance": going.required_chance}
        live = out or going.newest_at is not None
        return told | {"live": live, "unreached": round(going.unreached or 0.0)}
    if going is not None and going.silent:
        # What the plan foretold is no longer so, and what is so nobody knows.
        return {"returns_at": route.returns_at, "silent": True}
    return {"returns_at": route.returns_at, "in_time": route.finish.in_time if route.finish else None}


def find_crew(store: Store, principal: Principal, crew_id: str) -> tuple[Branch, Any]:
    """Find a crew among the principal's branches."""
    for branch in store.branches(principal):
        for crew in store.crews(principal, branch.code):
            if crew.crew_id == crew_id:
                return branch, crew
    raise KeyError(f"no crew {crew_id!r} here")


def day_stops(
    stops: tuple[StopView, ...],
    facts: StopFacts,
    *,
    plan_id: str,
    recorded: Mapping[str, Mapping[str, Any]],
    own: Mapping[str, Mapping[str, Any]],
    fields: frozenset[str] | None = None,
) -> tuple[DayStop, ...]:
    """Join the stops of a day with what is known of them, and with what was ``recorded`` of it, the crew's ``own`` too.

    ``fields`` are those an agency's crew may see: what its contract does not allow is taken away before anything is
    made of it, so that neither the approach nor the papers to bring can tell of it. None: the bank's own see all.
    That a limitation period has passed is told to both: nobody may be misled about it.
    """
    rows = []
    for stop in stops:
        place = facts.places.get(stop.place_id, {})
        debtor, card = facts.debtors.get(stop.debtor_id, {}), facts.cards.get(stop.debtor_id, {})
        guaranteed = stop.debtor_id in facts.bound
        bucket, late = stop.bucket, facts.late_by.get(stop.debtor_id, 0)
        if fields is not None:
            debtor = {}  # no type after review and no group ever leaves the bank
            card = card if "phone" in fields else {**card, "phone": ""}
            guaranteed = guaranteed and "guarantee" in fields
            bucket, late = bucket if "bucket" in fields else "", late if "days_past_due" in fields else 0
        outcome = recorded.get(stop.debtor_id, {})
        # A pin that was corrected since the plan was made is where the crew goes.
        pin = known_or(place.get("lon"), stop.lon), known_or(place.get("lat"), stop.lat)
        promised = outcome.get("promised_on")
        theirs = fields is not None and outcome.get("crew_id", stop.crew_id) != stop.crew_id
        rows.append(
            DayStop(
                number=stop.number,
                debtor_id=stop.debtor_id,
                place_id=stop.place_id,
                place_kind=stop.place_kind,
                name=str(card.get("name", "")),
                address=str(facts.addresses.get(stop.place_id, {}).get("address", "")),
                phone=str(card.get("phone", "")),
                lon=pin[0],
                lat=pin[1],
                accuracy_m=float(place.get("accuracy_m", float("nan"))),
                arrives_at=stop.arrives_at,
                begins_at=stop.begins_at,
                leaves_at=stop.leaves_at,
                opens_at=stop.opens_at,
                closes_at=stop.closes_at,
                overdue_minor=stop.overdue_minor,
                cases=facts.cases.get(stop.debtor_id, ()),
                days_past_due=late,
                bucket=bucket,
                visit_group=stop.visit_group,
                debtor_type=str(debtor.get("debtor_type", "unreviewed")),
                group=str(debtor.get("group", "")),
                guaranteed=guaranteed,
                accommodations=facts.wished.get(stop.debtor_id, ()),
                required=stop.required,
                required_reason=stop.required_reason,
                outcome_code=str(outcome.get("code", "")),
                paid_minor=int(outcome.get("together_minor", 0)),
                entry={**outcome, "note": ""} if theirs else outcome,
                own_entry={} if outcome.get("crew_id", stop.crew_id) == stop.crew_id else own.get(stop.debtor_id, {}),
                standing=int(outcome.get("standing", 0)),
                outcome_id=str(outcome.get("outcome_id", "")),
                promised_on=None if promised is None or pd.isna(promised) else pd.Timestamp(promised).date(),
                promised_minor=int(outcome.get("promised_minor", 0)),
                expired=stop.debtor_id in facts.over,
                effects=facts.effects.get(stop.debtor_id, {}),
                shift_id=stop.shift_id,
                plan_id=plan_id,
                pin_set=stop.place_id in facts.corrected,
                pin_planned=same_spot(pin, (stop.lon, stop.lat)),
            )
        )
    return tuple(rows)


def known_or(value: float | None, otherwise: float) -> float:
    """Give a number, or another one where it is not known."""
    return otherwise if value is None or not math.isfinite(value) else float(value)
