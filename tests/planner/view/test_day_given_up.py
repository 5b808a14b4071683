"""A crew that changes its day twice still opens it, and sees every stop that it gave up."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

from config.parameters import load as load_parameters
from config.rules import load_pack
from geodata.roads import StraightLine
from planner.day_change import Happened, News, propose, read_own, take_day
from planner.domain import Role
from planner.plan import plan_week
from planner.view.day import day_view
from planner.view.week import week_view
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, MONDAY, NEXT_WEEK, ZONE, means, principal


def test_each_stop_that_was_given_up_stays_told_after_the_next_change(own_store):
    before = datetime.combine(MONDAY + timedelta(days=5), time(12), ZONE)
    plan = plan_week(means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=before)
    own_store.publish(principal(), plan.plan_id, before)
    routes = week_view(own_store, principal(), plan.plan_id).routes
    day, crew = next((route.day, route.crew_id) for route in routes if len(route.stops) > 3)
    who = principal(Role.COLLECTOR, crew=crew)
    refused = []
    for _ in range(2):
        own = read_own(own_store, who, crew, day)
        at = own.moment(own.route["leaves_start"])
        refused.append(own.ahead[0])
        rest = propose(
            own_store, who, own, News(Happened.REFUSED, own.ahead[0]), StraightLine(), load_pack("CN"),
            load_parameters(), at=at,
        )  # fmt: skip
        take_day(own_store, who, rest, StraightLine(), change_id=str(uuid4()), digest=rest.digest, now=at)
    noon = datetime.combine(day, time(12), ZONE)
    seen = day_view(own_store, who, crew, day, now=noon, parameters=load_parameters())
    assert [stop.debtor_id for stop, _why in seen.given_up] == refused
    assert {why for _stop, why in seen.given_up} == {"refused"}
    assert not set(refused) & {stop.debtor_id for stop in seen.stops}
