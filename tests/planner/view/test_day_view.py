"""A crew's day: the stops of the published plan with card, wishes and outcomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import uuid4

import pandas as pd
import pytest

from config.rules import branch_clocks
from dashboard.text.advice import advice_of
from planner.domain import Role
from planner.plan import plan_week
from planner.store import PlaceWord
from planner.view import day_view, week_view
from tests.planner.conftest import in_process
from tests.planner.factories import (
    BRANCH,
    LAPSING,
    LEGAL,
    MONDAY,
    NEXT_WEEK,
    NOW,
    TODAY,
    TWO_ACCOUNTS,
    WEEK,
    ZONE,
    means,
    outcomes,
    principal,
)  # fmt: skip

CREW = f"{BRANCH}-A"
COLLECTOR = principal(Role.COLLECTOR, crew=CREW)


def test_the_day_is_the_route_of_the_week(story, story_store):
    week = week_view(story_store, principal(), story.first.plan_id)
    for route in week.routes:
        day = day_view(story_store, principal(), route.crew_id, route.day)
        assert (day.published, day.plan_id, day.crew_id) == (True, story.first.plan_id, route.crew_id)
        assert (day.starts_at, day.ends_at, day.returns_at) == (
            route.shift_starts_at, route.shift_ends_at, route.returns_at,
        )  # fmt: skip
        shared = ("number", "debtor_id", "place_id", "arrives_at", "begins_at", "leaves_at", "overdue_minor", "lon")
        for one, other in zip(day.stops, route.stops, strict=True):
            assert [getattr(one, name) for name in shared] == [getattr(other, name) for name in shared]
        assert day.line == route.line
        assert day.members == tuple(f"催收员{k}" for k in ((0, 1) if route.crew_id == CREW else (2, 3)))


def test_the_doors_alone_lead_where_the_whole_day_does(story, story_store):
    week = week_view(story_store, principal(), story.first.plan_id)
    for route in week.routes:
        whole = day_view(story_store, principal(), route.crew_id, route.day)
        doors = day_view(story_store, principal(), route.crew_id, route.day, doors_only=True)
        of_day = ("branch", "crew_id", "day", "plan_id", "plan_ids", "hours", "published")
        assert [getattr(doors, name) for name in of_day] == [getattr(whole, name) for name in of_day]
        of_stop = ("debtor_id", "place_id", "plan_id", "shift_id", "overdue_minor", "begins_at", "required")
        for one, other in zip(doors.stops, whole.stops, strict=True):
            assert [getattr(one, name) for name in of_stop] == [getattr(other, name) for name in of_stop]
            assert (one.name, one.phone, one.address, one.cases) == ("", "", "", ())


def test_cards_cases_and_what_the_advice_goes_by(story, story_store):
    days = [day_view(story_store, principal(), f"{BRANCH}-{'AB'[k % 2]}", MONDAY + timedelta(days=k)) for k in range(5)]
    stops = {stop.debtor_id: stop for day in days for stop in day.stops}
    number_of = {one: number for number, one in story.ids.items()}
    for debtor_id, stop in stops.items():
        assert stop.name == f"测试{number_of[debtor_id]:02d}"
        assert stop.phone == f"0100000{number_of[debtor_id]:04d}"
        assert stop.address.startswith("云溪市滨江区")
        assert stop.accuracy_m == 15.0
        assert (stop.debtor_type, stop.group, stop.guaranteed) == ("unreviewed", "individual", False)
    two = stops[story.ids[TWO_ACCOUNTS]]
    assert len(two.cases) == 2
    # 70 days late on the day of the list, and later by as many days as have passed until the visit
    assert two.days_past_due == 70 + (two.begins_at.astimezone(ZONE).date() - TODAY).days
    assert len(stops[story.ids[LEGAL]].cases) == 1


def test_an_outcome_moves_the_next_stop_on_and_a_correction_replaces_it(story, own_store):
    thursday, crew = MONDAY + timedelta(days=10), f"{BRANCH}-B"
    own_store.publish(principal(), story.second.plan_id, NOW)
    before = day_view(own_store, principal(), crew, thursday)
    assert (before.done, before.collected_minor) == (0, 0)
    first = before.next_stop
    assert first == before.stops[0]
    at = {"debtor_id": first.debtor_id, "place_id": first.place_id, "crew_id": crew, "started_at": first.begins_at}
    told = outcomes(at | {"outcome_id": "one", "code": "PAID_PART", "paid_minor": 5_000})
    own_store.save_outcomes(principal(), BRANCH, told, now=first.leaves_at)
    after = day_view(own_store, principal(), crew, thursday)
    assert (after.done, after.collected_minor, after.next_stop.number) == (1, 5_000, 2)
    mended = outcomes(at | {"outcome_id": "two", "replaces": "one", "code": "NOT_HOME", "paid_minor": 0})
    own_store.save_outcomes(principal(), BRANCH, mended, now=first.leaves_at)
    corrected = day_view(own_store, principal(), crew, thursday)
    assert (corrected.stops[0].outcome_code, corrected.collected_minor) == ("NOT_HOME", 0)


def test_no_later_visit_takes_a_payment_back_and_what_was_paid_counts_together(story, own_store):
    thursday, crew = MONDAY + timedelta(days=10), f"{BRANCH}-B"
    own_store.publish(principal(), story.second.plan_id, NOW)
    stop = day_view(own_store, principal(), crew, thursday).stops[0]
    at = {"debtor_id": stop.debtor_id, "place_id": stop.place_id, "crew_id": crew, "note": "At the gate"}
    begins = pd.Timestamp(stop.begins_at).tz_convert("UTC")
    paid = at | {"outcome_id": "pack", "code": "PAID_PART", "paid_minor": 5_000, "started_at": begins}
    later = at | {"outcome_id": "line", "code": "NOT_HOME", "started_at": begins + pd.Timedelta(minutes=1)}
    own_store.save_outcomes(principal(), BRANCH, outcomes(later, paid), now=stop.leaves_at)
    view = day_view(own_store, principal(), crew, thursday)
    assert (view.stops[0].outcome_code, view.collected_minor, view.stops[0].standing) == ("PAID_PART", 5_000, 2)
    assert (view.stops[0].entry["note"], view.stops[0].entry["started_at"]) == ("At the gate", begins)
    more = paid | {"outcome_id": "more", "paid_minor": 700, "started_at": begins + pd.Timedelta(minutes=2)}
    own_store.save_outcomes(principal(), BRANCH, outcomes(more), now=stop.leaves_at)
    view = day_view(own_store, principal(), crew, thursday)
    assert (view.stops[0].outcome_id, view.collected_minor) == ("more", 5_700)


def test_an_outcome_of_another_day_is_not_of_this_day(story, own_store):
    own_store.publish(principal(), story.second.plan_id, NOW)
    day = MONDAY + timedelta(days=10)
    stop = day_view(own_store, principal(), f"{BRANCH}-B", day).stops[0]
    for number, at in enumerate((datetime(2026, 12, 2, 23, 59, tzinfo=ZONE), datetime(2026, 12, 4, 0, 0, tzinfo=ZONE))):
        row = {"debtor_id": stop.debtor_id, "place_id": stop.place_id, "outcome_id": f"o{number}", "started_at": at}
        own_store.save_outcomes(principal(), BRANCH, outcomes(row), now=at)
    assert day_view(own_store, principal(), f"{BRANCH}-B", day).done == 0


def test_an_outcome_entered_later_is_of_the_stop_it_names(story, own_store):
    own_store.publish(principal(), story.second.plan_id, NOW)
    day = MONDAY + timedelta(days=10)
    stop = day_view(own_store, principal(), f"{BRANCH}-B", day).stops[0]
    row = {"debtor_id": stop.debtor_id, "place_id": stop.place_id, "plan_id": story.second.plan_id}
    row |= {"started_at": datetime(2026, 12, 4, 9, 0, tzinfo=ZONE), "code": "NOT_HOME", "outcome_id": "late"}
    own_store.save_outcomes(principal(), BRANCH, outcomes(row), now=row["started_at"])
    view = day_view(own_store, principal(), f"{BRANCH}-B", day)
    assert (view.done, view.stops[0].outcome_code) == (1, "NOT_HOME")


def test_a_plan_made_at_noon_leaves_the_crew_that_is_out_its_stops(story, own_store):
    """Publishing what is left of a week takes nothing from today's routes, and nobody on them is planned again."""
    wednesday = MONDAY + timedelta(days=2)
    noon = datetime.combine(wednesday, time(12, 0), ZONE)
    crew = next(route.crew_id for route in week_view(own_store, principal(), story.first.plan_id).routes
                if route.day == wednesday)  # fmt: skip
    before = day_view(own_store, principal(), crew, wednesday)
    again = plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=noon)
    own_store.publish(principal(), again.plan_id, noon)
    for who in (principal(), principal(Role.COLLECTOR, crew=crew)):
        after = day_view(own_store, who, crew, wednesday)
        assert [(s.number, s.debtor_id, s.name) for s in after.stops] == [
            (s.number, s.debtor_id, s.name) for s in before.stops
        ]
        assert after.plan_id == story.first.plan_id
    planned = {stop["visit"] for route in again.plan["routes"] for stop in route["stops"]}
    pending = {stop.debtor_id for stop in before.stops}
    assert pending
    # Whose claim only a visit keeps may be seen again, once somebody was there in the morning (decision 0036).
    seen = {stop.debtor_id for stop in before.stops if stop.begins_at < noon}
    assert not pending & planned - (seen & {story.ids[LAPSING]})


def test_a_week_is_still_read_when_two_later_ones_are_published(story, own_store):
    shown = day_view(own_store, COLLECTOR, CREW, MONDAY)
    for week, plan_id in ((NEXT_WEEK, "one"), ("2026-W50", "two")):
        own_store.save_plan(principal(), replace(story.second, plan_id=plan_id, week=week, parent=None))
        own_store.publish(principal(), plan_id, NOW)
    assert shown.stops
    assert day_view(own_store, COLLECTOR, CREW, MONDAY) == shown


def test_a_free_day_and_a_week_without_a_plan(story_store):
    tuesday = day_view(story_store, COLLECTOR, CREW, MONDAY + timedelta(days=1))
    assert (tuesday.published, tuesday.stops, tuesday.starts_at, tuesday.next_stop) == (True, (), None, None)
    later = day_view(story_store, COLLECTOR, CREW, MONDAY + timedelta(weeks=1))
    assert (later.published, later.plan_id, later.stops) == (False, "", ())
    assert later.starts_at.astimezone(ZONE).hour == 9


def test_an_unknown_crew(story_store):
    with pytest.raises(KeyError, match="no crew"):
        day_view(story_store, principal(), "nobody", MONDAY)


def test_a_period_that_passed_since_the_plan_was_made_is_known_at_the_door(story, own_store):
    """The accounts fall due three years and a few days before: the period ends in the week, or has not yet."""
    who, crew = principal(), f"{BRANCH}-A"
    stop = day_view(own_store, who, crew, MONDAY).stops[0]
    for due, passed in ((MONDAY - timedelta(days=1), True), (MONDAY, False)):
        accounts = own_store.accounts(who, BRANCH)
        mine = accounts["debtor_id"] == stop.debtor_id
        three_years_ago = pd.Timestamp(due) - pd.DateOffset(years=3)
        changed = accounts.assign(
            due_on=accounts["due_on"].mask(mine, three_years_ago).astype("datetime64[s]"),
            interrupted_on=accounts["interrupted_on"].mask(mine, pd.NaT),
            interruption=accounts["interruption"].mask(mine, ""),
        )
        tables = {"debtors": own_store.debtors(who, BRANCH), "accounts": changed}
        own_store.save_import(
            who, BRANCH, tables, file_name="x.csv", sha256=f"{passed:d}" * 64, profile="auto", rows_read=1,
            rows_accepted=1, issues_json="[]", now=NOW,
        )  # fmt: skip
        told = {one.debtor_id: one for one in day_view(own_store, who, crew, MONDAY, terms=branch_clocks).stops}
        assert told[stop.debtor_id].expired is passed
        advice = advice_of(told[stop.debtor_id])
        assert advice == advice_of(replace(told[stop.debtor_id], expired=passed))
        assert advice != advice_of(replace(told[stop.debtor_id], expired=not passed))


def test_a_pin_put_right_at_the_door_says_so_until_the_next_plan_uses_it(story, own_store):
    own_store.publish(principal(), story.second.plan_id, NOW)
    day, crew = MONDAY + timedelta(days=10), f"{BRANCH}-B"
    who = principal(Role.COLLECTOR, crew=crew)
    first, other, *_more = day_view(own_store, who, crew, day).stops
    assert (first.pin_set, first.pin_planned) == (False, True)

    def put(stop, how, east):
        word = PlaceWord(stop.debtor_id, stop.place_kind, stop.lon + east, stop.lat, 20.0, how, stop.place_id)
        own_store.correct_pin(principal(), BRANCH, word, change_id=str(uuid4()), now=NOW)

    put(first, "visit", 0.001)
    put(other, "map", 0.001)
    moved, by_desk, *_more = day_view(own_store, who, crew, day).stops
    assert (moved.pin_set, moved.pin_planned, moved.accuracy_m) == (True, False, 20.0)
    assert (by_desk.pin_set, by_desk.pin_planned) == (False, False)
    put(moved, "visit", -0.001)  # back to where the plan goes
    assert day_view(own_store, who, crew, day).stops[0].pin_planned
