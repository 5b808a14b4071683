"""Killed writers lose nothing they were told is kept; readers and writers work side by side; a copy is whole."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from planner.domain import Role
from planner.store import NotAllowed, Store, open_store
from tests.conftest import LONG
from tests.planner.store.conftest import Database, fill_anew, url_of
from tests.planner.store.factories import HERE, NOW, THERE, outcome, outcomes, principal
from tests.planner.store.server import ADDRESS, OWNER, Server, private
from tests.planner.store.writer import write_until_killed

MANAGER = principal()
#: rounds of two writers in the long run, and of the server, each of which takes a recovery
ROUNDS, SERVER_ROUNDS = (500, 60) if LONG else (6, 2)


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> ForkServerContext:
    # A page tested in this process before has left its script as the main module, which every writer would run anew.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["tests.planner.store.writer"])
    return made


class Writer:
    """A process that records outcomes, and what it has said of them."""

    def __init__(self, context: ForkServerContext, url: str) -> None:
        self.hears, says = context.Pipe(duplex=False)
        self.process = context.Process(target=write_until_killed, args=(url, says), daemon=True)
        self.process.start()
        says.close()

    def first(self) -> str:
        return self.hears.recv_bytes().decode()  # it is writing

    def rest(self) -> set[str]:
        heard: set[str] = set()
        self.process.join()
        while True:
            try:
                heard.add(self.hears.recv_bytes().decode())
            except EOFError:
                return heard


def test_no_acknowledged_outcome_is_lost_when_writers_are_killed(url: str, context: ForkServerContext) -> None:
    """Two writers and a reader at a time; both writers are killed in the middle of what they do."""
    patience = random.Random(7)
    acknowledged: set[str] = set()
    reader, ended = open_store(url), threading.Event()

    def read() -> list[int]:
        seen = [0]
        while not ended.is_set():
            seen.append(len(reader.outcomes(MANAGER, HERE, since=NOW)))
            time.sleep(0.05)
        return seen

    with ThreadPoolExecutor(1) as pool:
        seen = pool.submit(read)
        try:
            for _ in range(ROUNDS):
                writers = [Writer(context, url) for _ in range(2)]
                acknowledged |= {one.first() for one in writers}
                time.sleep(patience.uniform(0.0, 0.08))
                for one in writers:
                    one.process.kill()
                acknowledged |= writers[0].rest() | writers[1].rest()
        finally:
            ended.set()
        assert seen.result() == sorted(seen.result())
    reader.close()
    kept = everything(url, acknowledged, rounds=2 * ROUNDS)
    assert len(kept) >= 2 * ROUNDS
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


def everything(url: str, acknowledged: set[str], rounds: int) -> set[str]:
    """Give the outcomes that were kept: all that was acknowledged, each with its entry in the trail."""
    store = open_store(url)
    kept = set(store.outcomes(MANAGER, HERE)["outcome_id"])
    entries = [entry for entry in store.audit_entries(MANAGER, HERE) if entry.what == "outcomes.save"]
    store.close()
    assert acknowledged <= kept
    assert len(kept - acknowledged) <= rounds  # at most the one each writer had not heard about
    assert {str(one) for entry in entries for one in entry.ids["added"]} == kept  # type: ignore[union-attr]
    return kept


def test_no_acknowledged_outcome_is_lost_when_the_server_is_killed(context: ForkServerContext, server: Server) -> None:
    """PostgreSQL with its own defaults: all its processes are killed at once, and it comes up by its log."""
    if os.environ.get(ADDRESS):
        pytest.skip("the server is somebody else's")
    patience = random.Random(9)
    acknowledged: set[str] = set()
    with private(options=()) as running:
        name = running.server.create()
        there = Database(running.server.url(name), running.server.url(name, OWNER))
        fill_anew(there)
        up = running
        for _ in range(SERVER_ROUNDS):
            writers = [Writer(context, there.url) for _ in range(2)]
            acknowledged |= {one.first() for one in writers}
            time.sleep(patience.uniform(0.0, 0.2))
            up = up.killed().started()
            acknowledged |= writers[0].rest() | writers[1].rest()
        everything(there.url, acknowledged, rounds=2 * SERVER_ROUNDS)
        up.stopped()


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


@pytest.mark.parametrize("maker", ["sqlite"], indirect=True)
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
