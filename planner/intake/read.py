"""Read an overdue list in a child process with limits, so that a file made to do harm harms nothing but that process.

The child gets the request as JSON on its standard input and answers on its standard output: one line of JSON (report
and issues, or why the file cannot be read), then the accepted rows in Arrow's format. Nothing is written to disk.
"""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd

from planner.intake.check import Checked
from planner.intake.issue import Issue, Severity, UnreadableList
from planner.intake.profile import Profile
from planner.intake.waiting import WAITING, answer, started

TOO_BIG = "The file needs more memory or time to read than is allowed; split the list into smaller files."


@dataclass(frozen=True)
class Limits:
    """What reading one file may use: a list as pages take it, or (``LARGE``) up to a million rows."""

    file_bytes: int = 160 * 2**20
    memory_bytes: int = 2**30
    cpu_s: int = 20
    wall_s: int = 120


#: A page takes 20 MB; what is larger comes by command.
LARGE_FROM = 20 * 2**20
#: The limit counts addresses, of which a quarter is never touched: a million rows stay under 2 GiB of memory.
LARGE = Limits(memory_bytes=5 * 2**29, cpu_s=120, wall_s=600)


def limits_for(size: int) -> Limits:
    """Give the limits for a file of so many bytes: memory and time of the processor; the wall time is a last resort."""
    return LARGE if size > LARGE_FROM else Limits()


def read_list(path: Path, profile: Profile, *, today: date, limits: Limits | None = None) -> Checked:
    """Read and check a CSV or XLSX list; nothing is stored.

    Bad rows are no error: they are in ``Checked.issues``.

    Raises
    ------
    UnreadableList
        If nothing can be read at all; the message is one sentence for the user.
    RuntimeError
        If the child fails by a fault of ours.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise UnreadableList(f"The file {path.name} cannot be opened: {error.strerror or error}.") from None
    limits = limits or limits_for(size)
    if size > limits.file_bytes:
        raise UnreadableList(f"The file is larger than {limits.file_bytes // 2**20} MB; split the list.")
    request = {
        "path": str(path.resolve()),
        "profile": profile.as_dict(),
        "today": today.isoformat(),
        "memory_bytes": limits.memory_bytes,
        "cpu_s": limits.cpu_s,
    }
    # Addresses are located next, with an engine that takes a while to load: it is loaded while the child reads.
    Thread(target=import_module, args=("polars",)).start()
    asked = json.dumps(request).encode()
    try:
        status, said, complained = answer(WAITING.taken(), asked, wall_s=limits.wall_s)
        if not status and not said:  # it had waited too long and was just leaving
            status, said, complained = answer(started(), asked, wall_s=limits.wall_s)
    except subprocess.TimeoutExpired:
        raise UnreadableList(TOO_BIG) from None
    # Killed by a signal: the CPU limit, or an engine that aborts when it gets no memory.
    if status < 0:
        raise UnreadableList(TOO_BIG)
    if status:
        raise RuntimeError(f"the child that reads lists failed: {complained.decode(errors='replace')[-2000:]}")
    head, _, rows = said.partition(b"\n")
    told: dict[str, Any] = json.loads(head)
    if "unreadable" in told:
        raise UnreadableList(told["unreadable"])
    issues = tuple(
        Issue(**(one | {"severity": Severity(one["severity"]), "facts": tuple(tuple(fact) for fact in one["facts"])}))
        for one in told["issues"]
    )
    report = told["report"] | {"issues": [one.as_dict() for one in issues]}
    return Checked(pd.read_feather(io.BytesIO(rows)), issues, report)
