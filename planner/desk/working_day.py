"""How long a collector's day becomes by a change: beyond the usual hours it is overtime, beyond the most it is refused.

Lawful hours for a visit are the debtors' protection (``planner.rules.check``); this is the collectors'.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from planner.desk.opening import Desk
from planner.editing import Draft
from planner.rules.pack import RulePack, Term


@dataclass(frozen=True)
class LongDay:
    """A crew's day of ``worked_s`` seconds without its breaks, and the rule that it goes beyond.

    ``forbidden``: it is longer than a day may be at all; else it is overtime, which each collector has to agree to.
    """

    crew: str
    day: date
    worked_s: int
    limit: Term[float]
    forbidden: bool


def long_days(desk: Desk, made: Draft) -> tuple[LongDay, ...]:
    """Give the days that a change makes longer than the rule pack has them; what was as long before is not new."""
    before, after = worked(desk, desk.draft), worked(desk, made)
    found = []
    for (crew, day), seconds in sorted(after.items()):
        limit = beyond(desk.pack, seconds)
        if limit is not None and seconds > before.get((crew, day), 0):
            found.append(LongDay(crew, day, seconds, limit, limit is desk.pack.day_hours_most))
    return tuple(found)


def beyond(pack: RulePack, seconds: int) -> Term[float] | None:
    """Give the limit that a day of so many seconds of work goes beyond, the graver one; None within both."""
    both = (pack.day_hours_most, pack.day_hours)
    return next((one for one in both if one is not None and seconds > one.value * 3600), None)


def worked(desk: Desk, of: Draft) -> dict[tuple[str, date], int]:
    """Give the seconds of work by crew and day: the shifts whole, what is kept back of them too, without the breaks."""
    kept_back = {name: int(one.get("reserve_s", 0)) for name, one in desk.saved.context["shifts"].items()}
    total: dict[tuple[str, date], int] = defaultdict(int)
    for one in of.problem.shifts:
        pauses = sum(each.lasts_s for each in one.breaks)
        total[one.crew, of.day(one)] += max(one.ends + kept_back.get(one.id, 0) - one.starts - pauses, 0)
    return dict(total)
