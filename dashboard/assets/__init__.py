"""Our own scripts and styles, and the addresses under which the application serves them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
SERVED = (
    *("basemap.js", "map.js", "map.css", "week.js", "left.js", "timeline.js", "week.css"),
    *("phone.js", "phone.css", "plain.css"),
)


@lru_cache(maxsize=32)
def version(name: str) -> str:
    """Give the version of one of our files: a new content is a new address, so that a browser may keep the old one."""
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


def address(name: str) -> str:
    """Give the path of one of our files under ``/assets``, with its version.

    >>> address("map.js").startswith("rounds/map.js?v=")
    True
    """
    return f"rounds/{name}?v={version(name)}"
