"""SIGTERM: what was asked is answered, a plan under way keeps its best, the road engine goes, nothing stays behind."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from config import logs
from dashboard.doorkeeper import COOKIE
from planner.domain import Role
from planner.week import iso_week
from tests.browser.conftest import missing
from tests.browser.demo import ROOT, VAR, copy_database, environment
from tests.browser.hostile import PERSON, relist
from tests.browser.server import free_port, wait_for
from tests.operations.marks import BRANCH, CRASHES, SLOW, SLOW_S, WEEK

MANAGER = f"manager.{BRANCH}"
QUOTED = "".join(("贺", "兰", "静")) + "13900001234"
#: a busy machine takes its time; as long as it needs and no longer is waited
WITHIN_S = 150.0


@dataclass
class Application:
    """A running application, its folder, and what it writes."""

    process: subprocess.Popen[bytes]
    address: str
    var: Path

    def get(self, path: str, role: str, within_s: float = 10) -> tuple[int, bytes]:
        """Ask for a page as somebody of the demo."""
        asked = Request(f"{self.address}{path}", headers={"cookie": f"{COOKIE}={role}"})
        with urlopen(asked, timeout=within_s) as answer:
            return answer.status, answer.read()

    def row(self, query: str) -> tuple[Any, ...] | None:
        with closing(sqlite3.connect(f"file:{self.var / 'rounds.sqlite'}?mode=ro", uri=True)) as link:
            return link.execute(query).fetchone()  # type: ignore[no-any-return]


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    if not (VAR / "rounds.sqlite").is_file():
        missing("The demo is not set up: run make setup.")
    database = copy_database(tmp_path)
    with closing(sqlite3.connect(database)) as link:
        asked = "select min(case_id) from account where branch = ? and closed_at is null"
        (case,) = link.execute(asked, [BRANCH]).fetchone()
    relist(tmp_path, BRANCH, {case: dict(zip(("name", "phone", "address"), PERSON, strict=False))})
    port = free_port()
    more = {
        WEEK: week_ahead(tmp_path / "rounds.sqlite"),
        CRASHES: QUOTED,
        "ROUNDS_LOG_FORMAT": "json",
        "ROUNDS_STOP_SECONDS": "120",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "streamlit", "run", "tests/operations/app_to_stop.py"]
    with (tmp_path / "out.log").open("w") as out, (tmp_path / "err.log").open("w") as err:
        process = subprocess.Popen(
            [*command, "--server.port", str(port), "--server.headless=true"],
            cwd=ROOT,
            env=environment(tmp_path) | more,
            stdout=out,
            stderr=err,
        )
    try:
        wait_for(f"http://localhost:{port}/health", process, tmp_path / "err.log")
        yield Application(process, f"http://localhost:{port}", tmp_path)
    finally:
        process.kill()
        process.wait()


def week_ahead(database: Path) -> str:
    """Give a week in which a crew still goes out."""
    with closing(sqlite3.connect(database)) as link:
        asked = "select min(day) from shift where branch = ? and day > ?"
        (day,) = link.execute(asked, [BRANCH, (datetime.now(UTC) + timedelta(days=1)).date().isoformat()]).fetchone()
    if day is None:
        missing("No crew of the demo goes out any more: run make demo.")
    return iso_week(date.fromisoformat(day))


def until(true: Callable[[], object], what: str, within_s: float = WITHIN_S) -> None:
    ends = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends, what
        time.sleep(0.1)


def alive(pid: int) -> bool:
    """Say whether a process lives; one that has ended and was not yet asked for is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def road_engines(parent: int) -> list[int]:
    """Give the road engines that a process has started."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat, command = (folder / "stat").read_text(), (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if b"osrm-routed" in command and int(stat.rpartition(")")[2].split()[1]) == parent:
                found.append(int(folder.name))
    return found


@pytest.mark.osrm
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_application_stops_in_good_order(application: Application) -> None:
    engines = road_engines(application.process.pid)
    assert len(engines) == 1
    with pytest.raises(HTTPError) as fault:
        application.get("/m/crashes", MANAGER)
    assert QUOTED not in fault.value.read().decode()
    until(lambda: "planned" in progress(application), "no plan was found")
    answers: list[tuple[int, bytes]] = []

    def ask() -> None:
        answers.append(application.get(SLOW, MANAGER, 30))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(SLOW_S / 4)
    metrics = application.get("/metrics", Role.ADMINISTRATOR)[1].decode()
    worker = application.row("select pid from job order by created_at desc")
    application.process.send_signal(signal.SIGTERM)
    assert application.process.wait(WITHIN_S) in (0, -signal.SIGTERM)
    asking.join()

    assert answers == [(200, b"done in peace")]
    told = json.dumps(application.row("select request, progress, error, result_id from job order by created_at desc"))
    assert not [text for text in (QUOTED, *PERSON) if text in told or json.dumps(text)[1:-1] in told]
    assert not [text for text in (QUOTED, *PERSON) if text in metrics]
    assert 'rounds_jobs{kind="plan",state="running"} 1' in metrics
    state, result = application.row("select state, result_id from job order by created_at desc") or ("", "")
    assert state == "cancelled"
    assert application.row(f"select count(*) from plan where plan_id = '{result}' and branch = '{BRANCH}'") == (1,)
    assert worker is not None
    assert not alive(worker[0])
    assert not any(map(alive, engines))
    everything_it_said_is_told_safely(application.var)


def progress(application: Application) -> dict[str, Any]:
    row = application.row("select progress from job order by created_at desc")
    return json.loads(row[0]) if row else {}  # type: ignore[no-any-return]


def everything_it_said_is_told_safely(var: Path) -> None:
    """Each line is an object of known fields; the fault is there by its kind and stack, without what it quoted."""
    told = [json.loads(line) for line in (var / "err.log").read_text().splitlines()]
    allowed = {"at", "level", "logger", "event", "place", "stack", *logs.FIELDS}
    assert all(one.keys() <= allowed for one in told)
    faults = [one for one in told if one.get("stack")]
    assert [one["stack"][0] for one in faults] == ["RuntimeError"]
    assert logs.RANDOM.fullmatch(faults[0]["request"])
    events = [one["event"] for one in told]
    assert "work begun" in events
    assert "Application shutdown complete." in events
    files = [file for file in var.rglob("*") if file.is_file() and not file.name.startswith("rounds.sqlite")]
    assert {file.name for file in files} >= {"err.log", "out.log"}
    assert any(file.parent.name == "jobs" for file in files)
    for file in files:
        found = [text for text in (QUOTED, *PERSON) if text.encode() in file.read_bytes()]
        assert not found, file
