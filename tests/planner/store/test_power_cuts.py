"""What SQLite has acknowledged is there after a power cut; the weaker setting, which is the control, loses some."""

from __future__ import annotations

import pickle
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import LONG
from tests.planner.store.conftest import Database
from tests.planner.store.power import cuts, library

ROOT = Path(__file__).parents[3]
CUTS, WRITES = (200, 120) if LONG else (40, 40)
pytestmark = [
    pytest.mark.parametrize("maker", ["sqlite"], indirect=True),
    pytest.mark.skipif(sys.platform != "linux" or not library(), reason="Python's SQLite cannot be reached from here"),
]


def lost(database: Database, folder: Path, synchronous: str) -> tuple[int, int, int]:
    """Give how many cuts were simulated, how many acknowledged outcomes were gone after them, and checkpoints seen."""
    path = Path(database.url.removeprefix("sqlite:///"))
    before = {path.name: path.read_bytes()}
    log = folder / "notes"
    subprocess.run(
        [sys.executable, "-m", "tests.planner.store.power", database.url, str(log), str(WRITES), synchronous],
        check=True, cwd=ROOT, timeout=300,
    )  # fmt: skip
    notes = pickle.loads(log.read_bytes())
    count = gone = 0
    chance = random.Random(5)
    for disk, said in cuts(before, notes, CUTS, seed=11):
        after = folder / f"after-{count}"
        after.mkdir()
        # Every second time some of what was not synced is there as well: a disk may write in any order.
        disk.cut(after, chance if count % 2 else None)
        connection = sqlite3.connect(after / path.name)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = {one for (one,) in connection.execute("SELECT outcome_id FROM outcome")}
        entries = connection.execute("SELECT count(*) FROM audit_entry WHERE what = 'outcomes.save'").fetchone()[0]
        connection.close()
        assert entries == len(kept)  # a deed and its entry in the trail stand or fall together
        gone += len(said - kept)
        count += 1
    checkpoints = sum(kind == 0 and name == path.name for kind, name, *_ in notes)
    return count, gone, checkpoints


def test_no_acknowledged_outcome_is_lost_in_a_power_cut(database: Database, tmp_path: Path) -> None:
    count, gone, checkpoints = lost(database, tmp_path, "FULL")
    assert (count, gone) == (CUTS, 0)
    assert checkpoints > 0  # cuts fall between the log and the database too


def test_the_weaker_setting_would_lose_some(database: Database, tmp_path: Path) -> None:
    _, gone, _ = lost(database, tmp_path, "NORMAL")
    assert gone > 0
