"""Basemaps of an earlier version are cut into pieces while the application starts; until then they are shown whole."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.services import services
from geodata.roads.publishing import cut_published

LOG = logging.getLogger("rounds")


@contextmanager
def basemaps_cut() -> Iterator[None]:
    """Cut what was published whole; what cannot be cut goes on being shown from its one file."""
    threading.Thread(target=cut, name="basemaps", daemon=True).start()
    yield


def cut() -> None:
    """Cut, and log what came of it where there was anything to do."""
    try:
        done = cut_published(services().settings.paths.basemap)
    except (OSError, ValueError) as error:
        LOG.warning("a basemap of an earlier version is shown whole", extra={"kind": type(error)})
        return
    if done:
        LOG.info("basemaps of an earlier version were cut into pieces")
