"""Answers that are kept, so that nobody is asked twice for one address, and forgotten with whoever lives there.

A digest does not hide an address: who guesses one can look it up. So it counts as the person's own.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from geodata.geocoding.answer import UNANSWERED, Answer, Geocoder, Located, Refused
from geodata.geocoding.folding import all_plain

#: after so long an answer is asked anew: maps are mended
KEPT_S = 180 * 86_400.0
#: ``ends``: the digests of what the address ends with, from each blank on, since a list's city and district are put
#: before what was written. Answers of before, in the table ``answer``, had none and are dropped.
_TABLES = """
    DROP TABLE IF EXISTS answer;
    CREATE TABLE IF NOT EXISTS answered (
        key BLOB PRIMARY KEY, ends BLOB NOT NULL, version TEXT NOT NULL, at REAL NOT NULL, said TEXT NOT NULL
    );
"""
_PUT = "INSERT OR REPLACE INTO answered VALUES (?, ?, ?, ?, ?)"


class Kept:
    """A geocoder whose answers are kept in a file, by the address as it is compared.

    The file holds digests of addresses, no addresses, and where they are. An answer of another version of the geocoder
    is asked anew, and stands as long as nobody answers; those older than ``KEPT_S`` are dropped. That nobody answered
    is not kept.

    Parameters
    ----------
    geocoder
        Who is asked for what is not kept.
    path
        An SQLite file, made if it is not there; readable by its owner only.
    clock
        Gives seconds since 1970.
    """

    def __init__(self, geocoder: Geocoder, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._geocoder = geocoder
        self._path = path
        self._clock = clock

    @property
    def version(self) -> str:
        """Name what the answers depend on."""
        return self._geocoder.version

    def all_of(self, addresses: Sequence[str]) -> list[Answer]:
        """Give what is kept, and ask for the rest: each address once."""
        version, now = self.version, self._clock()
        texts = all_plain(addresses)
        keys = [_digest(text) for text in texts]
        with closing(_opened(self._path)) as file:
            file.execute("DELETE FROM answered WHERE at < ?", (now - KEPT_S,))
            known: dict[bytes, Answer] = {}
            earlier: dict[bytes, Answer] = {}
            for key in set(keys):
                row = file.execute("SELECT version, said FROM answered WHERE key = ?", (key,)).fetchone()
                if row:
                    (known if row[0] == version else earlier)[key] = _read(row[1])
            asked = {key: address for key, address in zip(keys, addresses, strict=True) if key not in known}
            file.commit()  # nobody waits for the file while an answer is awaited
            answers = dict(zip(asked, self._geocoder.all_of(list(asked.values())), strict=True)) if asked else {}
            ends = {key: _ends(text) for key, text in zip(keys, texts, strict=True)}
            told = [(k, ends[k], version, now, _written(one)) for k, one in answers.items() if one != UNANSWERED]
            file.executemany(_PUT, told)
            file.commit()
        silent = {key: earlier[key] for key, one in answers.items() if one == UNANSWERED and key in earlier}
        return [(known | answers | silent)[key] for key in keys]


def forget(path: Path, addresses: Sequence[str], *, before: float, clock: Callable[[], float] = time.time) -> int:
    """Overwrite what is kept of some addresses, whatever city or district was put before them, and all that is old.

    Parameters
    ----------
    path
        The file; where there is none, nothing is kept.
    addresses
        As they are written in a list.
    before
        Seconds since 1970: answers of before go all, since an address may have been written otherwise then. So do those
        older than ``KEPT_S`` by the clock.

    Returns
    -------
    int
        How many answers went.
    """
    if not path.is_file():
        return 0
    with closing(_opened(path)) as file:
        gone = file.execute("DELETE FROM answered WHERE at < ?", (max(before, clock() - KEPT_S),)).rowcount
        for text in all_plain([one for one in addresses if one.strip()]):
            gone += file.execute("DELETE FROM answered WHERE instr(ends, ?)", (_digest(text),)).rowcount
        file.commit()
    return gone


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    file = sqlite3.connect(path, timeout=15)
    file.execute("PRAGMA secure_delete = ON")  # where people live: what is dropped is overwritten
    file.executescript(_TABLES)
    return file


def _digest(text: str) -> bytes:
    return hashlib.blake2b(" ".join(text.split()).encode(), digest_size=16).digest()


def _ends(text: str) -> bytes:
    words = text.split()
    return b"".join(_digest(" ".join(words[n:])) for n in range(len(words)))


def _written(answer: Answer) -> str:
    return json.dumps(asdict(answer))


def _read(said: str) -> Answer:
    values = json.loads(said)
    return Refused(**values) if "why" in values else Located(**values)
