"""How long a day pack takes: its parts and the taking back at the server; key, unlocking and size in a Chromium.

Run on the demo that ``make setup`` made (a copy of it): ``python -m benchmarks.day_pack``.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, sync_playwright

from planner.domain import Principal, Role
from planner.store import open_store
from planner.view import RouteView, week_view
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.demo import BRANCH, Demo, copy_demo
from tests.browser.server import application

TIMES = 5
PART = 8
KEY = """async () => {
  const began = performance.now();
  await roundsSeal.key(roundsSeal.phrase(), { rounds: 600000, salt: roundsSeal.random(16) });
  return performance.now() - began;
}"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = copy_demo(Path(folder))
        route = chosen(demo)
        moment = (route.shift_starts_at + timedelta(hours=2)).astimezone(UTC)
        path = next(filter(None, map(shutil.which, CHROMIUM)))
        with application(demo.var, moment) as address, sync_playwright() as engine:
            browser = engine.chromium.launch(executable_path=path, args=FLAGS)
            context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844})
            context.clock.install(time=moment)
            context.add_cookies([{"name": "rounds_role", "value": f"collector.{demo.crew_id}", "url": address}])
            page = context.new_page()
            server(page, demo, address, moment.isoformat())
            phone(page, demo, Path(folder))
            browser.close()


def chosen(demo: Demo) -> RouteView:
    """Give the route of the demo's day."""
    manager = Principal(f"manager.{BRANCH}", Role.MANAGER, frozenset({BRANCH}))
    store = open_store(f"sqlite:///{demo.database}")
    row = next(one for one in store.plans(manager, BRANCH, demo.week) if one.in_force)
    routes = week_view(store, manager, row.plan_id).routes
    store.close()
    return next(one for one in routes if (one.crew_id, one.day) == (demo.crew_id, demo.day))


def server(page: Page, demo: Demo, address: str, at: str) -> None:
    """Time the two routes at the server."""
    api = demo.phone.replace("/m/", "/m/api/")

    def call(path: str, body: dict[str, Any]) -> tuple[float, Any]:
        began = time.perf_counter()
        answer = page.request.post(api + path, headers={"origin": address}, data=body)
        assert answer.ok, answer.text()
        return time.perf_counter() - began, answer.json()

    seconds = [call("/pack", {"pack_id": str(uuid4())})[0] for _ in range(TIMES)]
    print(f"parts of a pack   first {seconds[0]:.2f} s, median {median(seconds[1:]):.2f} s")
    stops = page.request.get(api).json()["stops"][:PART]
    entries = [
        {"path": "/outcome", "body": {"outcome_id": str(uuid4()), "debtor_id": one["debtor_id"], "code": "NOT_HOME",
                                      "place_id": one["place_id"], "started_at": at, "ended_at": at}}
        for one in stops
    ]  # fmt: skip
    sent = {"crew": demo.crew_id, "day": demo.day.isoformat(), "entries": entries}
    print(f"{PART} entries taken   {call('/upload', sent)[0]:.2f} s, once more {call('/upload', sent)[0]:.2f} s")


def phone(page: Page, demo: Demo, folder: Path) -> None:
    """Time making, deriving the key and unlocking in the browser."""
    page.goto(f"{demo.phone}/pack")
    keys = [page.evaluate(KEY) for _ in range(TIMES)]
    print(f"key, 600,000 rounds  median {median(keys):.0f} ms")
    page.locator("#make").click()
    page.locator("#phrase").wait_for()
    phrase = page.locator("#phrase").inner_text()
    with page.expect_download() as saving:
        page.locator("#save").click()
    file = folder / saving.value.suggested_filename
    saving.value.save_as(file)
    took = []
    for _ in range(TIMES):
        page.goto(file.as_uri())
        page.locator("#lock-phrase").fill(phrase)
        began = time.perf_counter()
        page.locator("#lock-open").click()
        page.locator("#list li button").first.wait_for()
        took.append(time.perf_counter() - began)
    print(f"unlocked          median {median(took):.2f} s; the file has {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
