"""A crew called in for an evening beside its day: one day of both shifts, and none of its stops is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from config.parameters import load as load_parameters
from config.rules import load_pack
from config.safety import load_safety
from geodata.roads import StraightLine
from planner.day_change import CannotChange, Happened, News, propose, read_own, take_day
from planner.domain import Role
from planner.promised import promised
from planner.store import Store
from planner.view import day_view
from planner.view.board import board_view
from planner.view.safety import crew_safety
from tests.planner.conftest import Story
from tests.planner.factories import BRANCH, NEXT_WEEK, outcomes, principal
from tests.planner.two_shifts import CREW, WHO, TwoShifts, between, call_in

PARAMETERS = load_parameters()


@pytest.fixture
def two(own_store: Store, story: Story) -> TwoShifts:
    return call_in(own_store, story)


def test_the_day_has_the_stops_of_both_shifts_in_order_of_time(two: TwoShifts) -> None:
    for who in (WHO, principal()):
        view = day_view(two.store, who, CREW, two.day)
        assert [one.debtor_id for one in view.stops] == [*two.stops[0], *two.stops[1]]
        # numbered within the shift, as on the week's timeline
        assert [one.number for one in view.stops] == [
            *range(1, len(two.stops[0]) + 1), *range(1, len(two.stops[1]) + 1),
        ]  # fmt: skip
        assert view.hours == tuple((one.starts, one.ends) for one in two.shifts)
        assert all(one.name and one.address for one in view.stops)
        assert (view.starts_at, view.ends_at) == view.hours[0]
        assert len(view.returns) == 2


def test_hours_and_chance_are_of_the_shift_under_way_or_the_next(two: TwoShifts) -> None:
    first, second = two.shifts
    for now, shift in ((first.starts, first), (between(two), second), (second.ends + timedelta(hours=1), second)):
        view = day_view(two.store, WHO, CREW, two.day, now=now, parameters=PARAMETERS)
        assert (view.starts_at, view.ends_at) == (shift.starts, shift.ends)
        assert view.returns_at is not None
        assert shift.starts < view.returns_at
        assert len(view.stops) == sum(map(len, two.stops))


def recorded(two: TwoShifts, debtor_id: str, number: int) -> None:
    view = day_view(two.store, WHO, CREW, two.day)
    stop = next(one for one in view.stops if one.debtor_id == debtor_id)
    row = {"debtor_id": debtor_id, "place_id": stop.place_id, "crew_id": CREW, "plan_id": stop.plan_id}
    row |= {"outcome_id": f"o{number}", "started_at": stop.begins_at, "ended_at": stop.leaves_at, "code": "NOT_HOME"}
    two.store.save_outcomes(WHO, BRANCH, outcomes(row), now=stop.leaves_at)


def test_a_day_planned_again_loses_no_stop_of_the_other_shift(two: TwoShifts) -> None:
    roads, pack = StraightLine(), load_pack("CN")
    at = two.shifts[0].starts
    own = read_own(two.store, WHO, CREW, two.day, now=at)
    assert own.shift.shift_id == two.shifts[0].shift_id
    refused = two.stops[0][0]
    proposal = propose(two.store, WHO, own, News(Happened.REFUSED, refused), roads, pack, PARAMETERS, at=at)
    take_day(two.store, WHO, proposal, roads, change_id=str(uuid4()), digest=proposal.digest, now=at)
    view = day_view(two.store, WHO, CREW, two.day, now=at, parameters=PARAMETERS)
    assert {one.debtor_id for one in view.stops} == {*two.stops[0], *two.stops[1]} - {refused}
    assert len(set(view.plan_ids)) == 2
    # Each outcome is of its own shift's plan, and both count.
    recorded(two, two.stops[0][1], 1)
    recorded(two, two.stops[1][0], 2)
    assert day_view(two.store, WHO, CREW, two.day).done == 2
    # In the evening the evening is planned again, and the day before it stays as it was made.
    evening = read_own(two.store, WHO, CREW, two.day, now=between(two))
    assert evening.shift.shift_id == two.shifts[1].shift_id
    assert set(evening.recorded) == {two.stops[1][0]}
    proposal = propose(two.store, WHO, evening, News(Happened.AGAIN), roads, pack, PARAMETERS, at=two.shifts[1].starts)
    take_day(two.store, WHO, proposal, roads, change_id=str(uuid4()), digest=proposal.digest, now=two.shifts[1].starts)
    after = day_view(two.store, WHO, CREW, two.day)
    assert {one.debtor_id for one in after.stops} >= set(two.stops[0]) - {refused}
    assert {one.debtor_id for one in after.stops if one.outcome_code} == {two.stops[0][1], two.stops[1][0]}


def test_a_stop_of_the_other_shift_is_found_when_it_is_the_one_spoken_of(two: TwoShifts) -> None:
    own = read_own(two.store, WHO, CREW, two.day, now=two.shifts[0].starts, about=two.stops[1][0])
    assert own.shift.shift_id == two.shifts[1].shift_id
    with pytest.raises(CannotChange):
        read_own(two.store, WHO, CREW, two.day + timedelta(days=1))


def test_the_board_and_the_watch_know_the_evening(two: TwoShifts) -> None:
    branch = next(one for one in two.store.branches(principal()) if one.code == BRANCH)
    board = board_view(two.store, principal(), branch, two.day, PARAMETERS, now=two.shifts[0].starts)
    assert {one.route.shift_id for one in board.routes} == {one.shift_id for one in two.shifts}
    crew = next(one for one in two.store.crews(WHO, BRANCH) if one.crew_id == CREW)
    seen = crew_safety(two.store, WHO, branch, crew, two.day, load_safety(), now=between(two))
    assert (seen.starts_at, seen.ends_at) == (two.shifts[0].starts, two.shifts[1].ends)
    assert set(two.store.once_stops(WHO, BRANCH, CREW, two.day)) >= set(two.stops[1])


def test_an_evening_that_has_begun_is_not_lost_to_a_plan_made_later(two: TwoShifts, story: Story) -> None:
    """A plan made during the evening does not hold it; one made before it and without it gives it up."""
    later = replace(story.second, plan_id="later", parent=two.saved.plan_id,
                    created_at=two.shifts[1].starts + timedelta(minutes=20))  # fmt: skip
    two.store.save_plan(principal(), later)
    two.store.publish(principal(), "later", later.created_at + timedelta(minutes=1))
    assert {one.debtor_id for one in day_view(two.store, WHO, CREW, two.day).stops} >= set(two.stops[1])
    branch = next(one for one in two.store.branches(principal()) if one.code == BRANCH)
    planned = {one.shift_id for one in two.store.shifts(principal(), BRANCH, two.day, two.day + timedelta(days=6))}
    waiting = promised(two.store, principal(), branch, NEXT_WEEK, planned, outcomes(), now=later.created_at)
    assert {waiting.get(one) for one in two.stops[1]} == {two.shifts[1].shift_id}


def test_an_evening_given_up_in_time_is_none_any_more(two: TwoShifts) -> None:
    two.store.publish(principal(), two.plain.plan_id, two.saved.created_at + timedelta(hours=1))
    view = day_view(two.store, WHO, CREW, two.day)
    assert {one.debtor_id for one in view.stops} == set(two.stops[0])
    assert len(view.hours) == 1
    assert two.store.shifts(principal(), BRANCH, two.day, two.day) == two.store.shifts_worked(
        principal(), BRANCH, two.day, two.day
    )
    assert principal(Role.COLLECTOR, crew=CREW) == WHO
