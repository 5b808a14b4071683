"""What was settled by hand in a week's plan and does not hold in a scenario's: adopting that would undo it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from planner.editing import CallIn, Command, DayOff, Drop, Forbid, Hours, Lock
from planner.keeping import settled_in
from planner.scenarios.adopt import scenario_of
from planner.store import SavedPlan


def lost(before: SavedPlan, after: SavedPlan) -> tuple[Command, ...]:
    """Give the changes by hand of the plan ``before`` that the scenario ``after`` does not have, as commands.

    A scenario that was planned before they were made, or all anew, knows nothing of them. What is over when it is
    planned is no loss, nor are shifts of crews that it takes away: that is what it tries.
    """
    of = _Both(before, after)
    return tuple(dict.fromkeys((*of.visits(), *of.days(), *of.hours())))


class _Both:
    """Two plans of a week, and which shifts of the first count."""

    def __init__(self, before: SavedPlan, after: SavedPlan) -> None:
        self.before, self.after = settled_in(before), settled_in(after)
        scenario = scenario_of(after.metrics)
        self._away = frozenset() if scenario is None else frozenset(scenario.crews_off)
        self._from_s = (after.created_at - self.before.origin).total_seconds()
        named = {one["id"]: (str(one["crew"]), int(one["starts"])) for one in before.problem["shifts"]}
        self._shifts = named | {name: (one.crew, one.starts) for name, one in self.before.kept.off.items()}
        self._works = {str(one["id"]) for one in after.problem["shifts"]}
        self._may = {str(one["id"]) for one in after.problem["visits"] if one["options"]}

    def visits(self) -> Iterator[Command]:
        """Give who was taken out, locked, or kept apart from somebody."""
        then, now = self.before.kept, self.after.kept
        for name, one in then.dropped.items():
            if name not in now.dropped and name in self._may:
                yield Drop(name, one.why)
        held = {(one.visit, one.shift) for one in self.after.locks}
        for lock in self.before.locks:
            if (lock.visit, lock.shift) not in held and self._counts(lock.shift):
                yield Lock(lock.visit, lock.position is not None, lock.begins is not None)
        for first, second in sorted(then.apart - now.apart):
            if {first, second} <= self._may:
                yield Forbid(first, second)

    def days(self) -> Iterator[Command]:
        """Give who had a day off."""
        then, now = self.before.kept, self.after.kept
        for name in then.off:
            if name not in now.off and name in self._works and self._counts(name):
                yield DayOff(self._shifts[name][0], self._day(name))
        for name, absent in then.absent.items():
            gone = [who for who in absent if who not in now.absent.get(name, ())]
            if name in self._works and self._counts(name):
                yield from (DayOff(self._shifts[name][0], self._day(name), who) for who in gone)

    def hours(self) -> Iterator[Command]:
        """Give the shifts that had other hours, or were called in."""
        then, now = self.before.kept, self.after.kept
        for name, one in then.shifts.items():
            if name in now.shifts or name in then.absent or not self._counts(name):
                continue
            yield Hours(name, one.starts, one.ends) if name in self._works else CallIn(one)

    def _counts(self, name: str) -> bool:
        crew, starts = self._shifts.get(name, ("", -1))
        return starts > self._from_s and crew not in self._away

    def _day(self, name: str) -> date:
        return (self.before.origin + timedelta(seconds=self._shifts[name][1])).date()
