"""The child processes that read lists: one may wait for the next list, so that nobody waits for Python to start.

A child reads one list and ends. One that waits has loaded the program and nothing else: it sets its limits when it is
told of a file, before it opens it. It ends by itself when nobody asks it anything for a while, and with its parent.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: a child that was asked nothing for so long ends
IDLE_S = 300
#: and is not asked any more somewhat sooner, so that it is not just leaving
STALE_S = 240
#: Few threads: each reserves address space, which the limit counts. So does Arrow's own allocator, 1 GiB at once.
SURROUNDINGS = {
    "PYTHONPATH": str(ROOT),
    "PYTHONUTF8": "1",
    "MALLOC_ARENA_MAX": "2",
    "POLARS_MAX_THREADS": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
#: what our settings are called: a database's password is nothing for who reads a stranger's file
SETTINGS = "ROUNDS_"


@dataclass
class Waiting:
    """At most one child that waits, for whoever reads a list next; safe among threads."""

    _child: subprocess.Popen[bytes] | None = None
    _since_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make_ready(self) -> None:
        """Start a child, unless one waits already: somebody is about to give a list."""
        with self._lock:
            if self._child is None or self._is_leaving():
                self._leave()
                self._child, self._since_s = started(), time.monotonic()

    def taken(self) -> subprocess.Popen[bytes]:
        """Give the child that waits, or a new one: it is the caller's now, and reads one list."""
        with self._lock:
            if self._child is not None and not self._is_leaving():
                child, self._child = self._child, None
                return child
        return started()

    def _is_leaving(self) -> bool:
        return self._child is None or self._child.poll() is not None or time.monotonic() - self._since_s > STALE_S

    def _leave(self) -> None:
        if self._child is not None:
            self._child.communicate()  # it ends when there is nothing to come
            self._child = None


#: of this process
WAITING = Waiting()


def started() -> subprocess.Popen[bytes]:
    """Start a child that reads one list; it is asked on its standard input and answers on its standard output."""
    return subprocess.Popen(
        [sys.executable, "-m", "planner.intake.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)} | SURROUNDINGS,
    )


def answer(child: subprocess.Popen[bytes], request: bytes, *, wall_s: float) -> tuple[int, bytes, bytes]:
    """Ask a child; give its exit status (below 0: killed by a signal), what it answered and what it complained of.

    Raises
    ------
    subprocess.TimeoutExpired
        If it takes longer than ``wall_s``; it is ended.
    """
    with child:
        try:
            said, complained = child.communicate(request, timeout=wall_s)
        except BaseException:
            child.kill()
            raise
        return child.returncode, said, complained
