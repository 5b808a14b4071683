"""What crews say for their safety: kept once, under their own name, for their own crew, and read by few."""

from __future__ import annotations

from datetime import timedelta

import pytest

from planner import tables
from planner.domain import Principal, Role
from planner.store import NotAllowed, Store
from planner.store.safety import OF_BRANCH, OF_CREWS
from tests.planner.store.factories import HERE, NOW, principal, safety, safety_entries

MANAGER = principal()
DAY = NOW.date().replace(day=23)


def collector(crew: str = "A") -> Principal:
    return principal(Role.COLLECTOR, crew=f"{HERE}-{crew}")


def test_an_entry_sent_twice_is_one_and_signed_by_whoever_sends_it(store: Store) -> None:
    sent = safety_entries(safety(recorded_by="somebody else"))
    first = store.record_safety(collector(), HERE, sent, now=NOW)
    again = store.record_safety(collector(), HERE, sent, now=NOW + timedelta(hours=1))
    assert (first.added, again.added, again.known) == (("s1",), (), ("s1",))
    (row,) = store.safety_entries(MANAGER, HERE, DAY, DAY).to_dict("records")
    assert (row["recorded_by"], row["recorded_at"].to_pydatetime()) == (collector().name, NOW)


@pytest.mark.parametrize("kind", OF_CREWS)
def test_signs_of_life_come_from_the_crew_alone(store: Store, kind: str) -> None:
    for who in (MANAGER, collector("B"), principal(Role.REGIONAL_HEAD), principal(Role.SYSTEM)):
        with pytest.raises(NotAllowed):
            store.record_safety(who, HERE, safety_entries(safety(kind=kind)), now=NOW)
    assert store.record_safety(collector(), HERE, safety_entries(safety(kind=kind)), now=NOW).added


@pytest.mark.parametrize("kind", OF_BRANCH)
def test_a_crew_does_not_see_to_its_own_alert(store: Store, kind: str) -> None:
    with pytest.raises(NotAllowed):
        store.record_safety(collector(), HERE, safety_entries(safety(kind=kind)), now=NOW)
    assert store.record_safety(MANAGER, HERE, safety_entries(safety(kind=kind)), now=NOW).added


@pytest.mark.parametrize("changes", [{"kind": "gps"}, {"minutes": 61}, {"minutes": -1}, {"crew_id": "nobody"}])
def test_what_nobody_can_say_is_refused(store: Store, changes: dict[str, object]) -> None:
    with pytest.raises((ValueError, NotAllowed)):
        store.record_safety(collector(), HERE, safety_entries(safety(**changes)), now=NOW)
    assert store.safety_entries(MANAGER, HERE, DAY, DAY).empty


def test_a_collector_reads_his_own_crew_and_no_machine_or_head_reads_any(store: Store) -> None:
    store.record_safety(collector(), HERE, safety_entries(safety()), now=NOW)
    assert len(store.safety_entries(collector(), HERE, DAY, DAY)) == 1
    assert store.safety_entries(collector("B"), HERE, DAY, DAY).empty
    assert store.safety_entries(MANAGER, HERE, DAY + timedelta(days=1), DAY + timedelta(days=1)).empty
    for who in (principal(Role.REGIONAL_HEAD), principal(Role.SYSTEM)):
        with pytest.raises(NotAllowed):
            store.safety_entries(who, HERE, DAY, DAY)


def test_no_entry_has_a_place_or_a_debtor() -> None:
    """A position could not be kept even by mistake: there is no column for one."""
    words = {part for name in tables.SAFETY_ENTRIES for part in name.split("_")}
    assert not words & {"lon", "lat", "place", "position", "accuracy", "debtor", "address", "note", "text"}
