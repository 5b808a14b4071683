"""How much memory a worker has with everything it started, and an end to a search that has too much.

Dask watches its worker alone; the search is a process of its own, and most of the memory is there. The road engine is
no part of it: all workers of the machine share it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

LOOK_S = 0.5
MB = 1_000_000
ENGINE = "osrm-routed"


@dataclass
class Used:
    """What was seen: the peak in megabytes, and whether the search was ended for it."""

    peak_mb: float = 0.0
    ended: bool = False


@contextmanager
def bounded(limit_mb: float, *, solver: int | None = None) -> Iterator[Used]:
    """Watch this process while the block lasts; what it starts in it is killed when all have more than the limit.

    ``solver`` is a process that was started before and is watched and killed like one of the block.
    """
    used, over = Used(), threading.Event()
    process = psutil.Process()
    before = frozenset(one.pid for one in process.children(recursive=True)) - {solver}

    def watch() -> None:
        while True:
            children = started(process, before)
            now_mb = sum(map(resident, (process, *children))) / MB
            used.peak_mb = max(used.peak_mb, now_mb)
            if now_mb > limit_mb and children:
                used.ended = True
                for one in children:
                    kill(one)
            if over.wait(LOOK_S):
                return

    thread = threading.Thread(target=watch, name="memory", daemon=True)
    thread.start()
    try:
        yield used
    finally:
        over.set()
        thread.join()


def started(process: psutil.Process, before: frozenset[int] = frozenset()) -> list[psutil.Process]:
    """Give what a process has started, the road engine aside and whoever ends it with this process.

    Left out is what was there before, by its ids, with all that it has started since: a search is none of it.

    Elsewhere than on Linux that is a process between the two (``geodata/roads/leash.py``): killed, it would leave the
    engine behind.
    """
    children = process.children(recursive=True)
    engines = [one for one in children if name_of(one) == ENGINE]
    spared = {one.pid for one in engines} | {parent_of(one) for one in engines}
    old, more = set[int](), set(before)
    while more:
        old |= more
        more = {one.pid for one in children if one.pid not in old and parent_of(one) in old}
    return [one for one in children if one.pid not in spared | old]


def parent_of(process: psutil.Process) -> int:
    """Give the id of whoever started a process; 0 if it is gone."""
    try:
        return int(process.ppid())
    except psutil.Error:
        return 0


def name_of(process: psutil.Process) -> str:
    """Name a process; nothing if it is gone."""
    try:
        return str(process.name())
    except psutil.Error:
        return ""


def resident(process: psutil.Process) -> int:
    """Give the bytes that a process has in memory, shared ones included; 0 if it is gone."""
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def kill(process: psutil.Process) -> None:
    """End a process, if it is still there."""
    try:
        process.kill()
    except psutil.Error:
        return
