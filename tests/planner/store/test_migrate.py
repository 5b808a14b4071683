"""The schema goes up and down, all of it or nothing, and is the one the code declares."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from planner.store import WrongSchema, migrate, open_store
from planner.store.connect import connect, reading
from planner.store.migrate import newest, statements
from planner.store.schema import APPEND_ONLY, metadata
from tests.planner.store.conftest import url_of
from tests.planner.store.factories import HERE, fill, principal

#: columns that a later step added to a table of an earlier one
ADDED = {"outcome": {"note": "TEXT NOT NULL"}, "plan_state": {"shift_id": "TEXT"}}


def objects(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        found = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        }
    connection.close()
    return found - {"alembic_version", "pk_alembic_version"}


def test_up_down_and_up_again_with_data(tmp_path: Path) -> None:
    url = url_of(tmp_path / "s.sqlite")
    for _ in range(2):
        assert migrate(url) == newest()
        assert migrate(url) == newest()  # once more changes nothing
        store = open_store(url)
        fill(store)
        assert len(store.debtors(principal(), HERE)) == 6
        store.close()
        assert migrate(url, "base") == "base"
        assert objects(tmp_path / "s.sqlite") == set()
        with pytest.raises(WrongSchema):
            open_store(url)


def test_migrating_keeps_data(url: str) -> None:
    assert migrate(url) == newest()
    store = open_store(url)
    assert len(store.debtors(principal(), HERE)) == 6
    store.close()


def test_a_migration_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s.sqlite") as connection:
        connection.execute("CREATE TABLE job (x)")
    connection.close()
    with pytest.raises(sa.exc.OperationalError):
        migrate(url_of(tmp_path / "s.sqlite"))
    assert objects(tmp_path / "s.sqlite") == {"job"}


def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    migrate(url_of(tmp_path / "var" / "s.sqlite"))
    assert (tmp_path / "var" / "s.sqlite").stat().st_mode & 0o077 == 0


def test_the_migrated_schema_is_the_declared_one(url: str) -> None:
    engine = connect(url)
    inspector = sa.inspect(engine)
    assert set(inspector.get_table_names()) - {"alembic_version"} == set(metadata.tables)
    for name, table in metadata.tables.items():
        found = {one["name"]: (str(one["type"]), one["nullable"]) for one in inspector.get_columns(name)}
        declared = {one.name: (one.type.compile(engine.dialect), bool(one.nullable)) for one in table.columns}
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


def test_sqlite_is_set_to_survive(url: str) -> None:
    engine = connect(url)
    with reading(engine) as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
