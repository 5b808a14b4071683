"""The demo's crews follow their published plan, the same way every time, and never beyond now."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pandas as pd

from planner.demo.truth import Truth
from planner.demo.walked import OVERTIME, walk, walked
from planner.store import Store
from tests.planner.conftest import Story
from tests.planner.factories import BRANCH, MONDAY, NEXT_WEEK, SYSTEM, ZONE, principal

END = datetime.combine(MONDAY + timedelta(weeks=2), time(), ZONE)


def test_a_route_is_walked_in_order_inside_windows_and_shift(story: Story, story_store: Store) -> None:
    shifts = {one.shift_id: one for one in story_store.shifts(principal(), BRANCH, MONDAY, END.date())}
    for route in (one for one in story.second.plan["routes"] if one["stops"]):
        shift = shifts[route["shift"]]
        rows = walked(story.second, route, shift, Truth(), END)
        assert rows == walked(story.second, route, shift, Truth(), END)
        order = [stop["visit"] for stop in route["stops"]]
        places = [order.index(str(row["debtor_id"])) for row in rows]
        assert places == sorted(set(places))
        table = pd.DataFrame(rows)
        assert (table["started_at"].iloc[1:].to_numpy() >= table["ended_at"].iloc[:-1].to_numpy()).all()
        assert (table["started_at"] <= shift.ends + OVERTIME).all()
        assert set(table["plan_id"]) == {story.second.plan_id}


def test_nothing_is_recorded_beyond_now_and_the_day_goes_on_where_it_was_left(story: Story, own_store: Store) -> None:
    assert walk(own_store, SYSTEM, BRANCH, NEXT_WEEK, until=END, now=END) == 0, "nobody works by a draft"
    own_store.publish(principal(), story.second.plan_id, story.second.created_at + timedelta(hours=1))
    noon = datetime.combine(MONDAY + timedelta(weeks=1, days=1), time(12), ZONE)
    first = walk(own_store, SYSTEM, BRANCH, NEXT_WEEK, until=noon, now=noon)
    table = own_store.latest_outcomes(principal(), BRANCH)
    mine = table[table["plan_id"] == story.second.plan_id]
    assert len(mine) == first
    assert (mine["ended_at"] <= noon).all()
    assert walk(own_store, SYSTEM, BRANCH, NEXT_WEEK, until=noon, now=noon) == 0
    rest = walk(own_store, SYSTEM, BRANCH, NEXT_WEEK, until=END, now=END)
    again = own_store.latest_outcomes(principal(), BRANCH)
    again = again[again["plan_id"] == story.second.plan_id]
    assert len(again) == first + rest
    assert again["debtor_id"].is_unique
