"""PostgreSQL shows a transaction its own branches' rows even where the program forgot to ask; a wall that is missing
keeps the application out."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from planner.domain import Principal, Role
from planner.store import NotAllowed, OpenDoor, Store, UnknownJob, UnknownPlan, access, door, migrate, open_store, walls
from planner.store import store as store_module
from planner.store.connect import Scope, connect, reading
from planner.store.schema import metadata
from tests.planner.store.conftest import Database
from tests.planner.store.factories import (
    HERE,
    NOW,
    TERMS,
    THERE,
    WEEK,
    bad_faith,
    clue,
    clues,
    outcome,
    outcomes,
    overdue_list,
    place_word,
    principal,
    review,
    reviews,
    source,
)
from tests.planner.store.server import OWNER, SUPER, Server
from tests.planner.store.test_access import READS, call

pytestmark = pytest.mark.parametrize("maker", ["postgresql"], indirect=True)
BOTH = Scope(frozenset({HERE, THERE}), Role.MANAGER.value)


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's own checks of rights and branches are gone."""

    def anybody(who: Principal, *_: object) -> Principal:
        return who

    for module in (access, door, store_module):
        for name in ("permit", "entitled"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, anybody)


def count(database: Database, scope: Scope | None) -> dict[str, int]:
    """Give how many rows of each table are shown."""
    engine = connect(database.url)
    with reading(engine, scope) as connection:
        found = {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }
    engine.dispose()
    return found


def with_everything(database: Database) -> None:
    """Put a row of each branch into the tables that the filled database leaves empty."""
    store = database.open()
    for code in (HERE, THERE):
        manager = principal(Role.MANAGER, code)
        typed = {"debtors": overdue_list(code)["debtors"].assign(debtor_type="careless")}
        store.save_import(manager, code, typed, **source("9" * 64))
        store.save_outcomes(manager, code, outcomes(outcome(f"o-{code}", branch=code, crew_id=f"{code}-A")), now=NOW)
        store.save_reviews(manager, code, reviews(review(branch=code)), TERMS, now=NOW)
        store.save_clues(manager, code, clues(clue(branch=code)), now=NOW)
        store.put_place(manager, code, place_word(), change_id="p1", now=NOW)
        store.edit_survey(manager, code, [("debtor", "D1", "group", "farm")], batch_id="e1", now=NOW)
        store.queue_job(manager, code, "plan", request={}, now=NOW)
        store.save_setting(manager, code, "seconds", 30, now=NOW)
        store.save_setting(manager, code, "learnt_counts", {}, now=NOW)
    store.close()


def test_without_a_scope_nothing_is_shown(database: Database) -> None:
    with_everything(database)
    assert sum(count(database, None).values()) == 0
    assert sum(count(database, Scope()).values()) == 0


def test_a_scope_shows_its_branch_alone_in_every_table(database: Database) -> None:
    with_everything(database)
    mine, both = count(database, Scope(frozenset({HERE}), Role.MANAGER.value)), count(database, BOTH)
    shared = {"branch": 0, "setting": 1}  # which branches there are, and the one setting that neighbours may read
    for name, rows in both.items():
        expected = rows - shared[name] if name in shared else rows
        if name == "branch":
            assert mine[name] == rows == 2
        elif name == "setting":
            assert (mine[name], rows) == (3, 4)
        else:
            assert mine[name] * 2 == expected, name
    empty = {"region", "customer", "hold", "accommodation", "agency", "safety_entry", "erasing", "import_undone"}
    empty |= {"login", "login_session", "login_failure"}  # no manager sees who may sign in
    assert {name for name, rows in both.items() if rows == 0} <= empty


def test_a_scope_ends_with_its_transaction(database: Database) -> None:
    engine = connect(database.url)
    with reading(engine, BOTH) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(metadata.tables["debtor"])).scalar_one() == 12
    with engine.connect() as connection:  # the same connection, out of the pool
        assert connection.execute(sa.select(sa.func.count()).select_from(metadata.tables["debtor"])).scalar_one() == 0
    engine.dispose()


def has_rows(value: Any) -> bool:
    if isinstance(value, pd.DataFrame):
        return not value.empty
    if is_dataclass(value):
        return any(has_rows(getattr(value, field.name)) for field in fields(value))
    return bool(value)


@pytest.mark.parametrize("method", sorted(READS - {"branches", "audit_entries"}))
@pytest.mark.usefixtures("unguarded")
def test_a_stranger_reads_nothing_though_the_programs_check_is_gone(
    method: str, database: Database, store: Store, tmp_path: Path
) -> None:
    stranger = principal(Role.MANAGER, THERE, name="stranger")
    try:
        given = call(store, method, stranger, tmp_path)
    except (UnknownPlan, UnknownJob, NotAllowed, sa.exc.NoResultFound):
        return  # what he names is not there, as far as he is shown
    assert not has_rows(given), method


@pytest.mark.parametrize("name", ["debtor", "contact", "address", "outcome", "plan", "account_state", "audit_entry"])
@pytest.mark.usefixtures("unguarded")
def test_a_query_that_forgets_its_branch_gets_the_principals_rows_only(database: Database, name: str) -> None:
    with_everything(database)
    table = metadata.tables[name]
    gate = door.Door(connect(database.url))
    with gate.read(principal(Role.MANAGER, THERE), access.Right.READ_OVERDUE, THERE) as connection:
        assert set(connection.execute(sa.select(table.c.branch)).scalars()) == {THERE}
    with gate.read(principal(Role.MANAGER, THERE), access.Right.READ_OVERDUE, HERE) as connection:
        assert not connection.execute(sa.select(table.c.branch)).scalars().all()
    gate.engine.dispose()


@pytest.mark.usefixtures("unguarded")
def test_a_stranger_writes_nothing_though_the_programs_check_is_gone(store: Store) -> None:
    stranger = principal(Role.MANAGER, THERE, name="stranger")
    before = store.audit_entries(principal(), HERE)
    for write in (
        lambda: store.save_setting(stranger, HERE, "seconds", 1, now=NOW),
        lambda: store.queue_job(stranger, HERE, "plan", request={}, now=NOW),
        lambda: store.save_outcomes(stranger, HERE, outcomes(outcome()), now=NOW),
    ):
        with pytest.raises((sa.exc.DBAPIError, ValueError)):
            write()
    assert store.setting(principal(), HERE, "seconds") is None
    assert store.outcomes(principal(), HERE).empty
    assert store.audit_entries(principal(), HERE) == before


@pytest.mark.usefixtures("unguarded")
def test_a_head_sees_no_row_of_a_debtor_though_the_programs_check_is_gone(database: Database) -> None:
    with_everything(database)
    store = database.open()
    head = principal(Role.REGIONAL_HEAD, HERE, THERE)
    shown = count(database, Scope(head.branches, head.role.value))
    assert {name for name, rows in shown.items() if rows} == {"branch", "review"}
    assert store.debtors(head, HERE).empty
    store.save_reviews(principal(), HERE, reviews(bad_faith("r9")), TERMS, now=NOW)
    assert "r9" in set(store.reviews_to_confirm(head, HERE, on=NOW.date())["review_id"])
    row = bad_faith("r10", confirms="r9")
    assert store.save_reviews(head, HERE, reviews(row), TERMS, now=NOW).added == ("r10",)
    shown = count(database, Scope(head.branches, head.role.value))
    assert {name for name, rows in shown.items() if rows} == {"branch", "review", "audit_entry"}
    assert shown["audit_entry"] == 1, "his own deed, and no other"
    store.close()


def test_every_table_is_behind_the_wall_and_the_application_owns_none(database: Database) -> None:
    engine = connect(database.url)
    walls.require(engine)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    engine.dispose()
    assert {name for name, held in found if held} == set(metadata.tables)


def test_the_owner_is_held_by_the_wall_too(database: Database) -> None:
    assert sum(count(Database(database.owner), None).values()) == 0
    assert count(Database(database.owner), Scope(frozenset({HERE}), "manager"))["debtor"] == 6


def test_the_store_does_not_open_where_the_wall_would_not_hold(database: Database, server: Server) -> None:
    name = sa.make_url(database.url).database
    assert name is not None
    for user in (OWNER, SUPER):
        with pytest.raises(OpenDoor, match="docs/store"):
            open_store(server.url(name, user))
    server.sql("ALTER TABLE contact NO FORCE ROW LEVEL SECURITY", database=name)
    with pytest.raises(OpenDoor, match="contact"):
        database.open()
    database.migrate()  # draws it anew
    database.open().close()


def test_setting_up_needs_an_owner_that_is_not_the_application(database: Database) -> None:
    with pytest.raises(ValueError, match="ROUNDS_DATABASE_OWNER_URL"):
        migrate(database.url)
    with pytest.raises(ValueError, match="must not own"):
        migrate(database.owner, owner=database.owner)


def test_a_database_that_sorts_by_a_language_is_refused(server: Server, maker: object) -> None:
    name = "rounds_test_sorts_otherwise"
    server.drop(name)
    server.sql(
        f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8' "
        "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    try:
        with pytest.raises(ValueError, match="sorts text by a language"):
            migrate(server.url(name), owner=server.url(name, OWNER))
    finally:
        server.drop(name)


def test_a_plan_of_a_week_that_is_read_by_its_branch_only(store: Store) -> None:
    assert store.published(principal(), HERE, WEEK) is not None
    with pytest.raises(NotAllowed):  # not "unknown": both databases answer alike
        store.plan(principal(Role.MANAGER, THERE), f"plan-{HERE}")
