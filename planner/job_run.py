"""A command that may be a job of the dashboard: it tells the job's row how far it is, and hears whether to stop."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from planner.domain import Principal
from planner.routing import RouteRisk
from planner.store import JobState, Store, WrongState

Made = TypeVar("Made")

LOG = logging.getLogger("planner")
#: share of the work that lies behind when a phase begins; roads, pattern and search move on from it to the next
PHASES = {
    "read": 0.02,
    "value": 0.04,
    "roads": 0.06,
    "pattern": 0.20,
    "search": 0.34,
    "translate": 0.90,
    "check": 0.95,
    "save": 0.98,
}

#: a job that says nothing for two minutes is given up: say this often that it goes on, whatever phase takes long
BEAT_S = 15.0


class Stopped(Exception):
    """The job was cancelled before the search began."""


def carried_out(
    report: Reporter, work: Callable[[], tuple[str, Made]], *, refusals: tuple[type[Exception], ...]
) -> tuple[int, Made | None]:
    """Do a job's work between its beginning and its end.

    Parameters
    ----------
    work
        Gives the id under which the job says what came of it, and what was made.
    refusals
        What is no fault of ours: said in one sentence.

    Returns
    -------
    tuple
        The process's exit status, and what was made: 0 with or without it where the job was cancelled, 2 where it was
        refused. A fault of ours is raised again when the job's row knows of it.
    """
    try:
        report.begin()
    except WrongState:
        sys.stderr.write("The work was cancelled before it began.\n")
        return 0, None
    try:
        result, made = work()
    except Stopped:
        report.end(JobState.CANCELLED)
        return 0, None
    except refusals as error:
        report.end(JobState.FAILED, error=str(error))
        sys.stderr.write(f"{error}\n")
        return 2, None
    except BaseException as error:
        LOG.error("the work failed", extra={"kind": type(error)})
        report.end(JobState.FAILED, error="")
        raise
    report.end(JobState.CANCELLED if report.stopping else JobState.DONE, result=result)
    return 0, made


class Reporter:
    """Tells the job's row how far the work is, and hears there whether to stop. Without a job it does neither.

    Between :meth:`begin` and :meth:`end` a thread repeats the last word, so that a long phase is not taken for death.
    """

    def __init__(
        self,
        store: Store,
        asking: Principal,
        job: str | None,
        seconds: float,
        clock: Callable[[], datetime],
        *,
        beat_s: float = BEAT_S,
    ) -> None:
        self._store, self._asking, self._job, self._clock = store, asking, job, clock
        self._seconds = seconds
        self._now_in = ""
        self._said: Mapping[str, Any] = {}
        self._found: Mapping[str, Any] = {}
        self._percent = -1
        self._beat_s = beat_s
        self._speaking, self._ended = threading.Lock(), threading.Event()
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self.stopping = False

    def begin(self) -> None:
        """Say that this process has taken up the job."""
        if self._job:
            self._store.start_job(self._asking, self._job, pid=os.getpid(), now=self._clock())
            self._heart.start()

    def phase(self, name: str) -> None:
        """Say which phase begins; stops the work if that was asked and the search has not begun."""
        self._now_in, self._percent = name, -1
        # What the search came to stands until the plan is saved.
        self._tell({"phase": name, "share": PHASES[name], **self._found})
        if self.stopping and PHASES[name] <= PHASES["search"]:
            raise Stopped

    def cells(self, done: int, total: int) -> None:
        """Say how far the travel times of this phase are, at each whole percent; stops the work if that was asked."""
        percent = 100 * done // total
        if percent == self._percent:
            return
        self._percent = percent
        begins = PHASES[self._now_in]
        ends = min(share for share in PHASES.values() if share > begins)
        share = begins + done / total * (ends - begins)
        self._tell({"phase": self._now_in, "share": share, "cells": done, "cells_of": total})
        if self.stopping:
            raise Stopped

    def search(self, progress: Mapping[str, Any]) -> bool:
        """Pass on how far the search is; True asks it to stop with what it has."""
        done = min(1.0, float(progress["elapsed_s"]) / self._seconds)
        share = PHASES["search"] + done * (PHASES["translate"] - PHASES["search"])
        told = {"planned": progress["planned"], "objective": progress["objective"]}
        told |= {name: progress[name] for name in ("bound", "uplift") if progress.get(name) is not None}
        self._found = told
        self._tell({"phase": "search", "share": share, **told})
        return self.stopping

    def planned(self, risks: Mapping[str, RouteRisk]) -> None:
        """Say with which chance the routes that were found end in their shifts, in the mean."""
        if risks:
            self._found = {**self._found, "in_time": sum(one.in_time for one in risks.values()) / len(risks)}
            self._tell({**self._said, **self._found})

    def say(self, facts: Mapping[str, Any]) -> None:
        """Say how far work of another kind is; ``stopping`` tells then whether it should end."""
        self._tell(facts)

    def end(self, state: JobState, *, result: str = "", error: str = "") -> None:
        """Say how the job ended."""
        self._ended.set()
        if self._heart.is_alive():
            self._heart.join()
        if self._job:
            self._store.finish_job(self._asking, self._job, state, result_id=result, error=error, now=self._clock())

    def _tell(self, facts: Mapping[str, Any]) -> None:
        if self._job:
            with self._speaking:
                self._said = facts
                self.stopping |= self._store.report_progress(self._asking, self._job, facts, now=self._clock())

    def _beat(self) -> None:
        while not self._ended.wait(self._beat_s):
            try:
                with self._speaking:
                    self._store.report_progress(self._asking, str(self._job), self._said, now=self._clock())
            except Exception as error:
                LOG.warning("the job's row could not be reached", extra={"kind": type(error)})
