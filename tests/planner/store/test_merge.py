"""Many rows go into the database with one statement, and each of them as if it went alone."""

from __future__ import annotations

import random

import pandas as pd
import pytest
import sqlalchemy as sa

from planner.domain import Principal, Role
from planner.store import Store, merge
from planner.store.access import NotAllowed
from planner.store.connect import Scope, connect, writing
from planner.store.merge import add_missing, all_rows
from planner.store.schema import collector, crew, listed_type
from planner.tables import DEBTORS, LISTED_TYPES
from tests.planner.store.conftest import Database
from tests.planner.store.factories import HERE, NOW, branch, overdue_list, principal, source

MANAGER, NEW = principal(), "YX03"
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


def newcomer(store: Store) -> Principal:
    """Who works at a branch that has nothing yet."""
    store.save_branch(principal(Role.SYSTEM, NEW), branch(NEW), now=NOW)
    return principal(Role.MANAGER, NEW)


@pytest.mark.parametrize("count", [1, AT_ONCE, 2 * AT_ONCE + 1])
def test_the_first_list_of_a_branch_is_kept_as_it_would_be_later(store: Store, count: int) -> None:
    who, given = newcomer(store), overdue_list(NEW, debtors=count)
    mixed = {name: one.sample(frac=1, random_state=1) for name, one in given.items()}
    assert store.save_import(who, NEW, mixed, **source("b" * 64)).added == count
    for name, key in (("debtors", "debtor_id"), ("accounts", "case_id"), ("addresses", "place_id")):
        expected = given[name].sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(getattr(store, name)(who, NEW), expected)
    again = store.save_import(who, NEW, given, **source("c" * 64))
    assert (again.added, again.changed, again.unchanged) == (0, 0, count)


def test_a_first_list_with_a_fault_leaves_nothing(store: Store) -> None:
    who = newcomer(store)
    twice, stranger, foreign = (overdue_list(code, debtors=9) for code in (NEW, NEW, HERE))
    twice["contacts"] = pd.concat([twice["contacts"], twice["contacts"].iloc[4:5]])
    stranger["debtors"] = stranger["debtors"].drop(index=5)
    for given, message in ((twice, "same debtor_id"), (stranger, "does not have"), (foreign, HERE)):
        with pytest.raises((ValueError, NotAllowed), match=message):
            store.save_import(who, NEW, given, **source("b" * 64))
    assert store.debtors(who, NEW).empty
    assert store.accounts(who, NEW).empty


def test_rows_that_are_there_hold_up_no_others(database: Database) -> None:
    rows = [(f"L{k:03}", "D1", HERE, "unreviewed", "2026-11-20T00:00:00.000000Z") for k in range(500)]
    engine = connect(database.url)
    columns = list(LISTED_TYPES)
    with writing(engine, HERE, Scope(frozenset({HERE}), "manager")) as connection:
        add_missing(connection, listed_type, columns, rows[:1] * 3)  # a resend in one go
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
    change = merge.change_columns
    monkeypatch.setattr(merge, "change_columns", lambda *given: (asked.append(list(given[3])), change(*given)))
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


#: what means something to an array, to JSON, to SQL or to a driver, and must mean nothing here
ODD = (
    *(
        "NULL",
        "null",
        "",
        " ",
        '"',
        '""',
        "\\",
        '\\"',
        "\\\\",
        "\\N",
        "\\u0041",
        "{",
        "}",
        "{a,b}",
        ",",
        "a,b",
        "','",
        "'",
        "%",
        "%s",
    ),
    *(
        "\t",
        "\n",
        "\r\n",
        "\x01",
        "\x1f",
        "\x7f",
        "\u2028",
        "云溪市",
        "𠮷",
        "$1",
        ":name",
        "?",
        "--",
        "/*",
        "É",
        "e\u0301",
    ),
)


@pytest.mark.parametrize("shape", ["own", "alike", "alone"])
def test_whatever_stands_in_a_text_comes_back_as_it_was(database: Database, shape: str) -> None:
    columns, engine = ["branch", "collector_id", "name", "skills"], connect(database.url)
    chance = random.Random(15)
    texts = [*ODD, *("".join(chance.choices("".join(ODD), k=6)) for _ in range(200))]
    query = sa.select(*(collector.c[name] for name in columns)).where(collector.c.branch == HERE)
    with writing(engine, HERE, Scope(frozenset({HERE}), "manager")) as connection:
        before = set(all_rows(connection, query))
        lists = {"own": [texts], "alike": [[one, one] for one in ODD], "alone": [[one] for one in ODD]}[shape]
        for number, some in enumerate(lists):
            rows = [(HERE, f"N{number}-{k}", one, one) for k, one in enumerate(some)]
            merge.merge(connection, collector, columns, rows, within={"branch": HERE})
            before |= set(rows)
        assert set(all_rows(connection, query)) == before
        merge.change(connection, collector, ("branch", "name"), ("skills",), [(HERE, one, f"{one}!") for one in ODD])
        now = {(*row[:3], f"{row[2]}!" if row[2] in ODD else row[3]) for row in before}
        assert set(all_rows(connection, query)) == now
    engine.dispose()


@pytest.mark.parametrize("maker", ["postgresql"], indirect=True)
def test_what_no_table_may_hold_never_reaches_the_rows_beside_it(database: Database) -> None:
    engine = connect(database.url)
    with writing(engine, HERE, Scope(frozenset({HERE}), "manager")) as connection:
        columns, rows = ["branch", "collector_id", "name", "skills"], [(HERE, "N1", "a\0b", ""), (HERE, "N2", "c", "d")]
        with pytest.raises(ValueError, match=r"U\+0000"):
            add_missing(connection, collector, columns, rows)
        places = ["branch", "crew_id", "name", "skills", "start_lon", "start_lat", "end_lon", "end_lat"]
        with pytest.raises(ValueError, match="NaN"):
            add_missing(connection, crew, places, [(HERE, f"N{k}", "", "", k, 0.0, float("nan"), 0.5) for k in (1, 2)])
        assert not set(connection.execute(sa.select(collector.c.name)).scalars()) & {"a", "a\0b", "c"}
    engine.dispose()


def test_what_a_merge_says_is_what_it_did(database: Database) -> None:
    columns, draw, engine = ["branch", "collector_id", "name", "skills"], random.Random(8), connect(database.url)
    query = sa.select(*(collector.c[name] for name in columns)).where(collector.c.branch == HERE)
    with writing(engine, HERE, Scope(frozenset({HERE}), "manager")) as connection:
        held: dict[str, tuple[str, ...]] = {row[1]: row for row in all_rows(connection, query)}
        for _ in range(25):
            # In any order: some new, some as they were, some with another name, skills or both, some not given.
            given = {
                one: (HERE, one, draw.choice(["Li", "Wu"]), draw.choice(["", "legal"]))
                for one in draw.sample([f"C{k}" for k in range(9)], draw.randint(0, 9))
            }
            told = merge.merge(connection, collector, columns, list(given.values()), within={"branch": HERE})
            both = sorted(set(held) & set(given))
            differ = [one for one in both if held[one] != given[one]]
            assert (list(told.added), list(told.changed)) == (sorted(set(given) - set(held)), differ)
            assert (told.unchanged, told.left) == (len(both) - len(differ), len(held) - len(both))
            assert told.were == {
                one: {
                    name: (was, now)
                    for name, was, now in zip(columns, held[one], given[one], strict=True)
                    if was != now
                }
                for one in differ
            }
            held |= given
            assert sorted(all_rows(connection, query)) == sorted(held.values())
    engine.dispose()
