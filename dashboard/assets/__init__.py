"""Our own scripts and styles, and the addresses under which the application serves them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
#: what a map's frame runs, served as one: the frame asks for one script after the other
FRAME = "frame.js"
#: what a crew's day runs, served as one; a day that is taken along holds the same script, and the one that opens it
DAY, PACK = "day.js", "pack.js"
#: what seals a day to be taken along, and what opens a file that comes back
TAKE, BRING = "take.js", "bring.js"
PARTS = {
    FRAME: (
        *("basemap_style.js", "basemap_data.js", "basemap_pieces.js", "basemap.js", "basemap_tiles.js"),
        *("map.js", "left.js", "timeline.js", "week.js"),
    ),
    DAY: (
        *("day_base.js", "day_map.js", "day_record.js", "day_arrived.js", "day_change.js", "day_page.js"),
        "day_safety.js",
    ),
    PACK: ("pack_seal.js", "pack_open.js"),
    TAKE: ("pack_seal.js", "pack_make.js"),
    BRING: ("pack_seal.js", "pack_upload.js"),
}
SERVED = (
    *("map.js", "map.css", FRAME, "week.css"),
    *(DAY, TAKE, BRING, "phone.css", "plain.css", "appearance.js"),
    *("phone_more.css", "day_files.js", "attend.js", "keyboard.js", "asleep.js", "sign_in.css"),
)


@lru_cache(maxsize=32)
def content(name: str) -> bytes:
    """Give what is served under a name."""
    return b"\n".join((FOLDER / part).read_bytes() for part in PARTS.get(name, (name,)))


@lru_cache(maxsize=32)
def version(name: str) -> str:
    """Give the version of one of our files: a new content is a new address, so that a browser may keep the old one."""
    return hashlib.sha256(content(name)).hexdigest()[:12]


def address(name: str) -> str:
    """Give the path of one of our files under ``/assets``, with its version.

    >>> address("map.js").startswith("rounds/map.js?v=")
    True
    """
    return f"rounds/{name}?v={version(name)}"
