"""How what was built takes its place in a folder: at once, and nothing is lost when one is killed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take_place(work: Path, folder: Path) -> None:
    """Put the new folder in place of the old. A server that runs has its data in memory and is not disturbed."""
    old = work.with_name(work.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    work.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Tidy up after one that was killed while it took its place: what was there before is back, or gone for good."""
    for old in folder.parent.glob(f".{folder.name}.*.part.old"):
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(folder)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other process builds this region."""
    import fcntl  # not on Windows, where nothing else of this module needs it

    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
