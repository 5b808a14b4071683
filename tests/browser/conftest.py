"""The application as it is started by hand, on a copy of the demo, and a real Chromium that is watched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.demo import VAR, Demo, copy_demo
from tests.browser.server import application
from tests.browser.watch import Watch

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # A request that leaves is seen by the watch, and gets nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
PATIENCE_MS = 20_000

OpenPage = Callable[..., Page]
HERE = Path(__file__).parent
#: What a browser says when it waited in vain. On a machine that others use too it may be right the second time; it is
#: then counted as "rerun" in the last line. Anything else fails at once.
IN_VAIN = ["TimeoutError", "AssertionError: Locator expected", "AssertionError: Page URL expected"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give a browser's test one more try where the first one waited in vain."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=IN_VAIN))


def missing(what: str) -> None:
    """Skip for want of a component on somebody's desk; in continuous integration that is a failure."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    if not (VAR / "rounds.sqlite").is_file():
        missing("The demo is not set up: run make setup.")
    return copy_demo(tmp_path_factory.mktemp("var"))


@pytest.fixture(scope="session")
def app(demo: Demo) -> Iterator[str]:
    """Run the application; gives its address."""
    with application(demo.var) as address:
        yield address


@pytest.fixture(scope="module")  # one that lived longer would stand in the way of another folder's browser
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, (os.environ.get("ROUNDS_CHROMIUM", ""), *CHROMIUM))), None)
    if found is None:
        missing("No Chromium is found: install one, or set ROUNDS_CHROMIUM to its path.")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, app: str) -> Iterator[OpenPage]:
    """Open pages as somebody, in a language and size; what must not happen in any of them fails the test at its end."""
    windows = []

    def opened(
        path: str = "/",
        *,
        role: str = "manager.YX01",
        language: str = "en",
        size: tuple[int, int] = (1440, 900),
        touch: bool = False,
        other: str = "",
        clock: datetime | None = None,
    ) -> Page:
        """Open a page, of another application where its address is given; ``clock`` is what the window believes."""
        base = other or app
        context = browser.new_context(
            base_url=base,
            viewport={"width": size[0], "height": size[1]},
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            timezone_id="Asia/Shanghai",
            has_touch=touch,
            reduced_motion="reduce",  # what moves without end is drawn without end, by the processor
        )
        context.set_default_timeout(PATIENCE_MS)
        if clock is not None:
            context.clock.install(time=clock)
        context.add_cookies(
            [
                {"name": name, "value": value, "url": base}
                for name, value in (("rounds_role", role), ("rounds_language", language))
            ]
        )
        windows.append((context, Watch().over(context)))
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    try:
        for context, watch in windows:
            watch.check(context)
    finally:
        for context, _watch in windows:
            context.close()
