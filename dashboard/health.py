"""What machines ask: is it alive, is it ready, how does it do. No personal data, and nothing that helps an attacker.

``/health`` says that the process answers. ``/ready`` says 503 while the database does not answer or has another schema:
then no request should come here. The road engine's state stands beside it and does not decide: without it a week is
planned on estimates that are marked as such, and a crew's day is read as ever. ``/metrics`` is for those who may read
it, see ``may_read``.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.gate import bears_token
from dashboard.metrics import METRICS, Metrics
from dashboard.principal import NobodySignedIn, of_headers
from dashboard.services import PRIVATE, Services, everywhere
from geodata.roads.server import answers
from planner.domain import Role
from planner.store import JobState
from planner.store.condition import Condition

#: a state found is told again for so long, so that asking often costs nothing
KEPT_S = 1.0
#: a database that says nothing for so long does not answer
PATIENCE_S = 3.0
KINDS = ("plan", "scenario", "worth")
STARTED = time.time()

Sample = tuple[str, Mapping[str, str], float]


@dataclass(frozen=True)
class State:
    """What the application stands on. ``roads`` is ``ok``, ``down`` or ``none`` (nothing was built or given)."""

    database: Condition
    roads: str
    roads_starts: int = 0

    @property
    def ready(self) -> bool:
        """Whether requests can be answered."""
        return self.database.current


NO_ANSWER = State(Condition(answers=False, current=False), "none")


def read_state(services: Callable[[], Services]) -> State:
    """Ask database and road engine."""
    try:
        known = services()
    except Exception:  # no settings, no database, another schema: whatever it is, nothing can be answered
        return NO_ANSWER
    urls = [known.settings.osrm_url] if known.settings.osrm_url else [one.url for one in PRIVATE]
    roads = "none" if not urls else "ok" if all(answers(url, within_s=1.0) for url in urls) else "down"
    return State(known.store.condition(), roads, max((one.starts for one in PRIVATE), default=0))


class HealthRoutes:
    """The three routes. ``state`` is asked by one thread at a time, however many ask."""

    def __init__(self, services: Callable[[], Services], *, metrics: Metrics = METRICS) -> None:
        self.services, self.metrics = services, metrics
        self.found: tuple[float, State] | None = None
        self.asking: asyncio.Future[State] | None = None

    def routes(self) -> list[BaseRoute]:
        """List them."""
        return [
            Route("/health", self.health),
            Route("/ready", self.ready),
            Route("/metrics", self.told),
        ]

    async def health(self, _request: Request) -> Response:
        """Say that the process answers."""
        return JSONResponse({"alive": True})

    async def ready(self, _request: Request) -> Response:
        """Say whether requests can be answered."""
        state = await self.state()
        told = {
            "ready": state.ready,
            "database": "ok" if state.database.answers else "no answer",
            "schema": "current" if state.database.current else "other",
            "roads": state.roads,
        }
        return JSONResponse(told, status_code=200 if state.ready else 503)

    async def told(self, request: Request) -> Response:
        """Give the metrics to those who may read them."""
        if not may_read(request):
            return PlainTextResponse("The metrics are not for everybody.\n", status_code=403)
        state = await self.state()
        gauges = await run_in_threadpool(lambda: [*of_state(state), *of_jobs(self.services), *of_process()])
        return PlainTextResponse(self.metrics.text(gauges), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def state(self) -> State:
        """Give the state, at most ``KEPT_S`` old."""
        if self.found is not None and time.monotonic() - self.found[0] < KEPT_S:
            return self.found[1]
        if self.asking is None or self.asking.done():
            self.asking = asyncio.ensure_future(run_in_threadpool(read_state, self.services))
        try:
            state = await asyncio.wait_for(asyncio.shield(self.asking), PATIENCE_S)
        except TimeoutError:
            return NO_ANSWER
        self.found = time.monotonic(), state
        return state


def may_read(request: Request) -> bool:
    """Say whether a request may read the metrics: it bears their token, or an administrator asks."""
    if bears_token(request.scope):
        return True
    try:
        return of_headers(request.headers).role is Role.ADMINISTRATOR
    except NobodySignedIn:
        return False


def of_state(state: State) -> Iterator[Sample]:
    """Give what is known of database and roads."""
    yield "rounds_database_up", {}, float(state.database.answers)
    yield "rounds_schema_current", {}, float(state.database.current)
    if state.roads != "none":
        yield "rounds_roads_up", {}, float(state.roads == "ok")
        yield "rounds_roads_starts", {}, float(state.roads_starts)


def of_jobs(services: Callable[[], Services]) -> Iterator[Sample]:
    """Count the jobs of all branches by kind and state."""
    try:
        store = services().store
        who, found = everywhere(store, "metrics"), Counter[tuple[str, JobState]]()
        for branch in sorted(who.branches):
            found.update(store.job_counts(who, branch))
    except Exception:  # the state says already that the database does not answer
        return
    for kind, state in product(KINDS, JobState):
        yield "rounds_jobs", {"kind": kind, "state": state.value}, float(found[kind, state])


def of_process() -> Iterator[Sample]:
    """Give what the process itself uses."""
    used = os.times()
    yield "process_start_time_seconds", {}, STARTED
    yield "process_cpu_seconds_total", {}, used.user + used.system
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):  # another system than Linux
        return
    yield "process_resident_memory_bytes", {}, float(pages * os.sysconf("SC_PAGE_SIZE"))
