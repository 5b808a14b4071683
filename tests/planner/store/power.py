"""Power cuts of SQLite, simulated: what a disk holds of the files at any moment if it kept only what was synced.

A process of its own writes through the store with a layer between SQLite and the file system: each write, truncation
and sync is noted in order, and so is each outcome that the store has acknowledged. From these notes the files can be
built as they were on the disk at any moment: as of their last sync, or with some of the later writes, in any choice.
The layer is registered in the very library that Python's ``sqlite3`` uses, so the store runs unchanged.
"""

from __future__ import annotations

import _sqlite3
import ctypes as c
import pickle
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import planner.store.connect as connecting
from planner.store import open_store
from tests.planner.store.factories import HERE, NOW, outcome, outcomes, principal

#: pages in the write-ahead log after which they go to the database itself: small, so that cuts hit that too
CHECKPOINT = 24
WRITE, TRUNCATE, SYNC, SAID = range(4)
Note = tuple[int, str, Any, Any]


class Vfs(c.Structure):
    """SQLite's ``sqlite3_vfs``: the file system as it sees it."""

    _fields_ = [
        ("version", c.c_int), ("file_size", c.c_int), ("longest_path", c.c_int), ("next", c.c_void_p),
        ("name", c.c_char_p), ("data", c.c_void_p), ("open", c.c_void_p), ("others", c.c_void_p * 14),
    ]  # fmt: skip


class Methods(c.Structure):
    """SQLite's ``sqlite3_io_methods``: what can be done with an open file."""

    _fields_ = [
        ("version", c.c_int), ("close", c.c_void_p), ("read", c.c_void_p), ("write", c.c_void_p),
        ("truncate", c.c_void_p), ("sync", c.c_void_p), ("others", c.c_void_p * 13),
    ]  # fmt: skip


# The name goes through as the pointer that it is: SQLite keeps it for as long as the file is open.
OPEN = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p, c.c_void_p, c.c_int, c.POINTER(c.c_int))
PUT = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p, c.c_int, c.c_int64)
CUT = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_int64)
FLUSH = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_int)


def library() -> str:
    """Give the file of the SQLite that Python uses, "" where it is built in and cannot be reached from outside."""
    assert _sqlite3
    loaded = [line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libsqlite3" in line]
    return loaded[0] if loaded else ""


class Watched:
    """The layer. Made once in a process, before any database is opened there; it lives until the process ends."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.names: dict[int, str] = {}
        sqlite = c.CDLL(library())
        sqlite.sqlite3_vfs_find.restype = c.POINTER(Vfs)
        below = sqlite.sqlite3_vfs_find(None).contents
        self.vfs = Vfs()
        c.pointer(self.vfs)[0] = below
        self.below_open = OPEN(below.open)
        self.kept: list[Any] = [OPEN(self.open), PUT(self.write), CUT(self.truncate), FLUSH(self.sync), below]
        self.methods: dict[int, Methods] = {}
        self.vfs.name, self.vfs.open = b"watched", c.cast(self.kept[0], c.c_void_p)
        assert sqlite.sqlite3_vfs_register(c.byref(self.vfs), 1) == 0

    def open(self, vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        status = int(self.below_open(vfs, name, file, flags, out))
        table = c.cast(file, c.POINTER(c.c_void_p))
        if status != 0 or name is None or not table[0]:
            return status
        if table[0] not in self.methods:
            below = c.cast(table[0], c.POINTER(Methods)).contents
            mine = Methods()
            c.pointer(mine)[0] = below
            mine.write, mine.truncate, mine.sync = (c.cast(one, c.c_void_p) for one in self.kept[1:4])
            self.methods[table[0]] = mine
            self.below_write, self.below_truncate = PUT(below.write), CUT(below.truncate)
        table[0] = c.addressof(self.methods[table[0]])
        self.names[file] = Path(c.string_at(name).decode()).name
        return status

    def write(self, file: int, data: int, size: int, at: int) -> int:
        self.notes.append((WRITE, self.names[file], at, c.string_at(data, size)))
        return int(self.below_write(file, data, size, at))

    def truncate(self, file: int, size: int) -> int:
        self.notes.append((TRUNCATE, self.names[file], size, None))
        return int(self.below_truncate(file, size))

    def sync(self, file: int, _flags: int) -> int:
        self.notes.append((SYNC, self.names[file], None, None))
        return 0  # the notes are our disk


class Disk:
    """The files as a disk holds them: ``synced`` for certain, ``since`` perhaps."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.synced = {name: bytearray(data) for name, data in files.items()}
        self.since: dict[str, list[Note]] = {}

    def take(self, note: Note) -> None:
        kind, name = note[:2]
        if kind == SYNC:
            self.synced[name] = _applied(self.synced.get(name, bytearray()), self.since.pop(name, []))
        elif kind != SAID:
            self.since.setdefault(name, []).append(note)

    def cut(self, folder: Path, chance: random.Random | None) -> None:
        """Write the files as they are after a power cut; by ``chance`` some of what was not synced is there too."""
        for name in {*self.synced, *self.since}:
            some = [one for one in self.since.get(name, []) if chance is not None and chance.random() < 0.5]
            (folder / name).write_bytes(_applied(bytearray(self.synced.get(name, b"")), some))


def _applied(data: bytearray, notes: Sequence[Note]) -> bytearray:
    for kind, _name, at, written in notes:
        if kind == TRUNCATE:
            del data[at:]
        else:
            data.extend(b"\0" * (at + len(written) - len(data)))
            data[at : at + len(written)] = written
    return data


def cuts(before: dict[str, bytes], notes: Sequence[Note], count: int, seed: int) -> Iterator[tuple[Disk, set[str]]]:
    """Give the disk at so many moments, and what the store had acknowledged until then."""
    moments = sorted(random.Random(seed).sample(range(1, len(notes)), min(count, len(notes) - 1)))
    disk, said, at = Disk(before), set[str](), 0
    for moment in moments:
        for note in notes[at:moment]:
            disk.take(note)
            if note[0] == SAID:
                said.add(note[1])
        at = moment
        yield disk, said


def main(url: str, log: str, count: str, synchronous: str) -> None:
    """Record outcomes one by one and leave the notes behind."""
    watched = Watched()
    words = [f"synchronous={synchronous}" if one.startswith("synchronous") else one for one in connecting.PRAGMAS]
    connecting.PRAGMAS = (*words, f"wal_autocheckpoint={CHECKPOINT}")
    store = open_store(url)
    for k in range(int(count)):
        store.save_outcomes(principal(), HERE, outcomes(outcome(f"o{k}")), now=NOW)
        watched.notes.append((SAID, f"o{k}", None, None))
    Path(log).write_bytes(pickle.dumps(watched.notes))


if __name__ == "__main__":
    main(*sys.argv[1:])
