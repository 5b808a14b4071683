"""Successive lists stay: what each said of its day, corrected by a later one of that day, never changed or lost."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
import sqlalchemy as sa

from planner import tables
from planner.domain import Role
from planner.store import ImportResult, NotAllowed, Store
from planner.store.connect import connect, scope_of, writing
from planner.tables import ACCOUNT_STATES
from tests.planner.store.conftest import Database
from tests.planner.store.factories import HERE, THERE, overdue_list, principal, source

MANAGER = principal()
FIRST = date(2026, 11, 20)  # of the list that every store of these tests begins with


def bring(store: Store, day: str, name: str, *, full: bool = True, debtors: int = 6, **changes: object) -> ImportResult:
    listed = overdue_list(debtors=debtors, as_of_on=day, **changes)
    return store.save_import(MANAGER, HERE, listed, **source(name * 64), full_list=full)


def days(states: pd.DataFrame) -> dict[str, int]:
    return {f"{day:%m-%d}": len(here) for day, here in states.groupby("as_of_on")}


def test_the_first_list_is_kept_and_counts_as_full(store: Store) -> None:
    states = store.account_states(MANAGER, HERE)
    assert list(states.columns) == list(ACCOUNT_STATES)
    assert days(states) == {"11-20": 6}
    assert [(one.as_of_on, one.full) for one in store.list_days(MANAGER, HERE)] == [(FIRST, True)]


def test_who_is_not_due_yet_does_not_become_overdue_by_a_younger_row_of_the_list(store: Store) -> None:
    listed = overdue_list(as_of_on="2026-12-10", due_on="2026-12-15")
    accounts = listed["accounts"].assign(days_past_due=[0, 5, 5, 5, 5, 5])
    accounts.loc[5, "as_of_on"] = pd.Timestamp("2026-12-20")
    store.save_import(MANAGER, HERE, {**listed, "accounts": accounts}, **source("b" * 64), full_list=True)
    states = store.account_states(MANAGER, HERE, since=date(2026, 12, 1)).set_index("case_id")["days_past_due"]
    assert states.to_dict() == {"K1": 0, "K2": 15, "K3": 15, "K4": 15, "K5": 15, "K6": 5}


def test_each_full_list_adds_its_day(store: Store) -> None:
    bring(store, "2026-12-20", "b", debtors=4, overdue_minor=7)
    states = store.account_states(MANAGER, HERE)
    assert days(states) == {"11-20": 6, "12-20": 4}
    assert set(states.loc[states["as_of_on"] == "2026-11-20", "overdue_minor"]) == {100_00 * k for k in range(1, 7)}
    assert days(store.account_states(MANAGER, HERE, since=date(2026, 12, 1))) == {"12-20": 4}


def test_an_older_full_list_adds_to_the_history_and_sets_nothing_back(store: Store) -> None:
    before = {name: getattr(store, name)(MANAGER, HERE) for name in ("debtors", "accounts", "places", "contacts")}
    result = bring(store, "2026-10-20", "b", debtors=3, overdue_minor=1)
    assert (result.older, result.list_on, result.added, result.changed, result.gone) == (
        True,
        date(2026, 10, 20),
        0,
        0,
        0,
    )
    for name, table in before.items():
        pd.testing.assert_frame_equal(getattr(store, name)(MANAGER, HERE), table)
    assert days(store.account_states(MANAGER, HERE)) == {"10-20": 3, "11-20": 6}
    newest, oldest = store.imports(MANAGER, HERE)
    assert {newest.result.older, oldest.result.older} == {True, False}


def test_an_older_list_of_people_who_are_gone_needs_no_debtor(store: Store) -> None:
    result = bring(store, "2026-10-20", "b", debtors=9)
    assert result.older
    assert len(store.account_states(MANAGER, HERE, since=date(2026, 10, 1))) == 15
    assert len(store.debtors(MANAGER, HERE, closed=True)) == 6
    assert store.case_debtors(MANAGER, HERE)["K9"] == "D9"


def test_the_same_list_again_adds_nothing(store: Store) -> None:
    states = store.account_states(MANAGER, HERE)
    store.save_import(MANAGER, HERE, overdue_list(), **source("b" * 64), full_list=True)
    store.save_import(MANAGER, HERE, overdue_list(), **source("c" * 64), full_list=False)
    pd.testing.assert_frame_equal(store.account_states(MANAGER, HERE), states)


def test_a_correction_of_the_same_day_counts_and_drops_what_it_does_not_name(store: Store) -> None:
    bring(store, "2026-11-20", "b", debtors=4, overdue_minor=5)
    states = store.account_states(MANAGER, HERE)
    assert days(states) == {"11-20": 4}
    assert set(states["overdue_minor"]) == {5}
    bring(store, "2026-11-20", "c", debtors=5, overdue_minor=9)  # and corrected once more
    again = store.account_states(MANAGER, HERE)
    assert (len(again), set(again["overdue_minor"])) == (5, {9})


def test_a_partial_list_of_the_same_day_adds_and_corrects_its_own_rows_only(store: Store) -> None:
    bring(store, "2026-11-20", "b", debtors=2, overdue_minor=5, full=False)
    states = store.account_states(MANAGER, HERE).set_index("case_id")["overdue_minor"]
    assert (len(states), states["K1"], states["K6"]) == (6, 5, 600_00)


def test_a_partial_list_makes_no_full_day(store: Store) -> None:
    bring(store, "2026-12-20", "b", debtors=2, full=False)
    assert days(store.account_states(MANAGER, HERE)) == {"11-20": 6}
    assert days(store.account_states(MANAGER, HERE, partial=True)) == {"11-20": 6, "12-20": 2}
    bring(store, "2026-12-20", "c", debtors=2, full=True)  # the same rows, but now known to be all
    assert days(store.account_states(MANAGER, HERE)) == {"11-20": 6, "12-20": 2}


def test_a_row_of_an_earlier_day_is_aged_to_the_day_of_the_list(store: Store) -> None:
    listed = overdue_list(days_past_due=10)
    listed["accounts"].loc[0, "as_of_on"] = pd.Timestamp("2026-12-31")
    store.save_import(MANAGER, HERE, listed, **source("b" * 64), full_list=True)
    states = store.account_states(MANAGER, HERE, since=date(2026, 12, 1)).set_index("case_id")["days_past_due"]
    assert (states["K1"], states["K2"]) == (10, 10 + 41)


def test_a_case_on_a_list_twice_is_refused(store: Store) -> None:
    listed = overdue_list(as_of_on="2026-10-01")
    listed["accounts"] = pd.concat([listed["accounts"], listed["accounts"].head(1)], ignore_index=True)
    with pytest.raises(ValueError, match="case_id"):
        store.save_import(MANAGER, HERE, listed, **source("b" * 64))
    assert days(store.account_states(MANAGER, HERE)) == {"11-20": 6}


@pytest.mark.parametrize("statement", ["UPDATE {0} SET branch = 'X'", "DELETE FROM {0}"])
@pytest.mark.parametrize("table", ["account_state", "list_day"])
def test_the_database_refuses_changes(url: str, table: str, statement: str) -> None:
    engine = connect(url)
    with (
        pytest.raises(sa.exc.IntegrityError, match="append-only"),
        writing(engine, HERE, scope_of(MANAGER)) as connection,
    ):
        connection.exec_driver_sql(statement.format(table))
    engine.dispose()


def test_a_branch_sees_its_own_lists_and_a_collector_his_stops(store: Store) -> None:
    with pytest.raises(NotAllowed):
        store.account_states(principal(Role.MANAGER, THERE), HERE)
    collector = principal(Role.COLLECTOR, HERE, crew=f"{HERE}-A")
    assert set(store.account_states(collector, HERE)["debtor_id"]) < set(
        store.account_states(MANAGER, HERE)["debtor_id"]
    )


def test_an_older_database_keeps_its_list_as_the_first_of_the_history(database: Database) -> None:
    store = database.open()
    states = store.account_states(MANAGER, HERE)
    store.close()
    database.migrate("0001")
    engine = connect(database.url)
    assert "account_state" not in sa.inspect(engine).get_table_names()
    engine.dispose()
    database.migrate()
    store = database.open()
    pd.testing.assert_frame_equal(store.account_states(MANAGER, HERE), states)
    assert tables.conform(states, ACCOUNT_STATES).equals(states)
    store.close()
