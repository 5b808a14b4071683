"""How slots and prices are said in sentences: crews by name, debtors by name and stop, times, money, minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from dashboard import formats
from dashboard.screens.debtor_card import plain
from dashboard.text import _
from dashboard.text.called import Called, called
from planner.store import SavedPlan
from planner.view import WeekView
from planner.why import Slot, Standing

DAY_S = 86_400
#: an amount (main unit) below which nothing is said
LEAST = 1.0
#: windows with no more than this between them are told as one
BETWEEN_S = 600


@dataclass(frozen=True)
class Told:
    """A plan's words in the session's language."""

    standing: Standing
    saved: SavedPlan
    names: Called
    shifts: Mapping[str, Any]
    currency: str

    @classmethod
    def of(cls, view: WeekView, standing: Standing, saved: SavedPlan) -> Told:
        """Gather the words of a plan."""
        return cls(standing, saved, called(view), saved.context["shifts"], view.currency)

    @property
    def sign(self) -> str:
        """The sign of the currency."""
        return formats.money(0, self.currency).rstrip("0")

    def money(self, units: float) -> str:
        """Write an amount that is given in units of the currency."""
        return plain(formats.money(100 * units, self.currency))

    def earned(self, visit: str, one: Slot) -> str:
        """Say what a visit earns in a slot; where that is less than the uplift on its card, what it is less."""
        facts = self.saved.context["options"].get(visit, [])
        known = facts[one.option] if one.option < len(facts) else {}
        instead = float(known.get("worth_minor", 100 * one.value)) / 100 - one.value
        if abs(instead) < LEAST:
            return self.money(one.value)
        return _("{value} (its uplift of {uplift} less {instead} that a call or a letter would bring)").format(
            value=self.money(one.value), uplift=self.money(one.value + instead), instead=self.money(instead)
        )

    def visit(self, debtor: str) -> str:
        """Name a debtor, with the number of his stop where he has one."""
        return plain(self.names.visits.get(debtor, debtor))

    def crew(self, shift: str) -> str:
        """Name a shift's crew."""
        return str(self.shifts[shift]["crew_name"])

    def day(self, shift: str) -> date:
        """Give a shift's day."""
        return date.fromisoformat(self.shifts[shift]["day"])

    def at(self, seconds: int) -> datetime:
        """Turn seconds of the problem into a time."""
        return self.standing.problem.origin + timedelta(seconds=seconds)

    def begun(self, shift: str, now: datetime) -> bool:
        """Say whether a shift has begun."""
        return self.at(int(self.shifts[shift]["starts"])) <= now

    def span(self, one: Slot) -> str:
        """Write from when to when a slot lasts."""
        return formats.span(self.at(one.begins), self.at(one.leaves))

    def slot(self, one: Slot) -> str:
        """Say crew, day and time of a slot."""
        return _("{crew}, {day} {span}").format(
            crew=plain(self.crew(one.shift)), day=formats.day(self.day(one.shift)), span=self.span(one)
        )

    def between(self, one: Slot) -> str:
        """Say whom the crew comes from and goes to."""
        if one.before is None and one.behind is None:
            return _("the only stop")
        if one.before is None:
            return _("first, before {name}").format(name=self.visit(str(one.behind)))
        if one.behind is None:
            return _("last, after {name}").format(name=self.visit(one.before))
        return _("between {one} and {other}").format(one=self.visit(one.before), other=self.visit(one.behind))

    def way(self, one: Slot) -> str:
        """Say what a slot takes in minutes."""
        drive, door = round(one.drive_s / 60), round(one.service_s / 60)
        if drive < 0:
            text = _("{door} min at the door and {drive} min less driving")
        else:
            text = _("{door} min at the door and {drive} min more driving")
        return text.format(door=door, drive=abs(drive))

    def price(self, one: Slot) -> str:
        """Say what the whole plan loses or gains by a slot, and who makes room for it."""
        money = self.money(abs(one.gain))
        if one.gain > 0:
            said = [_("The plan would gain {money}: a longer search may find it.").format(money=money)]
        else:
            said = [_("The plan would lose {money}.").format(money=money)]
        moved = {each.visit: each.shift for each in one.moved}
        out = [self.visit(each) for each in one.displaced if each not in moved]
        out += [self.visit(other) for each in one.moved for other in each.instead_of]
        if out:
            said.append(_("Left out for it: {names}.").format(names=_(", ").join(out)))
        if moved:
            went = [
                _("{name} to {shift}").format(name=self.visit(visit), shift=plain(self.names.shifts.get(shift, shift)))
                for visit, shift in moved.items()
            ]
            said.append(_("Moved for it: {names}.").format(names=_(", ").join(went)))
        if not out and not moved:
            said.append(_("Nobody has to make room."))
        return "".join(said) if formats.locale().startswith("zh") else " ".join(said)


def others_out(told: Told, one: Slot) -> str:
    """Name who makes room for a slot, for a table: an arrow marks those who are made elsewhere."""
    moved = {each.visit for each in one.moved}
    names = [("→ " if each in moved else "") + told.names.visits.get(each, each) for each in one.displaced]
    names += [told.names.visits.get(other, other) for each in one.moved for other in each.instead_of]
    return _(", ").join(names) or formats.UNKNOWN


def windows(told: Told, debtor: str) -> str:
    """Say in which hours of which days a visit is permitted and somebody works: ``Mon–Fri 09:00–20:30, Sat …``."""
    visit = told.standing.problem.visits[told.standing.number[debtor]]
    worked = {one.starts // DAY_S for one in told.standing.problem.shifts}
    by_day: dict[int, list[tuple[int, int]]] = {}
    for option in visit.options:
        day = option.opens // DAY_S
        if day in worked:
            by_day.setdefault(day, []).append((option.opens - day * DAY_S, option.closes - day * DAY_S))
    hours = {day: _joined(sorted(spans)) for day, spans in by_day.items()}
    said = []
    for _key, group in groupby(sorted(hours), key=lambda day: (hours[day], _run(day, hours))):
        days = list(group)
        name = formats.weekday(told.at(days[0] * DAY_S).date())
        if len(days) > 1:
            name += "–" + formats.weekday(told.at(days[-1] * DAY_S).date())
        spans = _(", ").join(formats.span(told.at(opens), told.at(closes)) for opens, closes in hours[days[0]])
        said.append(f"{name} {spans}")
    return _(", ").join(said) or formats.UNKNOWN


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join windows with less than a visit between them: where one kind of hour ends and the next begins."""
    found: list[tuple[int, int]] = []
    for opens, closes in spans:
        if found and opens - found[-1][1] <= BETWEEN_S:
            found[-1] = found[-1][0], max(found[-1][1], closes)
        else:
            found.append((opens, closes))
    return tuple(found)


def _run(day: int, hours: Mapping[int, tuple[tuple[int, int], ...]]) -> int:
    """Give the first day of the run of days with the same hours that a day belongs to."""
    while hours.get(day - 1) == hours[day]:
        day -= 1
    return day
