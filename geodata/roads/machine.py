"""One road engine a region for all processes of a machine: who needs it first starts it, the others use it.

A lock that the system lets go of when its holder ends, however that happens, says whose engine it is; a file beside it
says where it listens. The holder keeps the engine for the life of his process, and the kernel ends it with him. Whoever
then gets no answer takes the lock in his turn and starts the next one.
"""

from __future__ import annotations

import logging
import os
import re
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from geodata.roads.means import processors
from geodata.roads.opening import AT_ONCE, engine_at, kept
from geodata.roads.osrm import OsrmRoads
from geodata.roads.osrm_files import installed
from geodata.roads.region import Region
from geodata.roads.server import OsrmServer, listens
from geodata.roads.straight_line import straight_line
from geodata.roads.travel import Floats, OnCells, RoadEngine, RoadFailure, RouteShape, TravelTimes, unheard

LOG = logging.getLogger("geodata")
#: how often a question is asked before the engine counts as failed: a holder may die, and the next one too
TRIES = 4
#: how long to wait for an engine that somebody else is starting, and how often to look
WAIT_S, LOOK_S = 60.0, 0.05

Answer = TypeVar("Answer")


class MachineServer:
    """A region's road engine as one process sees it: its own, or that of the process that came first.

    Parameters
    ----------
    folder
        Where lock and address lie; the processes that share it share the engine. Made when missing.
    """

    def __init__(self, region: Region, executables: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # The folder may be on a disk of several machines; an address is of use on one.
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", f"{socket.gethostname()}-{region.name}-{region.version}")
        # Not the thread's that takes it: the lock is held for the life of the process.
        self._lock = FileLock(folder / f"{name}.lock", thread_local=False)
        self._told = folder / f"{name}.address"
        # Each process asks two blocks at a time: with fewer threads than processors some would wait for nothing.
        self._server = OsrmServer(executables, region.osrm, threads=max(AT_ONCE, processors()))
        self._turn = threading.Lock()

    def url(self, *, within_s: float = WAIT_S) -> str:
        """Give the address of the moment, at which an engine takes questions; it may be busy with those of others.

        Our own is waited for as well: one that died is started again only after a pause.

        Raises
        ------
        RoadFailure
            If there is none in time.
        """
        ends = time.monotonic() + within_s
        with self._turn:
            while True:
                if self._hold():
                    if self._server.listens():
                        return self._server.url
                elif (told := self._address()) and listens(told):
                    return told
                if time.monotonic() > ends:
                    raise RoadFailure("the machine's road engine does not answer", fault="engine", try_again=True)
                time.sleep(LOOK_S)

    def _hold(self) -> bool:
        """Say whether the engine is ours and runs; takes it if nobody has it."""
        if not self._lock.is_locked:
            try:
                self._lock.acquire(blocking=False)
            except Timeout:
                return False
            self._told.unlink(missing_ok=True)  # of a holder that is gone
        if self._server.given_up:
            self._server.stop()
        try:
            self._server.start()
        except RoadFailure:
            self._lock.release()
            raise
        if self._address() != self._server.url:
            self._tell(self._server.url)
        return True

    def _address(self) -> str:
        try:
            return self._told.read_text(encoding="ascii")
        except FileNotFoundError:
            return ""

    def _tell(self, url: str) -> None:
        handle, name = tempfile.mkstemp(dir=self._told.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(url)
        os.replace(name, self._told)  # whole or not at all


class MachineRoads:
    """The engine behind a machine's server, asked again elsewhere when its holder has died.

    Parameters
    ----------
    server
        Gives the address of the moment.
    region
        Whose data must answer.
    """

    def __init__(self, server: MachineServer, region: Region) -> None:
        self._server, self._region = server, region
        self._engine: OsrmRoads | None = None

    @property
    def source(self) -> str:
        """Name the region's data."""
        return self._region.source

    def travel_times(self, points: Floats, *, on_cells: OnCells = unheard) -> TravelTimes:
        """Ask the table of (n, 2) points."""
        return self._answered(lambda engine: engine.travel_times(points, on_cells=on_cells))

    def extended(
        self, points: Floats, kept: TravelTimes, rows: NDArray[np.intp], *, on_cells: OnCells = unheard
    ) -> TravelTimes:
        """Ask what is new of a table."""
        return self._answered(lambda engine: engine.extended(points, kept, rows, on_cells=on_cells))

    def route(self, points: Floats) -> RouteShape:
        """Ask the way through (k, 2) points."""
        return self._answered(lambda engine: engine.route(points))

    def close(self) -> None:
        """Close the connection; the engine goes on."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _answered(self, ask: Callable[[OsrmRoads], Answer]) -> Answer:
        tries = 0
        while True:
            tries += 1
            try:
                if self._engine is None:
                    self._engine = engine_at(self._server.url(), self._region)
                return ask(self._engine)
            except RoadFailure as failure:
                self.close()
                if failure.fault == "input" or tries == TRIES:
                    raise
                LOG.warning("the machine's road engine gave no answer and is asked again", extra={"count": tries})


#: what this process uses, by lock; a second server here would wait for the lock of the first
SERVERS: dict[tuple[Path, str], MachineServer] = {}
ONE_BY_ONE = threading.Lock()


@contextmanager
def open_machine_roads(region: Region, executables: Path, matrices: Path, folder: Path) -> Iterator[RoadEngine]:
    """Give a region's engine, which all processes of the machine share, for as long as the block lasts.

    It is started with the first question that no kept matrix answers, and outlasts the block: a process that plans
    branch after branch keeps it. Where there are no executables the labelled straight line is given.
    """
    if not (region.routable and installed(executables)):
        yield straight_line(region.profile)
        return
    with ONE_BY_ONE:
        key = (folder.resolve(), region.version)
        server = SERVERS.get(key) or SERVERS.setdefault(key, MachineServer(region, executables, folder))
    with closing(MachineRoads(server, region)) as roads:
        yield kept(roads, matrices, go_on=False)
