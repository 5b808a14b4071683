"""The story's second week with a crew called in for an evening beside its day, published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from planner.desk import Offer, extra_shift, open_desk, read_known, take, times_of_desk, weigh
from planner.domain import Principal, Role, Shift
from planner.editing import Add, CallIn, Move
from planner.store import SavedPlan, Store
from tests.planner.conftest import Story
from tests.planner.factories import BRANCH, MONDAY, NEXT_WEEK, NOW, means, principal

DAY = MONDAY + timedelta(weeks=1)
CREW = f"{BRANCH}-A"
WHO: Principal = principal(Role.COLLECTOR, crew=CREW)


@dataclass(frozen=True)
class TwoShifts:
    """The published plan and the crew's two shifts of that day with their routes, in order."""

    store: Store
    saved: SavedPlan
    day: date
    shifts: tuple[Shift, Shift]
    stops: tuple[tuple[str, ...], tuple[str, ...]]
    plain: SavedPlan  # the plan before the crew was called in


def call_in(store: Store, story: Story) -> TwoShifts:
    """Call the crew in for the evening and publish what comes of it."""
    friday, by = NOW + timedelta(weeks=1), means(store)
    branch = next(one for one in store.branches(principal()) if one.code == BRANCH)
    known = read_known(store, principal(), branch, NEXT_WEEK, by.pack, now=friday)
    desk = open_desk(story.second, times_of_desk(story.second, known, by.roads), known, by)
    extra = extra_shift(desk, CREW, DAY, 18 * 3600, 20 * 3600)
    assert extra is not None
    desk = take(by, principal(), desk, [CallIn(extra)], known, now=friday + timedelta(minutes=1))
    # How many are left out for the evening hangs on the search: some are moved there, so that there are two for sure.
    own = {stop.visit for one in desk.plan.routes if one.shift == f"{CREW}-{DAY:%Y%m%d}" for stop in one.stops}
    for name in sorted(one.id for one in desk.draft.problem.visits if one.id not in own):
        there = next((one.stops for one in desk.plan.routes if one.shift == extra.id), ())
        if len(there) >= 2:
            break
        if name not in {stop.visit for stop in there}:
            planned = any(stop.visit == name for one in desk.plan.routes for stop in one.stops)
            command = Move(name, extra.id) if planned else Add(name, extra.id)
            if isinstance(weigh(desk, [command]), Offer):
                desk = take(by, principal(), desk, [command], known, now=friday + timedelta(minutes=1))
    made = desk.saved
    store.publish(principal(), made.plan_id, friday + timedelta(minutes=2))
    stops = {one["shift"]: tuple(stop["visit"] for stop in one["stops"]) for one in made.plan["routes"]}
    first, second = (one for one in store.shifts_worked(principal(), BRANCH, DAY, DAY) if one.crew_id == CREW)
    assert second.shift_id == extra.id
    assert stops[first.shift_id]
    assert stops[second.shift_id], "nobody is visited in the evening: the story shows nothing"
    return TwoShifts(store, made, DAY, (first, second), (stops[first.shift_id], stops[second.shift_id]), story.second)


def between(two: TwoShifts) -> datetime:
    """A moment after the first shift and before the second."""
    return two.shifts[0].ends + (two.shifts[1].starts - two.shifts[0].ends) / 2
