"""The plan of one crew's day: it holds for its shift alone, begun or not, and is taken once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.domain import Role
from planner.store import NotAllowed, NotPublishable, PublishedMeanwhile, Store
from tests.planner.store.factories import HERE, NOW, WEEK, day_plan, place_word, plan, principal, team

MANAGER = principal()
CREW_A = principal(Role.COLLECTOR, crew=f"{HERE}-A")
CREW_B = principal(Role.COLLECTOR, crew=f"{HERE}-B")
SHIFT, OTHER = f"{HERE}-A-mon", f"{HERE}-B-mon"
BEGINS = team()[2][0].starts
EVE = BEGINS - timedelta(hours=2)


def test_a_day_is_changed_while_the_crew_is_out_and_nobody_elses(store: Store) -> None:
    at = BEGINS + timedelta(hours=2)
    assert store.change_day(CREW_A, day_plan(created_at=at), [SHIFT], now=at)
    assert store.stops_in_force(MANAGER, HERE, WEEK) == {SHIFT: ("D2", "D1"), OTHER: ("D3",)}
    assert store.plans_by_shift(MANAGER, HERE, WEEK) == {SHIFT: "day-1", OTHER: f"plan-{HERE}"}
    assert store.published(CREW_A, HERE, WEEK, shift=SHIFT).plan_id == "day-1"  # type: ignore[union-attr]
    assert store.published(MANAGER, HERE, WEEK).plan_id == f"plan-{HERE}"  # type: ignore[union-attr]
    assert [row.plan_id for row in store.plans(MANAGER, HERE, WEEK)] == [f"plan-{HERE}"]
    assert [row.plan_id for row in store.day_plans(CREW_A, HERE, WEEK)] == ["day-1"]
    assert store.day_plans(CREW_B, HERE, WEEK) == ()


def test_it_is_taken_once_however_often_it_is_sent(store: Store) -> None:
    assert store.change_day(CREW_A, day_plan(), [SHIFT], now=NOW)
    assert not store.change_day(CREW_A, day_plan(), [SHIFT], now=NOW)
    assert len(store.day_plans(MANAGER, HERE, WEEK)) == 1


def test_two_changes_do_not_overwrite_each_other(store: Store) -> None:
    store.change_day(CREW_A, day_plan(), [SHIFT], now=NOW)
    with pytest.raises(PublishedMeanwhile):
        store.change_day(MANAGER, day_plan("day-2", "D1"), [SHIFT], now=NOW)
    assert store.change_day(MANAGER, day_plan("day-2", "D1", parent="day-1"), [SHIFT], now=NOW)
    assert store.stops_in_force(MANAGER, HERE, WEEK)[SHIFT] == ("D1",)


def test_a_crew_reads_the_plans_that_its_day_was_changed_from_and_nobody_else_does(store: Store) -> None:
    """What it gave up in the morning stood in them; after a second change none of them is in force any more."""
    for name, visit, parent in (("day-1", "D2", f"plan-{HERE}"), ("day-2", "D1", "day-1")):
        store.change_day(CREW_A, day_plan(name, visit, parent=parent), [SHIFT], now=NOW)
    before = store.plan(CREW_A, "day-1")
    assert {stop["visit"] for route in before.plan["routes"] for stop in route["stops"]} == {"D2"}
    assert {route["shift"] for route in store.plan(CREW_A, f"plan-{HERE}").plan["routes"]} == {SHIFT}
    with pytest.raises(NotAllowed):
        store.plan(CREW_B, "day-1")
    assert set(store.contacts(CREW_A, HERE)["debtor_id"]) == {"D1"}, "names are those of its stops in force"


def test_a_day_without_stops_is_a_day_too(store: Store) -> None:
    empty = day_plan()
    empty.plan["routes"] = []
    store.change_day(CREW_A, empty, [SHIFT], now=BEGINS)
    assert SHIFT not in store.stops_in_force(MANAGER, HERE, WEEK)
    assert store.published(CREW_A, HERE, WEEK, shift=SHIFT).plan_id == "day-1"  # type: ignore[union-attr]
    assert store.contacts(CREW_A, HERE).empty


def test_a_week_planned_later_before_the_shift_begins_replaces_it(store: Store) -> None:
    store.change_day(CREW_A, day_plan(), [SHIFT], now=EVE)
    later = plan("plan-2", parent=f"plan-{HERE}", created_at=EVE + timedelta(minutes=1))
    store.save_plan(MANAGER, later)
    store.publish(MANAGER, "plan-2", EVE + timedelta(minutes=2))
    assert store.plans_by_shift(MANAGER, HERE, WEEK)[SHIFT] == "plan-2"
    # The plan that was there before, published once more, knows nothing of the change.
    store.change_day(CREW_A, day_plan("day-2", parent="plan-2"), [SHIFT], now=EVE + timedelta(minutes=3))
    store.publish(MANAGER, "plan-2", EVE + timedelta(minutes=4))
    assert store.plans_by_shift(MANAGER, HERE, WEEK)[SHIFT] == "day-2"


def test_no_other_crews_day_and_no_other_plan(store: Store) -> None:
    with pytest.raises(NotAllowed):
        store.change_day(CREW_B, day_plan(), [SHIFT], now=NOW)
    with pytest.raises(NotPublishable):
        store.change_day(MANAGER, plan("plan-2", parent=f"plan-{HERE}"), [SHIFT], now=NOW)
    with pytest.raises(NotPublishable):
        store.change_day(MANAGER, day_plan(), [OTHER], now=NOW)
    store.change_day(MANAGER, day_plan(), [SHIFT], now=NOW)
    with pytest.raises(NotPublishable):
        store.publish(MANAGER, "day-1", NOW)


def test_a_collector_puts_a_pin_right_at_his_stops_only(store: Store) -> None:
    word = place_word(place_id="P1", how="visit", lon=103.96)
    assert store.correct_pin(CREW_A, HERE, word, change_id="c1", now=NOW) == "P1"
    assert store.correct_pin(CREW_A, HERE, word, change_id="c1", now=NOW) == "P1"
    places = store.places(MANAGER, HERE).set_index("place_id")
    assert places.loc["P1", "lon"] == 103.96
    assert len(store.place_changes(MANAGER, HERE)) == 1
    with pytest.raises(NotAllowed):
        store.correct_pin(CREW_B, HERE, word, change_id="c2", now=NOW)
    for wrong in (place_word(place_id=""), place_word(place_id="P1", address="elsewhere"),
                  place_word(place_id="P1", lon=float("nan"))):  # fmt: skip
        with pytest.raises(ValueError, match="pin"):
            store.correct_pin(CREW_A, HERE, wrong, change_id="c3", now=NOW)
