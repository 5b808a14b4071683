"""Weighs a change of an opened plan: exact, priced, and read by the rules a second time. Nothing is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from planner import editing, routing
from planner.desk.opening import Desk, whole_visit
from planner.desk.working_day import LongDay, long_days
from planner.editing import Command, Draft, Price, Refusal
from planner.editing.told import visits_of
from planner.rules.check import Broken, PlannedStop, broken_rules
from planner.rules.pack import SETTING


@dataclass(frozen=True, eq=False)
class Offer:
    """A change that could be taken: the plan as it would be, its price, and the rules it would break.

    ``against`` are rules that forbid it; ``notes`` only say that it goes against what the branch set. ``long_days`` are
    crews' days that become longer than usual, or than they may be.
    """

    commands: tuple[Command, ...]
    draft: Draft
    price: Price
    against: tuple[Broken, ...] = ()
    notes: tuple[Broken, ...] = ()
    long_days: tuple[LongDay, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether it may be taken."""
        return not self.against and not any(one.forbidden for one in self.long_days)


def weigh(desk: Desk, commands: Sequence[Command]) -> Offer | Refusal:
    """Say what a change would cost and bring, or why it cannot be and what it would take."""
    first, *rest = commands
    made = editing.apply(desk.draft, first)
    if isinstance(made, Draft) and rest:
        made = editing.apply_all(made, rest)
    if isinstance(made, Refusal):
        return made
    asked = frozenset(name for command in commands for name in visits_of(command))
    paid = editing.price(desk.draft, made, asked, worths=desk.worths, doors=desk.doors)
    against, notes = broken_by(desk, made, asked)
    return Offer(tuple(commands), made, paid, against, notes, long_days(desk, made))


def broken_by(
    desk: Desk, made: Draft, asked: frozenset[str] = frozenset()
) -> tuple[tuple[Broken, ...], tuple[Broken, ...]]:
    """Give the rules that the changed routes break and the plan did not: those that forbid it, and the others.

    Of the visits that are asked for every broken rule counts: who was put on hold since is not moved, but taken out.
    """
    same = {one.shift: one for one in desk.draft.routes}
    changed = {
        one.shift
        for one in made.routes
        if same.get(one.shift) != one or made.kept.absent.get(one.shift) != desk.draft.kept.absent.get(one.shift)
    }
    before = {one for one in read_again(desk, desk.draft, changed) if one.debtor_id not in asked}
    new = [one for one in read_again(desk, made, changed) if one not in before]
    return (
        tuple(one for one in new if SETTING not in one.article),
        tuple(one for one in new if SETTING in one.article),
    )


def read_again(desk: Desk, of: Draft, shifts: set[str]) -> tuple[Broken, ...]:
    """Read some routes of a draft against the rule pack."""
    stops = [planned_stop(desk, of, route.shift, stop) for route in of.routes for stop in route.stops]
    ours = {stop.visit for route in of.routes if route.shift in shifts for stop in route.stops}
    return broken_rules([one for one in stops if one.debtor_id in ours], desk.known.facts, desk.pack)


def planned_stop(desk: Desk, of: Draft, shift: str, stop: routing.Stop) -> PlannedStop:
    """Give a stop as the rules read it, with those of the crew who are there."""
    one = of.shift(shift)
    away = of.kept.absent.get(shift, ())
    crew = desk.known.crews.get(one.crew)
    return PlannedStop(
        debtor_id=stop.visit,
        place_id=str(desk.saved.context["options"][stop.visit][stop.option]["place_id"]),
        begins=moment(of.problem, stop.begins),
        leaves=moment(of.problem, stop.leaves),
        members=() if crew is None else tuple(name for name in crew.members if name not in away),
        skills=one.skills,
        duties=frozenset(desk.known.duties.get(stop.visit, ())),
    )


def closed_by(desk: Desk, visit: str, shift: str) -> tuple[Broken, ...]:
    """Give the rules that keep a visit out of a shift from its begin to its end, at any of its places."""
    of = desk.draft
    if visit not in of.number or shift not in of.shift_number:
        return ()
    one, here = whole_visit(of, of.visit(visit)), of.shift(shift)
    facts = desk.saved.context["options"][visit]
    found: dict[str, Broken] = {}
    rules: set[str] | None = None
    for option, known in {str(known["place_id"]): (k, known) for k, known in enumerate(facts)}.values():
        service = one.service_in(option)
        for share in (0.15, 0.4, 0.65, 0.9):
            begins = round(here.starts + share * (here.ends - here.starts - service))
            stop = replace(
                planned_stop(desk, of, shift, routing.Stop(visit, option, begins, begins, begins + service)),
                place_id=str(known["place_id"]),
            )
            broken = broken_rules([stop], desk.known.facts, desk.pack)
            found |= {each.rule: each for each in broken}
            rules = {each.rule for each in broken} if rules is None else rules & {each.rule for each in broken}
    return tuple(found[name] for name in sorted(rules or ()))


def moment(problem: routing.Problem, seconds: int) -> datetime:
    """Give the aware moment so many seconds after the origin."""
    return problem.origin + timedelta(seconds=seconds)
