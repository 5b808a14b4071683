"""A job is a row: it can be followed, cancelled, finished, and found lost when its process is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from planner.store import Job, JobState, Store, UnknownJob, WrongState, jobs
from tests.planner.store.factories import HERE, NOW, THERE, principal

MANAGER = principal()
LATER = NOW + timedelta(seconds=30)


def queued(store: Store, branch: str = HERE) -> Job:
    return store.queue_job(principal(MANAGER.role, branch), branch, "plan", request={"week": "2026-W48"}, now=NOW)


def running(store: Store, pid: int) -> Job:
    return store.start_job(MANAGER, queued(store).job_id, pid=pid, now=NOW)


def test_a_job_runs_its_course(store: Store) -> None:
    job = queued(store)
    assert (job.state, job.request, job.created_by, job.pid) == (JobState.QUEUED, {"week": "2026-W48"}, "manager", None)
    job = store.start_job(MANAGER, job.job_id, pid=os.getpid(), now=NOW)
    assert (job.state, job.pid, job.started_at) == (JobState.RUNNING, os.getpid(), NOW)
    assert store.report_progress(MANAGER, job.job_id, {"planned": 12}, now=LATER) is False
    found = store.job(MANAGER, job.job_id)
    assert (found.progress, found.heartbeat_at) == ({"planned": 12}, LATER)
    job = store.finish_job(MANAGER, job.job_id, JobState.DONE, result_id="plan-2", now=LATER)
    assert (job.state, job.result_id, job.finished_at, job.error) == (JobState.DONE, "plan-2", LATER, "")
    assert store.jobs(MANAGER, HERE) == (job,)
    assert store.jobs(MANAGER, HERE, (JobState.RUNNING,)) == ()


def test_a_running_job_is_told_to_stop(store: Store) -> None:
    job = running(store, os.getpid())
    assert store.request_cancel(MANAGER, job.job_id, now=NOW).cancel_requested
    assert store.report_progress(MANAGER, job.job_id, {}, now=LATER) is True
    assert store.finish_job(MANAGER, job.job_id, JobState.CANCELLED, now=LATER).state is JobState.CANCELLED
    again = store.request_cancel(MANAGER, job.job_id, now=LATER)
    assert again.state is JobState.CANCELLED


def test_a_waiting_job_is_cancelled_at_once_and_never_starts(store: Store) -> None:
    job = store.request_cancel(MANAGER, queued(store).job_id, now=NOW)
    assert job.state is JobState.CANCELLED
    with pytest.raises(WrongState):
        store.start_job(MANAGER, job.job_id, pid=1, now=NOW)
    assert store.report_progress(MANAGER, job.job_id, {}, now=LATER) is True


def test_a_job_ends_once(store: Store) -> None:
    job = running(store, os.getpid())
    with pytest.raises(WrongState):
        store.finish_job(MANAGER, job.job_id, JobState.LOST, now=NOW)
    store.finish_job(MANAGER, job.job_id, JobState.FAILED, error="No roads.", now=NOW)
    with pytest.raises(WrongState):
        store.finish_job(MANAGER, job.job_id, JobState.DONE, now=NOW)
    with pytest.raises(UnknownJob):
        store.job(MANAGER, "nothing")


def test_a_job_whose_process_is_gone_is_lost(store: Store) -> None:
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead, alive, other = running(store, int(process.stdout)), running(store, os.getpid()), queued(store, THERE)
    (lost,) = store.reap_lost(MANAGER, HERE, now=LATER)
    told = [one.ids for one in store.audit_entries(MANAGER, HERE) if one.what == "jobs.reap"]
    assert told == [{"lost": [dead.job_id]}]
    assert lost.job_id == dead.job_id
    assert (lost.state, lost.finished_at) == (JobState.LOST, LATER)
    assert lost.error
    assert store.job(MANAGER, alive.job_id).state is JobState.RUNNING
    assert store.job(principal(MANAGER.role, THERE), other.job_id).state is JobState.QUEUED
    assert store.reap_lost(MANAGER, HERE, now=LATER) == ()
    assert len([one for one in store.audit_entries(MANAGER, HERE) if one.what == "jobs.reap"]) == 1  # none, none told
    assert store.finish_job(MANAGER, lost.job_id, JobState.DONE, result_id="x", now=LATER).state is JobState.DONE


def test_a_process_of_another_machine_is_lost_by_silence_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "machine", lambda: "another replica")
    job = running(store, os.getpid())
    monkeypatch.undo()
    assert job.machine == "another replica"
    assert store.reap_lost(MANAGER, HERE, now=LATER, alive=lambda pid: False) == ()
    (lost,) = store.reap_lost(MANAGER, HERE, now=NOW + timedelta(minutes=3), alive=lambda pid: True)
    assert lost.job_id == job.job_id


def test_a_silent_job_is_lost_even_if_its_number_lives(store: Store) -> None:
    silent, waiting = running(store, os.getpid()), queued(store)
    speaking = running(store, os.getpid())
    store.report_progress(MANAGER, speaking.job_id, {}, now=NOW + timedelta(minutes=2))
    lost = store.reap_lost(MANAGER, HERE, now=NOW + timedelta(minutes=3), alive=lambda pid: True)
    assert {job.job_id for job in lost} == {silent.job_id, waiting.job_id}
