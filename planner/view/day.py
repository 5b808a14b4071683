"""One crew's day as the collectors see it on a phone: the stops in order, what is done, and the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from planner.agency import sharing
from planner.domain import Branch, ClockKind, Principal
from planner.rules.pack import ClockTerms
from planner.store import Store
from planner.value.clocks import clocks
from planner.value.early import overdue_only
from planner.view.week import StopView, week_view
from planner.week import iso_week

#: how long before its day something may be recorded of a stop
EARLY = timedelta(days=30)


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
    paid_minor: int
    #: every limitation period has passed by the day of the visit, perhaps since the plan was made
    expired: bool = False


@dataclass(frozen=True)
class DayView:
    """A crew's day. ``plan_id`` is empty and ``stops`` too where nothing is planned."""

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
    in_time: float | None = None  # the chance that the crew is back by the end of its shift, as planned

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
) -> DayView:
    """Read a crew's day from the published plan of its week.

    ``terms`` gives a branch's terms of limitation; without it nobody is told that a period has passed.

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
    shift = next((s for s in store.shifts(principal, branch.code, day, day) if s.crew_id == crew_id), None)
    current = store.published(principal, branch.code, iso_week(day), shift=shift.shift_id if shift else None)
    week = week_view(store, principal, current.plan_id) if current else None
    route = next((r for r in week.routes if r.crew_id == crew_id and r.day == day), None) if week else None
    if week is None or route is None:
        return DayView(
            branch=branch,
            crew_id=crew_id,
            crew_name=crew.name,
            members=names,
            day=day,
            published=week is not None,
            plan_id="",
            starts_at=shift.starts if shift else None,
            ends_at=shift.ends if shift else None,
            returns_at=None,
            depot=crew.start,
            stops=(),
            breaks=(),
            line=(),
            colour=0,
            roads_estimated=False,
        )
    return DayView(
        branch=branch,
        crew_id=crew_id,
        crew_name=crew.name,
        members=names,
        day=day,
        published=True,
        plan_id=week.plan_id,
        starts_at=route.shift_starts_at,
        ends_at=route.shift_ends_at,
        returns_at=route.returns_at,
        depot=route.depot,
        stops=day_stops(
            store,
            principal,
            branch,
            route.stops,
            day,
            plan_id=week.plan_id,
            fields=fields,
            terms=None if terms is None else terms(branch),
        ),
        breaks=route.breaks,
        line=route.line,
        colour=route.colour,
        roads_estimated=week.roads_estimated,
        in_time=route.finish.in_time if route.finish else None,
    )


def find_crew(store: Store, principal: Principal, crew_id: str) -> tuple[Branch, Any]:
    """Find a crew among the principal's branches."""
    for branch in store.branches(principal):
        for crew in store.crews(principal, branch.code):
            if crew.crew_id == crew_id:
                return branch, crew
    raise KeyError(f"no crew {crew_id!r} here")


def day_stops(
    store: Store,
    principal: Principal,
    branch: Branch,
    stops: tuple[StopView, ...],
    day: date,
    *,
    plan_id: str,
    fields: frozenset[str] | None = None,
    terms: ClockTerms | None = None,
) -> tuple[DayStop, ...]:
    """Join the stops of a day with contact cards, survey, accommodations and what was recorded of it.

    ``fields`` are those an agency's crew may see: what its contract does not allow is taken away before anything is
    made of it, so that neither the approach nor the papers to bring can tell of it. None: the bank's own see all.
    That a limitation period has passed is told to both: nobody may be misled about it.
    """
    wanted = [stop.debtor_id for stop in stops]
    # The week is named, else a collector would lose this one when two later ones are published.
    code, week = branch.code, iso_week(day)
    cards = by_key(store.contacts(principal, code, week=week), "debtor_id", wanted)
    addresses = by_key(store.addresses(principal, code, week=week), "place_id", [stop.place_id for stop in stops])
    places = by_key(store.places(principal, code, week=week), "place_id", [stop.place_id for stop in stops])
    debtors = by_key(store.debtors(principal, code, week=week, on=day), "debtor_id", wanted)
    accounts = store.accounts(principal, code, week=week)
    accounts = overdue_only(accounts[accounts["debtor_id"].isin(wanted)])
    wishes = store.accommodations(principal, code, week=week)
    wishes = wishes[~(wishes["set_on"] > pd.Timestamp(day)) & ~(wishes["expires_on"] < pd.Timestamp(day))]
    recorded = outcomes_of_day(store, principal, branch, day, plan_id=plan_id)
    over = frozenset[str]() if terms is None else all_passed(accounts, terms, day)
    rows = []
    for stop in stops:
        mine = accounts[accounts["debtor_id"] == stop.debtor_id]
        debtor, card = debtors.get(stop.debtor_id, {}), cards.get(stop.debtor_id, {})
        guaranteed = bool(mine["guarantee_kind"].isin(["ordinary", "joint"]).any())
        bucket, late = stop.bucket, days_late(mine, day)
        if fields is not None:
            debtor = {}  # no type after review and no group ever leaves the bank
            card = card if "phone" in fields else {**card, "phone": ""}
            guaranteed = guaranteed and "guarantee" in fields
            bucket, late = bucket if "bucket" in fields else "", late if "days_past_due" in fields else 0
        mine_wishes = wishes[wishes["debtor_id"] == stop.debtor_id]
        outcome = recorded.get(stop.debtor_id, {})
        rows.append(
            DayStop(
                number=stop.number,
                debtor_id=stop.debtor_id,
                place_id=stop.place_id,
                place_kind=stop.place_kind,
                name=str(card.get("name", "")),
                address=str(addresses.get(stop.place_id, {}).get("address", "")),
                phone=str(card.get("phone", "")),
                lon=stop.lon,
                lat=stop.lat,
                accuracy_m=float(places.get(stop.place_id, {}).get("accuracy_m", float("nan"))),
                arrives_at=stop.arrives_at,
                begins_at=stop.begins_at,
                leaves_at=stop.leaves_at,
                opens_at=stop.opens_at,
                closes_at=stop.closes_at,
                overdue_minor=stop.overdue_minor,
                cases=tuple(mine["case_id"]),
                days_past_due=late,
                bucket=bucket,
                visit_group=stop.visit_group,
                debtor_type=str(debtor.get("debtor_type", "unreviewed")),
                group=str(debtor.get("group", "")),
                guaranteed=guaranteed,
                accommodations=tuple(zip(mine_wishes["kind"], mine_wishes["value"], strict=True)),
                required=stop.required,
                required_reason=stop.required_reason,
                outcome_code=str(outcome.get("code", "")),
                paid_minor=int(outcome.get("paid_minor", 0)),
                expired=stop.debtor_id in over,
            )
        )
    return tuple(rows)


def all_passed(accounts: pd.DataFrame, terms: ClockTerms, day: date) -> frozenset[str]:
    """Give the debtors of whose overdue accounts every limitation period has passed on a day."""
    ticking = clocks(accounts, terms, today=day)
    limits = ticking[ticking["kind"] == ClockKind.LIMITATION]
    gone = limits["state"].eq("expired").groupby(limits["debtor_id"]).all()
    return frozenset(str(one) for one in gone.index[gone])


def days_late(accounts: pd.DataFrame, day: date) -> int:
    """Give the largest days past due, advanced from the list's own day to this one, as the survey does."""
    later = (pd.Timestamp(day) - accounts["as_of_on"]).dt.days.fillna(0).clip(lower=0)
    return int((accounts["days_past_due"] + later).max()) if len(accounts) else 0


def by_key(table: pd.DataFrame, key: str, wanted: list[str]) -> dict[str, Mapping[str, Any]]:
    """Give the wanted rows of a table by their key."""
    rows = table[table[key].isin(wanted)]
    return {str(row[key]): dict(zip(rows.columns, row.values(), strict=True)) for row in rows.to_dict("records")}


def outcomes_of_day(
    store: Store, principal: Principal, branch: Branch, day: date, *, plan_id: str
) -> dict[str, Mapping[str, Any]]:
    """Give the latest outcome of each debtor on a day or for its plan, corrections applied.

    A plan has one stop for a debtor, so an outcome that names the plan is of this stop, whenever it was entered: else a
    stop that is written down on the next morning would stay open, and be written down twice.
    """
    zone = ZoneInfo(branch.timezone)
    begins = datetime.combine(day, time.min, zone).astimezone(UTC)
    table = store.outcomes(principal, branch.code, since=begins - EARLY, week=iso_week(day))
    that_day = (table["started_at"] >= begins) & (table["started_at"] < begins + timedelta(days=1))
    table = table[that_day | (table["plan_id"] == plan_id)]
    table = table[~table["outcome_id"].isin(table["replaces"])].sort_values("recorded_at")
    return by_key(table, "debtor_id", list(table["debtor_id"]))
