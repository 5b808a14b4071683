"""Long work as rows: who asked, how far it is, whether to stop, and what became of it.

The work itself is a process of its own that reports here; a row whose process is gone is found and marked lost. A
process id means something only where it was given: elsewhere, as in another replica's container, silence has to do.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from planner.domain import Principal
from planner.store.frames import instant, moment
from planner.store.packing import json_text
from planner.store.schema import job

#: A running job that has said nothing for so long is lost even if some process has its number.
SILENT_FOR = timedelta(minutes=2)


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class UnknownJob(KeyError):
    """No job has this id."""


class WrongState(ValueError):
    """The job is not in a state from which this can be done."""


@dataclass(frozen=True)
class Job:
    """One piece of long work. ``error`` is a sentence for the user, empty unless it failed or was lost.

    ``machine`` is where ``pid`` is known (:func:`machine`), "" before it has begun.
    """

    job_id: str
    kind: str
    branch: str
    state: JobState
    request: Mapping[str, Any]
    progress: Mapping[str, Any]
    pid: int | None
    machine: str
    created_at: datetime
    created_by: str
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    result_id: str
    error: str
    cancel_requested: bool


def queue(
    connection: Connection, principal: Principal, branch: str, kind: str, request: Mapping[str, Any], now: datetime
) -> Job:
    """Add a job that waits for its process."""
    job_id = str(uuid4())
    connection.execute(
        job.insert().values(
            job_id=job_id,
            kind=kind,
            branch=branch,
            state=JobState.QUEUED.value,
            request=json_text(request),
            progress="{}",
            machine="",
            created_at=instant(now),
            created_by=principal.name,
            result_id="",
            error="",
            cancel_requested=False,
        )
    )
    return read(connection, job_id)


def start(connection: Connection, job_id: str, pid: int, now: datetime) -> Job:
    """Note that a process has taken up a waiting job."""
    at = instant(now)
    return _change(
        connection,
        job_id,
        (JobState.QUEUED,),
        state=JobState.RUNNING.value,
        pid=pid,
        machine=machine(),
        started_at=at,
        heartbeat_at=at,
    )


def report(connection: Connection, job_id: str, progress: Mapping[str, Any], now: datetime) -> bool:
    """Note how far a running job is; give True if it should stop (cancelled, or no longer running here)."""
    row = read(connection, job_id)
    if row.state is JobState.RUNNING:
        change = job.update().where(job.c.job_id == job_id)
        connection.execute(change.values(progress=json_text(progress), heartbeat_at=instant(now)))
    return row.cancel_requested or row.state is not JobState.RUNNING


def finish(connection: Connection, job_id: str, state: JobState, now: datetime, result_id: str, error: str) -> Job:
    """Note how a job ended. One that was given up as lost may still end well.

    Raises
    ------
    WrongState
        If it has ended already, or the new state is none of done, failed, cancelled.
    """
    if state not in (JobState.DONE, JobState.FAILED, JobState.CANCELLED):
        raise WrongState(f"a job ends done, failed or cancelled, not {state.value}")
    return _change(
        connection,
        job_id,
        (*UNFINISHED, JobState.LOST),
        state=state.value,
        finished_at=instant(now),
        result_id=result_id,
        error=error,
    )


def request_cancel(connection: Connection, job_id: str, now: datetime) -> Job:
    """Ask a job to stop: one that waits is cancelled at once, one that has ended stays as it is."""
    row = read(connection, job_id)
    if row.state is JobState.QUEUED:
        return _change(
            connection,
            job_id,
            UNFINISHED,
            state=JobState.CANCELLED.value,
            finished_at=instant(now),
            cancel_requested=True,
        )
    if row.state is JobState.RUNNING:
        return _change(connection, job_id, UNFINISHED, cancel_requested=True)
    return row


def reap_lost(
    connection: Connection, branch: str, now: datetime, *, silent_for: timedelta, alive: Callable[[int], bool]
) -> tuple[Job, ...]:
    """Mark as lost the unfinished jobs whose process is gone from here, or that have been silent for too long."""
    error = "The process doing this stopped without a result. Please start it again."
    return tuple(
        _change(connection, one, UNFINISHED, state=JobState.LOST.value, finished_at=instant(now), error=error)
        for one in lost(connection, branch, now, silent_for=silent_for, alive=alive)
    )


def lost(
    connection: Connection, branch: str, now: datetime, *, silent_for: timedelta, alive: Callable[[int], bool]
) -> tuple[str, ...]:
    """Name the unfinished jobs whose process is gone from here, or that have been silent for too long."""
    found = []
    for row in listed(connection, branch, UNFINISHED):
        silent = now - (row.heartbeat_at or row.created_at) > silent_for
        here = row.machine in ("", machine())
        if silent or (here and row.pid is not None and not alive(row.pid)):
            found.append(row.job_id)
    return tuple(found)


def read(connection: Connection, job_id: str) -> Job:
    """Give a job.

    Raises
    ------
    UnknownJob
        If there is none with this id.
    """
    row = connection.execute(sa.select(job).where(job.c.job_id == job_id)).one_or_none()
    if row is None:
        raise UnknownJob(f"there is no job {job_id!r}")
    return _job(row)


def listed(connection: Connection, branch: str, states: tuple[JobState, ...]) -> tuple[Job, ...]:
    """Give a branch's jobs in these states, newest first."""
    query = sa.select(job).where(job.c.branch == branch, job.c.state.in_([state.value for state in states]))
    return tuple(_job(row) for row in connection.execute(query.order_by(job.c.created_at.desc(), job.c.job_id)))


def counts(connection: Connection, branch: str) -> dict[tuple[str, JobState], int]:
    """Count a branch's jobs by kind and state."""
    query = sa.select(job.c.kind, job.c.state, sa.func.count()).where(job.c.branch == branch)
    found = connection.execute(query.group_by(job.c.kind, job.c.state))
    return {(kind, JobState(state)): number for kind, state, number in found}


def branch_of(connection: Connection, job_id: str) -> str | None:
    """Give the branch a job belongs to, None if there is no such job."""
    return connection.execute(sa.select(job.c.branch).where(job.c.job_id == job_id)).scalar()


@lru_cache(maxsize=1)
def machine() -> str:
    """Name the place where this process's number is known: on Linux one start of one machine or container."""
    try:
        started = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{socket.gethostname()} {started} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return socket.gethostname()


def process_alive(pid: int) -> bool:
    """Tell whether a process has this id. On Windows it cannot be asked without harm: there silence has to do."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _change(connection: Connection, job_id: str, allowed: tuple[JobState, ...], **values: object) -> Job:
    row = read(connection, job_id)
    if row.state not in allowed:
        raise WrongState(f"job {job_id!r} is {row.state.value}")
    connection.execute(job.update().where(job.c.job_id == job_id).values(**values))
    return read(connection, job_id)


def _job(row: Any) -> Job:
    return Job(
        job_id=row.job_id,
        kind=row.kind,
        branch=row.branch,
        state=JobState(row.state),
        request=json.loads(row.request),
        progress=json.loads(row.progress),
        pid=row.pid,
        machine=row.machine,
        created_at=moment(row.created_at),
        created_by=row.created_by,
        started_at=None if row.started_at is None else moment(row.started_at),
        heartbeat_at=None if row.heartbeat_at is None else moment(row.heartbeat_at),
        finished_at=None if row.finished_at is None else moment(row.finished_at),
        result_id=row.result_id,
        error=row.error,
        cancel_requested=row.cancel_requested,
    )
