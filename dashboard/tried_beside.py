"""Slots of a plan tried by a process of its own that stays, so that it takes no time from everybody else's pages.

Trying the slots of one visit takes a tenth of a second to half of one, for each stop that anybody looks at, all of it
Python's. The process is told each plan once, keeps the last few, ends with this one and steps back behind its pages.
What it finds comes back pickled over a pipe that nobody else holds. Without it, slots are tried where they are asked.
"""

from __future__ import annotations

import logging
import os
import pickle
import struct
import subprocess
import sys
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from geodata.roads import leash
from planner.why import Here, NotHere, Standing, why_here, why_not

LOG = logging.getLogger("rounds")
ROOT = Path(__file__).parent.parent
#: how far it steps back behind pages and phones
STEPS_BACK = 5
#: so many plans it keeps, of some 45 MB for a thousand debtors
KEPT = 4
#: what comes before each message: its length
LENGTH = struct.Struct("!Q")

Reasons = Here | NotHere | None


class Gone(Exception):
    """The other process has ended, or did not understand; it has logged why."""


def reasons(of: Standing, debtor: str) -> Reasons:
    """Give why a visit is where it is, or where somebody left out would fit."""
    return why_here(of, debtor) or why_not(of, debtor)


@dataclass
class TriedBeside:
    """Asks the other process, one question after the other, and starts it when it is first asked.

    The thread that asks is the one that started it, and lives as long: the process is tied to it (``leash``).
    """

    asking: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="slots"))
    process: subprocess.Popen[bytes] | None = None
    #: what each plan that stands is called: one that is stood up anew is another
    called: WeakKeyDictionary[Standing, str] = field(default_factory=WeakKeyDictionary)

    def ask(self, of: Standing, debtor: str) -> Future[Reasons]:
        """Begin to find the reasons of a visit."""
        return self.asking.submit(self._answer, of, debtor)

    def _answer(self, of: Standing, debtor: str) -> Reasons:
        plan = self.called.setdefault(of, str(uuid4()))
        try:
            known, found = self._said(plan, None, debtor)
            return found if known else self._said(plan, of, debtor)[1]
        except (Gone, OSError, EOFError, pickle.PickleError) as error:
            LOG.warning("slots are tried by the pages' own process", extra={"kind": type(error)})
            self.close()
            return reasons(of, debtor)

    def _said(self, plan: str, of: Standing | None, debtor: str) -> tuple[bool, Reasons]:
        if self.process is None:
            self.process = started()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        send(self.process.stdin, (plan, of, debtor))
        answer: tuple[bool, Reasons] = receive(self.process.stdout)
        return answer

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def started() -> subprocess.Popen[bytes]:
    """Start the process, tied to this thread."""
    command = [sys.executable, "-c", "from dashboard.tried_beside import main; main()"]
    if sys.platform == "linux":
        command = [sys.executable, str(leash.__file__), str(os.getpid()), *command]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)


def send(pipe: IO[bytes], said: Any) -> None:
    """Write a message."""
    data = pickle.dumps(said, pickle.HIGHEST_PROTOCOL)
    pipe.write(LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read a message.

    Raises
    ------
    Gone
        If there is none any more.
    """
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise Gone("no answer")
    return pickle.loads(pipe.read(LENGTH.unpack(head)[0]))  # noqa: S301  written by our own process


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until there are no more questions; a plan that is not known is asked for once more."""
    kept: OrderedDict[str, Standing] = OrderedDict()
    while True:
        try:
            plan, of, debtor = receive(asked)
        except Gone:
            return
        if of is not None:
            kept[plan] = of
            while len(kept) > KEPT:
                kept.popitem(last=False)
        if plan not in kept:
            send(answers, (False, None))
            continue
        kept.move_to_end(plan)
        send(answers, (True, reasons(kept[plan], debtor)))


def main() -> None:
    """Be the other process."""
    os.nice(STEPS_BACK)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints something
    with answers:
        serve(sys.stdin.buffer, answers)
