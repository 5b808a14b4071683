"""Load a bank's own branches, collectors, crews, shifts and customers from one TOML file."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from config.agency import read_agency
from config.customers import read_customers
from config.strict import BadConfig, day, keys, read_toml, typed
from geodata.datum import DATUMS, Datum, to_wgs84
from planner.agency import PREFIX, Agency
from planner.domain import Branch, Collector, Crew, Shift, crew_skills
from planner.team import BadTeam, FieldTeam, Meal, ShiftPattern, crew_shifts

BRANCH = ("code", "name_en", "name_zh", "lon", "lat", "road_region", "rule_pack", "timezone", "currency")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_WEEKS = 53
#: an id appears in addresses, cookies and file names
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
#: skills are kept with blanks between them
SKILL = re.compile(r"[a-z][a-z0-9_:-]*")
REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")

T = TypeVar("T")


@dataclass(frozen=True)
class Placed:
    """A branch and the datum its coordinates were written in."""

    branch: Branch
    datum: Datum


def load_team(path: Path) -> FieldTeam:
    """Load the file; what the rules and the roads say to it is ``planner.team``'s to judge.

    Raises
    ------
    BadTeam
        With one sentence a fault: a key that is unknown, missing or of the wrong kind, a name that is nobody's.
    """
    try:
        optional = ["agency", "collector", "crew", "shift", "customers"]
        top = keys(read_toml(path), ["branch"], path.name, optional=optional)
    except BadConfig as error:
        raise BadTeam(f"{error}.") from error

    def each(name: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
        """Read all blocks of a kind before any is refused."""
        found, faults, blocks = [], [], top.get(name, [])
        if not isinstance(blocks, list):
            raise BadTeam(f"{path.name} {name}: write [[{name}]], with two brackets.")
        for number, block in enumerate(blocks, start=1):
            try:
                found.append(read(block, f"{path.name} {name} {number}"))
            except BadConfig as error:
                faults.append(f"{error}.")
        if faults:
            raise BadTeam(*faults)
        return tuple(found)

    placed = each("branch", read_branch)
    _once(path, "branch", [one.branch.code for one in placed])
    branches = {one.branch.code: one for one in placed}
    agencies = each("agency", lambda block, where: read_agency(block, where, set(branches)))
    _once(path, "agency", [(one.branch, one.code) for one in agencies])
    collectors = each("collector", lambda block, where: read_collector(block, where, branches, agencies))
    _once(path, "collector", [(one.branch, one.collector_id) for one in collectors])
    people = {(one.branch, one.collector_id): one for one in collectors}
    crews = each("crew", lambda block, where: read_crew(block, where, branches, people))
    _once(path, "crew", [one.crew_id for one in crews])
    known = {one.crew_id: one for one in crews}
    patterns = each("shift", lambda block, where: read_shifts(block, where, branches, known))
    shifts = tuple(shift for pattern in patterns for shift in pattern)
    _once(path, "shift", [one.shift_id for one in shifts])
    lists = each("customers", lambda block, where: customers_of(block, where, branches, path.parent))
    _once(path, "customers", [code for code, _ in lists])
    return FieldTeam(tuple(one.branch for one in placed), collectors, crews, shifts, dict(lists), agencies)


def read_branch(block: Any, where: str) -> Placed:
    """Read a branch."""
    table = keys(block, BRANCH, where, optional=["datum"])
    code = _id(table["code"], f"{where}.code")
    chosen = datum(table.get("datum", "wgs84"), f"{where}.datum")
    lon, lat = point((table["lon"], table["lat"]), where, chosen)
    timezone = _text(table["timezone"], f"{where}.timezone")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadConfig(f"{where}.timezone: there is no time zone {timezone!r}") from None
    branch = Branch(
        code=code,
        name_en=_text(table["name_en"], f"{where}.name_en"),
        name_zh=_text(table["name_zh"], f"{where}.name_zh"),
        lon=lon,
        lat=lat,
        road_region=_matching(table["road_region"], REGION, f"{where}.road_region", "the name of a road region"),
        timezone=timezone,
        currency=_matching(table["currency"], re.compile("[A-Z]{3}"), f"{where}.currency", "a currency such as CNY"),
        rule_pack=_text(table["rule_pack"], f"{where}.rule_pack"),
    )
    return Placed(branch, chosen)


def read_collector(
    block: Any, where: str, branches: Mapping[str, Placed], agencies: Iterable[Agency] = ()
) -> Collector:
    """Read a collector of one of these branches, who may be one of an agency's people."""
    table = keys(block, ["id", "branch", "name"], where, optional=["skills", "agency"])
    skills = _texts(table.get("skills", []), f"{where}.skills")
    for skill in skills:
        if skill.startswith(PREFIX):
            raise BadConfig(f'{where}.skills: write agency = "{skill.removeprefix(PREFIX)}" instead of {skill!r}')
        _matching(skill, SKILL, f"{where}.skills", "a skill: small letters, digits, _ and : only")
    if "agency" in table:
        there = {one.code: one.skill for one in agencies if one.branch == table["branch"]}
        if table["agency"] not in there:
            raise BadConfig(f"{where}.agency: there is no agency {table['agency']!r} of that branch in this file")
        skills = (*skills, there[table["agency"]])
    return Collector(
        _id(table["id"], f"{where}.id"),
        _branch(table["branch"], where, branches).branch.code,
        _text(table["name"], f"{where}.name"),
        frozenset(skills),
    )


def read_crew(
    block: Any, where: str, branches: Mapping[str, Placed], people: Mapping[tuple[str, str], Collector]
) -> Crew:
    """Read a crew of these collectors; it starts and ends at its branch where nothing else is said."""
    table = keys(block, ["id", "branch", "name", "members"], where, optional=["start", "end"])
    home = _branch(table["branch"], where, branches)
    members = _texts(table["members"], f"{where}.members")
    for one, times in Counter(members).items():
        if (home.branch.code, one) not in people:
            raise BadConfig(f"{where}.members: {one!r} is no collector of branch {home.branch.code}")
        if times > 1:
            raise BadConfig(f"{where}.members: {one!r} is named {times} times")

    def at(name: str) -> tuple[float, float]:
        if name not in table:
            return home.branch.lon, home.branch.lat
        spot = keys(table[name], ["lon", "lat"], f"{where}.{name}")
        return point((spot["lon"], spot["lat"]), f"{where}.{name}", home.datum)

    return Crew(
        crew_id=_id(table["id"], f"{where}.id"),
        branch=home.branch.code,
        name=_text(table["name"], f"{where}.name"),
        members=members,
        skills=crew_skills(people[home.branch.code, one] for one in members),
        start=at("start"),
        end=at("end"),
    )


def read_shifts(block: Any, where: str, branches: Mapping[str, Placed], crews: Mapping[str, Crew]) -> tuple[Shift, ...]:
    """Read a weekly pattern and give the shifts of its crews."""
    table = keys(block, ["crews", "weekdays", "starts", "ends", "from", "weeks"], where, optional=["meal"])
    named = _texts(table["crews"], f"{where}.crews")
    strangers = [one for one in named if one not in crews]
    if strangers:
        raise BadConfig(f"{where}.crews: there is no crew {strangers[0]!r} in this file")
    weekdays = [one.lower() for one in _texts(table["weekdays"], f"{where}.weekdays")]
    unknown = [one for one in weekdays if one not in WEEKDAYS]
    if unknown:
        raise BadConfig(f"{where}.weekdays: {unknown[0]!r} is none of {', '.join(WEEKDAYS)}")
    starts, ends = clock(table["starts"], f"{where}.starts"), clock(table["ends"], f"{where}.ends")
    if starts >= ends:
        raise BadConfig(f"{where}: the shift ends at {ends:%H:%M}, which is not after its start at {starts:%H:%M}")
    weeks = typed(table["weeks"], int, f"{where}.weeks")
    if not 1 <= weeks <= MOST_WEEKS:
        raise BadConfig(f"{where}.weeks: from 1 to {MOST_WEEKS}, not {weeks}")
    meal = read_meal(table["meal"], f"{where}.meal", starts, ends) if "meal" in table else None
    days = frozenset(WEEKDAYS.index(one) for one in weekdays)
    pattern = ShiftPattern(days, starts, ends, meal, first_day(table["from"], f"{where}.from"), weeks)
    return tuple(
        shift
        for one in named
        for shift in crew_shifts(crews[one], pattern, branches[crews[one].branch].branch.timezone)
    )


def read_meal(block: Any, where: str, starts: time, ends: time) -> Meal:
    """Read a meal, which must fit into the shift however late it begins."""
    table = keys(block, ["opens", "closes", "minutes"], where)
    opens, closes = clock(table["opens"], f"{where}.opens"), clock(table["closes"], f"{where}.closes")
    minutes = typed(table["minutes"], int, f"{where}.minutes")
    if minutes < 1:
        raise BadConfig(f"{where}.minutes: at least 1, not {minutes}")
    over = closes.hour * 60 + closes.minute + minutes > ends.hour * 60 + ends.minute
    if not starts <= opens <= closes or over:
        raise BadConfig(f"{where}: a meal begins between opens and closes and ends within the shift")
    return Meal(opens, closes, minutes)


def customers_of(block: Any, where: str, branches: Mapping[str, Placed], folder: Path) -> tuple[str, pd.DataFrame]:
    """Read the customers of a branch from the CSV file that the block names, beside the TOML file."""
    table = keys(block, ["branch", "file"], where, optional=["datum"])
    code = _branch(table["branch"], where, branches).branch.code
    chosen = datum(table.get("datum", "wgs84"), f"{where}.datum")
    return code, read_customers(folder / _text(table["file"], f"{where}.file"), chosen)


def point(lonlat: tuple[Any, Any], where: str, chosen: Datum) -> tuple[float, float]:
    """Read a longitude and a latitude, and give them in WGS-84."""
    lon, lat = (float(typed(one, (int, float), f"{where} lon and lat")) for one in lonlat)
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise BadConfig(f"{where}: lon {lon:g}, lat {lat:g} is no place on the Earth")
    if chosen == "wgs84":
        return lon, lat
    there = to_wgs84(np.array([[lon, lat]]), chosen)[0]
    return round(float(there[0]), 7), round(float(there[1]), 7)


def datum(value: Any, where: str) -> Datum:
    """Read which map coordinates are from."""
    found = next((one for one in DATUMS if one == value), None)
    if found is None:
        raise BadConfig(f"{where}: {value!r} is none of {', '.join(DATUMS)}")
    return found


def clock(value: Any, where: str) -> time:
    """Read a time of the day, 09:00:00 or "09:00".

    >>> clock("09:30", "demo")
    datetime.time(9, 30)
    """
    try:
        read = time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        read = None
    if not isinstance(read, time) or read.tzinfo is not None or read.second or read.microsecond:
        raise BadConfig(f'{where}: {value!r} is no time of the day such as "09:00"')
    return read


def first_day(value: Any, where: str) -> date:
    """Read a date that is no moment."""
    if isinstance(value, datetime):
        raise BadConfig(f"{where}: {value} is not a date such as 2026-11-30")
    return day(value, where)


def _branch(value: Any, where: str, branches: Mapping[str, Placed]) -> Placed:
    if not isinstance(value, str) or value not in branches:
        raise BadConfig(f"{where}.branch: there is no branch {value!r} in this file")
    return branches[value]


def _id(value: Any, where: str) -> str:
    return _matching(value, ID, where, "an id: letters, digits, _, . and - only, at most 40")


def _matching(value: Any, pattern: re.Pattern[str], where: str, meaning: str) -> str:
    if not pattern.fullmatch(str(typed(value, str, where))):
        raise BadConfig(f"{where}: {value!r} is not {meaning}")
    return str(value)


def _text(value: Any, where: str) -> str:
    text = str(typed(value, str, where)).strip()
    if not text or not text.isprintable():
        raise BadConfig(f"{where}: some text is needed here, on one line")
    return text


def _texts(value: Any, where: str) -> tuple[str, ...]:
    return tuple(_text(one, where) for one in typed(value, list, where))


def _once(path: Path, name: str, ids: Iterable[object]) -> None:
    twice = [one for one, times in Counter(ids).items() if times > 1]
    if twice:
        shown = (" at ".join(reversed(one)) if isinstance(one, tuple) else one for one in twice[:5])
        raise BadTeam(*(f"{path.name} {name}: {one} is there more than once." for one in shown))
