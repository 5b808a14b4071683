"""The long work this process has started: known while it runs, and stopped in good order when the application stops.

A job is asked to stop as its page would ask: a search keeps the best plan it has, and the plan is checked and saved.
What is not done when the time is up is ended. The road engine must live until then: ``app.py`` opens it before this.
"""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from config import logs
from dashboard.services import Services, services
from planner.domain import Principal, Role
from planner.store import Job

LOG = logging.getLogger("rounds.work")
#: after the request to end, before the work is ended by force
LAST_S = 3.0
TASKS = ("plan", "scenario", "worth")
logs.allow("task", TASKS)


@dataclass(frozen=True)
class Work:
    """A job and the process that does it."""

    kit: Services
    job: Job
    process: subprocess.Popen[bytes]

    def fields(self) -> dict[str, object]:
        """Give what the log may know of it."""
        return {"job": self.job.job_id, "task": self.job.kind, "status": self.process.returncode}

    def ask_to_stop(self) -> None:
        """Ask it to stop and keep what it has."""
        asking = Principal("stopping", Role.SYSTEM, frozenset({self.job.branch}))
        self.kit.store.request_cancel(asking, self.job.job_id, now=self.kit.now())

    def give_up(self) -> None:
        """Note that its process is gone."""
        asking = Principal("stopping", Role.SYSTEM, frozenset({self.job.branch}))
        self.kit.store.reap_lost(asking, self.job.branch, now=self.kit.now())


_running: dict[str, Work] = {}
_lock = threading.Lock()


def begun(kit: Services, job: Job, process: subprocess.Popen[bytes]) -> None:
    """Note that a job's process runs.

    A thread waits for its end: else its number would stay taken after a crash, and the job would seem to go on.
    """
    work = Work(kit, job, process)
    with _lock:
        _running[job.job_id] = work
    LOG.info("work begun", extra=work.fields())
    threading.Thread(target=_wait, args=(work,), daemon=True).start()


def running() -> tuple[Work, ...]:
    """Give what runs now."""
    with _lock:
        return tuple(_running.values())


def stop_all(*, within_s: float, sleep: Callable[[float], None] = time.sleep) -> int:
    """Ask all work to stop, wait, then end what has not; gives how many had to be ended."""
    asked = running()
    for work in asked:
        try:
            work.ask_to_stop()
        except Exception as error:  # the database may be gone: then it is ended below
            LOG.warning("work could not be asked to stop", extra={**work.fields(), "kind": type(error)})
    ends = time.monotonic() + within_s
    while any(work.process.poll() is None for work in asked) and time.monotonic() < ends:
        sleep(0.1)
    late = [work for work in asked if work.process.poll() is None]
    for work in late:
        LOG.warning("work did not stop in time and is ended", extra=work.fields())
        work.process.terminate()
    ends = time.monotonic() + LAST_S
    for work in late:
        with suppress(subprocess.TimeoutExpired):
            work.process.wait(max(0.0, ends - time.monotonic()))
        work.process.kill()
        work.process.wait()
        with suppress(Exception):  # else the next start finds that its process is gone
            work.give_up()
    return len(late)


@contextmanager
def work_running() -> Iterator[None]:
    """Stop all work at the end of the block."""
    try:
        yield
    finally:
        stop_all(within_s=services().settings.stop_seconds)


def _wait(work: Work) -> None:
    work.process.wait()
    with _lock:
        _running.pop(work.job.job_id, None)
    LOG.info("work ended", extra=work.fields())
