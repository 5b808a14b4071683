"""The crew-days that plans spend in each district, and which week and which plans are meant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from planner.store import Store
from planner.view.planned_days import coming_week, newest_plans, planned_days, shares
from planner.week import iso_week
from tests.planner.conftest import Story
from tests.planner.factories import BRANCH, NEXT_WEEK, WEEK, principal


def test_the_week_meant_is_the_one_that_most_of_the_coming_days_belong_to() -> None:
    for k, ahead in enumerate((False, False, False, True, True, True, True)):  # Monday to Sunday
        today = date(2026, 11, 23) + timedelta(days=k)
        week = coming_week([today + timedelta(days=one) for one in range(1, 8)])
        assert week == iso_week(today + timedelta(weeks=ahead)), today


def test_the_shares_of_a_route_are_one_crew_day() -> None:
    stops = [{"visit": "D1", "leaves": 4000}, {"visit": "D2", "leaves": 7000}, {"visit": "D1", "leaves": 9000}]
    found = shares([{"leaves_start": 1000, "reaches_end": 11000, "stops": stops}, {"stops": []}])
    assert found == pytest.approx({"D1": 0.7, "D2": 0.3})


def test_every_route_of_the_plan_in_force_is_a_crew_day(story: Story, story_store: Store) -> None:
    asking = principal()
    branches = story_store.branches(asking)
    plans = newest_plans(story_store, asking, branches, WEEK)
    assert plans == {BRANCH: story.first.plan_id}
    regions = dict.fromkeys(story_store.debtors(asking, BRANCH)["region"], BRANCH)
    days = planned_days(story_store, asking, plans, regions)
    routes = sum(bool(route["stops"]) for route in story.first.plan["routes"])
    assert sum(days.values()) == pytest.approx(routes)
    assert set(days) == set(regions)
    somewhere = next(iter(regions))
    assert somewhere not in planned_days(story_store, asking, plans, regions | {somewhere: "another"})
    assert newest_plans(story_store, asking, branches, NEXT_WEEK) == {BRANCH: story.second.plan_id}  # none in force


def test_a_branch_without_a_plan_spends_nothing_that_is_known(story_store: Store) -> None:
    assert newest_plans(story_store, principal(), story_store.branches(principal()), "2020-W01") == {}
    assert planned_days(story_store, principal(), {}, {"W": BRANCH}) == {}
