"""What the first reader of a fresh application would have to wait for, done beside its start."""

from __future__ import annotations

import gc
import importlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from dashboard.services import everywhere, services
from planner.week import iso_week

LOG = logging.getLogger("rounds")
PAGES = "dashboard.navigation"
#: Python goes through all objects after so many new ones, by reckoning every six minutes with thirty people: by itself
#: it does two to three times a minute, .2 s in which nobody is answered, and finds a few thousand
COLLECTED_AFTER = (5_000, 10, 20)
#: of so many branches the plan of the week is read ahead
BRANCHES = 2


@contextmanager
def pages_ahead() -> Iterator[None]:
    """Load the pages' code and read the newest plans of the week while the application starts."""
    threading.Thread(target=load, name="pages ahead", daemon=True).start()
    yield


def load() -> None:
    """Load and read; what cannot be read now is read, and told, when somebody asks for it."""
    importlib.import_module(PAGES)
    try:
        read_plans()
    except Exception as error:
        LOG.info("plans could not be read ahead", extra={"kind": type(error)})
    # What is there now stays: Python's collector need not go through all of it again in the middle of a click.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


def read_plans() -> int:
    """Read the newest plan of this week of the first branches; gives how many there were.

    The store remembers documents that it has unpacked (``planner.store.packing.unpacked``): that is all that is kept.
    """
    kit, read = services(), 0
    asking = everywhere(kit.store, "pages")
    for branch in kit.store.branches(asking)[:BRANCHES]:
        week = iso_week(kit.now().astimezone(ZoneInfo(branch.timezone)).date())
        for row in kit.store.plans(asking, branch.code, week)[:1]:
            kit.store.plan(asking, row.plan_id)
            read += 1
    return read
