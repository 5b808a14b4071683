"""OSRM as a private process on loopback: started, watched, restarted when it dies, and gone when we are."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import urlsplit

import httpx

from geodata.roads.osrm_files import executable
from geodata.roads.travel import RoadFailure

LOG = logging.getLogger("geodata")
LEASH = Path(__file__).with_name("leash.py")
MAX_TABLE = 10_000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0
STEADY_S = 60.0  # after so long a life the next death counts as the first
MOST_DEATHS = 12  # one after the other, in about three minutes: then it is left alone until somebody looks at it
WATCH_S = 15.0  # how often a server is asked whether it still answers
SILENT = 3  # questions in a row without an answer, and no computing meanwhile: then it hangs and is killed


class OsrmServer:
    """A server for one region's road data, for the life of this process.

    A thread of its own starts the process and waits for its end: a server that dies is started again on the same port,
    after a pause that doubles up to 30 s, and given up after twelve deaths in a row. The kernel kills the process
    together with that thread, so nothing is left behind even when the application is killed. A second thread asks it
    every 15 s: a server that neither answers nor computes is killed, and so started again.

    Parameters
    ----------
    executables
        The folder that ``python -m geodata.roads.executables`` filled.
    data
        The base path of the road data: ``Region.osrm``.
    port
        0 takes a free one.

    Attributes
    ----------
    starts
        How often it was started; more than 1: it died.
    given_up
        Whether it died too often to be started again.

    Examples
    --------
    ::

        with OsrmServer(executables, region.osrm) as server:
            OsrmRoads(lambda: server.url).travel_times(points)
    """

    def __init__(self, executables: Path, data: Path, port: int = 0, *, threads: int = 2) -> None:
        self._program = [str(executable(executables, "osrm-routed")), "--ip", "127.0.0.1"]
        self._program += ["--threads", str(threads), "--max-table-size", str(MAX_TABLE), "--verbosity", "WARNING"]
        self._data = data
        self._port = port
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._log: IO[bytes] | None = None
        self.starts = 0
        self.given_up = False

    @property
    def url(self) -> str:
        """The address, once started."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self, *, within_s: float = 30.0) -> Self:
        """Start the process and wait until it answers; nothing happens when it was started before.

        Raises
        ------
        RoadFailure
            If the data is missing, the process ends at once or does not answer in time.
        """
        if self._thread is not None:
            return self
        if not (self._has(".hsgr") or self._has(".mldgr")):
            raise RoadFailure(f"no road data at {self._data}: build the region first", fault="input", try_again=False)
        self._port = self._port or _free_port()
        self._stopping.clear()
        self.starts = 0
        self.given_up = False
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._thread = threading.Thread(target=self._supervise, name="osrm", daemon=True)
        self._thread.start()
        atexit.register(self.stop)
        ends = time.monotonic() + within_s
        while not self.answers():
            if self.starts > 3 or time.monotonic() > ends:
                said = self._last_words()
                self.stop()
                raise RoadFailure(f"the road engine did not start: {said}", fault="engine", try_again=True)
            time.sleep(0.03)
        threading.Thread(target=self._watch, name="osrm watch", daemon=True).start()
        return self

    def answers(self) -> bool:
        """Say whether our process runs and answers."""
        return self.pid is not None and answers(self.url)

    def listens(self) -> bool:
        """Say whether our process runs and takes questions; it may be busy with others."""
        return self.pid is not None and listens(self.url)

    def stop(self) -> None:
        """End the process; may be called twice."""
        self._stopping.set()
        atexit.unregister(self.stop)
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._signal(signal.SIGTERM)
        thread.join(timeout=5.0)
        if thread.is_alive():
            self._signal(signal.SIGKILL)
            thread.join(timeout=5.0)
        if self._log is not None:
            self._log.close()
            self._log = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _supervise(self) -> None:
        pause_s, deaths = FIRST_PAUSE_S, 0
        while not self._stopping.is_set():
            began = time.monotonic()
            self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STEADY_S:
                pause_s, deaths = FIRST_PAUSE_S, 0
            deaths += 1
            if deaths == MOST_DEATHS:
                self.given_up = True
                LOG.error("the road engine died too often and is not started again", extra={"count": deaths})
                return
            LOG.warning("the road engine died and is started again", extra={"count": deaths})
            self._stopping.wait(pause_s)
            pause_s = min(LONGEST_PAUSE_S, 2 * pause_s)

    def _watch(self) -> None:
        """Kill a server that hangs; one that computes a large table is let be, however long it is silent."""
        silent, stopping = Silence(SILENT), self._stopping
        while not stopping.wait(WATCH_S):
            pid = self.pid
            if pid is not None and silent.hangs(pid, answers=answers(self.url), computed_s=cpu_s(pid)):
                LOG.error("the road engine hangs and is killed")
                self._signal(signal.SIGKILL)

    def _run_once(self) -> None:
        """Start it from this very thread, whose end the kernel takes for the parent's, and wait for its end."""
        leash = [sys.executable, "-I", str(LEASH), str(os.getpid())]
        # Looked up each time: the region may have been built anew, by the other method, since the last start.
        method = ["--algorithm", "CH" if self._has(".hsgr") else "MLD"]
        command = [*leash, *self._program, *method, "--port", str(self._port), str(self._data)]
        self.starts += 1
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._log) as process:
            self._process = process
            if self._stopping.is_set():  # asked to stop while it was being started
                process.terminate()
            process.wait()

    def _has(self, ending: str) -> bool:
        return self._data.with_name(self._data.name + ending).exists()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)  # nothing happens when it has ended

    def _last_words(self) -> str:
        if self._log is None:
            return "nothing was said"
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "nothing was said"


class Silence:
    """Tells a process that hangs from one that computes: ``most`` times in a row no answer and no processor time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._times = 0
        self._last: tuple[int, float | None] | None = None

    def hangs(self, pid: int, *, answers: bool, computed_s: float | None) -> bool:
        """Say whether a process hangs, by whether it answers now and the processor time it has used (None unknown)."""
        idle = self._last is not None and self._last[0] == pid and _idle(self._last[1], computed_s)
        self._last = (pid, computed_s)
        self._times = self._times + 1 if idle and not answers else 0
        return self._times >= self._most


def _idle(before: float | None, now: float | None) -> bool:
    return before is not None and now is not None and now - before < 0.05


def cpu_s(pid: int) -> float | None:
    """Give the processor seconds that a process has used; None where that cannot be read (elsewhere than on Linux)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None


def answers(url: str, *, within_s: float = 5.0) -> bool:
    """Say whether a road engine answers at an address, ours or a bank's own."""
    try:
        response = httpx.get(f"{url}/nearest/v1/driving/0,0", timeout=within_s, trust_env=False)
    except httpx.HTTPError:
        return False
    return response.status_code in (200, 400) and "code" in response.text


def listens(url: str, *, within_s: float = 1.0) -> bool:
    """Say whether somebody takes connections at an address; one that is busy may be long before it answers."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=within_s).close()
    except TimeoutError:
        return True  # nobody refused: as many wait already as the system lets wait
    except OSError:
        return False
    return True


def _free_port() -> int:
    # OSRM shares ports (SO_REUSEPORT): a port that is taken would not be refused, half the questions would go astray.
    # So ask the system for one that nobody has; the answers' data version catches what is left of the risk.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
