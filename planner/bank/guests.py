"""Crew-days of other branches as a branch would have them, and a week with such crew-days added or given away.

A crew that is lent starts and ends its day where it always does, so that its way there and back is part of its shift.
Where the roads of its own region do not reach, an estimate of that way is cut off its shift at both ends, and said.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from geodata.roads import RoadEngine, StraightLine
from planner.agency import BANK, agencies_of
from planner.bank.branch import planner_of
from planner.bank.order import Order
from planner.domain import Crew, Shift
from planner.reading import NothingToPlan, Week
from planner.rules.crew import crews_permitted
from planner.rules.pack import RulePack
from planner.store import Store
from planner.week import week_days


@dataclass(frozen=True)
class Guest:
    """A crew-day of another branch as it would be here; ``way_s`` one way, from base to base."""

    lender: str
    shift_id: str
    crew: Crew
    shift: Shift
    way_s: float
    estimated: bool


def free_days(store: Store, order: Order, branch: str, pack: RulePack) -> list[tuple[Crew, Shift]]:
    """Give the crew-days that a branch could lend: ahead, in no published plan, of own crews that may go out."""
    asking, days = planner_of(branch), week_days(order.week)
    fit = {one.crew_id: one for one in crews_permitted(store.crews(asking, branch), pack)[0]}
    published = store.plans_by_shift(asking, branch, order.week)
    return [
        (fit[one.crew_id], one)
        for one in store.shifts(asking, branch, days[0], days[-1])
        if one.starts >= order.now
        and one.shift_id not in published
        and one.crew_id in fit
        and not agencies_of(fit[one.crew_id].skills)
    ]


def guests(
    store: Store, order: Order, week: Week, lenders: Sequence[str], pack: RulePack, roads: RoadEngine
) -> list[Guest]:
    """Give the crew-days that other branches could lend this one; none of a crew to which no road leads.

    Raises
    ------
    geodata.roads.RoadFailure
        If the roads do not answer.
    """
    base = next(one.start for one in week.crews if one.crew_id == week.shifts[0].crew_id)
    found = []
    for lender in lenders:
        home = next(one for one in store.branches(planner_of(lender)) if one.code == lender)
        offered = free_days(store, order, lender, pack)
        if not offered:
            continue
        near = home.road_region == week.branch.road_region
        starts = list(dict.fromkeys(crew.start for crew, _ in offered))
        times = (roads if near else StraightLine()).travel_times(np.array([base, *starts]))
        both_s = {at: (times.seconds[k, 0], times.seconds[0, k]) for k, at in enumerate(starts, start=1)}
        for crew, shift in offered:
            way, back = both_s[crew.start]
            if not np.isfinite(way) or not np.isfinite(back):
                continue
            made = as_here(crew, shift, week, lender)
            if not near:
                made = shortened(made, base, float(way), float(back))
            if made[1].ends > made[1].starts:
                found.append(Guest(lender, shift.shift_id, *made, float(way), times.estimated))
    return found


def as_here(crew: Crew, shift: Shift, week: Week, lender: str) -> tuple[Crew, Shift]:
    """Give a crew and its shift as those of this branch, under ids that it does not have."""
    taken = {one.crew_id for one in week.crews} | {one.shift_id for one in week.shifts}
    sign = f"@{lender}" if {crew.crew_id, shift.shift_id} & taken else ""
    # Where an agency's crews are at work, the bank's own say that they are (planner.agency).
    bank = {BANK} if any(BANK in one.skills for one in week.crews) else set[str]()
    code = week.branch.code
    here = replace(crew, crew_id=crew.crew_id + sign, branch=code, skills=crew.skills | bank)
    return here, replace(shift, shift_id=shift.shift_id + sign, crew_id=here.crew_id, branch=code)


def shortened(made: tuple[Crew, Shift], base: tuple[float, float], way_s: float, back_s: float) -> tuple[Crew, Shift]:
    """Give a crew that begins at this branch's base, so much later, and ends there so much earlier."""
    crew, shift = made
    starts, ends = shift.starts + timedelta(seconds=way_s), shift.ends - timedelta(seconds=back_s)
    return replace(crew, start=base, end=base), replace(shift, starts=starts, ends=ends)


def hosting(week: Week, come: Sequence[Guest]) -> Week:
    """Give the week with crew-days of other branches."""
    crews = {one.crew.crew_id: one.crew for one in come}
    shifts = (*week.shifts, *(one.shift for one in come))
    return replace(week, crews=(*week.crews, *crews.values()), shifts=shifts, days=days_of(shifts))


def lending(week: Week, lent: Collection[str]) -> Week:
    """Give the week without shifts (ids).

    Raises
    ------
    NothingToPlan
        If none is left.
    """
    shifts = tuple(one for one in week.shifts if one.shift_id not in lent)
    if not shifts:
        raise NothingToPlan(f"No crew of branch {week.branch.code} would have a shift left.")
    return replace(week, shifts=shifts, days=days_of(shifts))


def days_of(shifts: Sequence[Shift]) -> tuple[date, ...]:
    """Give the days on which a shift is."""
    return tuple(sorted({one.day for one in shifts}))
