"""One set-up at a time in a folder: two at once would plan the same week twice and spoil the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def alone(lock: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Let the block run while no other process holds the lock; who has to wait says so.

    The system lets go of the lock when its holder ends, however that happens: a set-up that was killed bars nobody.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock)
    try:
        held.acquire(blocking=False)
    except Timeout:
        say("Another set-up is at work in this folder: waiting for its end, then only what it has not done is done.")
        held.acquire()
    try:
        yield
    finally:
        held.release()
