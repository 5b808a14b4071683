"""Settings of all tests: continuous integration draws the same examples every time, the long run many more of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import is_hypothesis_test, settings

from tests import order

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import Scheduling

#: how many times as many examples ``make test-long`` draws
LONG_FACTOR = 20
LONG = bool(os.environ.get("ROUNDS_LONG"))

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") and not LONG else "dev")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Let workers that take whole files take them in our order."""
    return order.InOrder(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in order, and raise the number of examples of every property in the long run.

    Properties that state their full count keep it.
    """
    items.sort(key=lambda item: order.place(item.nodeid.split("::", 1)[0]))
    if not LONG:
        return
    short = (item for item in items if isinstance(item, pytest.Function) and not item.get_closest_marker("long"))
    for test in {item.obj for item in short}:
        if is_hypothesis_test(test):
            mine = getattr(test, "_hypothesis_internal_use_settings", settings())
            # Methods are bound anew at every look, so the function under them keeps the settings.
            bare = getattr(test, "__func__", test)
            bare._hypothesis_internal_use_settings = settings(mine, max_examples=LONG_FACTOR * mine.max_examples)
