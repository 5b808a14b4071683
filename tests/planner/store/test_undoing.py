"""An import can be taken back: what it changed is as before, what people did since is still there."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner import tables
from planner.domain import Role
from planner.store import ImportResult, NotAllowed, NotUndoable, Store
from tests.planner.store.factories import HERE, NOW, THERE, outcome, outcomes, overdue_list, principal, source, table

MANAGER = principal()
NAMES = ("debtors", "accounts", "places", "contacts", "addresses", "holds", "accommodations")
LATER = NOW + timedelta(hours=1)


def everything(store: Store) -> dict[str, pd.DataFrame]:
    open_ones = {name: getattr(store, name)(MANAGER, HERE) for name in NAMES}
    return open_ones | {"states": store.account_states(MANAGER, HERE), "types": store.debtor_types(MANAGER, HERE)}


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    for name in (*NAMES, "states"):
        pd.testing.assert_frame_equal(one[name], other[name], obj=name)


def take(store: Store, listed: dict[str, pd.DataFrame], letter: str = "b", **more: object) -> ImportResult:
    return store.save_import(MANAGER, HERE, listed, **{**source(letter * 64), "now": LATER, **more})


@given(debtors=st.integers(1, 9), owed=st.integers(1, 9), full=st.booleans(), day=st.sampled_from([None, 0, 1, 40]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_taken_back_all_is_as_before(store: Store, debtors: int, owed: int, full: bool, day: int | None) -> None:
    before = everything(store)
    listed = overdue_list(debtors=debtors, overdue_minor=owed)
    if day is not None:
        listed["accounts"] = listed["accounts"].assign(as_of_on=pd.Timestamp(NOW.date()) + pd.Timedelta(days=day))
    result = take(store, listed, full_list=full)
    told = store.undoing_import(MANAGER, HERE, result.batch_id)
    assert store.undo_import(MANAGER, HERE, result.batch_id, now=LATER) == told
    assert (told.added, told.changed, told.gone) == (result.added, result.changed, result.gone)
    same(everything(store), before)


def test_the_same_file_may_come_again_and_does_the_same(store: Store) -> None:
    first = take(store, overdue_list(debtors=8, overdue_minor=5))
    after = everything(store)
    store.undo_import(MANAGER, HERE, first.batch_id, now=LATER)
    again = take(store, overdue_list(debtors=8, overdue_minor=5))
    assert not again.repeated
    assert again.batch_id != first.batch_id
    same(everything(store), after)


def test_it_stays_on_record_that_it_was_made_and_taken_back(store: Store) -> None:
    result = take(store, overdue_list(debtors=8))
    store.undo_import(MANAGER, HERE, result.batch_id, now=LATER + timedelta(hours=1))
    mine = next(one for one in store.imports(MANAGER, HERE) if one.result.batch_id == result.batch_id)
    assert (mine.undone_by, mine.undone_at) == (MANAGER.name, LATER + timedelta(hours=1))
    assert store.audit_entries(MANAGER, HERE)[-1].what == "import.undo"
    with pytest.raises(NotUndoable, match="before"):
        store.undo_import(MANAGER, HERE, result.batch_id, now=LATER)


def test_the_history_names_the_one_that_can_be_taken_back(store: Store) -> None:
    """Two imports of one moment have no order by time: what is kept decides."""

    def undoable() -> list[str]:
        return [one.result.batch_id for one in store.imports(MANAGER, HERE) if one.undoable]

    for debtors in range(8, 14):
        last = take(store, overdue_list(debtors=debtors), f"list {debtors}", now=LATER).batch_id
        assert undoable() == [last]
    store.undo_import(MANAGER, HERE, last, now=LATER)
    assert undoable() == []


def test_only_the_newest_can_be_taken_back(store: Store) -> None:
    first = take(store, overdue_list(debtors=8))
    take(store, overdue_list(debtors=9), "c", now=LATER + timedelta(minutes=1))
    with pytest.raises(NotUndoable, match="Only the newest"):
        store.undo_import(MANAGER, HERE, first.batch_id, now=LATER)
    with pytest.raises(NotUndoable, match="no import"):
        store.undo_import(MANAGER, HERE, "none", now=LATER)
    with pytest.raises(NotUndoable, match="no import"):
        store.undo_import(principal(Role.MANAGER, THERE), THERE, first.batch_id, now=LATER)


def test_outcomes_recorded_meanwhile_are_kept_with_the_card(store: Store) -> None:
    result = take(store, overdue_list(debtors=8))
    store.save_outcomes(MANAGER, HERE, outcomes(outcome("new", debtor_id="D8")), now=LATER)
    told = store.undo_import(MANAGER, HERE, result.batch_id, now=LATER)
    assert (told.added, told.outcomes) == (2, 1)
    assert "new" in set(store.outcomes(MANAGER, HERE)["outcome_id"])
    take(store, {"accounts": overdue_list(debtors=8)["accounts"]}, "d")
    assert {"D7", "D8"} & set(store.contacts(MANAGER, HERE)["debtor_id"]) == {"D8"}


def test_what_people_changed_since_stays(store: Store) -> None:
    holds = table(tables.HOLDS, [{"debtor_id": "D1", "branch": HERE, "hold_id": "h1", "kind": "dispute"}])
    listed = overdue_list(overdue_minor=5) | {"holds": holds}
    listed["debtors"] = listed["debtors"].assign(group="trade")  # of D2 too, of whom somebody says otherwise
    result = take(store, listed)
    store.edit_survey(MANAGER, HERE, [("debtor", "D2", "group", "farm")], batch_id="e1", now=LATER)
    store.undo_import(MANAGER, HERE, result.batch_id, now=LATER)
    groups = store.debtors(MANAGER, HERE).set_index("debtor_id")["group"]
    assert groups["D2"] == "farm"
    assert "trade" not in set(groups)
    assert store.holds(MANAGER, HERE).empty
    assert 5 not in set(store.accounts(MANAGER, HERE)["overdue_minor"])


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.REGIONAL_HEAD])
def test_nobody_else_may(store: Store, role: Role) -> None:
    result = take(store, overdue_list(debtors=8))
    with pytest.raises(NotAllowed):
        store.undo_import(principal(role), HERE, result.batch_id, now=LATER)


def test_a_day_whose_first_list_was_taken_back_takes_another(store: Store) -> None:
    listed = overdue_list(overdue_minor=5)
    listed["accounts"] = listed["accounts"].assign(as_of_on=pd.Timestamp(NOW.date()) + pd.Timedelta(days=9))
    first = take(store, listed, full_list=True)
    store.undo_import(MANAGER, HERE, first.batch_id, now=LATER)
    listed["accounts"] = listed["accounts"].assign(overdue_minor=7)
    take(store, listed, "c", full_list=True)
    states = store.account_states(MANAGER, HERE)
    assert set(states.loc[states["as_of_on"] == states["as_of_on"].max(), "overdue_minor"]) == {7}
