"""What a change is called, why it cannot be, and what it would break, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.text import N_, _, joined, n_
from dashboard.text.called import Called
from dashboard.text.findings import finding, law
from dashboard.text.sentences import REASONS
from dashboard.text.words import skill
from planner.desk.working_day import LongDay
from planner.editing import DropReason, Refusal, Why
from planner.rules.check import Broken

DROPS: Mapping[str, str] = {
    DropReason.AGREED: N_("An agreement is being made"),
    DropReason.REACHED: N_("Reached in another way"),
    DropReason.AWAY: N_("Known to be away"),
    DropReason.SAFETY: N_("For the crew's safety"),
    DropReason.REGARD: N_("Out of regard for the debtor"),
    DropReason.DATA: N_("The data must be checked first"),
    DropReason.OTHER: N_("Another reason"),
}
#: rules that only a crew can break; the others are reasons for which somebody is left out
RULES: Mapping[str, str] = {
    "crew_size": N_("Number of collectors"),
    "skills": N_("What the crew must be able to do"),
    "duties": N_("What the crew must be told"),
    "not_past": N_("The time has passed"),
}
WHYS: Mapping[Why, str] = {
    Why.UNKNOWN: N_("This plan does not know it: plan again first."),
    Why.NOT_PLANNED: N_("It is not on a route."),
    Why.PLANNED: N_("It is on a route already: move it instead."),
    Why.NOTHING: N_("The plan is like that already."),
    Why.NO_OPTION: N_("The rules leave no time for this visit this week."),
    Why.CLOSED: N_("This visit is permitted at other times only."),
    Why.NO_ROAD: N_("No road leads there and back."),
    Why.FULL: N_("The shift has its largest number of stops."),
    Why.BACKWARDS: N_("The end of a shift must come after its begin."),
    Why.BUSY: N_("The crew works then already."),
    Why.DROPPED: N_("It was taken out of the week."),
}


def shift_words(shift: Mapping[str, Any], among: Mapping[str, Mapping[str, Any]]) -> str:
    """Name a shift of a plan's context: day and crew, and the hours where the crew has another ``among`` them that day.

    >>> early = {"day": "2026-11-30", "crew_name": "A", "crew_id": "a", "starts": 32400, "ends": 63000}
    >>> late = early | {"starts": 64800, "ends": 73800}
    >>> shift_words(late, {"one": early, "two": late}).endswith("A · 18:00–20:30")
    True
    """
    day = date.fromisoformat(shift["day"])
    words = f"{formats.day(day)} · {shift['crew_name']}"
    same = [one for one in among.values() if (one["crew_id"], one["day"]) == (shift["crew_id"], shift["day"])]
    if len(same) < 2:
        return words
    # Seconds are from a midnight: what is over a day is the time of it.
    spans = [datetime.combine(day, time()) + timedelta(seconds=shift[key] % 86_400) for key in ("starts", "ends")]
    return f"{words} · {formats.span(*spans)}"


def command_words(
    command: Mapping[str, Any],
    names: Called,
    shifts: Mapping[str, Any],
    origin: datetime,
    people: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Say a change; ``command`` is as ``command_to_dict`` gives it, ``shifts`` those of the plan's context.

    ``people`` are the collectors' names by id.
    """

    def who(one: str) -> str:
        return plain(names.visits.get(one, one))

    def where(one: str) -> str:
        return plain(shift_words(shifts[one], shifts) if one in shifts else one)

    def day(text: str) -> str:
        return formats.day(date.fromisoformat(text))

    def times(starts: int, ends: int) -> str:
        return formats.span(origin + timedelta(seconds=starts), origin + timedelta(seconds=ends))

    kind = command["command"]
    if kind == "move":
        text = _("Move {who} to {where}").format(who=who(command["visit"]), where=where(command["shift"]))
    elif kind == "add" and command["shift"] is None:
        text = _("Visit {who}").format(who=who(command["visit"]))
    elif kind == "add":
        text = _("Visit {who} on {where}").format(who=who(command["visit"]), where=where(command["shift"]))
    elif kind == "forbid":
        text = _("Never {a} and {b} on one route").format(a=who(command["first"]), b=who(command["second"]))
    elif kind == "allow":
        text = _("{a} and {b} may be on one route again").format(a=who(command["first"]), b=who(command["second"]))
    elif kind == "drop":
        text = _("Take {who} out of the week").format(who=who(command["visit"]))
    elif kind == "lock":
        text = _("Lock {who}").format(who=who(command["visit"]))
    elif kind == "unlock":
        text = _("Unlock {who}").format(who=who(command["visit"]))
    elif kind == "restore":
        text = _("Take {who} back into the week").format(who=who(command["visit"]))
    elif kind == "swap_days":
        text = _("Swap {a} and {b}").format(a=day(command["first"]), b=day(command["second"]))
    elif kind == "day_off":
        text = _("{day} off").format(day=day(command["day"]))
        one = command.get("collector")
        if one:
            text = _("{who}, {day} off").format(who=plain(people.get(one, one)), day=day(command["day"]))
    elif kind == "hours":
        hours = times(command["starts"], command["ends"])
        text = _("{where}: {hours}").format(where=where(command["shift"]), hours=hours)
    else:
        shift = command["shift"]
        begins = origin + timedelta(seconds=shift["starts"])
        text = _("Another shift on {day}, {hours}").format(
            day=formats.day(begins.date()), hours=times(shift["starts"], shift["ends"])
        )
    crew = command["shift"]["crew"] if kind == "call_in" else command.get("crew")
    if crew:
        name = next((one["crew_name"] for one in shifts.values() if one["crew_id"] == crew), crew)
        text = _("{crew}: {change}").format(crew=plain(name), change=text)
    if kind in ("move", "add") and command["position"] is not None:
        text += " · " + _("as stop {n}").format(n=command["position"] + 1)
    if command.get("instead_of"):
        out = _(", ").join(plain(names.at(one)) for one in command["instead_of"])
        text += " · " + _("in place of {who}").format(who=out)
    return text


def refusal_words(
    answer: Refusal, names: Called, origin: datetime, *, reserve_s: int = 0, certainty: float | None = None
) -> str:
    """Say why a change cannot be made; ``reserve_s`` is what its shift keeps so that it ends in time that surely."""
    who = plain(_(", ").join(names.visits.get(one, one) for one in answer.visits))
    if answer.why is Why.SKILL:
        return _("The crew lacks what this visit needs: {skills}.").format(
            skills=plain(_(", ").join(skill(one) for one in answer.skills))
        )
    if answer.why is Why.LOCKED:
        return _("It would move what is locked: {who}.").format(who=who)
    if answer.why is Why.APART:
        return _("It may not be on one route with {who}.").format(who=who)
    if answer.why is Why.NO_ROOM and answer.minutes is not None and reserve_s >= 60:
        return _(
            "It does not fit: {reserve} minutes of the shift are kept in reserve, so that it ends in time with "
            "{share}. It would need {n} minutes more: of that reserve, or of a longer shift."
        ).format(reserve=reserve_s // 60, share=formats.percent(certainty), n=answer.minutes)
    if answer.why is Why.NO_ROOM and answer.minutes is not None:
        return _("It does not fit: the shift would have to end {n} minutes later.").format(n=answer.minutes)
    if answer.why is Why.NO_ROOM:
        return _("It does not fit: somebody would be reached too late, or the crew would not be home in time.")
    text = _(WHYS[answer.why])
    if answer.why is Why.CLOSED and answer.windows:
        text = joined(text, _("Its times: {windows}.").format(windows=windows_words(answer.windows, origin)))
    return text


def windows_words(windows: Sequence[tuple[int, int]], origin: datetime, most: int = 4) -> str:
    """Say when a visit may begin; windows that touch are one."""
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted(windows):
        if joined and opens <= joined[-1][1] + 60:
            joined[-1] = (joined[-1][0], max(closes, joined[-1][1]))
        else:
            joined.append((opens, closes))
    told = [
        f"{formats.weekday((origin + timedelta(seconds=a)).date())} "
        + formats.span(origin + timedelta(seconds=a), origin + timedelta(seconds=b))
        for a, b in joined
    ]
    more = [_("…")] if len(told) > most else []
    return _(", ").join([*told[:most], *more])


def long_day_words(one: LongDay, crews: Mapping[str, str]) -> str:
    """Say how long a crew's day becomes, and which limit it goes beyond."""
    text = (
        _("{who} would work {time} on {day}: more than the {limit} that a day may have.")
        if one.forbidden
        else _("{who} would work {time} on {day}, breaks left out: beyond {limit} it is overtime, to be agreed first.")
    )
    return (
        text.format(
            who=plain(crews.get(one.crew, one.crew)),
            time=formats.duration(one.worked_s),
            day=formats.day(one.day),
            limit=formats.duration(3600 * one.limit.value),
        )
        + f" — {plain(law(one.limit.article))}"
    )


def rule_words(broken: Sequence[Broken], names: Called) -> list[str]:
    """Say which rules are broken, each once with its article and at how many visits."""
    found: dict[tuple[str, str], list[Broken]] = {}
    for one in broken:
        found.setdefault((one.rule, one.article), []).append(one)
    told = []
    for (rule, article), ones in found.items():
        words = RULES.get(rule) or REASONS.get(rule)
        who = names.visits.get(ones[0].debtor_id, ones[0].debtor_id)
        at = plain(who) if len(ones) == 1 else n_("{n} visit", "{n} visits", len(ones))
        by = f" — {plain(law(article))}" if law(article) else ""
        told.append(f"**{_(words) if words else rule}** · {at} · {plain(finding(ones[0].detail))}{by}")
    return told
