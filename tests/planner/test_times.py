"""Times that a person adopts: kept, used by the next plan, carried by it, and gone back from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.parameters import load
from planner.plan import plan_week
from planner.store import NotAllowed, Store
from planner.times import (
    DOORS,
    ROADS,
    UnreadableTimes,
    adopt,
    adoptions,
    go_back,
    of_plan,
    times_in_use,
)
from planner.value.parameters import Times, Traffic
from planner.view.times import times_view
from tests.planner import factories as town
from tests.planner.conftest import Story, in_process
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, principal

HOURS = tuple(1.0 + hour / 100 for hour in range(24))
CELLS = [(contact, rural) for contact in ("nobody", "third_party", "right_person") for rural in (False, True)]
LEARNT = Times(
    minutes={cell: 17.0 + k for k, cell in enumerate(CELLS)},
    cvs=dict.fromkeys(CELLS, 0.25),
    hour_factors=HOURS,
    day_cv=0.08,
    leg_cv=0.2,
)


def adopted(store: Store, kind: str) -> None:
    adopt(store, principal(), BRANCH, kind, LEARNT, learnt_until=NOW.date(), count=60, compared={}, now=NOW)


def test_nothing_is_used_before_a_person_adopts(own_store: Store) -> None:
    assert times_in_use(own_store, principal(), BRANCH, load()).times == Times()


def test_doors_and_roads_are_adopted_apart_and_gone_back_from(own_store: Store) -> None:
    adopted(own_store, DOORS)
    used = times_in_use(own_store, principal(), BRANCH, load()).times
    assert used.minutes == LEARNT.minutes
    assert used.hour_factors is None
    adopted(own_store, ROADS)
    used = times_in_use(own_store, principal(), BRANCH, load()).times
    assert (used.hour_factors, used.day_cv, used.leg_cv) == (HOURS, 0.08, 0.2)
    go_back(own_store, principal(), BRANCH, DOORS, now=NOW)
    used = times_in_use(own_store, principal(), BRANCH, load()).times
    assert used.minutes is None
    assert used.hour_factors == HOURS
    assert [(one.kind, one.act, one.by) for one in adoptions(own_store, principal(), BRANCH)] == [
        (DOORS, "adopted", principal().name), (ROADS, "adopted", principal().name),
        (DOORS, "went_back", principal().name)]  # fmt: skip


def test_only_a_manager_adopts(own_store: Store) -> None:
    from planner.domain import Role

    for role in (Role.COLLECTOR, Role.REGIONAL_HEAD):
        who = principal(role, crew="any" if role is Role.COLLECTOR else None)
        with pytest.raises(NotAllowed):
            adopt(own_store, who, BRANCH, DOORS, LEARNT, learnt_until=NOW.date(), count=1, compared={}, now=NOW)


@pytest.mark.parametrize(
    "damage",
    [
        "nonsense",
        [{"kind": "doors"}],
        [{"kind": "roads", "name": "x", "act": "adopted", "by": "m", "at": NOW.isoformat(), "numbers": {}}],
        [{"kind": "roads", "name": "x", "act": "adopted", "by": "m", "at": NOW.isoformat(),
          "numbers": {"hour_factors": [0.0] * 24, "day_cv": 0.1, "leg_cv": 0.1}}],
        [{"kind": "roads", "name": "x", "act": "adopted", "by": "m", "at": NOW.isoformat(),
          "numbers": {"hour_factors": [1.0] * 23, "day_cv": 0.1, "leg_cv": 0.1}}],
    ],
)  # fmt: skip
def test_damaged_times_stop_a_plan_in_words(own_store: Store, damage: object) -> None:
    own_store.save_setting(principal(), BRANCH, "adopted_times", damage, now=NOW)
    with pytest.raises(UnreadableTimes):
        times_in_use(own_store, principal(), BRANCH, load())
    (branch,) = own_store.branches(principal())
    assert times_view(own_store, principal(), branch, load()).unreadable


def test_the_next_plan_is_made_with_them_and_carries_them(story: Story, own_store: Store) -> None:
    adopted(own_store, DOORS)
    adopted(own_store, ROADS)
    means = town.means(own_store)
    friday = NOW.replace(hour=10)
    saved = plan_week(means, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=friday)
    assert tuple(saved.problem["hour_factors"]) == HOURS
    least = min(option["service_s"] for visit in saved.problem["visits"] for option in visit["options"])
    assert least >= 17 * 60
    before = [option["service_s"] for visit in story.second.problem["visits"] for option in visit["options"]]
    assert max(before) < 24 * 60
    assert min(before) < least
    assert set(saved.context["parameters"]["times"]["names"]) == {DOORS, ROADS}
    kept = of_plan(saved.context, load()).times
    assert replace(kept, door_name="", road_name="") == LEARNT
    # Gone back, a plan that was made with them is still told by what it was made with.
    go_back(own_store, principal(), BRANCH, DOORS, now=NOW)
    assert of_plan(own_store.plan(principal(), saved.plan_id).context, load()).times.minutes == LEARNT.minutes
    assert of_plan(story.first.context, load()).times == Times()


def test_the_traffic_of_the_region_lengthens_drives_until_hours_are_adopted(own_store: Store) -> None:
    means, friday = town.means(own_store), NOW.replace(hour=10)
    rush = Traffic(tuple(1.5 if hour in (8, 17) else 1.0 for hour in range(24)), "2026-11-29 01234567")
    means = replace(means, parameters=replace(means.parameters, traffic=rush))
    saved = plan_week(means, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=friday)
    assert tuple(saved.problem["hour_factors"]) == rush.hour_factors
    assert saved.context["parameters"]["traffic"] == rush.name
    adopted(own_store, ROADS)
    again = plan_week(means, principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=friday)
    assert tuple(again.problem["hour_factors"]) == HOURS
    assert again.context["parameters"]["traffic"] == ""
