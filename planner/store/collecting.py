"""Many rows without Python looking for circles among them.

Rows of a list are a million small objects without a circle among them, and each look at all of them takes as long as
what is done with some. What other threads leave behind meanwhile waits a few seconds.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Look for no circles in this block; whoever paused first goes on with it."""
    mine = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if mine:
            gc.enable()
