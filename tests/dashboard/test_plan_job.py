"""A planning process that dies is noticed: somebody waits for it, so its number is free again."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Paths, load_settings
from dashboard.screens import plan_job
from dashboard.services import ROOT, Services
from planner.store import JobState, Store
from planner.store.jobs import process_alive
from tests.dashboard.screens.conftest import store, town_file  # noqa: F401
from tests.planner.store.factories import HERE, principal


def test_a_process_that_ends_at_once_is_not_taken_for_alive(
    store: Store,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def crash(_command: list[str], **more: object) -> subprocess.Popen[bytes]:
        started.append(real([sys.executable, "-c", "raise SystemExit(7)"], **more))  # type: ignore[call-overload]
        return started[0]

    monkeypatch.setattr(plan_job.subprocess, "Popen", crash)
    kit = Services(replace(load_settings(ROOT, {}), paths=Paths(ROOT, tmp_path)), store)
    job = plan_job.start(kit, principal(), HERE, "2026-W48", seconds=5)
    store.start_job(principal(), job.job_id, pid=started[0].pid, now=kit.now())
    for _ in range(200):
        if not process_alive(started[0].pid):
            break
        time.sleep(0.05)
    assert plan_job.running(kit, principal(), HERE, "2026-W48") is None
    assert store.job(principal(), job.job_id).state is JobState.LOST
