"""How long the phone's routes take at the server: a crew's day, its map, the rest planned again, a change taken.

Run on the demo that ``make setup`` made (a copy of it): ``python -m benchmarks.collectors_day``.
"""

from __future__ import annotations

import json
import tempfile
import time
from datetime import UTC, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from planner.domain import Principal, Role
from planner.store import open_store
from planner.view import week_view
from tests.browser.demo import BRANCH, copy_demo
from tests.browser.server import application

TIMES = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = copy_demo(Path(folder))
        manager = Principal(f"manager.{BRANCH}", Role.MANAGER, frozenset({BRANCH}))
        store = open_store(f"sqlite:///{demo.database}")
        row = next(one for one in store.plans(manager, BRANCH, demo.week) if one.in_force)
        routes = week_view(store, manager, row.plan_id).routes
        route = next(one for one in routes if (one.crew_id, one.day) == (demo.crew_id, demo.day))
        store.close()
        moment = (route.shift_starts_at + timedelta(hours=2)).astimezone(UTC)
        with application(demo.var, moment) as address:

            def call(path: str, body: dict[str, Any] | None = None) -> tuple[float, int, Any]:
                headers = {"cookie": f"rounds_role=collector.{demo.crew_id}", "origin": address}
                data = None if body is None else json.dumps(body).encode()
                url = address + demo.phone.replace("/m/", "/m/api/") + path
                began = time.perf_counter()
                with urlopen(Request(url, data, {**headers, "content-type": "application/json"})) as answer:
                    said = answer.read()
                return time.perf_counter() - began, len(said), json.loads(said)

            late = {"kind": "late", "minutes": 30, "pinned": []}
            for name, path, body in (("day", "", None), ("map", "/map", None), ("plan again", "/replan", late)):
                found = [call(path, body) for _ in range(TIMES)]
                seconds = [one[0] for one in found]
                print(f"{name:11} first {seconds[0]:.2f} s, median {median(seconds[1:]):.2f} s, {found[-1][1]:,} bytes")
            shown = call("/replan", late)[2]["ways"][0]
            change = {"change_id": str(uuid4()), "digest": shown["digest"], "asked": shown["asked"]}
            print(f"taken       {call('/change', change)[0]:.2f} s, once more {call('/change', change)[0]:.2f} s")


if __name__ == "__main__":
    main()
