"""A bank's own branches and field team as values: shifts from weekly patterns, and what cannot be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pandas as pd

from geodata.roads.region import Region
from geodata.roads.travel import RoadFailure
from planner.agency import Agency
from planner.domain import Branch, Break, Collector, Crew, Shift
from planner.rules.crew import crews_permitted
from planner.rules.pack import RulePack


class BadTeam(ValueError):
    """A field team that cannot be used: ``faults`` holds one sentence a fault."""

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Meal:
    """A break of so many minutes that begins between two times of the day."""

    opens: time
    closes: time
    minutes: int


@dataclass(frozen=True)
class ShiftPattern:
    """Shifts that come again every week. ``weekdays`` counts from Monday = 0; the first day is included."""

    weekdays: frozenset[int]
    starts: time
    ends: time
    meal: Meal | None
    first_day: date
    weeks: int


@dataclass(frozen=True)
class FieldTeam:
    """What a bank says about its branches. Tables of customers by branch: customer_id, lon, lat (WGS-84)."""

    branches: tuple[Branch, ...]
    collectors: tuple[Collector, ...]
    crews: tuple[Crew, ...]
    shifts: tuple[Shift, ...]
    customers: Mapping[str, pd.DataFrame]
    agencies: tuple[Agency, ...] = ()


def crew_shifts(crew: Crew, pattern: ShiftPattern, timezone: str) -> Iterator[Shift]:
    """Give a crew's shifts of a pattern, by day, in the branch's time zone."""
    zone = ZoneInfo(timezone)
    for day in (pattern.first_day + timedelta(days=k) for k in range(7 * pattern.weeks)):
        if day.weekday() not in pattern.weekdays:
            continue

        def at(clock: time, on: date = day) -> datetime:
            return datetime.combine(on, clock, zone)

        meal = pattern.meal
        yield Shift(
            shift_id=f"{crew.crew_id}-{day:%Y%m%d}",
            crew_id=crew.crew_id,
            branch=crew.branch,
            day=day,
            starts=at(pattern.starts),
            ends=at(pattern.ends),
            breaks=() if meal is None else (Break(at(meal.opens), at(meal.closes), timedelta(minutes=meal.minutes)),),
        )


def faults_of(team: FieldTeam, packs: Mapping[str, RulePack], regions: Mapping[str, Region | RoadFailure]) -> list[str]:
    """Say what the rules and the roads forbid, one sentence a fault.

    Parameters
    ----------
    packs
        Every rule pack there is, by code.
    regions
        The road region of each branch by name, or why there is none.
    """
    return [*_misplaced(team, regions), *_unfit_crews(team, packs), *_two_places_at_once(team)]


def inside(lon: float, lat: float, region: Region) -> bool:
    """Say whether a point lies in the bounds of a region, its edge included."""
    west, south, east, north = region.bounds
    return west <= lon <= east and south <= lat <= north


def _misplaced(team: FieldTeam, regions: Mapping[str, Region | RoadFailure]) -> Iterator[str]:
    for branch in team.branches:
        region = regions[branch.road_region]
        if isinstance(region, RoadFailure):
            yield f"Branch {branch.code}: {region}."
            continue
        spots = [(f"Branch {branch.code}", (branch.lon, branch.lat))]
        for crew in team.crews:
            if crew.branch == branch.code:
                ends = {"start": crew.start, "end": crew.end}
                spots += [(f"Crew {crew.crew_id}'s {name}", at) for name, at in ends.items() if at != spots[0][1]]
        west, south, east, north = region.bounds
        for what, (lon, lat) in spots:
            if not inside(lon, lat, region):
                hint = " (lon and lat look swapped)" if inside(lat, lon, region) else ""
                yield (
                    f"{what} at lon {lon:g}, lat {lat:g} lies outside road region {region.name}, which reaches "
                    f"from {west:g}, {south:g} to {east:g}, {north:g}{hint}."
                )


def _unfit_crews(team: FieldTeam, packs: Mapping[str, RulePack]) -> Iterator[str]:
    for branch in team.branches:
        pack = packs.get(branch.rule_pack)
        if pack is None:
            yield f"Branch {branch.code}: there is no rule pack {branch.rule_pack!r}; there are {', '.join(packs)}."
            continue
        _, unfit = crews_permitted([crew for crew in team.crews if crew.branch == branch.code], pack)
        yield from (f"Crew {crew_id} has {why}." for crew_id, why in unfit.items())


def _two_places_at_once(team: FieldTeam) -> Iterator[str]:
    shifts: dict[str, list[Shift]] = {}
    for shift in team.shifts:
        shifts.setdefault(shift.crew_id, []).append(shift)
    for one in team.collectors:
        crews = [crew for crew in team.crews if crew.branch == one.branch and one.collector_id in crew.members]
        works = sorted((shift for crew in crews for shift in shifts.get(crew.crew_id, ())), key=lambda s: s.starts)
        clash = next(((a, b) for a, b in pairwise(works) if b.starts < a.ends), None)
        if clash is not None:
            a, b = clash
            both = f"{a.crew_id} and {b.crew_id}"
            yield f"Collector {one.collector_id} would be out with crews {both} at once on {b.day}."
