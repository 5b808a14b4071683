"""The schema goes up and down, all of it or nothing, and is the one the code declares."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from planner.store import WrongSchema, migrate
from planner.store.connect import connect, reading, writing
from planner.store.migrate import newest, statements
from planner.store.schema import APPEND_ONLY, metadata
from tests.conftest import LONG
from tests.planner.store.conftest import Database, Maker, url_of
from tests.planner.store.factories import HERE, NOW, fill, outcome, outcomes, overdue_list, principal, source

ROWS = 100_000 if LONG else 2_000
#: columns that a later step added to a table of an earlier one
ADDED = {"job": {"machine": "TEXT NOT NULL"}, "outcome": {"note": "TEXT NOT NULL"}, "plan_state": {"shift_id": "TEXT"}}


def objects(database: Database) -> set[str]:
    engine = connect(database.url)
    found = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return found - {"alembic_version"}


def test_up_down_and_up_again_with_data(maker: Maker) -> None:
    database = maker("s", empty=True)
    for _ in range(2):
        assert database.migrate() == newest()
        assert database.migrate() == newest()  # once more changes nothing
        store = database.open()
        fill(store)
        assert len(store.debtors(principal(), HERE)) == 6
        store.close()
        assert database.migrate("base") == "base"
        assert objects(database) == set()
        with pytest.raises(WrongSchema):
            database.open()


def test_migrating_keeps_data(database: Database) -> None:
    for to in ("0002", "head"):
        database.migrate(to)
    store = database.open()
    assert len(store.debtors(principal(), HERE)) == 6
    store.close()


def test_many_rows_go_down_and_up(maker: Maker) -> None:
    """A hundred thousand accounts and as many outcomes in the long run: what both schemas have stays as it was."""
    database, manager = maker("many"), principal()
    store = database.open()
    listed = overdue_list(debtors=ROWS)
    store.save_import(manager, HERE, listed, **source("9" * 64, now=NOW + timedelta(hours=1)), full_list=True)
    one = outcomes(outcome())
    many = one.loc[one.index.repeat(ROWS)].reset_index(drop=True)
    many["outcome_id"], many["debtor_id"] = [f"o{k}" for k in range(ROWS)], listed["debtors"]["debtor_id"]
    store.save_outcomes(manager, HERE, many, now=NOW)
    names = ("debtors", "accounts", "places", "contacts", "addresses", "outcomes")
    before = {name: getattr(store, name)(manager, HERE) for name in names}
    store.close()
    database.migrate("0001")
    database.migrate()
    store = database.open()
    for name, table in before.items():
        assert len(table) == ROWS
        pd.testing.assert_frame_equal(getattr(store, name)(manager, HERE), table)
    assert len(store.account_states(manager, HERE)) == ROWS
    store.close()


def test_two_lists_of_one_moment_are_one_first_list(maker: Maker) -> None:
    """The step that begins the history takes one of them, the partial one."""
    database, manager = maker("twice"), principal()
    store = database.open()
    for number in range(3):
        taken = source(f"{number}" * 64, now=NOW + timedelta(hours=1))
        store.save_import(manager, HERE, overdue_list(debtors=7 + number), **taken, full_list=number != 1)
    store.close()
    database.migrate("0002")
    database.migrate()
    store = database.open()
    (day,) = store.list_days(manager, HERE)
    assert not day.full
    assert len(store.account_states(manager, HERE, partial=True)) == len(store.accounts(manager, HERE)) == 9
    store.close()


def test_a_migration_that_fails_half_way_leaves_nothing(maker: Maker) -> None:
    database = maker("s", empty=True)
    engine = connect(database.owner or database.url)
    with writing(engine, "test") as connection:
        connection.exec_driver_sql("CREATE TABLE job (x INTEGER)")
    engine.dispose()
    with pytest.raises(sa.exc.DBAPIError):
        database.migrate()
    assert objects(database) == {"job"}


def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    migrate(url_of(tmp_path / "var" / "s.sqlite"))
    assert (tmp_path / "var" / "s.sqlite").stat().st_mode & 0o077 == 0


def kind(declared: str) -> str:
    """PostgreSQL calls a float of 53 bits by another name."""
    return "DOUBLE PRECISION" if declared == "FLOAT(53)" else declared


def test_the_migrated_schema_is_the_declared_one(database: Database) -> None:
    engine = connect(database.url)
    inspector = sa.inspect(engine)
    assert set(inspector.get_table_names()) - {"alembic_version"} == set(metadata.tables)
    for name, table in metadata.tables.items():
        found = {one["name"]: (kind(str(one["type"])), one["nullable"]) for one in inspector.get_columns(name)}
        declared = {one.name: (kind(one.type.compile(engine.dialect)), bool(one.nullable)) for one in table.columns}
        assert found == declared, name
        assert inspector.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key.columns]
        keys = {(tuple(k["constrained_columns"]), k["referred_table"]) for k in inspector.get_foreign_keys(name)}
        assert keys == {(tuple(k.column_keys), k.referred_table.name) for k in table.foreign_key_constraints}, name
        indexes = {(one["name"], tuple(one["column_names"])) for one in inspector.get_indexes(name)}
        assert indexes == {(one.name, tuple(c.name for c in one.columns)) for one in table.indexes}, name
    engine.dispose()


def test_postgresql_would_get_the_same_schema() -> None:
    sql = " ".join(statements("postgresql").split())
    for table in metadata.sorted_tables:
        declared = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        columns = " ".join(declared.split()).split(", CONSTRAINT")[0].removesuffix(")").strip()
        for column, kind in ADDED.get(table.name, {}).items():
            assert f"ALTER TABLE {table.name} ADD COLUMN {column} {kind.split()[0]}" in sql
            columns = columns.replace(f", {column} {kind}", "")
        assert columns in sql, table.name
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=postgresql.dialect())) in sql
    for name in APPEND_ONLY:
        assert f"CREATE TRIGGER {name}_no_change BEFORE UPDATE ON {name} FOR EACH ROW" in sql
        assert f"CREATE TRIGGER {name}_no_removal BEFORE DELETE ON {name} FOR EACH ROW" in sql


@pytest.mark.parametrize("maker", ["postgresql"], indirect=True)
def test_a_list_in_which_all_is_changed_finds_room_beside_the_one_before(maker: Maker) -> None:
    """Half as much work, and no index grows: a new version of a row has to be in none if it lies on the same page."""
    database, manager = maker("room"), principal()
    database.migrate()  # a database of before gets it too
    store, engine = database.open(), connect(database.url)
    listed = overdue_list(debtors=2_000)
    sizes = []
    for number in range(3):
        listed["accounts"]["overdue_minor"] += 100
        taken = source(f"{number}" * 64, now=NOW + timedelta(hours=number))
        assert store.save_import(manager, HERE, listed, **taken).unchanged == 0
        with reading(engine) as connection:
            told = [f"pg_relation_size('{name}')" for name in ("pk_account", "ix_account_debtor")]
            sizes.append(connection.exec_driver_sql(f"SELECT {', '.join(told)}").one())
    store.close()
    engine.dispose()
    assert sizes[0] == sizes[1] == sizes[2]


def test_sqlite_is_set_to_survive(filled: Path) -> None:
    engine = connect(url_of(filled))
    with reading(engine) as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
