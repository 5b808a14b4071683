"""What a job's row is told while a plan is made, and that a long phase is not taken for death."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from planner.domain import Principal, Role
from planner.job_run import PHASES, Reporter, Stopped
from planner.store import JobState
from tests.planner.factories import BRANCH, NOW

ASKING = Principal("planner", Role.SYSTEM, frozenset({BRANCH}))


class Row:
    """A job's row that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.cancelled = False
        self.beats = threading.Event()

    def start_job(self, *_: Any, **__: Any) -> None: ...

    def finish_job(self, *_: Any, **__: Any) -> None: ...

    def report_progress(self, _: Principal, __: str, facts: dict[str, Any], **___: Any) -> bool:
        self.told.append(dict(facts))
        if len(self.told) > 2:
            self.beats.set()
        return self.cancelled


def reporter(row: Any, job: str = "J1", beat_s: float = 3600.0) -> Reporter:
    return Reporter(row, ASKING, job, 30.0, lambda: NOW, beat_s=beat_s)


@pytest.mark.parametrize(("phase", "after"), [("roads", "pattern"), ("pattern", "search")])
def test_the_bar_moves_with_the_matrix_and_only_by_whole_percents(phase: str, after: str) -> None:
    row = Row()
    report = reporter(row)
    report.phase(phase)
    for done in range(0, 10_001, 5):
        report.cells(done, 10_000)
    shares = [facts["share"] for facts in row.told]
    assert len(row.told) == 1 + 101
    assert shares == sorted(shares)
    assert shares[0] == PHASES[phase]
    assert shares[-1] == pytest.approx(PHASES[after])
    assert row.told[-1] == {"phase": phase, "share": shares[-1], "cells": 10_000, "cells_of": 10_000}


def test_a_cancelled_job_stops_in_the_middle_of_a_matrix() -> None:
    row = Row()
    report = reporter(row)
    report.phase("roads")
    row.cancelled = True
    with pytest.raises(Stopped):
        report.cells(1, 2)


def test_a_silent_phase_keeps_its_word_alive_until_the_end() -> None:
    row = Row()
    report = reporter(row, beat_s=0.01)
    report.begin()
    report.phase("roads")
    assert row.beats.wait(30)
    report.end(JobState.DONE)
    said = len(row.told)
    assert {facts.get("phase", "roads") for facts in row.told} == {"roads"}
    assert not threading.Event().wait(0.05)
    assert len(row.told) == said


def test_a_job_that_beats_is_not_given_up(own_store: Any) -> None:
    job = own_store.queue_job(ASKING, BRANCH, "plan", request={}, now=NOW)
    moments = [NOW]
    report = Reporter(own_store, ASKING, job.job_id, 30.0, lambda: moments[0], beat_s=0.01)
    report.begin()
    moments[0] = NOW + timedelta(minutes=9)
    for _ in range(3000):
        if own_store.job(ASKING, job.job_id).heartbeat_at == moments[0]:
            break
        threading.Event().wait(0.01)
    assert own_store.reap_lost(ASKING, BRANCH, now=moments[0] + timedelta(seconds=90)) == ()
    report.end(JobState.CANCELLED)


def test_what_the_search_found_is_told_until_the_plan_is_saved() -> None:
    row = Row()
    report = reporter(row)
    report.phase("search")
    assert "objective" not in row.told[-1]
    report.search({"elapsed_s": 3.0, "objective": 80.0, "planned": 7, "phase": "search", "bound": None})
    assert row.told[-1].items() >= {"planned": 7, "objective": 80.0}.items()
    assert not {"bound", "uplift"} & set(row.told[-1])
    report.search({"elapsed_s": 9.0, "objective": 90.0, "planned": 8, "phase": "s", "bound": 99.0, "uplift": 120.0})
    report.planned({name: SimpleNamespace(in_time=chance) for name, chance in (("a", 0.5), ("b", 0.9))})  # type: ignore[misc]
    for phase in ("translate", "check", "save"):
        report.phase(phase)
        found = {"planned": 8, "objective": 90.0, "bound": 99.0, "uplift": 120.0, "in_time": pytest.approx(0.7)}
        assert row.told[-1] == {"phase": phase, "share": PHASES[phase], **found}
