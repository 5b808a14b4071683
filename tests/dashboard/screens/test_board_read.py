"""What the board reads of a day is read once for who may see the same, and anew as soon as somebody writes to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pandas as pd
import pytest

from config.parameters import load as load_parameters
from config.safety import load_safety
from config.settings import load_settings
from dashboard.screens import board_read
from dashboard.services import ROOT, Services
from planner.domain import Role
from planner.store import NotAllowed
from planner.view.board import board_of, board_view
from planner.view.day_read import read_day
from planner.view.safety import safety_of
from planner.view.week import week_view
from tests.planner.conftest import Story, own_store, story  # noqa: F401  fixtures
from tests.planner.factories import BRANCH, MONDAY, ZONE, outcomes, principal
from tests.planner.store.factories import safety_entries

#: the story has walked its first week, and not its second
DAY = MONDAY + timedelta(weeks=1)
NOON = datetime.combine(DAY, time(12), ZONE)

SAID = {
    "entry_id": "s1",
    "branch": BRANCH,
    "crew_id": f"{BRANCH}-A",
    "day_on": pd.Timestamp(DAY),
    "kind": "acknowledged",
}
SAID |= {"minutes": 0, "about": "check_in", "said": "called_well", "happened_at": NOON, "recorded_by": "manager.test"}


@pytest.fixture
def reads(monkeypatch):
    made: list[Role] = []

    def counted(store, who, *given, **more):
        made.append(who.role)
        return read_day(store, who, *given, **more)

    monkeypatch.setattr(board_read, "read_day", counted)
    for one in (board_read._read, board_read._names, board_read.plan_kept):
        one.clear()
    return made


def shown(store, who):
    """Give board and safety as the page makes them, which are never anything else than a reading of their own."""
    kit = Services(load_settings(ROOT, {}), store)
    (branch,) = [one for one in store.branches(who) if one.code == BRANCH]
    read = board_read.day_read(kit, who, branch, DAY)
    found = board_of(read, load_parameters(), now=NOON)
    assert found == board_view(store, who, branch, DAY, load_parameters(), now=NOON)
    if who.role is Role.MANAGER:
        safe = safety_of(store, who, read, load_safety(), now=NOON)
        assert safe == safety_of(store, who, read_day(store, who, branch, DAY), load_safety(), now=NOON)
    return found


def record(store, plan_id, name, **more):
    route = next(one for one in week_view(store, principal(), plan_id).routes if one.day == DAY and one.stops)
    stop = route.stops[0]
    row = {"debtor_id": stop.debtor_id, "place_id": stop.place_id, "crew_id": route.crew_id, "code": "NOT_HOME"}
    row |= {"started_at": stop.begins_at, "ended_at": stop.leaves_at, "outcome_id": name, "plan_id": plan_id} | more
    store.save_outcomes(principal(), BRANCH, outcomes(row), now=NOON)
    return stop.debtor_id


def test_the_day_is_read_once_for_all_its_managers(story: Story, own_store, reads) -> None:  # noqa: F811
    own_store.publish(principal(), story.second.plan_id, story.second.created_at)
    first = shown(own_store, principal())
    assert shown(own_store, replace(principal(), name="somebody else")) == first
    assert len(reads) == 1


def test_what_is_written_is_seen_at_once(story: Story, own_store, reads) -> None:  # noqa: F811
    own_store.publish(principal(), story.second.plan_id, story.second.created_at)
    before = shown(own_store, principal()).recorded
    record(own_store, story.second.plan_id, "one")
    assert shown(own_store, principal()).recorded == before + 1
    record(own_store, story.second.plan_id, "two", code="REFUSED", replaces="one")
    assert "REFUSED" in {stop.outcome_code for route in shown(own_store, principal()).routes for stop in route.stops}
    own_store.record_safety(principal(), BRANCH, safety_entries(SAID), now=NOON)
    shown(own_store, principal())
    assert len(reads) == 4


def test_nobody_reads_what_another_may(story: Story, own_store, reads) -> None:  # noqa: F811
    own_store.publish(principal(), story.second.plan_id, story.second.created_at)
    assert any(stop.planned.name for route in shown(own_store, principal()).routes for stop in route.stops)
    auditor = principal(Role.AUDITOR)
    for _ in range(2):  # the store notes each reading of an auditor's
        found = shown(own_store, auditor)
        assert not any(stop.planned.name for route in found.routes for stop in route.stops)
    assert reads == [Role.MANAGER, Role.AUDITOR, Role.AUDITOR]
    with pytest.raises(NotAllowed):
        shown(own_store, principal(Role.REGIONAL_HEAD))
