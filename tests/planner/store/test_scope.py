"""A collector sees the stops of his crew in the published plan, and nothing of anybody else's."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.domain import Role
from planner.store import NotAllowed, Store
from tests.planner.store.factories import HERE, NOW, WEEK, outcome, outcomes, plan, principal, team

MANAGER = principal()
CREW_A = principal(Role.COLLECTOR, crew=f"{HERE}-A")
CREW_B = principal(Role.COLLECTOR, crew=f"{HERE}-B")
NO_CREW = principal(Role.COLLECTOR)


@pytest.mark.parametrize("name", ["debtors", "accounts", "places", "contacts", "addresses"])
def test_lists_are_cut_to_the_crews_stops(store: Store, name: str) -> None:
    read = getattr(store, name)
    assert set(read(CREW_A, HERE)["debtor_id"]) == {"D1", "D2"}
    assert set(read(CREW_B, HERE, week=WEEK)["debtor_id"]) == {"D3"}
    assert read(CREW_A, HERE, week="2026-W49").empty
    assert len(read(MANAGER, HERE)) == 6
    assert set(read(MANAGER, HERE, week=WEEK)["debtor_id"]) == {"D1", "D2", "D3"}
    with pytest.raises(NotAllowed):
        read(NO_CREW, HERE)


def test_a_replaced_plan_gives_access_to_nobody(store: Store) -> None:
    swapped = plan("plan-2", parent=f"plan-{HERE}")
    swapped.plan["routes"] = [{"shift": f"{HERE}-A-mon", "stops": [{"visit": "D6", "option": 0}]}]
    store.save_plan(MANAGER, swapped)
    assert set(store.contacts(CREW_A, HERE)["debtor_id"]) == {"D1", "D2"}  # saved is not yet published
    store.publish(MANAGER, "plan-2", NOW)
    assert set(store.contacts(CREW_A, HERE)["debtor_id"]) == {"D6"}
    assert store.contacts(CREW_B, HERE).empty
    with pytest.raises(NotAllowed):
        store.plan(CREW_A, f"plan-{HERE}")


@pytest.mark.parametrize("made_h", [1, -1], ids=["made while it is out", "a draft of before, published then"])
def test_a_crew_that_is_out_keeps_its_stops_when_a_later_plan_is_published(store: Store, made_h: int) -> None:
    begins = team()[2][0].starts
    later = plan("plan-2", parent=f"plan-{HERE}", created_at=begins + timedelta(hours=made_h))
    later.plan["routes"] = [
        {"shift": f"{HERE}-B-tue", "stops": [{"visit": "D6", "option": 0}]},
        {"shift": team()[2][0].shift_id, "stops": [{"visit": "D5", "option": 0}]},
    ]
    later.problem["shifts"].append({"id": f"{HERE}-B-tue", "crew": f"{HERE}-B"})
    store.save_plan(MANAGER, later)
    store.publish(MANAGER, "plan-2", begins + timedelta(hours=2))
    out, free = team()[2][0].shift_id, f"{HERE}-B-tue"
    assert store.stops_in_force(MANAGER, HERE, WEEK) == {
        out: ("D1", "D2"),
        f"{HERE}-B-mon": ("D3",),
        free: ("D6",),
    }
    assert set(store.contacts(CREW_A, HERE)["debtor_id"]) == {"D1", "D2"}
    assert store.published(CREW_A, HERE, WEEK, shift=out).plan_id == f"plan-{HERE}"  # type: ignore[union-attr]
    assert store.published(CREW_B, HERE, WEEK, shift=free).plan_id == "plan-2"  # type: ignore[union-attr]
    assert {row.plan_id for row in store.plans(CREW_A, HERE, WEEK)} == {f"plan-{HERE}", "plan-2"}
    store.publish(MANAGER, f"plan-{HERE}", begins + timedelta(hours=3))
    assert store.contacts(CREW_B, HERE)["debtor_id"].tolist() == ["D3"]


def test_a_crew_that_set_out_early_keeps_its_stops_from_its_first_door_on(store: Store) -> None:
    shift = team()[2][0]
    for name, minutes, visit in (("plan-1", 110, "D5"), ("plan-2", 20, "D6")):
        made = plan(name, parent=f"plan-{HERE}", created_at=shift.starts - timedelta(minutes=minutes + 10))
        made.plan["routes"] = [{"shift": shift.shift_id, "stops": [{"visit": visit, "option": 0}]}]
        store.save_plan(MANAGER, made)
        store.publish(MANAGER, name, shift.starts - timedelta(minutes=minutes))
    assert set(store.contacts(CREW_A, HERE)["debtor_id"]) == {"D6"}, "before it began it is given another day"
    door = outcome("early", debtor_id="D5", plan_id="plan-1", started_at=shift.starts - timedelta(minutes=45),
                   ended_at=shift.starts - timedelta(minutes=40), recorded_at=shift.starts)  # fmt: skip
    store.save_outcomes(MANAGER, HERE, outcomes(door), now=shift.starts)
    assert set(store.contacts(CREW_A, HERE)["debtor_id"]) == {"D5"}, "it was at a door before the other was published"


def test_without_a_week_the_two_newest_published_weeks_are_in_reach(store: Store) -> None:
    for number, visit in ((49, "D5"), (50, "D6")):
        week = plan(f"plan-{number}", week=f"2026-W{number}")
        week.plan["routes"] = [{"shift": f"{HERE}-A-mon", "stops": [{"visit": visit, "option": 0}]}]
        store.save_plan(MANAGER, week)
        store.publish(MANAGER, week.plan_id, NOW)
    assert set(store.debtors(CREW_A, HERE)["debtor_id"]) == {"D5", "D6"}
    assert set(store.debtors(CREW_A, HERE, week=WEEK)["debtor_id"]) == {"D1", "D2"}


def test_a_plan_is_cut_to_the_crew(store: Store) -> None:
    whole = store.published(MANAGER, HERE, WEEK)
    part = store.published(CREW_A, HERE, WEEK)
    assert whole is not None
    assert part is not None
    assert [route["shift"] for route in part.plan["routes"]] == [f"{HERE}-A-mon"]
    assert [visit["id"] for visit in part.problem["visits"]] == ["D1", "D2"]
    assert part.plan["left_out"] == part.context["removed"] == []
    assert [place and place["place_id"] for place in part.context["places"]] == ["P0", "P1", "P2", None, None]
    text = json.dumps([part.problem, part.plan, part.context, part.metrics])
    for hidden in ("D3", "D4", "D5", "P3", f"{HERE}-B"):
        assert hidden not in text
        assert hidden in json.dumps([whole.problem, whole.plan, whole.context, whole.metrics])
    assert replace(part, problem=whole.problem, plan=whole.plan, context=whole.context, metrics=whole.metrics) == whole


def test_an_unpublished_plan_is_hidden_from_collectors(store: Store) -> None:
    store.save_plan(MANAGER, plan("plan-2"))
    with pytest.raises(NotAllowed):
        store.plan(CREW_A, "plan-2")
    assert [row.plan_id for row in store.plans(CREW_A, HERE, WEEK)] == [f"plan-{HERE}"]
    assert {row.plan_id for row in store.plans(MANAGER, HERE, WEEK)} == {"plan-2", f"plan-{HERE}"}


def test_a_collector_records_under_his_own_name_and_for_his_own_crew(store: Store) -> None:
    store.save_outcomes(CREW_A, HERE, outcomes(outcome(recorded_by="somebody else")), now=NOW)
    assert list(store.outcomes(MANAGER, HERE)["recorded_by"]) == [CREW_A.name]
    for who in (CREW_B, NO_CREW):
        with pytest.raises(NotAllowed):
            store.save_outcomes(who, HERE, outcomes(outcome("o2")), now=NOW)
    assert len(store.outcomes(MANAGER, HERE)) == 1
    assert len(store.outcomes(CREW_A, HERE)) == 1
    assert store.outcomes(CREW_B, HERE).empty
