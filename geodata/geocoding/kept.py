"""Answers that are kept, so that nobody is asked twice for one address."""

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
_TABLE = "CREATE TABLE IF NOT EXISTS answer (key BLOB PRIMARY KEY, version TEXT NOT NULL, at REAL NOT NULL, said TEXT)"
_PUT = "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)"


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
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in all_plain(addresses)]
        with closing(self._opened()) as file:
            file.execute("DELETE FROM answer WHERE at < ?", (now - KEPT_S,))
            known: dict[bytes, Answer] = {}
            earlier: dict[bytes, Answer] = {}
            for key in set(keys):
                row = file.execute("SELECT version, said FROM answer WHERE key = ?", (key,)).fetchone()
                if row:
                    (known if row[0] == version else earlier)[key] = _read(row[1])
            asked = {key: address for key, address in zip(keys, addresses, strict=True) if key not in known}
            file.commit()  # nobody waits for the file while an answer is awaited
            answers = dict(zip(asked, self._geocoder.all_of(list(asked.values())), strict=True)) if asked else {}
            told = [(key, version, now, _written(one)) for key, one in answers.items() if one != UNANSWERED]
            file.executemany(_PUT, told)
            file.commit()
        silent = {key: earlier[key] for key, one in answers.items() if one == UNANSWERED and key in earlier}
        return [(known | answers | silent)[key] for key in keys]

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        file = sqlite3.connect(self._path, timeout=15)
        file.execute("PRAGMA secure_delete = ON")  # where people live: what is dropped is overwritten
        file.execute(_TABLE)
        return file


def _written(answer: Answer) -> str:
    return json.dumps(asdict(answer))


def _read(said: str) -> Answer:
    values = json.loads(said)
    return Refused(**values) if "why" in values else Located(**values)
