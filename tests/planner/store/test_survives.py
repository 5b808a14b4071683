"""Killed writers lose nothing they were told is kept; readers and writers work side by side; a copy is whole."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from planner.domain import Role
from planner.store import NotAllowed, Store, open_store
from tests.planner.store.conftest import url_of
from tests.planner.store.factories import HERE, NOW, THERE, outcome, outcomes, principal
from tests.planner.store.writer import write_until_killed

MANAGER = principal()
ROUNDS = 10


def test_no_acknowledged_outcome_is_lost_when_writers_are_killed(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # A page tested in this process before has left its script as the main module, which every writer would run anew.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.planner.store.writer"])
    patience = random.Random(7)
    acknowledged: set[str] = set()
    for _ in range(ROUNDS):
        hears, says = context.Pipe(duplex=False)
        writer = context.Process(target=write_until_killed, args=(url, says), daemon=True)
        writer.start()
        says.close()
        acknowledged.add(hears.recv_bytes().decode())  # it is writing
        time.sleep(patience.uniform(0.0, 0.08))
        writer.kill()
        writer.join()
        while True:
            try:
                acknowledged.add(hears.recv_bytes().decode())
            except EOFError:
                break
    store = open_store(url)
    kept = set(store.outcomes(MANAGER, HERE)["outcome_id"])
    entries = [entry for entry in store.audit_entries(MANAGER, HERE) if entry.what == "outcomes.save"]
    store.close()
    assert len(acknowledged) >= ROUNDS
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= ROUNDS  # at most the one each writer had not heard about
    assert {str(one) for entry in entries for one in entry.ids["added"]} == kept  # type: ignore[union-attr]
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_readers_and_writers_work_side_by_side(url: str) -> None:
    def write(name: str) -> int:
        store = open_store(url)
        for k in range(20):
            store.save_outcomes(MANAGER, HERE, outcomes(outcome(f"{name}-{k}")), now=NOW)
        store.close()
        return 20

    def read(_: int) -> list[int]:
        seen = [len(shared.outcomes(MANAGER, HERE)) for _ in range(20)]
        shared.setting(MANAGER, HERE, "x")
        return seen

    shared = open_store(url)
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, name) for name in "ab"]
        readers = [pool.submit(read, k) for k in range(2)]
        assert sum(one.result() for one in writers) == 40
        for one in readers:
            assert one.result() == sorted(one.result())
    assert len(shared.outcomes(MANAGER, HERE)) == 40
    shared.close()


def test_a_copy_is_whole_and_private(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite"
    for _ in range(2):  # a second copy takes the place of the first
        store.save_outcomes(MANAGER, HERE, outcomes(outcome()), now=NOW)
        store.backup(principal(Role.SYSTEM, HERE, THERE), path, now=NOW)
    assert path.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part"))
    copy = open_store(url_of(path))
    for name in ("debtors", "accounts", "contacts", "outcomes"):
        pd.testing.assert_frame_equal(getattr(copy, name)(MANAGER, HERE), getattr(store, name)(MANAGER, HERE))
    assert copy.audit_entries(MANAGER, HERE) == store.audit_entries(MANAGER, HERE)
    copy.close()


def test_a_copy_needs_every_branch(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        store.backup(principal(Role.SYSTEM, HERE), tmp_path / "copy.sqlite", now=NOW)
    assert not (tmp_path / "copy.sqlite").exists()
    assert "backup" not in [entry.what for entry in store.audit_entries(MANAGER, HERE)]
