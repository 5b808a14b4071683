"""A past week beside what happened: counts, times, money and what chance explains, what was learned."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest

from config.parameters import load as load_parameters
from planner.past import read_past
from planner.plan import plan_week
from planner.store import NotAllowed, Store
from planner.view import week_view
from planner.view.looking_back import VISITS, LookingBack, doubt_of, looking_back, money, weeks_published
from tests.planner.conftest import Story, in_process
from tests.planner.factories import BRANCH, MONDAY, NEXT_WEEK, WEEK, ZONE, means, outcomes, principal

MANAGER = principal()
LATER = datetime.combine(MONDAY + timedelta(weeks=1), time(8), ZONE)


def seen(store: Store) -> LookingBack:
    (branch,) = store.branches(MANAGER)
    found = looking_back(store, MANAGER, branch, WEEK, load_parameters(), now=LATER)
    assert found is not None
    return found


def test_every_planned_stop_has_its_outcome(story: Story, story_store: Store) -> None:
    found = seen(story_store)
    planned = [stop["visit"] for one in story.first.plan["routes"] for stop in one["stops"]]
    assert sorted(found.visits["debtor_id"]) == sorted(planned)
    assert len(found.made) == len(planned)
    assert (found.on_time, found.in_window) == (1.0, 1.0)
    assert found.visits["late_min"].abs().max() < 1
    assert found.unplanned == 0
    assert found.money.seen_minor == 30_000
    assert found.money.expected_minor == pytest.approx(found.visits["at_door_minor"].sum())
    assert found.money.doubt[0] <= found.money.low_minor <= found.money.high_minor <= found.money.doubt[1] * 1.05


def test_who_was_visited_and_planned_again_has_an_entry_for_each_stop(story: Story, own_store: Store) -> None:
    """A payment on Tuesday is no payment of Thursday's visit too."""
    first, noon = story.second, datetime.combine(MONDAY + timedelta(weeks=1, days=2), time(12), ZONE)
    own_store.publish(MANAGER, first.plan_id, first.created_at)
    again = plan_week(means(own_store), MANAGER, BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=noon)
    own_store.publish(MANAGER, again.plan_id, noon)
    begun = [one for one in week_view(own_store, MANAGER, first.plan_id).routes if one.shift_starts_at <= noon]
    anew = {stop.debtor_id: stop for one in week_view(own_store, MANAGER, again.plan_id).routes for stop in one.stops}
    before, after = next((one, anew[one.debtor_id]) for each in begun for one in each.stops if one.debtor_id in anew)
    entries = [
        {
            "outcome_id": f"of {plan_id}", "plan_id": plan_id, "debtor_id": stop.debtor_id, "place_id": stop.place_id,
            "crew_id": stop.crew_id, "started_at": stop.begins_at, "ended_at": stop.leaves_at, **said,
        }
        for stop, plan_id, said in (
            (before, first.plan_id, {"code": "PAID_PART", "paid_minor": 30_000}),
            (after, again.plan_id, {"code": "NOT_HOME"}),
        )
    ]  # fmt: skip
    later = LATER + timedelta(weeks=1)
    own_store.save_outcomes(MANAGER, BRANCH, outcomes(*entries), now=later)
    (branch,) = own_store.branches(MANAGER)
    found = looking_back(own_store, MANAGER, branch, NEXT_WEEK, load_parameters(), now=later)
    assert found is not None
    twice = found.visits[found.visits["debtor_id"] == before.debtor_id].sort_values("day")
    assert twice["outcome_id"].tolist() == [f"of {first.plan_id}", f"of {again.plan_id}"]
    assert twice["paid_minor"].tolist() == [30_000, 0]
    assert found.money.seen_minor == 30_000
    assert (found.on_time, found.unplanned) == (1.0, 0)


def test_the_week_taught_something_and_nothing_of_later_is_in_it(story_store: Store) -> None:
    moved = seen(story_store).moved
    assert len(moved)
    assert (moved["answers"] > 0).all()
    assert ((moved["before_low"] <= moved["before"]) & (moved["before"] <= moved["before_high"])).all()
    assert (moved["after"] != moved["before"]).any()


def test_a_week_without_a_published_plan_is_none_and_strangers_see_nothing(story_store: Store) -> None:
    (branch,) = story_store.branches(MANAGER)
    assert looking_back(story_store, MANAGER, branch, NEXT_WEEK, load_parameters(), now=LATER) is None
    assert weeks_published(story_store, MANAGER, branch, [NEXT_WEEK, WEEK]) == [WEEK]
    with pytest.raises(NotAllowed):
        looking_back(story_store, principal(branches=("YX09",)), branch, WEEK, load_parameters(), now=LATER)


def visits(n: int, **changes: object) -> pd.DataFrame:
    row = {
        "debtor_id": "D", "crew_id": "A", "crew_name": "A", "shift_id": "S", "day": pd.Timestamp(MONDAY), "number": 1,
        "planned_at": LATER, "opens_at": LATER, "closes_at": LATER, "required": False, "required_reason": "",
        "overdue_minor": 100_000, "at_door_minor": 6_000.0, "uplift_minor": 5_000.0, "low_minor": np.nan,
        "high_minor": np.nan, "outcome_id": "o", "code": "NOT_HOME", "began_at": LATER, "late_min": 0.0,
        "paid_minor": 0,
    } | changes  # fmt: skip
    return pd.DataFrame([row] * n, columns=list(VISITS))


def test_the_range_of_chance_holds_the_truth_as_often_as_it_says(story_store: Store) -> None:
    (branch,) = story_store.branches(MANAGER)
    past = read_past(story_store, MANAGER, branch, load_parameters(), today=LATER.date())
    table, begins = visits(120), datetime.combine(MONDAY, time(), ZONE)
    found = money(table, past, begins)
    rng = np.random.default_rng(3)
    part = 0.6  # too few payments in the small town: the assumed part
    sums = (rng.random((2_000, len(table))) < 6_000 / (part * 100_000)).sum(axis=1) * part * 100_000
    inside = ((sums >= found.low_minor) & (sums <= found.high_minor)).mean()
    assert 0.87 <= inside <= 0.97
    assert money(visits(0), past, begins).high_minor == 0


def test_doubt_is_common_to_all_and_nothing_where_none_is_told() -> None:
    assert doubt_of(visits(5)) == 0.0
    assert doubt_of(visits(5, low_minor=1_000.0, high_minor=4_000.0)) == pytest.approx(np.log(4) / 2.5632, rel=1e-3)


def test_required_visits_missed_have_a_reason(story_store: Store) -> None:
    found = seen(story_store)
    rows = pd.concat([
        visits(1, required=True, outcome_id="", code=""),
        visits(1, required=True, code="NOT_HOME"),
        visits(1, required=True, code="NOTICE_SIGNED"),
        visits(1, outcome_id="", code=""),
    ], ignore_index=True)  # fmt: skip
    missed = LookingBack(**{**found.__dict__, "visits": rows}).required_missed
    assert missed["why"].tolist() == ["nothing_recorded", "nobody_met"]


def test_branch_is_the_stores(story_store: Store) -> None:
    assert seen(story_store).branch.code == BRANCH
