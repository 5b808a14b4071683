"""Who was ever a stop of a crew's day, and the trail of who took a day along."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner.domain import Role
from planner.store import NotAllowed, Store
from tests.planner.store.factories import HERE, NOW, day_plan, outcome, outcomes, plan, principal, team

A, B = f"{HERE}-A", f"{HERE}-B"
MONDAY = team()[2][0].day
COLLECTOR = principal(Role.COLLECTOR, crew=A)


def test_a_stop_that_was_planned_away_is_still_one_it_once_was(store: Store) -> None:
    before = store.once_stops(COLLECTOR, HERE, A, MONDAY)
    assert {one: stop.plan_ids for one, stop in before.items()} == {
        "D1": (f"plan-{HERE}",), "D2": (f"plan-{HERE}",),
    }  # fmt: skip
    assert before["D1"].place_ids
    assert store.change_day(principal(), day_plan("day-1", "D1"), [f"{A}-mon"], now=NOW + timedelta(minutes=1))
    after = store.once_stops(COLLECTOR, HERE, A, MONDAY)
    assert after["D1"].plan_ids == ("day-1", f"plan-{HERE}")
    assert after["D2"].plan_ids == (f"plan-{HERE}",)


def test_drafts_other_days_and_other_crews_give_nothing(store: Store) -> None:
    store.save_plan(principal(), plan("draft"))  # never published
    assert store.once_stops(principal(), HERE, A, MONDAY)["D1"].plan_ids == (f"plan-{HERE}",)
    assert store.once_stops(principal(), HERE, A, MONDAY + timedelta(days=1)) == {}
    assert set(store.once_stops(principal(), HERE, B, MONDAY)) == {"D3"}
    with pytest.raises(NotAllowed):
        store.once_stops(COLLECTOR, HERE, B, MONDAY)
    with pytest.raises(NotAllowed):
        store.once_stops(principal(Role.REGIONAL_HEAD), HERE, A, MONDAY)


def test_what_other_crews_recorded_is_named_as_theirs(store: Store) -> None:
    store.save_outcomes(principal(), HERE, outcomes(outcome(outcome_id="theirs", crew_id=B, debtor_id="D1")), now=NOW)
    assert store.once_stops(COLLECTOR, HERE, A, MONDAY)["D1"].foreign == {"theirs"}


def test_taking_a_day_along_is_in_the_trail_and_only_for_who_may(store: Store) -> None:
    noted = {"pack_id": "p1", "plan_id": f"plan-{HERE}", "stops": 2, "now": NOW}
    store.note_pack(COLLECTOR, HERE, A, MONDAY, **noted)  # type: ignore[arg-type]
    (last,) = [one for one in store.audit_entries(principal(), HERE) if one.what == "day.pack"]
    assert (last.who, last.ids) == (
        COLLECTOR.name,
        {"pack": "p1", "crew": A, "day": MONDAY.isoformat(), "plan": f"plan-{HERE}", "stops": 2},
    )
    for stranger in (
        principal(Role.COLLECTOR, crew=B), principal(Role.COLLECTOR), principal(Role.REGIONAL_HEAD),
        principal(Role.SYSTEM),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            store.note_pack(stranger, HERE, A, MONDAY, **noted)  # type: ignore[arg-type]
