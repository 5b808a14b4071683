"""A plan that holds for days that had begun; and days that were over before any plan of a week was published."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from types import SimpleNamespace

from dashboard.maps.week import ALL
from dashboard.screens import kpis, left_out, week_in_part
from dashboard.text import speaking
from planner.plan import plan_week
from planner.view import week_view
from planner.view.loop import steps
from planner.view.without_plan import without_plan
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, MONDAY, WEEK, ZONE, means, principal

NOON = datetime.combine(MONDAY + timedelta(days=2), time(12, 0), ZONE)


def test_the_plan_by_which_days_go_that_had_begun_is_no_draft(story, own_store):
    store = own_store
    again = plan_week(means(store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOON).plan_id
    store.publish(principal(), again, NOON)
    (here,) = [one for one in store.branches(principal()) if one.code == BRANCH]
    kit, rows = SimpleNamespace(store=store), store.plans(principal(), BRANCH, WEEK)
    of = {row.plan_id: week_in_part.days_of(kit, principal(), here, row) for row in rows}
    before = week_view(store, principal(), story.first.plan_id)
    begun = {route.day for route in before.routes if route.shift_starts_at <= NOON and route.stops}
    assert of[story.first.plan_id] == tuple(sorted(begun)) != ()
    assert of[again] == ()  # which is in force itself
    newer = next(row for row in rows if row.plan_id == again)
    assert "The later days go by the plan that" in week_in_part.goes_by(here, newer)


def test_what_was_over_before_a_plan_was_published_is_not_counted(story, own_store):
    view, rows = week_view(own_store, principal(), story.first.plan_id), own_store.plans(principal(), BRANCH, WEEK)
    assert without_plan(view, rows, now=NOON).visits == 0  # published before it began
    late = [replace(row, first_published_at=None) for row in rows]
    found = without_plan(view, late, now=NOON)
    over = [route for route in view.routes if route.stops and route.shift_ends_at <= NOON]
    assert found.over == {route.shift_id for route in over} != set()
    begun = [route for route in view.routes if route.shift_starts_at <= NOON < route.shift_ends_at]
    assert found.visits == sum(
        route.shift_id in found.over or stop.begins_at <= NOON for route in over + begun for stop in route.stops
    )
    tiles = kpis.without(view, found.over)
    left = sum(len(route.stops) for route in view.routes if route.shift_id not in found.over)
    gone = sum(len(route.stops) for route in over)
    assert [tiles[1].value, tiles[-1].value] == [f"{left:,}", f"{len(view.left_out) + gone:,}"]
    assert not any(tile.delta for tile in tiles)
    # The heading of the list tells both parts of the tile's number.
    told = left_out.title(view, ALL, found.over)
    assert told == f"{left_out.title(view, ALL)}, and {gone:,} whose shifts are over"
    assert sum(int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*\b", told)) == len(view.left_out) + gone
    one = next(route for route in over if route.stops)
    lone = replace(view, routes=(replace(one, stops=one.stops[:1]),))
    assert ", and 1 whose shift is over" in left_out.title(lone, ALL, found.over)
    with speaking("zh"):
        assert left_out.title(view, ALL, found.over).endswith(f"，另有 {gone:,} 户的班次已结束")


def test_a_day_that_was_over_before_the_week_was_published_is_no_crew_day_of_it(own_store, story):
    (here,) = [one for one in own_store.branches(principal()) if one.code == BRANCH]
    rows = own_store.plans(principal(), BRANCH, WEEK)
    whole = {one.name: one for one in steps(own_store, principal(), here, WEEK, rows, now=NOON)}
    nobody_wrote = SimpleNamespace(
        stops_in_force=own_store.stops_in_force,
        shifts_worked=own_store.shifts_worked,
        day_plans=own_store.day_plans,
        latest_outcomes=lambda *_, **__: own_store.latest_outcomes(principal(), BRANCH, since=NOON).iloc[:0],
    )
    late = [replace(row, first_published_at=NOON) if row.first_published_at else row for row in rows]
    less = {one.name: one for one in steps(nobody_wrote, principal(), here, WEEK, late, now=NOON)}
    view = week_view(own_store, principal(), story.first.plan_id)
    over = [route for route in view.routes if route.stops and route.shift_ends_at <= NOON]
    assert over
    assert less["run"].whole == whole["run"].whole - len(over)
    assert less["run"].part == 0
    assert less["recorded"].whole == whole["recorded"].whole - sum(len(route.stops) for route in over)
