"""The board of a day over the story of the small town: what is recorded, what is late, how the rest goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from config.parameters import load as load_parameters
from planner.domain import Role
from planner.store import NotAllowed, Store
from planner.view.board import RECORDED, Board, BoardRoute, Now, board_route, board_view, day_to_show, state_of
from planner.view.day import expected
from planner.view.in_force import routes_in_force
from planner.view.loop import StepState, steps
from planner.view.week import route_view
from tests.planner import factories as town
from tests.planner.conftest import Story
from tests.planner.factories import BRANCH, NEXT_WEEK, WEEK, ZONE, principal

MANAGER = principal()


def the_branch(store: Store):
    (one,) = store.branches(MANAGER)
    return one


def first_day(story: Story, plan: str = "first") -> date:
    saved = getattr(story, plan)
    shifts = saved.context["shifts"]
    return min(date.fromisoformat(shifts[one["shift"]]["day"]) for one in saved.plan["routes"] if one["stops"])


def board(store: Store, story: Story, now: datetime, plan: str = "first") -> Board:
    return board_view(store, MANAGER, the_branch(store), first_day(story, plan), load_parameters(), now=now)


def test_a_day_of_which_everything_is_recorded(story: Story, story_store: Store) -> None:
    found = board(story_store, story, datetime.combine(first_day(story), datetime.max.time(), ZONE))
    stops = [stop for route in found.routes for stop in route.stops]
    assert stops
    assert found.published
    assert {stop.now for stop in stops} <= RECORDED
    assert found.recorded == len(stops)
    assert all(stop.late_by == timedelta(0) for stop in stops), "the story's crews come to the second"
    assert found.newest_at is not None
    assert all(route.back_at is None for route in found.routes)


def at(story: Story, hours: float) -> datetime:
    """A time of the first day of the second week, of which nothing is recorded."""
    return datetime.combine(first_day(story, "second"), datetime.min.time(), ZONE) + timedelta(hours=hours)


@pytest.fixture
def unrecorded(story: Story, own_store: Store) -> Store:
    """The story with its second week published and not yet walked."""
    own_store.publish(MANAGER, story.second.plan_id, story.second.created_at + timedelta(hours=1))
    return own_store


def test_before_the_day_all_is_ahead_and_afterwards_nothing_is_known(story: Story, unrecorded: Store) -> None:
    early = board(unrecorded, story, at(story, 6), "second")
    states = {stop.now for route in early.routes for stop in route.stops}
    assert states <= {Now.AHEAD, Now.AT_RISK}
    assert early.recorded == 0
    assert all(route.in_time is not None for route in early.routes)
    over = board(unrecorded, story, at(story, 23.9), "second")
    assert {stop.now for route in over.routes for stop in route.stops} == {Now.UNRECORDED}
    assert over.newest_at is None


def test_a_silent_crew_is_late_and_nothing_is_foretold_of_it(story: Story, unrecorded: Store) -> None:
    found = board(unrecorded, story, at(story, 15), "second")
    (route, *_rest) = [one for one in found.routes if one.route.leaves_at < at(story, 13)]
    assert route.in_time is None
    assert route.stops[0].now is Now.LATE
    assert all(stop.chance is None for stop in route.stops)
    assert Now.AT_RISK not in {stop.now for stop in route.stops}
    assert (route.silent, route.unreached) == (True, None)
    # On its phone too: the plan's return is named as the plan's, its chance no more.
    told = expected(route.route, route)
    assert told == {"returns_at": route.route.returns_at, "silent": True}


def test_a_crew_that_has_changed_its_day_lately_is_not_silent(story: Story, unrecorded: Store) -> None:
    now = at(story, 15)
    silent = next(one for one in board(unrecorded, story, now, "second").routes if one.silent)
    worked = routes_in_force(unrecorded, MANAGER, the_branch(unrecorded), NEXT_WEEK)
    one = next(one for one in worked if one.shift_id == silent.route.shift_id)
    changed = replace(one.saved, created_at=now - timedelta(minutes=20))
    told = board_route(changed, one.route, {}, {}, load_parameters(), now)
    assert not told.silent
    assert told.in_time is not None


def test_a_crew_that_was_heard_of_an_hour_ago_is_silent_once_its_next_door_should_be_behind_it(
    story: Story, unrecorded: Store
) -> None:
    worked = list(routes_in_force(unrecorded, MANAGER, the_branch(unrecorded), NEXT_WEEK))
    one = max(worked, key=lambda each: len(each.route["stops"]))
    first, second = route_view(one.saved, one.route, {}).stops[-2:]

    def told(newest: datetime, now: datetime) -> BoardRoute:
        entry = {"started_at": newest, "ended_at": newest, "recorded_at": newest}
        known = {first.debtor_id: {name: pd.Timestamp(at) for name, at in entry.items()} | {"code": "NOT_HOME"}}
        return board_route(one.saved, one.route, {}, known, load_parameters(), now)

    due = second.leaves_at
    ahead = told(due - timedelta(hours=3), due - timedelta(minutes=1))
    assert not ahead.silent  # far ahead of its plan: its next door is planned for later
    assert ahead.in_time is not None
    silent = told(due - timedelta(minutes=61), due)
    assert silent.silent
    assert silent.in_time is None
    assert not told(due - timedelta(minutes=59), due).silent


def test_who_will_not_be_reached_is_counted(story: Story, unrecorded: Store) -> None:
    early = board(unrecorded, story, at(story, 6), "second")
    assert all(route.unreached is not None and route.unreached < 2 for route in early.routes)
    crew = max(early.routes, key=lambda one: len(one.stops))
    first = crew.stops[0].planned
    row = {
        "outcome_id": "o2", "debtor_id": first.debtor_id, "place_id": first.place_id, "crew_id": first.crew_id,
        "plan_id": crew.plan_id, "started_at": crew.route.shift_ends_at - timedelta(minutes=40),
        "ended_at": crew.route.shift_ends_at - timedelta(minutes=30), "recorded_at": crew.route.shift_ends_at,
        "code": "REFUSED",
    }  # fmt: skip
    now = crew.route.shift_ends_at - timedelta(minutes=29)
    unrecorded.save_outcomes(MANAGER, BRANCH, town.outcomes(row), now=now)
    late = next(one for one in board(unrecorded, story, now, "second").routes if one.route.shift_id == first.shift_id)
    assert late.unreached is not None
    assert late.unreached > len(crew.stops) - 4
    told = expected(late.route, late)
    assert told["unreached"] == round(late.unreached)


def test_one_recorded_door_says_where_the_crew_is(story: Story, unrecorded: Store) -> None:
    before = board(unrecorded, story, at(story, 6), "second")
    route = max(before.routes, key=lambda one: len(one.stops))
    assert len(route.stops) >= 3
    second = route.stops[1].planned
    row = {
        "outcome_id": "o1", "debtor_id": second.debtor_id, "place_id": second.place_id, "crew_id": second.crew_id,
        "plan_id": route.plan_id, "started_at": second.begins_at + timedelta(minutes=30),
        "ended_at": second.leaves_at + timedelta(minutes=30), "recorded_at": second.leaves_at + timedelta(minutes=31),
        "code": "PTP_LATER", "promised_minor": 100,
    }  # fmt: skip
    now = second.leaves_at + timedelta(minutes=32)
    unrecorded.save_outcomes(MANAGER, BRANCH, town.outcomes(row), now=now)
    found = next(
        one for one in board(unrecorded, story, now, "second").routes if one.route.shift_id == route.route.shift_id
    )
    assert [stop.now for stop in found.stops[:3]] == [Now.PASSED, Now.MET, Now.UNDER_WAY]
    assert found.stops[1].unsaid == ("day",)  # somebody should ask for it
    assert found.recorded == 1
    assert found.late_by == timedelta(minutes=30)
    assert found.stops[2].expected_at is not None
    assert found.stops[2].expected_at > found.stops[2].planned.begins_at + timedelta(minutes=10)
    assert found.in_time is not None
    assert found.in_time <= next(one for one in before.routes if one.route.shift_id == route.route.shift_id).in_time


def test_a_crew_of_which_nothing_is_recorded_is_not_said_to_be_under_way(story: Story, unrecorded: Store) -> None:
    """Who is out is told below the board by what the crew said: the plan alone does not know it."""
    route = max(board(unrecorded, story, at(story, 6), "second").routes, key=lambda one: len(one.stops))
    assert route.route.leaves_at is not None
    now = route.route.leaves_at + timedelta(minutes=5)
    found = board(unrecorded, story, now, "second").routes
    assert Now.UNDER_WAY not in {stop.now for one in found for stop in one.stops}


def test_what_a_later_entry_overtook_is_ahead_until_its_time_is_over(story: Story, unrecorded: Store) -> None:
    route = max(board(unrecorded, story, at(story, 6), "second").routes, key=lambda one: len(one.stops))
    first, second = (stop.planned for stop in route.stops[:2])
    began = route.route.shift_starts_at - timedelta(minutes=20)
    row = {
        "outcome_id": "o1", "debtor_id": second.debtor_id, "place_id": second.place_id, "crew_id": second.crew_id,
        "plan_id": route.plan_id, "started_at": began, "ended_at": began + timedelta(minutes=5), "code": "REFUSED",
    }  # fmt: skip
    unrecorded.save_outcomes(MANAGER, BRANCH, town.outcomes(row), now=began + timedelta(minutes=6))
    for now, state in ((began + timedelta(minutes=7), Now.AHEAD), (first.leaves_at, Now.PASSED)):
        found = next(
            one for one in board(unrecorded, story, now, "second").routes if one.route.shift_id == route.route.shift_id
        )
        assert found.stops[0].now in ({Now.AHEAD, Now.UNDER_WAY, Now.AT_RISK} if state is Now.AHEAD else {state})
        assert (found.stops[0].expected_at is not None) is (state is Now.AHEAD)


def test_nobody_sees_another_branch_and_a_job_sees_no_names(story: Story, story_store: Store) -> None:
    branch = the_branch(story_store)
    with pytest.raises(NotAllowed):
        board_view(
            story_store, principal(branches=("YX09",)), branch, first_day(story), load_parameters(), now=town.NOW
        )
    job = principal(Role.SYSTEM)
    found = board_view(story_store, job, branch, first_day(story), load_parameters(), now=town.NOW)
    assert {stop.planned.name for route in found.routes for stop in route.stops} == {""}


def test_a_week_without_a_published_plan_has_no_board(story: Story, story_store: Store) -> None:
    branch = the_branch(story_store)
    found = board_view(story_store, MANAGER, branch, date(2026, 12, 1), load_parameters(), now=town.NOW)
    assert (found.routes, found.published) == ((), False)
    assert list(routes_in_force(story_store, MANAGER, branch, NEXT_WEEK)) == []


def test_the_day_to_show_is_the_last_on_which_a_crew_was_out(story_store: Store) -> None:
    branch = the_branch(story_store)
    sunday = datetime(2026, 11, 29, 12, tzinfo=ZONE)
    shifts = story_store.shifts(MANAGER, BRANCH, date(2026, 11, 20), date(2026, 11, 29))
    assert day_to_show(story_store, MANAGER, branch, now=sunday) == max(one.day for one in shifts)


@pytest.mark.parametrize(("code", "state"), [("NOT_HOME", Now.NOBODY), ("DISPUTE", Now.REFUSED), ("PTP_2D", Now.MET)])
def test_each_outcome_has_a_state(code: str, state: Now) -> None:
    assert state_of(code) is state


def test_the_steps_of_the_week(story: Story, story_store: Store) -> None:
    branch = the_branch(story_store)
    rows = story_store.plans(MANAGER, BRANCH, WEEK)
    before = steps(story_store, MANAGER, branch, WEEK, rows, now=town.NOW)
    assert [one.name for one in before] == ["planned", "published", "run", "recorded"]
    assert (before[1].who, before[2].state) == (MANAGER.name, StepState.TODO)
    after = steps(story_store, MANAGER, branch, WEEK, rows, now=town.NOW + timedelta(weeks=2))
    assert {one.state for one in after} == {StepState.DONE}
    assert after[3].part == after[3].whole > 0
    draft = [replace(row, in_force=False, published_at=None) for row in rows]
    assert [one.state for one in steps(story_store, MANAGER, branch, WEEK, draft, now=town.NOW)][1:] == [
        StepState.TODO
    ] * 3
    assert steps(story_store, MANAGER, branch, NEXT_WEEK, (), now=town.NOW)[0].state is StepState.TODO


def test_a_week_was_planned_when_the_plan_was_that_the_reader_sees(story: Story, story_store: Store) -> None:
    branch = the_branch(story_store)
    published = story_store.plans(MANAGER, BRANCH, WEEK)[0]
    seen = replace(published, plan_id="seen", in_force=False, published_at=None, created_by="who planned")
    newer = replace(seen, plan_id="newer", created_at=seen.created_at + timedelta(minutes=7), created_by="who undid")
    # He went back from the newer draft; or he chose the older one.
    of_it = steps(story_store, MANAGER, branch, WEEK, (newer, seen), now=town.NOW, shown=seen)[0]
    assert (of_it.at, of_it.who) == (seen.created_at, "who planned")
    anyone = steps(story_store, MANAGER, branch, WEEK, (newer, seen), now=town.NOW)[0]
    assert (anyone.at, anyone.who) == (newer.created_at, "who undid")
    in_force = steps(story_store, MANAGER, branch, WEEK, (newer, seen, published), now=town.NOW, shown=newer)[0]
    assert (in_force.at, in_force.who) == (published.created_at, published.created_by)


def test_a_week_is_run_once_anything_is_recorded_and_over_when_it_is(story: Story, unrecorded: Store) -> None:
    route = max(board(unrecorded, story, at(story, 6), "second").routes, key=lambda one: len(one.stops))
    first = route.stops[0].planned
    began = at(story, 5)
    row = {
        "outcome_id": "o1", "debtor_id": first.debtor_id, "place_id": first.place_id, "crew_id": first.crew_id,
        "plan_id": route.plan_id, "started_at": began, "ended_at": began + timedelta(minutes=5), "code": "REFUSED",
    }  # fmt: skip
    branch, rows = the_branch(unrecorded), unrecorded.plans(MANAGER, BRANCH, NEXT_WEEK)
    before = steps(unrecorded, MANAGER, branch, NEXT_WEEK, rows, now=began)
    assert [one.state for one in before[2:]] == [StepState.TODO] * 2
    unrecorded.save_outcomes(MANAGER, BRANCH, town.outcomes(row), now=began + timedelta(minutes=6))
    early = steps(unrecorded, MANAGER, branch, NEXT_WEEK, rows, now=began + timedelta(minutes=6))
    assert [(one.state, one.part) for one in early[2:]] == [(StepState.BEGUN, 0), (StepState.BEGUN, 1)]
    over = steps(unrecorded, MANAGER, branch, NEXT_WEEK, rows, now=began + timedelta(weeks=1))
    assert over[3].state is StepState.DONE
    assert over[3].part < over[3].whole
