"""Plans as compressed JSON: everything a plan was made from stays readable years later, without this code."""

from __future__ import annotations

import json
import zlib
from functools import lru_cache
from typing import Any


def pack(value: dict[str, Any]) -> bytes:
    """Compress a value as JSON; numpy numbers and arrays become numbers and lists, NaN stays NaN.

    >>> unpack(pack({"week": "2026-W48", "seconds": [0.0, None]}))
    {'week': '2026-W48', 'seconds': [0.0, None]}

    Raises
    ------
    TypeError
        If the value holds something that JSON cannot say.
    """
    return zlib.compress(json_text(value).encode("utf-8"), 6)


def json_text(value: object) -> str:
    """Write a value as compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def unpack(data: bytes) -> dict[str, Any]:
    """Give back what was packed; tuples come back as lists."""
    value = json.loads(zlib.decompress(data).decode("utf-8"))
    assert isinstance(value, dict)
    return value


@lru_cache(maxsize=18)
def unpacked(data: bytes) -> dict[str, Any]:
    """Give back what was packed, the same value to all who ask for the same: it must not be changed.

    Reading a plan of a thousand visits takes a fifth of a second, and a page reads the same one several times.
    """
    return unpack(data)


def _plain(value: object) -> object:
    to_plain = getattr(value, "tolist", None)
    if to_plain is None:
        raise TypeError(f"a plan cannot keep a {type(value).__name__}")
    return to_plain()
