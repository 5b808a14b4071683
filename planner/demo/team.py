"""The three branches of the demo city, their fourteen collectors in crews of two, and their shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from planner.domain import Branch, Break, Collector, Crew, Shift, crew_skills

#: branch code, number of crews, short name of its crews
BRANCH_CREWS = (("YX01", 3), ("YX02", 2), ("YX03", 2))
COLLECTOR_NAMES = (
    "林晓峰",
    "苏文静",
    "贺立新",
    "乔雨桐",
    "范志远",
    "卢佳宁",
    "程海波",
    "宋怡然",
    "梁启明",
    "邵思源",
    "康俊杰",
    "池若兰",
    "白景行",
    "文舒悦",
)
DIALECT = ("dialect", "language:dialect")
SKILLS = {1: ("legal",), 4: DIALECT, 7: ("legal",), 8: DIALECT, 10: DIALECT, 12: ("legal",)}

EARLY = (time(9, 0), time(17, 30), (time(11, 30), time(13, 30)))
LATE = (time(12, 0), time(20, 30), (time(17, 0), time(18, 30)))
MEAL = timedelta(minutes=45)


@dataclass(frozen=True)
class Team:
    """Who works in the demo city."""

    branches: tuple[Branch, ...]
    collectors: tuple[Collector, ...]
    crews: tuple[Crew, ...]
    shifts: tuple[Shift, ...]


def team(sites: Sequence[Mapping[str, object]], *, road_region: str, monday: date, weeks: tuple[int, int]) -> Team:
    """Make branches at the sites, crews of two, and shifts from ``weeks[0]`` to ``weeks[1]`` around a Monday.

    Parameters
    ----------
    sites
        Three places with ``lon``, ``lat``, ``name_zh`` and ``name_en``, the largest branch first.
    monday
        The Monday of week 0.
    weeks
        First and last week relative to it, both included.
    """
    branches = tuple(
        Branch(
            code=code,
            name_en=str(site["name_en"]),
            name_zh=str(site["name_zh"]),
            lon=float(str(site["lon"])),
            lat=float(str(site["lat"])),
            road_region=road_region,
        )
        for (code, _), site in zip(BRANCH_CREWS, sites, strict=True)
    )
    collectors: list[Collector] = []
    crews: list[Crew] = []
    number = 0
    for branch, (code, crews_here) in zip(branches, BRANCH_CREWS, strict=True):
        for k in range(crews_here):
            members = []
            for _ in range(2):
                members.append(
                    Collector(f"C{number + 1:02d}", code, COLLECTOR_NAMES[number], frozenset(SKILLS.get(number, ())))
                )
                number += 1
            collectors += members
            place = (branch.lon, branch.lat)
            crews.append(
                Crew(
                    crew_id=f"{code}-{'ABC'[k]}",
                    branch=code,
                    name="·".join(one.name for one in members),
                    members=tuple(one.collector_id for one in members),
                    skills=crew_skills(members),
                    start=place,
                    end=place,
                )
            )
    shifts = tuple(
        shift
        for week in range(weeks[0], weeks[1] + 1)
        for index, crew in enumerate(crews)
        for shift in crew_week(crew, index, monday + timedelta(weeks=week), branches[0].timezone)
    )
    return Team(branches, tuple(collectors), tuple(crews), shifts)


def crew_week(crew: Crew, index: int, monday: date, timezone: str) -> list[Shift]:
    """Give a crew's five shifts of a week: early and late by turns, every other crew works on Saturday."""
    zone = ZoneInfo(timezone)
    days = range(5) if index % 2 == 0 else range(1, 6)
    shifts = []
    for day in days:
        starts, ends, meal = LATE if (index + day) % 2 else EARLY
        on = monday + timedelta(days=day)

        def at(clock: time, on: date = on) -> datetime:
            return datetime.combine(on, clock, zone)

        shifts.append(
            Shift(
                shift_id=f"{crew.crew_id}-{on:%Y%m%d}",
                crew_id=crew.crew_id,
                branch=crew.branch,
                day=on,
                starts=at(starts),
                ends=at(ends),
                breaks=(Break(at(meal[0]), at(meal[1]), MEAL),),
            )
        )
    return shifts
