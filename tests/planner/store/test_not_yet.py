"""Outcomes of what is still to come are refused by the store, whoever sends them; late ones are not."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from planner.store import CLOCK_ERROR, Store, TooEarly
from tests.planner.conftest import Story
from tests.planner.factories import BRANCH, principal
from tests.planner.factories import outcomes as rows
from tests.planner.store.factories import HERE, NOW, outcome, outcomes
from tests.planner.store.factories import principal as manager


def started(at: datetime) -> dict[str, object]:
    return outcome(started_at=pd.Timestamp(at), ended_at=pd.Timestamp(at), recorded_at=pd.Timestamp(NOW))


def test_a_visit_that_has_not_begun_is_refused(store: Store) -> None:
    with pytest.raises(TooEarly):
        store.save_outcomes(manager(), HERE, outcomes(started(NOW + CLOCK_ERROR + timedelta(seconds=1))), now=NOW)
    assert store.outcomes(manager(), HERE).empty
    # A phone's clock may be a little ahead.
    store.save_outcomes(manager(), HERE, outcomes(started(NOW + CLOCK_ERROR - timedelta(seconds=1))), now=NOW)
    assert len(store.outcomes(manager(), HERE)) == 1


def test_a_stop_of_a_day_to_come_is_refused_until_its_day_begins_at_the_branch(story: Story, own_store: Store) -> None:
    saved = story.second
    route = max(saved.plan["routes"], key=lambda one: len(one["stops"]))
    own_store.publish(principal(), saved.plan_id, saved.created_at + timedelta(hours=1))
    shift = saved.context["shifts"][route["shift"]]
    midnight = datetime.fromisoformat(shift["day"]).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    stop = route["stops"][0]["visit"]
    before = len(own_store.outcomes(principal(), BRANCH))

    def save(at: datetime, **changes: object) -> None:
        sent = {"outcome_id": "early", "debtor_id": stop, "plan_id": saved.plan_id, "crew_id": shift["crew_id"],
                "started_at": at, "ended_at": at, "code": "NOT_HOME", **changes}  # fmt: skip
        own_store.save_outcomes(principal(), BRANCH, rows(sent), now=at)

    for at in (midnight - timedelta(hours=20), midnight - CLOCK_ERROR - timedelta(seconds=1)):
        with pytest.raises(TooEarly):
            save(at)
    assert len(own_store.outcomes(principal(), BRANCH)) == before
    save(midnight - timedelta(hours=20), plan_id="", outcome_id="counter")  # of no plan: it is of its own time
    save(midnight - CLOCK_ERROR + timedelta(seconds=1))
    save(midnight + timedelta(days=9), outcome_id="late", started_at=midnight + timedelta(hours=10))
    assert len(own_store.outcomes(principal(), BRANCH)) == before + 3
