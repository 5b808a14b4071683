"""What a scenario changes in a week: a value that is kept with its plan, and what becomes of the week's crews by it.

Nothing is written to the store: the changed crews and shifts live in the scenario's plan only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from planner.domain import Crew, Shift
from planner.reading import NothingToPlan, Week

#: what is put behind the ids of crews and shifts that a scenario adds
MORE, EVENING = "+1", "+e"


@dataclass(frozen=True)
class Scenario:
    """A way in which a week could be otherwise; fields left alone change nothing.

    Parameters
    ----------
    name
        What its author calls it.
    crews_off
        Crews (ids) that do not work this week.
    crew_more
        A crew like this one, with the same shifts, is added.
    evening_like
        A crew like this one works in the evening of ``evening_days`` (weekdays, 0 for Monday; all working days if
        empty), between ``evening_s`` (seconds of the day).
    ends_min
        Every shift ends so many minutes later, earlier where negative.
    start_crew, start_lon, start_lat
        This crew starts and ends there.
    rule_pack
        Code of the pack to plan under; "" for the branch's own.
    model
        Name of an adopted model, or ``defaults``; "" for the one in use.
    field_hours
        So many hours of travel and at doors at most, over all crews; None for no limit.
    certainty
        With this chance each route ends in its shift, 0 for as it comes; None for that of the plan it is set beside.
    anew
        The week is planned as if nothing were published; else as much stays of what crews have as pays.
    lent, borrowed
        Crew-days lent to another branch and had from one, by the ids of their shifts; only ``planner bank --loans``
        plans such a week.
    """

    name: str
    crews_off: tuple[str, ...] = ()
    crew_more: str = ""
    evening_like: str = ""
    evening_days: tuple[int, ...] = ()
    evening_s: tuple[int, int] = (0, 0)
    ends_min: int = 0
    start_crew: str = ""
    start_lon: float = 0.0
    start_lat: float = 0.0
    rule_pack: str = ""
    model: str = ""
    field_hours: float | None = None
    certainty: float | None = None
    anew: bool = False
    lent: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Say whether it changes nothing: the week as it is."""
        return self == Scenario(self.name)

    def sure(self, beside: float | None) -> float | None:
        """Give the certainty to plan with, None for as it comes, where the plan it is set beside has this one.

        >>> Scenario("x").sure(0.85), Scenario("x", certainty=0.9).sure(0.85), Scenario("x", certainty=0).sure(0.85)
        (0.85, 0.9, None)
        """
        return beside if self.certainty is None else (self.certainty or None)

    def text(self) -> dict[str, Any]:
        """Give it as JSON can say it, what it leaves alone left out."""
        alone = asdict(Scenario(self.name))
        return {key: value for key, value in asdict(self).items() if key == "name" or value != alone[key]}


def read_scenario(text: Mapping[str, Any]) -> Scenario:
    """Read a scenario.

    Raises
    ------
    ValueError
        If a key is unknown or missing, or the certainty is none.
    """
    known = {one.name for one in fields(Scenario)}
    unknown = sorted(set(text) - known)
    if unknown or not str(text.get("name", "")).strip():
        raise ValueError(f"a scenario has a name and no key {unknown}" if unknown else "a scenario has a name")
    sure = text.get("certainty")
    if sure and not 0.5 < float(sure) < 1:
        raise ValueError("a certainty lies between 0.5 and 1, or is 0 for as it comes")
    lists = {key: tuple(value) for key, value in text.items() if isinstance(value, list)}
    return Scenario(**{**text, **lists})


def changed(week: Week, scenario: Scenario) -> Week:
    """Give the week as the scenario has it.

    Raises
    ------
    NothingToPlan
        If it names a crew that the week does not have, or nobody is left to work.
    """
    if scenario.lent or scenario.borrowed:
        raise NothingToPlan("Crew-days between branches are planned for both of them at once: `planner bank --loans`.")
    named = (*scenario.crews_off, scenario.crew_more, scenario.evening_like, scenario.start_crew)
    missing = sorted({one for one in named if one} - {crew.crew_id for crew in week.crews})
    if missing:
        raise NothingToPlan(f"There is no crew {missing[0]!r} with a shift ahead in this week.")
    crews = [one for one in week.crews if one.crew_id not in scenario.crews_off]
    shifts = [one for one in week.shifts if one.crew_id not in scenario.crews_off]
    if scenario.start_crew:
        spot = (scenario.start_lon, scenario.start_lat)
        crews = [replace(one, start=spot, end=spot) if one.crew_id == scenario.start_crew else one for one in crews]
    shifts = [lengthened(one, scenario.ends_min) for one in shifts]
    if scenario.crew_more:
        crew, its = like(week, scenario.crew_more, MORE)
        crews, shifts = [*crews, crew], [*shifts, *(lengthened(one, scenario.ends_min) for one in its)]
    if scenario.evening_like:
        crew, evenings = evening(week, scenario)
        crews, shifts = [*crews, crew], [*shifts, *evenings]
    shifts = [one for one in shifts if one.ends > one.starts]
    if not shifts:
        raise NothingToPlan("In this scenario no crew works in what is left of the week.")
    days = tuple(sorted({one.day for one in shifts}))
    return replace(week, crews=tuple(crews), shifts=tuple(shifts), days=days)


def like(week: Week, crew_id: str, sign: str) -> tuple[Crew, list[Shift]]:
    """Give a crew like this one with an id of its own, and its shifts."""
    old = next(one for one in week.crews if one.crew_id == crew_id)
    new = replace(
        old,
        crew_id=old.crew_id + sign,
        name=f"{old.name} {sign}",
        members=tuple(one + sign for one in old.members),
    )
    return new, [
        replace(one, shift_id=one.shift_id + sign, crew_id=new.crew_id) for one in week.shifts if one.crew_id == crew_id
    ]


def evening(week: Week, scenario: Scenario) -> tuple[Crew, list[Shift]]:
    """Give a crew that works in the evenings only, and its shifts."""
    crew, _ = like(week, scenario.evening_like, EVENING)
    zone = ZoneInfo(week.branch.timezone)
    shifts = []
    for day in week.days:
        if scenario.evening_days and day.weekday() not in scenario.evening_days:
            continue
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        starts, ends = (midnight + timedelta(seconds=at) for at in scenario.evening_s)
        shifts.append(Shift(f"{crew.crew_id}-{day:%Y%m%d}", crew.crew_id, week.branch.code, day, starts, ends))
    return crew, shifts


def lengthened(shift: Shift, minutes: int) -> Shift:
    """Give a shift that ends so much later."""
    return replace(shift, ends=shift.ends + timedelta(minutes=minutes))
