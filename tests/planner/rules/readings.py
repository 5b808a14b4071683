"""One question to both readers of the rules: may a visit begin then?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from config.rules import load_pack
from planner.rules.check import PlannedStop, broken_rules
from planner.rules.facts import Facts
from planner.rules.pack import RulePack
from planner.rules.permit import Permitted, permitted
from tests.planner.value.factories import WEEK, ZONE

CN = load_pack("CN")
#: as long as the pack keeps free before the hours end, so that both readers must say the same to the minute
DOOR = timedelta(minutes=CN.door_allowance_min.value)
CREW = ("K1", "K2")


def at(day: date, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def stop(
    begins: datetime,
    *,
    debtor: str = "D1",
    place: str = "P1",
    crew: tuple[str, ...] = CREW,
    skills: frozenset[str] = frozenset({"language:yue", "interpreter", "visitor:female"}),
    duties: frozenset[str] = frozenset({"no_entry", "accessible_venue"}),
) -> PlannedStop:
    return PlannedStop(debtor, place, begins, begins + DOOR, crew, skills, duties)


def inside(answer: Permitted, begins: datetime, *, debtor: str = "D1", place: str = "P1") -> bool:
    rows = answer.windows[(answer.windows["debtor_id"] == debtor) & (answer.windows["place_id"] == place)]
    return bool(((rows["opens_at"] <= begins) & (begins <= rows["closes_at"])).any())


def ask(facts: Facts, begins: datetime, *, place: str = "P1", pack: RulePack = CN) -> set[str]:
    """Give the rules against this visit; both readers must agree whether there are any."""
    answer = permitted(facts, pack, days=WEEK)
    against = {broken.rule for broken in broken_rules([stop(begins, place=place)], facts, pack)}
    assert inside(answer, begins, place=place) == (not against), against
    return against


def removed(facts: Facts, *, pack: RulePack = CN) -> dict[str, object]:
    """Give the one row that says why the debtor is removed, {} if not."""
    answer = permitted(facts, pack, days=WEEK)
    rows = answer.removed.to_dict("records")
    assert len(rows) <= 1
    assert bool(rows) == answer.windows.empty
    return rows[0] if rows else {}
