"""The drill: a copy is made while the database is used, another database is made of it, and the two say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from planner.store import BadCopy, restore
from planner.store_command import backup_command, restore_command, retention_command
from tests.planner.store.conftest import Database, Maker, dump
from tests.planner.store.factories import HERE, NOW, outcome, outcomes, overdue_list, principal, source
from tests.planner.store.server import Server
from tests.planner.store.test_migrate import objects

READER = "rounds_backup"


def reader_of(database: Database, request: pytest.FixtureRequest) -> str:
    """Give the address for copies, "" for SQLite."""
    if database.product == "sqlite":
        return ""
    server: Server = request.getfixturevalue("server")
    if not server.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{READER}'"):
        server.sql(f"CREATE ROLE {READER} LOGIN BYPASSRLS", f"GRANT pg_read_all_data TO {READER}")
    return server.url(sa.make_url(database.url).database or "", READER)


def copied(database: Database, file: Path, request: pytest.FixtureRequest) -> None:
    store = database.open()
    store.save_outcomes(principal(), HERE, outcomes(outcome()), now=NOW)
    assert backup_command([str(file)], store=store, reader=reader_of(database, request), now=NOW) == 0
    store.close()


def target(maker: Maker) -> Database:
    """Give the address of a database that is not there yet, or is empty."""
    return maker("restored", empty=True)


def test_a_restored_copy_says_what_the_database_said(
    maker: Maker, database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    copied(database, tmp_path / "copy", request)
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part"))
    there = target(maker)
    assert restore_command([str(tmp_path / "copy")], url=there.url, owner=there.owner) == 0
    assert dump(there) == dump(database)
    assert [row[5] for row in dump(there)["audit_entry"]].count("backup") == 2  # one a branch
    store = there.open()  # its second wall stands as well
    store.save_outcomes(principal(), HERE, outcomes(outcome("o2")), now=NOW)
    store.close()


def test_what_is_there_is_never_overwritten(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    copied(database, tmp_path / "copy", request)
    before = dump(database)
    assert restore_command([str(tmp_path / "copy")], url=database.url, owner=database.owner) == 2
    assert "already" in capsys.readouterr().err
    assert dump(database) == before


def test_a_damaged_copy_is_refused_and_leaves_nothing(
    maker: Maker, database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    copied(database, tmp_path / "copy", request)
    data = bytearray((tmp_path / "copy").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4096] = b"\x55" * 4096
    (tmp_path / "damaged").write_bytes(data)
    (tmp_path / "other").write_bytes(b"no copy at all")
    there = target(maker)
    for name in ("damaged", "other", "missing"):
        with pytest.raises(BadCopy):
            restore(tmp_path / name, there.url, owner=there.owner)
    if there.product == "sqlite":
        assert not (tmp_path / "restored.sqlite").exists()
    else:
        assert objects(there) == set()


def test_the_application_cannot_copy_what_it_is_not_shown(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if database.product == "sqlite":
        pytest.skip("SQLite has no roles")
    store = database.open()
    for url in (database.url, database.owner):
        assert backup_command([str(tmp_path / "copy")], store=store, reader=url, now=NOW) == 2
    assert "row-level security" in capsys.readouterr().err
    assert not (tmp_path / "copy").exists()
    store.close()


def test_retention_lists_first_and_erases_when_told_to(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    store = database.open()
    store.save_import(principal(), HERE, overdue_list(debtors=4), **source("c" * 64), full_list=True)
    told: list[Sequence[str]] = []

    def retention(*argv: str, now: datetime) -> int:
        def forget(addresses: Sequence[str], before: datetime) -> None:
            assert before < now - timedelta(days=729)
            told.append(addresses)

        return retention_command(argv, store=store, months=24, now=now, forget=forget)

    early, late = NOW.replace(year=2027), NOW.replace(year=2029)
    assert retention(HERE, now=early) == 0
    assert capsys.readouterr().out.startswith("0 closed before")
    assert retention(HERE, now=late) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["D5", "D6"]
    assert len(store.debtors(principal(), HERE, closed=True)) == 6
    assert told == []
    assert retention(HERE, "--erase", now=late) == 0
    assert len(told) == 2
    assert "2 closed before 2027-11-23: erased" in capsys.readouterr().out
    people = set(store.debtors(principal(), HERE, closed=True)["debtor_id"])
    assert len(people) == 6
    assert people >= {"D1", "D2", "D3", "D4"}
    assert not people & {"D5", "D6"}
    assert retention("XX", now=late) == 2
    store.close()
