"""What became of what a collector has recorded: pins, times at doors, outcomes. Each line follows from the record.

It is told to himself alone, and of his own crew: nothing here compares people. Counts are read by the system, since a
collector sees the visits of two weeks only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from geodata.projection import local_metres
from planner.adoption import DEFAULTS
from planner.adoption import adoptions as model_adoptions
from planner.domain import Branch, Principal, Role
from planner.store import Store
from planner.times import DOORS, ROADS, UnreadableTimes, adoptions, using
from planner.value.learning import SILENT, current
from planner.value.parameters import Parameters
from planner.value.recorded_times import NO_TIMES, plausible
from planner.view.in_force import InForce, routes_in_force
from planner.week import iso_week

#: corrections of so long ago are told
PINS_BACK = timedelta(days=28)
#: two places are one, in degrees
SAME = 1e-6


@dataclass(frozen=True)
class PinBecame:
    """A pin that was moved: of whom, when, how far; and the stop that goes there by a plan made since, if any."""

    debtor_id: str
    moved_at: datetime
    metres: float
    used_on: date | None
    number: int
    #: a plan in force was made since, whether it goes there or not
    planned_since: bool


@dataclass(frozen=True)
class Became:
    """What became of it. Counts are of the crew's own; a day is None where nothing was adopted."""

    pins: tuple[PinBecame, ...]
    #: visits with usable times in the adopted minutes, and from when these are used
    timed: int
    timed_since: date | None
    #: legs in the adopted hours
    driven: int
    driven_since: date | None
    #: visits of the last four weeks whose times can be used, and those without an arrival
    usable: int
    without_arrival: int
    #: outcomes that the adopted values were learnt from
    outcomes: int
    outcomes_since: date | None
    outcomes_until: date | None

    @property
    def nothing(self) -> bool:
        """Whether nothing of the crew's was recorded."""
        return not (self.pins or self.timed or self.usable or self.without_arrival or self.outcomes)


def became(
    store: Store, principal: Principal, branch: Branch, crew_id: str, parameters: Parameters, *, now: datetime
) -> Became:
    """Read what became of a collector's own records.

    Raises
    ------
    KeyError
        If he asks for another crew than his own, or is no collector.
    """
    if principal.role is not Role.COLLECTOR or principal.crew != crew_id or branch.code not in principal.branches:
        raise KeyError(crew_id)
    zone, asking = ZoneInfo(branch.timezone), Principal("pages", Role.SYSTEM, frozenset({branch.code}))
    told = current(store.latest_outcomes(asking, branch.code))
    mine = told[told["crew_id"] == crew_id]
    try:
        past = adoptions(store, asking, branch.code)
    except UnreadableTimes:
        past = ()
    minutes, hours = using(past, DOORS), using(past, ROADS)
    recent = mine[mine["started_at"] >= now - PINS_BACK]
    why = plausible(recent, parameters) if len(recent) else pd.Series(dtype="str")
    models = model_adoptions(store, asking, branch.code)
    model = models[-1] if models and models[-1].name != DEFAULTS else None
    until = None if model is None else model.learnt_until
    days = mine["started_at"].dt.tz_convert(zone).dt.date
    counted = 0 if until is None else int(((days <= until) & ~mine["code"].isin(SILENT)).sum())
    return Became(
        pins=pins(store, asking, branch, principal.name, crew_id, now=now),
        timed=0 if minutes is None else int(minutes.by_crew.get(crew_id, 0)),
        timed_since=None if minutes is None else minutes.at.astimezone(zone).date(),
        driven=0 if hours is None else int(hours.by_crew.get(crew_id, 0)),
        driven_since=None if hours is None else hours.at.astimezone(zone).date(),
        usable=int((why == "").sum()),
        without_arrival=int((why == NO_TIMES).sum()),
        outcomes=counted,
        outcomes_since=None if model is None else model.at.astimezone(zone).date(),
        outcomes_until=until,
    )


def pins(
    store: Store, asking: Principal, branch: Branch, who: str, crew_id: str, *, now: datetime
) -> tuple[PinBecame, ...]:
    """Give the pins that somebody moved lately, newest first, the last word on each place only."""
    table = store.place_changes(asking, branch.code)
    table = table[(table["deed"] == "correct") & (table["how"] == "visit") & (table["made_at"] >= now - PINS_BACK)]
    table = table.drop_duplicates("place_id", keep="last")
    table = table[table["made_by"] == who].sort_values("made_at", ascending=False)
    if table.empty:
        return ()
    today = now.astimezone(ZoneInfo(branch.timezone)).date()
    routes = [
        one
        for week in (iso_week(today), iso_week(today + timedelta(weeks=1)))
        for one in routes_in_force(store, asking, branch, week)
        if one.saved.context["shifts"][one.shift_id]["crew_id"] == crew_id
    ]
    return tuple(pin(row, routes) for row in table.to_dict("records"))


def pin(row: Mapping[Any, Any], routes: list[InForce]) -> PinBecame:
    """Say what became of one pin."""
    there = np.array([[row["was_lon"], row["was_lat"]], [row["lon"], row["lat"]]], dtype=np.float64)
    metres = float("nan")
    if np.isfinite(there).all():
        metres = float(np.hypot(*np.diff(local_metres(there), axis=0)[0]))
    since = [one for one in routes if one.saved.created_at > row["made_at"]]
    found = next(filter(None, (stop_at(one, row) for one in since)), None)
    return PinBecame(
        debtor_id=str(row["debtor_id"]),
        moved_at=pd.Timestamp(row["made_at"]).to_pydatetime(),
        metres=metres,
        used_on=None if found is None else found[0],
        number=0 if found is None else found[1],
        planned_since=bool(since),
    )


def stop_at(one: InForce, row: Mapping[Any, Any]) -> tuple[date, int] | None:
    """Give day and number of the stop of a route that goes to where a pin was put."""
    visits = {visit["id"]: visit for visit in one.saved.problem["visits"]}
    for number, stop in enumerate(one.route["stops"], start=1):
        visit = visits[stop["visit"]]
        place = one.saved.context["places"][visit["options"][stop["option"]].get("place", visit["place"])]
        near = abs(place["lon"] - row["lon"]) < SAME and abs(place["lat"] - row["lat"]) < SAME
        if place["place_id"] == row["place_id"] and near:
            return date.fromisoformat(one.saved.context["shifts"][one.shift_id]["day"]), number
    return None
