"""A planning process that dies is noticed: somebody waits for it, so its number is free again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from config.settings import Paths, load_settings
from dashboard.screens import kpis, plan_job
from dashboard.services import ROOT, Services
from planner.store import JobState, Store
from planner.store.jobs import process_alive
from tests.dashboard import fakes
from tests.dashboard.screens.conftest import store, town_file  # noqa: F401
from tests.planner.store.factories import HERE, principal


@pytest.fixture
def kit(store: Store, tmp_path: Path) -> Services:  # noqa: F811
    return Services(replace(load_settings(ROOT, {}), paths=Paths(ROOT, tmp_path)), store)


def instead(monkeypatch: pytest.MonkeyPatch, script: str) -> list[tuple[list[str], subprocess.Popen[bytes]]]:
    """Let jobs run a script in the place of their command; gives what was asked for and the process, as it starts."""
    started: list[tuple[list[str], subprocess.Popen[bytes]]] = []
    real = subprocess.Popen

    def runs(command: list[str], **more: object) -> subprocess.Popen[bytes]:
        process = real([sys.executable, "-c", script], **more)  # type: ignore[call-overload]
        started.append((command, process))
        return process  # type: ignore[no-any-return]

    monkeypatch.setattr(plan_job.subprocess, "Popen", runs)
    return started


def test_a_process_that_ends_at_once_is_not_taken_for_alive(
    store: Store,  # noqa: F811
    kit: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = instead(monkeypatch, "raise SystemExit(7)")
    job = plan_job.start(kit, principal(), HERE, "2026-W48", seconds=5, after="plan-7")
    ((command, process),) = started
    assert command[-2:] == ["--after", "plan-7"]
    store.start_job(principal(), job.job_id, pid=process.pid, now=kit.now())
    for _ in range(200):
        if not process_alive(process.pid):
            break
        time.sleep(0.05)
    assert plan_job.running(kit, principal(), HERE, "2026-W48") is None
    assert store.job(principal(), job.job_id).state is JobState.LOST


@pytest.mark.skipif(not hasattr(os, "setpriority"), reason="there is nothing of the kind on Windows")
def test_long_work_steps_back_behind_the_pages(kit: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    started = instead(monkeypatch, "import time; time.sleep(60)")
    plan_job.start(kit, principal(), HERE, "2026-W48", seconds=5)
    ((_command, process),) = started
    try:
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == max(plan_job.NICE, os.getpriority(os.PRIO_PROCESS, 0))
    finally:
        process.kill()
        process.wait()


def progress_page() -> None:
    import streamlit as st

    from dashboard.screens import plan_job

    st.write(" | ".join(plan_job.facts(st.session_state["progress"])))
    plan_job.so_far(st.session_state["progress"], {"certainty": 0.85})


#: a first plan is evened out when its search has ended
AT_THE_END = "At the end the crews' loads are evened out; that may cost a little of it."


def told_of(language: str = "en", **progress: object) -> tuple[str, str]:
    app = AppTest.from_function(progress_page, default_timeout=60)
    app.session_state["progress"] = progress
    app.session_state["language"] = language
    app.run()
    assert not app.exception
    return app.markdown[0].value, " ".join(one.value for one in app.caption)


def test_a_search_is_told_by_the_names_of_the_finished_plans_figures() -> None:
    assert told_of(phase="read", share=0.1) == ("Reading the overdue list", "")
    found = {"phase": "search", "planned": 391, "objective": 330_142.0, "uplift": 458_171.0}
    said, more = told_of(**found)
    spent = {"value": 1.0, "visits": 1, "value_per_field_hour": 1.0, "travel_share": 0.2}
    names = [tile.label for tile in kpis.figures(replace(fakes.week(), metrics=spent, baseline=spent))]
    assert said == "Searching for the best week | Visits 391 | Expected uplift ¥458.2K"
    assert {"Visits", "Expected uplift"} <= set(names)
    assert more == f"how much better is possible is not known yet · Objective ¥330.1K · In time: 85% {AT_THE_END}"
    said, more = told_of(**found, bound=401_335.0, in_time=0.65)
    assert more == (
        "at most 21.6% better is possible · Objective ¥330.1K, bound ¥401.3K · Mean chance to end in time 65% "
        + AT_THE_END
    )
    view = replace(fakes.week(), objective=330_142.0, bound=401_335.0)
    assert "At most 21.6% better" in kpis.bound_sentence(view)
    assert kpis.objective_sentence(view) == "Objective ¥330,142, bound ¥401,335."
    said, more = told_of("zh", **found, bound=401_335.0, in_time=0.65)
    assert "预期增收" in said
    assert "目标值" in more
    assert "上限" in more
