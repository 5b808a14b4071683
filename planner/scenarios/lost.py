"""What was settled by hand in a week's plan and does not hold in a scenario's: adopting that would undo it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from planner.domain import Principal
from planner.editing import CallIn, Command, DayOff, Drop, Forbid, Hours, Kept, Lock
from planner.keeping import settled_in
from planner.scenarios.adopt import scenario_of
from planner.store import SavedPlan, Store


def basis_of(store: Store, principal: Principal, scenario: SavedPlan) -> SavedPlan | None:
    """Give the plan of which a scenario kept what was settled by hand; None where it kept none."""
    kept = scenario.metrics.get("replan", {}).get("kept")
    return None if kept is None else store.plan(principal, kept)


def lost(before: SavedPlan, after: SavedPlan, basis: SavedPlan | None) -> tuple[Command, ...]:
    """Give the changes by hand of the plan ``before`` that a scenario does not have, as commands.

    A scenario that was planned before they were made, or all anew, knows nothing of them. What is over when it is
    planned is no loss, nor are shifts of crews that it takes away: that is what it tries. What it could not keep any
    more is none either: nothing could, and its draft says so.

    Parameters
    ----------
    after
        The scenario's plan.
    basis
        The plan of which it kept what was settled by hand (``basis_of``).
    """
    of = _Three(before, after, basis)
    return tuple(dict.fromkeys((*of.visits(), *of.days(), *of.hours())))


class _Three:
    """Two plans of a week, what the second one kept, and which shifts and visits count."""

    def __init__(self, before: SavedPlan, after: SavedPlan, basis: SavedPlan | None) -> None:
        self.before = settled_in(before)
        kept = None if basis is None else settled_in(basis)
        self._then, self._now = self.before.kept, Kept() if kept is None else kept.kept
        self._locks = set(self.before.locks) - set(() if kept is None else kept.locks)
        scenario = scenario_of(after.metrics)
        self._away = frozenset() if scenario is None else frozenset(scenario.crews_off)
        self._lent = frozenset() if scenario is None else frozenset(scenario.lent)
        self._from_s = (after.created_at - self.before.origin).total_seconds()
        named = {one["id"]: (str(one["crew"]), int(one["starts"])) for one in before.problem["shifts"]}
        self._shifts = named | {name: (one.crew, one.starts) for name, one in self._then.off.items()}
        self._works = {str(one["id"]) for one in after.problem["shifts"]}
        # Who was taken out has no options in a plan that keeps that.
        out = set(settled_in(after).kept.dropped)
        self._may = {str(one["id"]) for one in after.problem["visits"] if one["options"]} | out

    def visits(self) -> Iterator[Command]:
        """Give who was taken out, locked, or kept apart from somebody."""
        for name, one in self._then.dropped.items():
            if name not in self._now.dropped and name in self._may:
                yield Drop(name, one.why)
        for lock in sorted(self._locks, key=lambda one: one.visit):
            if lock.visit in self._may and lock.shift in self._works and self._counts(lock.shift):
                yield Lock(lock.visit, lock.position is not None, lock.begins is not None)
        for first, second in sorted(self._then.apart - self._now.apart):
            if {first, second} <= self._may:
                yield Forbid(first, second)

    def days(self) -> Iterator[Command]:
        """Give who had a day off."""
        for name in self._then.off:
            if name not in self._now.off and name in self._works and self._counts(name):
                yield DayOff(self._shifts[name][0], self._day(name))
        for name, absent in self._then.absent.items():
            gone = [who for who in absent if who not in self._now.absent.get(name, ())]
            if name in self._works and self._counts(name):
                yield from (DayOff(self._shifts[name][0], self._day(name), who) for who in gone)

    def hours(self) -> Iterator[Command]:
        """Give the shifts that had other hours, or were called in."""
        for name, one in self._then.shifts.items():
            known = self._now.shifts.get(name)
            same = known is not None and (known.starts, known.ends) == (one.starts, one.ends)
            if same or name in self._then.absent or not self._counts(name):
                continue
            yield Hours(name, one.starts, one.ends) if name in self._works else CallIn(one)

    def _counts(self, name: str) -> bool:
        crew, starts = self._shifts.get(name, ("", -1))
        return starts > self._from_s and crew not in self._away and name not in self._lent

    def _day(self, name: str) -> date:
        return (self.before.origin + timedelta(seconds=self._shifts[name][1])).date()
