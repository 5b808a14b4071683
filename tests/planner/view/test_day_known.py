"""What is known of the people at a crew's stops is read once, and anew as soon as somebody writes to it."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from config.parameters import load as load_parameters
from config.rules import branch_clocks
from dashboard.phone import known
from dashboard.phone.days import of_day
from planner.domain import Role
from planner.store import NotAllowed, PlaceWord
from planner.tables import ACCOMMODATIONS, conform
from planner.view import day_view
from planner.view.day_facts import stop_facts
from tests.planner.factories import BRANCH, MONDAY, NOW, outcomes, principal

CREW = f"{BRANCH}-A"
COLLECTOR = principal(Role.COLLECTOR, crew=CREW)


@pytest.fixture
def reads(monkeypatch):
    made = []
    monkeypatch.setattr(known, "stop_facts", lambda *given, **more: made.append(1) or stop_facts(*given, **more))
    known._read.clear()
    return made


def view(store):
    terms = {"terms": branch_clocks, "now": NOW, "parameters": load_parameters()}
    shown = of_day(store, COLLECTOR, CREW, MONDAY, NOW)
    assert shown == day_view(store, COLLECTOR, CREW, MONDAY, **terms)  # and never anything else
    return shown


def test_a_crew_that_records_reads_its_stops_once(story, own_store, reads):
    own_store.publish(principal(), story.first.plan_id, NOW)
    first = view(own_store).stops[0]
    row = {"debtor_id": first.debtor_id, "place_id": first.place_id, "crew_id": CREW, "code": "NOT_HOME"}
    row |= {"started_at": first.begins_at, "outcome_id": "one", "plan_id": story.first.plan_id}
    own_store.save_outcomes(COLLECTOR, BRANCH, outcomes(row), now=first.leaves_at)
    assert view(own_store).stops[0].outcome_code == "NOT_HOME"
    assert len(reads) == 1


def test_what_is_written_is_seen_at_once(story, own_store, reads):
    own_store.publish(principal(), story.first.plan_id, NOW)
    first = view(own_store).stops[0]
    wish = {"accommodation_id": "w1", "debtor_id": first.debtor_id, "branch": BRANCH, "kind": "morning_only"}
    wish |= {"value": "", "set_on": pd.NaT, "expires_on": pd.NaT}
    given = {name: wish.get(name, "") for name in ACCOMMODATIONS}
    own_store.save_accommodations(principal(), BRANCH, conform(pd.DataFrame([given]), ACCOMMODATIONS), now=NOW)
    assert view(own_store).stops[0].accommodations == (("morning_only", ""),)
    spot = {"lon": first.lon + 0.001, "lat": first.lat, "accuracy_m": 15.0}
    word = PlaceWord(first.debtor_id, first.place_kind, **spot, how="visit", place_id=first.place_id)
    own_store.correct_pin(COLLECTOR, BRANCH, word, change_id="c1", now=first.begins_at)
    assert view(own_store).stops[0].pin_set
    assert len(reads) == 3


def test_nobody_reads_what_another_may(story, own_store, reads):
    own_store.publish(principal(), story.first.plan_id, NOW)
    view(own_store)
    for who in (principal(), principal(), principal(Role.REGIONAL_HEAD)):
        try:
            of_day(own_store, who, CREW, MONDAY, NOW)
        except NotAllowed:
            assert who.role is Role.REGIONAL_HEAD
    assert len(reads) == 3  # a manager's are not remembered: the store sees each
    with pytest.raises(KeyError):
        of_day(own_store, principal(Role.COLLECTOR, crew=f"{BRANCH}-B"), CREW, MONDAY, NOW)
    other = principal(Role.COLLECTOR, crew=f"{BRANCH}-B")
    tuesday = of_day(own_store, other, f"{BRANCH}-B", MONDAY + timedelta(days=1), NOW)
    assert not {one.name for one in tuesday.stops} & {one.name for one in view(own_store).stops}
