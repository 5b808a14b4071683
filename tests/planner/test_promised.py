"""Who waits on a published route is not sent a second crew: on the day, and until the crew has reported."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pandas as pd
import pytest

from planner.plan import plan_week
from planner.promised import HEARD, REPORTS_IN, promised
from planner.routing import plan_from_dict
from planner.routing.replan import DifferenceKind, differences
from planner.tables import OUTCOMES, conform
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, MONDAY, WEEK, ZONE, means, principal

EVENING = datetime.combine(MONDAY, time(20, 30), ZONE)


def entry(number, shift, debtor, at):
    who = {"outcome_id": f"o{number}", "debtor_id": debtor, "branch": BRANCH, "crew_id": shift.crew_id}
    times = {"started_at": at, "ended_at": at + timedelta(minutes=10), "recorded_at": at, "promised_on": pd.NaT}
    rest = {"willing": "unknown", "able": "unknown", "code": "NOT_HOME", "promised_minor": 0, "paid_minor": 0}
    return conform(pd.DataFrame([dict.fromkeys(OUTCOMES, "") | who | times | rest]), OUTCOMES)


@pytest.fixture
def monday(story, own_store):
    stops = own_store.stops_in_force(principal(), BRANCH, WEEK)
    shifts = own_store.shifts_worked(principal(), BRANCH, MONDAY, MONDAY)
    shift = next(one for one in shifts if len(stops.get(one.shift_id, ())) > 1 and one.ends <= EVENING)
    return shift, stops[shift.shift_id]


def stops_in_order(store, shift):
    return store.stops_in_force(principal(), BRANCH, WEEK)[shift.shift_id]


def waited_for(store, outcomes, now):
    (branch,) = [one for one in store.branches(principal()) if one.code == BRANCH]
    return promised(store, principal(), branch, WEEK, (), outcomes, now=now)


def test_a_crew_that_was_not_heard_of_is_waited_for_into_the_next_day(own_store, monday):
    shift, stops = monday
    nothing = conform(pd.DataFrame(columns=list(OUTCOMES)), OUTCOMES)
    assert set(stops) <= set(waited_for(own_store, nothing, EVENING))
    last = shift.ends + REPORTS_IN
    assert set(stops) <= set(waited_for(own_store, nothing, last - timedelta(minutes=1)))
    assert not set(stops) & set(waited_for(own_store, nothing, last))


def test_what_a_crew_did_not_record_is_free_once_it_was_heard_of_at_the_end_of_its_day(own_store, monday):
    shift, (first, *others) = monday
    early = entry(1, shift, first, shift.starts + timedelta(minutes=20))
    waiting = waited_for(own_store, early, EVENING)  # heard of in the morning only: the rest may lie on the phone
    assert first not in waiting
    assert set(others) <= set(waiting)
    last = entry(3, shift, stops_in_order(own_store, shift)[-1], shift.starts + timedelta(minutes=40))
    assert not set(others) & set(waited_for(own_store, last, EVENING))  # the last door was the last
    late = entry(2, shift, first, shift.ends - HEARD + timedelta(minutes=20))
    assert not set(others) & set(waited_for(own_store, late, EVENING))


def test_a_plan_of_the_evening_sends_nobody_where_a_crew_without_a_line_was(story, own_store, monday, monkeypatch):
    shift, stops = monday
    told = type(own_store).latest_outcomes
    monkeypatch.setattr(
        type(own_store),
        "latest_outcomes",  # what was recorded since lies on the phones still
        lambda *given, **more: told(*given, **more)[lambda table: table["started_at"] < shift.starts],
    )
    again = plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=EVENING)
    planned = {stop["visit"] for route in again.plan["routes"] for stop in route["stops"]}
    assert planned
    assert not planned & set(stops)
    # Nothing of what lies behind is told as a change of the plan.
    origin = datetime.fromisoformat(again.problem["origin"])
    before, now = plan_from_dict(story.first.plan), plan_from_dict(again.plan)
    found = list(differences(before, now, since_s=(EVENING - origin).total_seconds()))
    assert not {one.visit for one in found} & set(stops)
    assert DifferenceKind.MOVED not in {one.kind for one in found if one.shift_before == shift.shift_id}
