"""How it stands with the crews that are out: what they said and recorded beside the plan they work by.

Where a crew was last is told by the plan and what was recorded, never by a position: there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from planner.domain import Branch, Crew, Principal, Shift
from planner.safety import Alert, Entry, Outcome, SafetyTerms, Watch, Way, WayStop, read_entries, watch
from planner.store import SavedPlan, Store
from planner.view.day_read import DayRead
from planner.view.recorded import entries_of_day
from planner.week import iso_week

#: an open alert stands on the board of any day for so long
ALERTS_FOR = timedelta(days=1)
Route = tuple[SavedPlan, Mapping[str, Any]]


@dataclass(frozen=True)
class CrewSafety:
    """A crew on a day. ``last_stop`` is the stop behind it as planned, None where it has made none."""

    crew: Crew
    starts_at: datetime | None
    ends_at: datetime | None
    watch: Watch
    last_stop: WayStop | None


def safety_of(
    store: Store, principal: Principal, read: DayRead, terms: SafetyTerms, *, now: datetime
) -> tuple[CrewSafety, ...]:
    """Give every crew that has a shift on a day that was read, or said something, in the order of their ids."""
    entries = read_entries(store.safety_entries(principal, read.branch.code, read.day, read.day))
    routes: dict[str, list[Route]] = {}
    crew_of = {one.shift_id: one.crew_id for one in read.shifts}
    for one in read.routes:
        routes.setdefault(crew_of[one.shift_id], []).append((one.saved, one.route))
    recorded, found = by_crew(read.entries), []
    for crew in sorted(store.crews(principal, read.branch.code), key=lambda one: one.crew_id):
        mine = [one for one in read.shifts if one.crew_id == crew.crew_id]
        said = [one for one in entries if one.crew_id == crew.crew_id]
        if mine or said:
            way = way_of(mine, routes.get(crew.crew_id, []))
            found.append(_crew(crew, way, said, recorded.get(crew.crew_id, ()), terms, now))
    return tuple(found)


def crew_safety(
    store: Store, principal: Principal, branch: Branch, crew: Crew, day: date, terms: SafetyTerms, *, now: datetime
) -> CrewSafety:
    """Give one crew on a day, to whoever may read it, the crew's own collectors among them."""
    said = read_entries(store.safety_entries(principal, branch.code, day, day))
    shifts = [one for one in store.shifts_worked(principal, branch.code, day, day) if one.crew_id == crew.crew_id]
    routes: list[Route] = []
    for shift in shifts:
        saved = store.published(principal, branch.code, iso_week(day), shift=shift.shift_id)
        if saved is not None:
            routes += [(saved, route) for route in saved.plan["routes"] if route["shift"] == shift.shift_id]
    mine = [one for one in said if one.crew_id == crew.crew_id]
    recorded = by_crew(entries_of_day(store, principal, branch, day)).get(crew.crew_id, ())
    return _crew(crew, way_of(shifts, routes), mine, recorded, terms, now)


def recent_alerts(
    store: Store, principal: Principal, branch: Branch, terms: SafetyTerms, *, now: datetime
) -> tuple[tuple[Crew, Alert], ...]:
    """Give the alerts of the last day that nobody has closed, the newest first, whatever day is looked at."""
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    entries = read_entries(store.safety_entries(principal, branch.code, today - timedelta(days=1), today))
    crews = {one.crew_id: one for one in store.crews(principal, branch.code)}
    found = []
    for name in sorted({one.crew_id for one in entries} & set(crews)):
        mine = [one for one in entries if one.crew_id == name]
        alerts = watch(name, None, mine, (), terms, now=now).alerts
        found += [(crews[name], one) for one in alerts if one.open and now - one.entry.at <= ALERTS_FOR]
    return tuple(sorted(found, key=lambda one: one[1].entry.at, reverse=True))


def way_of(shifts: Sequence[Shift], routes: Sequence[Route]) -> Way | None:
    """Give what a crew was to do on a day; None where it has no shift. Several shifts of a day are one way."""
    if not shifts:
        return None
    stops: list[tuple[datetime, str, int, datetime]] = []
    leaves, returns = [], []
    for saved, route in routes:
        if not route["stops"]:
            continue
        origin = datetime.fromisoformat(saved.problem["origin"])
        options = {one["id"]: one["options"] for one in saved.problem["visits"]}
        leaves.append(origin + timedelta(seconds=float(route["leaves_start"])))
        returns.append(origin + timedelta(seconds=float(route["reaches_end"])))
        for within, one in enumerate(route["stops"], start=1):
            # begun as its window opens, it lasts as planned
            over_from = options[one["visit"]][one["option"]]["opens"] + one["leaves"] - one["begins"]
            ends, soonest = (origin + timedelta(seconds=float(at)) for at in (one["leaves"], over_from))
            stops.append((ends, str(one["visit"]), within, soonest))
    return Way(
        starts_at=min(one.starts for one in shifts),
        ends_at=max(one.ends for one in shifts),
        leaves_at=min(leaves, default=None),
        stops=tuple(
            WayStop(number, name, at, within, over_from)
            for number, (at, name, within, over_from) in enumerate(sorted(stops), start=1)
        ),
        returns_at=max(returns, default=None),
    )


def _crew(
    crew: Crew,
    way: Way | None,
    said: Sequence[Entry],
    recorded: Sequence[Outcome],
    terms: SafetyTerms,
    now: datetime,
) -> CrewSafety:
    seen = watch(crew.crew_id, way, said, recorded, terms, now=now)
    behind = seen.last.stop if seen.last else 0
    last = next((one for one in way.stops if one.number == behind), None) if way else None
    return CrewSafety(crew, way.starts_at if way else None, way.ends_at if way else None, seen, last)


def by_crew(entries: pd.DataFrame) -> dict[str, list[Outcome]]:
    """Give entries (of ``tables.OUTCOMES``, in order) by crew, each with the end of its visit."""
    found: dict[str, list[Outcome]] = {}
    for row in entries[["crew_id", "debtor_id", "started_at", "ended_at", "recorded_at"]].to_dict("records"):
        ended = max(row["started_at"], row["ended_at"]) if row["ended_at"] == row["ended_at"] else row["started_at"]
        one = Outcome(str(row["debtor_id"]), ended.to_pydatetime(), row["recorded_at"].to_pydatetime())
        found.setdefault(str(row["crew_id"]), []).append(one)
    return found
