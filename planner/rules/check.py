"""A second reading: a finished plan's stops against the rule pack, one stop after another.

This module shares the pack and the facts with ``permit.py`` and nothing else: it loops where the other one joins
tables, so that a mistake in one is found by the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from planner.agency import Agency
from planner.rules import agency_check
from planner.rules.facts import DAYS_TO_GO, Facts
from planner.rules.pack import Count, RulePack, Term


@dataclass(frozen=True)
class PlannedStop:
    """A stop of a finished plan.

    ``begins`` and ``leaves`` are aware; ``members`` are the crew's collectors, ``skills`` what they can do together,
    ``duties`` what the plan tells them to respect at the door.
    """

    debtor_id: str
    place_id: str
    begins: datetime
    leaves: datetime
    members: tuple[str, ...]
    skills: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Broken:
    """A rule that a stop breaks."""

    rule: str
    debtor_id: str
    detail: str
    article: str


@dataclass(frozen=True)
class Reading:
    """One stop with everything known of its debtor, read out of the tables as plain rows."""

    stop: PlannedStop
    others: tuple[PlannedStop, ...]
    place: Mapping[str, Any] | None
    places: tuple[Mapping[str, Any], ...]
    person: Mapping[str, Any]
    holds: tuple[Mapping[str, Any], ...]
    wishes: tuple[Mapping[str, Any], ...]
    visits: tuple[tuple[date, str, str], ...]
    clocks: tuple[Mapping[str, Any], ...]
    area: frozenset[str]
    agencies: tuple[Agency, ...]
    day: date
    begins: datetime
    leaves: datetime
    now: datetime


Finding = Iterator[tuple[str, str]]


def broken_rules(stops: Sequence[PlannedStop], facts: Facts, pack: RulePack) -> tuple[Broken, ...]:
    """Name every rule that a stop breaks; an empty answer means that the plan keeps the pack.

    A debtor who is not in the survey breaks ``place_located``, since nothing is known of such a stop.
    """
    return tuple(
        Broken(name, reading.stop.debtor_id, detail, article)
        for reading in readings(stops, facts)
        for name, rule in RULES.items()
        for detail, article in rule(reading, pack)
    )


def readings(stops: Sequence[PlannedStop], facts: Facts) -> Iterator[Reading]:
    """Collect for each stop the rows that speak of its debtor."""
    wanted = {stop.debtor_id for stop in stops}

    def rows(table: pd.DataFrame) -> dict[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = {debtor_id: [] for debtor_id in wanted}
        for row in table[table["debtor_id"].isin(wanted)].to_dict("records"):
            found[str(row["debtor_id"])].append({str(key): value for key, value in row.items()})
        return found

    people, places, holds = rows(facts.survey), rows(facts.places), rows(facts.holds)
    wishes, clocks, outcomes = rows(facts.accommodations), rows(facts.clocks), rows(facts.outcomes)
    for stop in stops:
        here = stop.debtor_id
        replaced = {row["replaces"] for row in outcomes[here] if row["replaces"]}
        valid = sorted(
            (row for row in outcomes[here] if row["outcome_id"] not in replaced), key=lambda r: r["started_at"]
        )
        begins, leaves = stop.begins.astimezone(facts.zone), stop.leaves.astimezone(facts.zone)
        yield Reading(
            stop=stop,
            others=tuple(one for one in stops if one.debtor_id == here and one is not stop),
            place=next((row for row in places[here] if row["place_id"] == stop.place_id), None),
            places=tuple(places[here]),
            person=people[here][0] if people[here] else {},
            holds=tuple(holds[here]),
            wishes=tuple(wishes[here]),
            visits=tuple(
                (row["started_at"].to_pydatetime().astimezone(facts.zone).date(), row["code"], row["place_id"])
                for row in sorted(valid, key=lambda row: row["started_at"])
            ),
            clocks=tuple(clocks[here]),
            area=facts.area(stop.place_id),
            agencies=facts.agencies,
            day=begins.date(),
            begins=begins,
            leaves=leaves,
            now=facts.now.astimezone(facts.zone),
        )


def between(day: date, first: Any, last: Any) -> bool:
    """Say whether a day lies between two dates of a table, of which either may be missing."""
    begun = bool(pd.isna(first)) or first.date() <= day
    over = not pd.isna(last) and last.date() < day
    return bool(begun and not over)


def located(place: Mapping[str, Any]) -> bool:
    """Say whether a place has a position."""
    return not (pd.isna(place["lon"]) or pd.isna(place["lat"]))


def place_located(read: Reading, _pack: RulePack) -> Finding:
    """The stop is at a located place of a surveyed debtor."""
    if not read.person or read.place is None:
        yield f"{read.stop.place_id!r} is no place of this debtor", ""
    elif not located(read.place):
        yield f"{read.stop.place_id!r} has no position", ""


def place_kind(read: Reading, pack: RulePack) -> Finding:
    """The kind of place is allowed."""
    if read.place is None:
        return
    kind = read.place["kind"]
    rule = pack.place(kind)
    if rule is None or not rule.term.value:
        yield f"a {kind} is not visited", rule.term.article if rule else ""
        return
    if rule.with_guarantee and read.person.get("guarantee") not in ("joint", "ordinary"):
        yield f"a {kind} is visited although there is no guarantee", rule.term.article
    better = [one["kind"] for one in read.places if one["kind"] in rule.only_without and located(one)]
    if better:
        yield f"a {kind} is visited although a {better[0]} is known", rule.term.article


def holiday(read: Reading, pack: RulePack) -> Finding:
    """The day is no holiday where the place lies."""
    for one in pack.holidays:
        if one.on == read.day and one.term.value and one.falls_in(read.area):
            yield f"{read.day} is {one.name}", one.term.article


def hours(read: Reading, pack: RulePack) -> Finding:
    """The visit begins and ends inside the hours."""
    kind = read.place["kind"] if read.place else ""
    for rule in pack.hours:
        if read.day.weekday() not in rule.weekdays or kind not in rule.places:
            continue
        span = rule.hours.value
        if span is None:
            yield f"{rule.name}: closed on {read.day}", rule.hours.article
        elif read.begins.time() < span.opens or read.leaves.time() > span.closes or read.leaves.date() != read.day:
            yield f"{rule.name}: {read.begins:%H:%M}–{read.leaves:%H:%M} on {read.day}", rule.hours.article


def hold(read: Reading, pack: RulePack) -> Finding:
    """No hold is in force on the day."""
    for one in read.holds:
        rule = pack.hold(one["kind"])
        if rule is not None and between(read.day, one["from_on"], one["until_on"]):
            yield f"hold {one['kind']} on {read.day}", rule.term.article


def outcome_hold(read: Reading, pack: RulePack) -> Finding:
    """Nothing was reported that waits for a decision."""
    for on, code, _ in read.visits:
        kind = next((kind for outcome, kind in pack.outcome_holds.items() if outcome == code), None)
        rule = pack.hold(kind) if kind else None
        decided = any(h["kind"] == kind and not pd.isna(h["from_on"]) and h["from_on"].date() >= on for h in read.holds)
        if rule is not None and on <= read.day and not decided:
            yield f"{code} was reported on {on}", rule.term.article


def unsafe(read: Reading, pack: RulePack) -> Finding:
    """The place was not flagged at its last visit."""
    at_place = [code for _, code, place_id in read.visits if place_id == read.stop.place_id]
    if at_place and at_place[-1] == "UNSAFE_ABORT" and not pack.visit_after_unsafe.value:
        yield "the last visit was broken off as unsafe", pack.visit_after_unsafe.article


def limitation_expired(read: Reading, pack: RulePack) -> Finding:
    """Some claim is still inside its limitation period."""
    states = [one["state"] for one in read.clocks if one["kind"] == "limitation"]
    if states and all(state == "expired" for state in states) and not pack.visit_when_expired.value:
        yield "every limitation period has passed", pack.visit_when_expired.article


def frequency(read: Reading, pack: RulePack) -> Finding:
    """Not too many visits, past ones and the plan's own together."""
    earlier = [on for on, _, _ in read.visits]
    earlier += [one.begins.astimezone(read.begins.tzinfo).date() for one in read.others if one.begins <= read.begins]
    past = sorted(on for on, _, _ in read.visits)
    for limit in pack.frequency:
        recent = [on for on in earlier if on > read.day - timedelta(days=limit.value.days)]
        if len(recent) < limit.value.visits:
            continue
        oldest = past[-limit.value.visits] if len(earlier) == len(past) else None
        # A second visit of the same plan is never what keeps the claim.
        if oldest is None or not claim_at_stake(read, oldest + timedelta(days=limit.value.days), limit):
            yield f"visited on {', '.join(map(str, recent))} before {read.day}", limit.article


def claim_at_stake(read: Reading, free_on: date, limit: Term[Count]) -> bool:
    """Whether a limit that is no law would keep a claim from the visit that alone can keep it.

    It does where the debtor is free again on a day so late that not three days are left, the last one included.
    """
    if limit.is_law:
        return False
    ends = [one["ends_on"].date() for one in read.clocks if one["visit_needed"] and one["state"] != "expired"]
    return bool(ends) and read.day <= min(ends) and (min(ends) - free_on).days + 1 < DAYS_TO_GO


def no_contact(read: Reading, pack: RulePack) -> Finding:
    """Somebody was met at one of the last visits, or they are long ago."""
    limit = pack.no_contact.value
    last = read.visits[-limit.visits :]
    nobody = ("NOT_HOME", "NO_ACCESS", "NOTICE_LEFT", "THIRD_PARTY_ONLY", "MOVED", "WRONG_ADDRESS", "LOST")
    missed = len(last) == limit.visits and all(code in nobody for _, code, _ in last)
    if not missed or last[-1][0] <= read.day - timedelta(days=limit.days):
        return
    if not claim_at_stake(read, last[-1][0] + timedelta(days=limit.days), pack.no_contact):
        yield f"the last {limit.visits} visits met nobody", pack.no_contact.article


def accommodation(read: Reading, _pack: RulePack) -> Finding:
    """What the debtor asked for is respected."""
    for wish in read.wishes:
        if not between(read.day, wish["set_on"], wish["expires_on"]):
            continue
        kind, value = wish["kind"], str(wish["value"])
        try:
            against = (
                (kind == "no_visit_weekdays" and read.day.weekday() in weekdays(value))
                or (kind == "no_visit_dates" and read.day in [date.fromisoformat(text) for text in value.split()])
                or (kind == "no_visit_before" and read.begins.time() < time.fromisoformat(value.strip()))
                or (kind == "no_visit_after" and read.leaves.time() > time.fromisoformat(value.strip()))
                or kind == "safe_contact_only"
            )
        except ValueError:
            against = True
        if against:
            yield f"{kind} {value}".strip(), "accommodation"


def weekdays(value: str) -> list[int]:
    """Read weekdays from Monday = 0."""
    days = [int(text) for text in value.split()]
    if any(not 0 <= day <= 6 for day in days):
        raise ValueError(value)
    return days


def not_past(read: Reading, _pack: RulePack) -> Finding:
    """The stop lies ahead."""
    if read.begins < read.now:
        yield f"{read.begins:%Y-%m-%d %H:%M} is over", ""


def crew_size(read: Reading, pack: RulePack) -> Finding:
    """The crew has the right number of collectors."""
    size = len(set(read.stop.members))
    if size < pack.crew_min.value:
        yield f"a crew of {size}", pack.crew_min.article
    if size > pack.crew_max.value:
        yield f"{size} collectors", pack.crew_max.article


def skills(read: Reading, _pack: RulePack) -> Finding:
    """The crew can do what the visit needs: a skill, a language, an interpreter, the visitor who was asked for."""
    asked = str(read.person.get("needs", "")).split()
    for wish in read.wishes:
        if between(read.day, wish["set_on"], wish["expires_on"]):
            asked += [
                {"language": "language:{}", "interpreter": "interpreter", "visitor_gender": "visitor:{}"}.get(
                    wish["kind"], ""
                ).format(wish["value"])
            ]
    for skill in dict.fromkeys(asked):
        if skill and skill not in read.stop.skills:
            yield f"nobody of the crew offers {skill}", "accommodation"


def duties(read: Reading, _pack: RulePack) -> Finding:
    """What must be respected at the door is told to the crew."""
    for wish in read.wishes:
        asked = wish["kind"] in ("no_entry", "accessible_venue")
        if asked and between(read.day, wish["set_on"], wish["expires_on"]) and wish["kind"] not in read.stop.duties:
            yield f"the crew is not told of {wish['kind']}", "accommodation"


def third_party(read: Reading, _pack: RulePack) -> Finding:
    """An agency keeps to its contract, and whoever the list gave to it is not visited by others."""
    yield from agency_check.findings(read.stop.skills, read.day, read.person, read.holds, read.agencies)


RULES: dict[str, Callable[[Reading, RulePack], Finding]] = {
    "place_located": place_located,
    "hold": hold,
    "outcome_hold": outcome_hold,
    "limitation_expired": limitation_expired,
    "place_kind": place_kind,
    "unsafe": unsafe,
    "no_contact": no_contact,
    "frequency": frequency,
    "accommodation": accommodation,
    "third_party": third_party,
    "holiday": holiday,
    "hours": hours,
    "not_past": not_past,
    "crew_size": crew_size,
    "skills": skills,
    "duties": duties,
}
