"""Long reckoning done by a process of its own, so that it takes no time from everybody else's pages.

Python runs one thread of a process at a time: six seconds of work in a page's thread are six seconds in which no other
page, and no phone, is answered at full speed. The other process reads the database for itself; what it finds comes back
pickled, over a pipe that nobody else holds. It steps aside for the pages (``nice``) and ends with this process.
"""

from __future__ import annotations

import copyreg
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from config import logs
from config.settings import Settings, log_settings
from geodata.roads import leash
from planner.store import open_store

ROOT = Path(__file__).parent.parent
#: how far it steps back behind pages and phones
STEPS_BACK = 5


def read_only(kept: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """Give a mapping that nobody can write to."""
    return MappingProxyType(kept)


# What nobody may write to travels, and is that again where it arrives.
copyreg.pickle(MappingProxyType, lambda one: (read_only, (dict(one),)))


class NotDone(Exception):
    """The other process ended without an answer; it has logged why."""


def done_beside(settings: Settings, work: Callable[..., Any], *given: Any) -> Any:
    """Call ``work(store, settings, *given)`` in a process of its own, and give what it gives.

    Parameters
    ----------
    work
        A function of a module that imports no page: the other process imports that module and no more.
    given
        What can be pickled.

    Raises
    ------
    NotDone
        If it ended without an answer. What ``work`` raises is logged there, and is this.
    """
    command = [sys.executable, "-c", "from dashboard.beside import main; main()"]
    if sys.platform == "linux":  # this thread waits for its end, so it lives as long as the knot needs
        command = [sys.executable, str(leash.__file__), str(os.getpid()), *command]
    asked = pickle.dumps((work.__module__, work.__qualname__, settings, given))
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, cwd=ROOT, check=False)
    if done.returncode:
        raise NotDone(f"what was to be done beside ended with status {done.returncode}")
    return pickle.loads(done.stdout)  # noqa: S301  written by our own process


def main() -> None:
    """Read what is asked from the standard input, do it, and write what was found to the standard output."""
    logs.install(*log_settings(os.environ))
    os.nice(STEPS_BACK)
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints something
    module, name, settings, given = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  by whoever started us
    work = getattr(import_module(module), name)
    # With a clock: of an auditor the store notes what he reads, and when.
    store = open_store(settings.database_url, clock=lambda: datetime.now(UTC))
    with answer:
        answer.write(pickle.dumps(work(store, settings, *given), pickle.HIGHEST_PROTOCOL))
