"""Many rows go into the database with one statement, and each of them as if it went alone."""

from __future__ import annotations

import pandas as pd
import pytest
import sqlalchemy as sa

from planner.store import Store, merge
from planner.store.connect import Scope, connect, writing
from planner.store.merge import add_missing, all_rows
from planner.store.schema import listed_type
from planner.tables import DEBTORS, LISTED_TYPES
from tests.planner.store.conftest import Database
from tests.planner.store.factories import HERE, overdue_list, principal, source

MANAGER = principal()
MOST_VALUES = 960
AT_ONCE = MOST_VALUES // len(DEBTORS)


@pytest.mark.parametrize("count", [AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 1])
def test_no_row_is_lost_between_two_statements(store: Store, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "MOST_VALUES", MOST_VALUES)
    given = overdue_list(debtors=count)
    assert store.save_import(MANAGER, HERE, given, **source("b" * 64)).added == count - 6
    for name, key in (("debtors", "debtor_id"), ("accounts", "case_id"), ("addresses", "place_id")):
        expected = given[name].sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(getattr(store, name)(MANAGER, HERE), expected)


def test_rows_that_are_there_hold_up_no_others(database: Database) -> None:
    rows = [(f"L{k:03}", "D1", HERE, "unreviewed", "2026-11-20T00:00:00.000000Z") for k in range(500)]
    engine = connect(database.url)
    columns = list(LISTED_TYPES)
    with writing(engine, HERE, Scope(frozenset({HERE}), "manager")) as connection:
        add_missing(connection, listed_type, columns, rows[::7])
        add_missing(connection, listed_type, columns, rows)
        mine = listed_type.c.listed_id.in_([one for one, *_ in rows])
        query = sa.select(*(listed_type.c[name] for name in columns)).where(mine)
        assert sorted(all_rows(connection, query)) == rows
    engine.dispose()


def test_one_stranger_among_many_keeps_all_of_them_out(store: Store) -> None:
    given = overdue_list(debtors=300)
    given["debtors"] = given["debtors"].drop(index=150)
    with pytest.raises(ValueError, match="does not have"):
        store.save_import(MANAGER, HERE, given, **source("b" * 64))
    assert len(store.debtors(MANAGER, HERE)) == 6


@pytest.mark.parametrize("most", [20, 1])
def test_rows_that_differ_are_changed_where_they_do(store: Store, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "MOST_GROUPS", most)
    asked: list[list[str]] = []
    change = merge.change
    monkeypatch.setattr(merge, "change", lambda *given: (asked.append(list(given[3])), change(*given)))
    given = overdue_list(debtors=9)
    store.save_import(MANAGER, HERE, given, **source("b" * 64))
    accounts = given["accounts"]
    accounts.loc[[1, 4], "overdue_minor"] += 100
    accounts.loc[[4, 5], "product"] = "other"
    asked.clear()
    done = store.save_import(MANAGER, HERE, given, **source("c" * 64))
    assert (done.changed, done.unchanged) == (3, 6)
    expected = accounts.sort_values("case_id", ignore_index=True)
    pd.testing.assert_frame_equal(store.accounts(MANAGER, HERE), expected)
    one_by_one = [["overdue_minor"], ["overdue_minor", "product"], ["product"]]
    assert sorted(map(sorted, asked)) == (one_by_one if most == 20 else [["overdue_minor", "product"]])
