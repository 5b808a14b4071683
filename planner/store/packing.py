"""Plans as compressed JSON: everything a plan was made from stays readable years later, without this code.

A plan changed by hand shares most of its documents with the plan before it: nine tenths of the text are the same
objects. So a large part of a document that has been read or kept once is remembered with its compressed text, and
neither written nor compressed nor read a second time. What is kept is one ordinary zlib stream all the same.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

#: texts of fewer signs are not worth remembering
LARGE = 20_000
#: so many documents are remembered: three a plan
KEPT = 24
LEVEL = 6
HEADER, LAST, SUM = b"\x78\x9c", b"\x03\x00", 65_521


@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch of a stream: deflated without regard to what comes before, its length and checksum unpacked."""

    deflated: bytes
    size: int
    adler: int


def piece(text: str) -> Piece:
    """Deflate a text so that it can stand anywhere in a stream."""
    data = text.encode("utf-8")
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Piece(deflate.compress(data) + deflate.flush(zlib.Z_FULL_FLUSH), len(data), zlib.adler32(data))


def joined(pieces: list[Piece]) -> bytes:
    """Join pieces to a zlib stream (RFC 1950; a last block without content ends it).

    >>> zlib.decompress(joined([piece("to"), piece("gether")]))
    b'together'
    """
    low, high = 1, 0
    for one in pieces:
        # The checksum of two texts from those of each (adler32_combine of zlib).
        high = (high + (one.adler >> 16) + one.size * (low - 1)) % SUM
        low = (low + (one.adler & 0xFFFF) - 1) % SUM
    return HEADER + b"".join(one.deflated for one in pieces) + LAST + (high << 16 | low).to_bytes(4, "big")


@dataclass
class Memory:
    """Documents by their packed bytes, and the compressed text of their large parts; the oldest go first.

    A part is known again as the very object that a remembered document holds, which nobody may change.
    """

    values: OrderedDict[bytes, dict[str, Any]] = field(default_factory=OrderedDict)
    parts: dict[int, tuple[object, Piece | None]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def value(self, data: bytes) -> dict[str, Any] | None:
        """Give a document that is remembered."""
        with self.lock:
            if data in self.values:
                self.values.move_to_end(data)
            return self.values.get(data)

    def known(self, part: object) -> tuple[bool, Piece | None]:
        """Say whether a part is one of a remembered document, and give its compressed text if that has been made."""
        with self.lock:
            found = self.parts.get(id(part))
        return (True, found[1]) if found is not None and found[0] is part else (False, None)

    def keep(self, data: bytes, value: dict[str, Any], pieces: dict[int, Piece]) -> None:
        """Remember a document, with the compressed text of those parts of it that are given by their ids."""
        with self.lock:
            self.values[data] = value
            self.values.move_to_end(data)
            while len(self.values) > KEPT:
                self.values.popitem(last=False)
            before = self.parts
            here = [part for one in self.values.values() for part in one.values() if isinstance(part, dict | list)]
            # While a document is remembered its parts live, so that an id is never another object's.
            self.parts = {
                id(one): (one, pieces.get(id(one)) or before.get(id(one), (one, None))[1]) for one in here if one
            }


MEMORY = Memory()


def pack(value: dict[str, Any]) -> bytes:
    """Compress a value as JSON; numpy numbers and arrays become numbers and lists, NaN stays NaN.

    >>> unpack(pack({"week": "2026-W48", "seconds": [0.0, None]}))
    {'week': '2026-W48', 'seconds': [0.0, None]}

    Raises
    ------
    TypeError
        If the value holds something that JSON cannot say.
    """
    return packed(value)[0]


def packed(value: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Compress a value, and give it as it will be read; the answer is remembered, so that reading it is free."""
    pieces: list[Piece] = []
    large: dict[int, Piece] = {}
    read: dict[str, Any] = {}
    told = ""  # what waits to be compressed together
    for number, (key, part) in enumerate(value.items()):
        told += ("," if number else "{") + json_text(str(key)) + ":"
        mine, whole = MEMORY.known(part)
        if whole is None:
            text = json_text(part)
            read[str(key)] = part if mine else json.loads(text)
            if len(text) < LARGE:
                told += text
                continue
            whole = piece(text)
        else:
            read[str(key)] = part
        large[id(read[str(key)])] = whole
        pieces += [piece(told), whole]
        told = ""
    data = joined([*pieces, piece(told + ("}" if value else "{}"))])
    MEMORY.keep(data, read, large)
    return data, read


def json_text(value: object) -> str:
    """Write a value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def unpack(data: bytes) -> dict[str, Any]:
    """Give back what was packed; tuples come back as lists."""
    value = json.loads(zlib.decompress(data).decode("utf-8"))
    assert isinstance(value, dict)
    return value


def unpacked(data: bytes) -> dict[str, Any]:
    """Give back what was packed, the same value to all who ask for the same: it must not be changed.

    Reading a plan of a thousand visits takes a fifth of a second, and a page reads the same one several times.
    """
    value = MEMORY.value(data)
    if value is None:
        value = unpack(data)
        MEMORY.keep(data, value, {})
    return value


@lru_cache(maxsize=256)
def figures_read(text: str) -> dict[str, Any]:
    """Give back figures that were written as JSON, the same value to all who ask: it must not be changed."""
    value = json.loads(text)
    assert isinstance(value, dict)
    return value


def _plain(value: object) -> object:
    to_plain = getattr(value, "tolist", None)
    if to_plain is None:
        raise TypeError(f"a plan cannot keep a {type(value).__name__}")
    return to_plain()
