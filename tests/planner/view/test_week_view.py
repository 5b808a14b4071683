"""A saved plan read as a week: every number of it comes from the documents, and nothing is lost on the way."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.plan import plan_week
from planner.view import week_view
from planner.view.week import clock, left_out, route_view, with_way
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, MONDAY, NOW, NOWHERE, WEEK, ZONE, means, principal


@pytest.fixture
def view(story, story_store):
    return week_view(story_store, principal(), story.first.plan_id)


def test_routes_come_by_day_with_their_shift(view):
    assert [route.day for route in view.routes] == [MONDAY + timedelta(days=k) for k in range(5)]
    assert [route.crew_id[-1] for route in view.routes] == list("ABABA")
    assert [route.colour for route in view.routes] == [0, 1, 0, 1, 0]
    for route in view.routes:
        assert (route.shift_starts_at.astimezone(ZONE).hour, route.shift_ends_at.astimezone(ZONE).hour) == (9, 17)
        assert route.day == route.shift_starts_at.date()


def test_times_of_a_route_go_forward_and_stops_begin_in_their_window(view):
    for route in view.routes:
        times = [route.leaves_at]
        for stop in route.stops:
            assert stop.opens_at <= stop.begins_at <= stop.closes_at
            assert stop.begins_at < stop.leaves_at
            times += [stop.arrives_at, stop.begins_at, stop.leaves_at]
        times.append(route.returns_at)
        assert times == sorted(times)
        assert route.shift_starts_at <= times[0]
        assert times[-1] <= route.shift_ends_at
        assert [stop.number for stop in route.stops] == list(range(1, len(route.stops) + 1))
        for begins, ends in route.breaks:
            assert ends - begins == timedelta(minutes=45)


def test_a_stop_is_where_the_debtor_lives(view, story_store):
    places = story_store.places(principal(), BRANCH).set_index("place_id")
    for route in view.routes:
        for stop in route.stops:
            assert places.loc[stop.place_id, "debtor_id"] == stop.debtor_id
            assert (stop.lon, stop.lat) == tuple(places.loc[stop.place_id, ["lon", "lat"]])
        at = [route.depot, *((stop.lon, stop.lat) for stop in route.stops), route.depot]
        for point in at:  # lines are thinned by at most four metres
            assert min(math.dist(point, node) for node in dense(route.line)) < 1e-4


def dense(line):
    for (lon, lat), (to_lon, to_lat) in itertools.pairwise(line):
        for k in range(201):
            yield lon + (to_lon - lon) * k / 200, lat + (to_lat - lat) * k / 200


def test_money_agrees_between_stops_routes_and_the_week(view):
    for route in view.routes:
        worth = sum(stop.value_minor for stop in route.stops)
        assert worth == pytest.approx(100 * route.efficiency["value"], rel=1e-6)
        assert route.efficiency["visits"] == len(route.stops)
    total = sum(stop.value_minor for route in view.routes for stop in route.stops)
    assert total == pytest.approx(100 * view.metrics["value"], rel=1e-6)


def test_the_left_out_come_dearest_first_and_the_unlocated_have_no_place(story, view):
    values = [one.value_minor for one in view.left_out]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0
    (nowhere,) = (one for one in view.left_out if one.debtor_id == story.ids[NOWHERE])
    assert math.isnan(nowhere.lon)
    assert math.isnan(nowhere.lat)
    assert nowhere.value_minor == 0


def test_a_left_out_visit_that_is_due_says_so(story, story_store):
    """A mandatory visit is never left out in silence: the view carries that it was due, and why."""
    due = story.first.plan["left_out"][0]["visit"]
    debtors = dict(story.first.context["debtors"])
    debtors[due] = debtors[due] | {"required": True, "required_reason": "limitation_lapses"}
    saved = replace(story.first, context=story.first.context | {"debtors": debtors})
    marked = [one for one in left_out(saved, {}) if one.required]
    assert left_out(saved, {})[0] == marked[0]
    assert [(one.debtor_id, one.required_reason) for one in marked] == [(due, "limitation_lapses")]


def test_who_waits_on_a_published_route_is_not_left_out(story):
    (first, *_) = story.first.context["removed"]
    waiting = first | {"reason": "on_a_route"}
    saved = replace(story.first, context=story.first.context | {"removed": [waiting]})
    assert first["debtor_id"] not in {one.debtor_id for one in left_out(saved, {})}
    assert len(left_out(saved, {})) == len(story.first.plan["left_out"])


@pytest.mark.parametrize(("valid", "shown"), [(True, 9e9), (False, None)])
def test_only_a_bound_that_holds_is_shown(story, own_store, valid, shown):
    plan = story.first.plan | {"bound": 9e9, "bound_is_valid": valid}
    own_store.save_plan(principal(), replace(story.first, plan_id="other", plan=plan))
    assert week_view(own_store, principal(), "other").bound == shown


def test_names_are_joined_for_the_manager(story, view):
    by_id = {one: f"测试{number:02d}" for number, one in story.ids.items()}
    assert all(stop.name == by_id[stop.debtor_id] for route in view.routes for stop in route.stops)
    assert all(one.name == by_id[one.debtor_id] for one in view.left_out)


def test_only_the_plan_in_force_says_when_it_was_published(story, own_store):
    again = plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW)
    assert again.parent == story.first.plan_id
    assert week_view(own_store, principal(), again.plan_id).published_at is None
    own_store.publish(principal(), again.plan_id, NOW + timedelta(hours=1))
    assert week_view(own_store, principal(), again.plan_id).published_at == NOW + timedelta(hours=1)
    replaced = week_view(own_store, principal(), story.first.plan_id)
    assert replaced.published_at is None
    assert replaced.parent == ""


def test_an_unknown_plan(story_store):
    with pytest.raises(KeyError, match="no plan"):
        week_view(story_store, principal(), "nothing")


def test_the_clock_counts_from_the_origin(story):
    assert clock(story.first, 9 * 3600).isoformat() == "2026-11-23T09:00:00+08:00"
    assert clock(story.first, 0).date() == date(2026, 11, 23)


def test_a_locked_visit_says_so(story):
    route = next(one for one in story.first.plan["routes"] if one["stops"])
    held = route["stops"][0]["visit"]
    saved = replace(story.first, problem=story.first.problem | {"locks": [{"visit": held, "shift": route["shift"]}]})
    assert [one.debtor_id for one in route_view(saved, route, {}).stops if one.locked] == [held]
    assert not any(one.locked for one in route_view(story.first, route, {}).stops)


@pytest.mark.parametrize(("code", "reason"), [("cheaper", "cheaper_channel"), ("hours", "displaced")])
def test_who_is_worth_more_than_a_letter_is_displaced_and_not_better_served_by_it(code, reason):
    row = {"article": "", "reason": "not_worth_travel", "detail": "The way costs 9.", "action": "Nothing."}
    told = with_way(row, {"channel": "letter", "code": code, "why": "A visit would bring 7 net, a letter 2."})
    assert told["reason"] == reason
    assert told["detail"] == "A visit would bring 7 net, a letter 2."
    assert told["action"] == "Send a letter."
