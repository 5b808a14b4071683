"""Which minutes at doors and which traffic a branch plans with: adopted by a person, or assumed until somebody has.

Doors and roads are adopted apart, each as an entry of one setting of the branch, the newest last; nothing is taken
away, going back is a new entry. Each says who, when, until which day it was learnt, from how much, and what the
comparison said. A plan names the two in its context and carries the numbers, so that its risk is told by what it was
made with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from planner.domain import Principal
from planner.store import Store
from planner.value.model_text import UnreadableModel
from planner.value.parameters import Parameters, Times
from planner.value.recorded_times import CONTACTS
from planner.value.times import HOURS

SETTING = "adopted_times"
DOORS, ROADS = KINDS = ("doors", "roads")
ADOPTED, WENT_BACK = "adopted", "went_back"
#: the name of going back to what is assumed
ASSUMED = "assumed"
#: numbers beyond this are no times of ours: minutes, factors, coefficients of variation
MOST_MINUTES, FACTORS, MOST_CV = 600.0, (0.2, 5.0), 3.0


class UnreadableTimes(UnreadableModel):
    """An adopted entry cannot be read: planning with other numbers in silence would be worse than not planning."""


@dataclass(frozen=True)
class TimesAdoption:
    """One entry: of doors or roads, its name (``ASSUMED``, or a short hash of the numbers), and what was known then."""

    kind: str
    name: str
    act: str
    by: str
    at: datetime
    learnt_until: date | None
    #: visits, or legs
    count: int
    compared: Mapping[str, Any]
    numbers: Mapping[str, Any] | None
    #: how many of them are of each crew: told to that crew alone
    by_crew: Mapping[str, int] = field(default_factory=dict)


def adoptions(store: Store, principal: Principal, branch: str) -> tuple[TimesAdoption, ...]:
    """Give the branch's adoptions of times, oldest first.

    Raises
    ------
    UnreadableTimes
        If what is kept is none of ours.
    """
    try:
        return tuple(entry(one) for one in (store.setting(principal, branch, SETTING) or []))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableTimes("The adopted times of the branch cannot be read.") from error


def entry(text: Mapping[str, Any]) -> TimesAdoption:
    """Read one entry."""
    until = text.get("learnt_until")
    if text["kind"] not in KINDS:
        raise ValueError(f"times of an unknown kind: {text['kind']!r}")
    return TimesAdoption(
        kind=str(text["kind"]),
        name=str(text["name"]),
        act=str(text["act"]),
        by=str(text["by"]),
        at=datetime.fromisoformat(str(text["at"])),
        learnt_until=None if until is None else date.fromisoformat(str(until)),
        count=int(text.get("count", 0)),
        compared=dict(text.get("compared", {})),
        numbers=text.get("numbers"),
        by_crew={str(crew): int(count) for crew, count in text.get("by_crew", {}).items()},
    )


def using(past: tuple[TimesAdoption, ...], kind: str) -> TimesAdoption | None:
    """Give the newest entry of a kind, None where the assumed times are in use."""
    newest = next((one for one in reversed(past) if one.kind == kind), None)
    return None if newest is None or newest.name == ASSUMED else newest


def times_in_use(store: Store, principal: Principal, branch: str, parameters: Parameters) -> Parameters:
    """Give the parameters with the times that the branch has adopted.

    Raises
    ------
    UnreadableTimes
        If they cannot be read.
    """
    past = adoptions(store, principal, branch)
    told = {kind: one.numbers for kind in KINDS if (one := using(past, kind)) is not None}
    names = {kind: one.name for kind in KINDS if (one := using(past, kind)) is not None}
    return with_times(parameters, told, names)


def with_times(
    parameters: Parameters, told: Mapping[str, Mapping[str, Any] | None], names: Mapping[str, str]
) -> Parameters:
    """Put kept numbers into the parameters.

    Raises
    ------
    UnreadableTimes
        If a number is none, or none that a time can have.
    """
    try:
        times = Times()
        if told.get(DOORS) is not None:
            times = replace(times, door_name=names[DOORS], **door_numbers(told[DOORS] or {}))
        if told.get(ROADS) is not None:
            times = replace(times, road_name=names[ROADS], **road_numbers(told[ROADS] or {}))
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableTimes(f"The adopted times cannot be read: {error}") from error
    return replace(parameters, times=times)


def door_numbers(text: Mapping[str, Any]) -> dict[str, Any]:
    """Read minutes and coefficients of variation by cell."""
    minutes, cvs = {}, {}
    for contact in CONTACTS:
        for place, rural in (("town", False), ("country", True)):
            one = text[contact][place]
            minutes[contact, rural] = within(one["minutes"], 0.5, MOST_MINUTES)
            cvs[contact, rural] = within(one["cv"], 0.0, MOST_CV)
    return {"minutes": minutes, "cvs": cvs}


def road_numbers(text: Mapping[str, Any]) -> dict[str, Any]:
    """Read the hours' factors and how driving strays."""
    factors = tuple(within(one, *FACTORS) for one in text["hour_factors"])
    if len(factors) != HOURS:
        raise ValueError(f"{len(factors)} hours instead of {HOURS}")
    return {
        "hour_factors": factors,
        "day_cv": within(text["day_cv"], 0.0, MOST_CV),
        "leg_cv": within(text["leg_cv"], 0.0, MOST_CV),
    }


def within(value: Any, least: float, most: float) -> float:
    """Read a number within its ends."""
    if isinstance(value, bool) or not least <= float(value) <= most:
        raise ValueError(f"{value!r} lies outside {least} to {most}")
    return float(value)


def numbers_of(times: Times) -> dict[str, dict[str, Any]]:
    """Write times as they are kept, by kind; what is assumed is not there."""
    told = dict[str, dict[str, Any]]()
    if times.minutes is not None and times.cvs is not None:
        minutes, cvs = times.minutes, times.cvs
        told[DOORS] = {
            contact: {
                place: {"minutes": minutes[contact, rural], "cv": cvs[contact, rural]}
                for place, rural in (("town", False), ("country", True))
            }
            for contact in CONTACTS
        }
    if times.hour_factors is not None:
        told[ROADS] = {"hour_factors": list(times.hour_factors), "day_cv": times.day_cv, "leg_cv": times.leg_cv}
    return told


def of_plan(context: Mapping[str, Any], parameters: Parameters) -> Parameters:
    """Give the parameters with the times that a saved plan was made with; plans of old knew the assumed ones."""
    kept = context.get("parameters", {}).get("times", {})
    return with_times(parameters, kept.get("numbers", {}), kept.get("names", {}))


def told_in_plan(parameters: Parameters) -> dict[str, Any]:
    """Give what a plan's context says of its times."""
    times = parameters.times
    names = {kind: name for kind, name in ((DOORS, times.door_name), (ROADS, times.road_name)) if name}
    return {"names": names, "numbers": numbers_of(times)}


def traffic_told(parameters: Parameters) -> str:
    """Name the profile of the region's traffic that a plan is made with; "" where there is none or hours are learnt."""
    return "" if parameters.traffic is None or parameters.times.hour_factors else parameters.traffic.name


def adopt(
    store: Store,
    principal: Principal,
    branch: str,
    kind: str,
    times: Times,
    *,
    learnt_until: date,
    count: int,
    compared: Mapping[str, Any],
    by_crew: Mapping[str, int] | None = None,
    now: datetime,
) -> TimesAdoption:
    """Adopt the learnt times of doors or of roads: the next plans are made with them.

    Raises
    ------
    planner.store.NotAllowed
        If the principal may not change the branch's settings.
    KeyError
        If nothing of this kind was learnt.
    """
    numbers = numbers_of(times)[kind]
    name = hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:8]
    new = TimesAdoption(kind, name, ADOPTED, principal.name, now, learnt_until, count, compared, numbers, by_crew or {})
    add(store, principal, branch, new)
    return new


def go_back(store: Store, principal: Principal, branch: str, kind: str, *, now: datetime) -> TimesAdoption:
    """Plan with the assumed times again."""
    new = TimesAdoption(kind, ASSUMED, WENT_BACK, principal.name, now, None, 0, {}, None)
    add(store, principal, branch, new)
    return new


def add(store: Store, principal: Principal, branch: str, new: TimesAdoption) -> None:
    """Put an entry behind the others, also behind one that somebody else adds at the same moment."""
    text = {
        "kind": new.kind,
        "name": new.name,
        "act": new.act,
        "by": new.by,
        "at": new.at.isoformat(),
        "learnt_until": None if new.learnt_until is None else new.learnt_until.isoformat(),
        "count": new.count,
        "compared": dict(new.compared),
        "numbers": new.numbers,
        "by_crew": dict(new.by_crew),
    }
    store.change_setting(principal, branch, SETTING, lambda past: [*(past or []), text], now=new.at)
