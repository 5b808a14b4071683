"""A plan made on a Wednesday says which days go on by the plan before, and the demo's crews walk those days too."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from config.parameters import load as load_parameters
from config.rules import load_pack
from dashboard.screens.week_under_way import told, under_way
from dashboard.text import speaking
from geodata.roads import StraightLine
from planner.day_change import Happened, News, propose, read_own, take_day
from planner.demo.walked import walk
from planner.domain import Role
from planner.plan import plan_week
from planner.view import week_view
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, MONDAY, NEXT_WEEK, WEEK, ZONE, means, principal

NOON = datetime.combine(MONDAY + timedelta(days=2), time(12, 0), ZONE)


@pytest.fixture
def midweek(story, own_store):
    again = plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOON)
    own_store.publish(principal(), again.plan_id, NOON)
    return own_store, again.plan_id


def found_in(store, plan_id, week=WEEK):
    (here,) = [one for one in store.branches(principal()) if one.code == BRANCH]
    view, rows = week_view(store, principal(), plan_id), store.plans(principal(), BRANCH, week)
    return under_way(SimpleNamespace(store=store, now=lambda: NOON), principal(), here, view, rows)


def test_days_that_had_begun_are_told_with_their_visits(story, midweek):
    store, again = midweek
    (one,) = found_in(store, again)
    before = week_view(store, principal(), story.first.plan_id)
    begun = [route for route in before.routes if route.shift_starts_at <= NOON and route.stops]
    assert one.plan_id == story.first.plan_id
    assert one.days == tuple(sorted({route.day for route in begun}))
    assert one.visits == sum(len(route.stops) for route in begun) > 0
    assert not set(one.days) & {route.day for route in week_view(store, principal(), again).routes if route.stops}
    assert found_in(store, story.first.plan_id) == []  # which has them all
    for language, said in (("en", "go on by the plan before"), ("zh", "按原计划继续")):
        with speaking(language):
            assert said in told(one)


def test_a_day_that_its_crew_had_changed_is_told_with_the_others(story, own_store):
    first, noon = story.second, NOON + timedelta(weeks=1)
    own_store.publish(principal(), first.plan_id, first.created_at)
    route = min(
        (one for one in week_view(own_store, principal(), first.plan_id).routes if one.stops), key=lambda one: one.day
    )
    who = principal(Role.COLLECTOR, crew=route.crew_id)
    own = read_own(own_store, who, route.crew_id, route.day)
    news, at = News(Happened.REFUSED, own.ahead[0]), own.moment(own.route["leaves_start"])
    rest = propose(own_store, who, own, news, StraightLine(), load_pack("CN"), load_parameters(), at=at)
    take_day(own_store, who, rest, StraightLine(), change_id=str(uuid4()), digest=rest.digest, now=at)
    again = plan_week(means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=noon)
    own_store.publish(principal(), again.plan_id, noon)
    (one,) = found_in(own_store, again.plan_id, NEXT_WEEK)
    assert one.plan_id == first.plan_id
    assert route.day in one.days
    stops = own_store.stops_in_force(principal(), BRANCH, NEXT_WEEK)
    assert len(stops[route.shift_id]) == len(route.stops) - 1
    there = {each.shift_id for each in week_view(own_store, principal(), again.plan_id).routes}
    assert one.visits == sum(len(debtors) for shift, debtors in stops.items() if shift not in there)


def test_the_demo_s_crews_walk_each_shift_by_the_plan_it_works_by(story, midweek):
    store, again = midweek
    system = principal(Role.SYSTEM)
    end = datetime.combine(MONDAY + timedelta(days=6), time(12, 0), ZONE)
    assert walk(store, system, BRANCH, WEEK, until=end, now=end) > 0
    known = store.outcomes(principal(), BRANCH, since=datetime.combine(MONDAY, time(), ZONE))
    assert {story.first.plan_id, again} <= set(known["plan_id"])
    assert walk(store, system, BRANCH, WEEK, until=end, now=end) == 0
