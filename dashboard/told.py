"""Which files of ``/media`` somebody was told of: only those are given to him, whoever else is signed in.

Streamlit names a file by a hash of its contents and gives it to everybody who knows the name. The gate sees every frame
that goes to a page, so it knows to whom a file's address was sent; it forgets the oldest, and all of them with the
process, as Streamlit does with the files.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from planner.domain import Principal

IN_FRAME = re.compile(rb"/media/(\w+)")
MOST = 50_000


@dataclass(frozen=True)
class Told:
    """Remembers addresses of files by whom they were sent to."""

    files: OrderedDict[tuple[Principal, bytes], None] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, principal: Principal, frame: bytes) -> None:
        """Remember the files that a frame names."""
        named = set(IN_FRAME.findall(frame))
        if not named:
            return
        with self.lock:
            for one in named:
                self.files[principal, one] = None
                self.files.move_to_end((principal, one))
            while len(self.files) > MOST:
                self.files.popitem(last=False)

    def may_have(self, principal: Principal, path: str) -> bool:
        """Say whether somebody may have what lies at a path: any but a file of which only others were told."""
        if not path.startswith("/media/"):
            return True
        found = IN_FRAME.match(path.encode())
        return found is not None and (principal, found[1]) in self.files
