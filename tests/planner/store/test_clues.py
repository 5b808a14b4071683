"""Clues are only added; a later one replaces or withdraws; a crew writes of its own stops, a head sees no place."""

from __future__ import annotations

import pytest

from planner.domain import Role
from planner.store import NotAllowed, Store
from tests.planner.store.factories import HERE, NOW, clue, clues, principal

MANAGER = principal(name="lin")
CREW_A = principal(Role.COLLECTOR, crew=f"{HERE}-A")


def test_a_later_clue_replaces_and_a_withdrawn_one_is_gone(store: Store) -> None:
    store.save_clues(MANAGER, HERE, clues(clue(), clue("c2", asset="deposit")), now=NOW)
    store.save_clues(MANAGER, HERE, clues(clue("c3", asset="car", replaces="c1")), now=NOW)
    store.save_clues(MANAGER, HERE, clues(clue("c4", asset="deposit", replaces="c2", withdrawn=True)), now=NOW)
    assert store.clues(MANAGER, HERE)["clue_id"].tolist() == ["c3"]
    assert len(store.clues(MANAGER, HERE, replaced=True)) == 4


def test_a_resend_is_the_same_clue(store: Store) -> None:
    store.save_clues(MANAGER, HERE, clues(clue()), now=NOW)
    assert store.save_clues(MANAGER, HERE, clues(clue()), now=NOW).known == ("c1",)
    assert store.save_clues(MANAGER, HERE, clues(clue(asset="car")), now=NOW).differing == ("c1",)
    assert store.clues(MANAGER, HERE)["asset"].tolist() == ["truck"]


def test_a_crew_writes_of_its_own_stops_under_its_own_name(store: Store) -> None:
    store.save_clues(CREW_A, HERE, clues(clue(recorded_by="lin")), now=NOW)
    assert store.clues(MANAGER, HERE)["recorded_by"].tolist() == [CREW_A.name]
    with pytest.raises(NotAllowed, match="no stop"):
        store.save_clues(CREW_A, HERE, clues(clue("c2", debtor_id="D3")), now=NOW)
    store.save_clues(MANAGER, HERE, clues(clue("c3", debtor_id="D3")), now=NOW)
    assert store.clues(CREW_A, HERE)["clue_id"].tolist() == ["c1"]


def test_who_sees_no_card_sees_no_place(store: Store) -> None:
    store.save_clues(MANAGER, HERE, clues(clue()), now=NOW)
    assert store.clues(principal(Role.SYSTEM), HERE)["place"].tolist() == [""]
    assert store.clues(MANAGER, HERE)["place"].tolist() == ["云溪路 9 号"]


@pytest.mark.parametrize(
    "changes",
    [{"asset": "spouse"}, {"source": "neighbour"}, {"certainty": "sure"}, {"replaces": "c9"}, {"debtor_id": "D99"},
     {"clue_id": ""}, {"place": "x" * 400}],
)  # fmt: skip
def test_what_does_not_fit_is_refused(store: Store, changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"none of|this debtor|no debtor|id of its own|cannot be kept"):
        store.save_clues(MANAGER, HERE, clues(clue("good"), clue(**changes)), now=NOW)
    assert store.clues(MANAGER, HERE).empty
