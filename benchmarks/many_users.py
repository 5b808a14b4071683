"""Many people at once on one process: python -m benchmarks.many_users [--sessions 30] [--seconds 180] [--think 10].

The application as a bank runs it, with accounts, on a copy of the demo (``--postgres``: on a private PostgreSQL), and
sessions by Streamlit's own websocket protocol and the phone's own routes, on loopback: of thirty, twelve managers on
the page Week (days, stops of map and timeline, the page anew), five on the board, eleven collectors who open their day
and record outcomes, two regional heads on the page Regions. Between two deeds each waits ten seconds in the mean.
Pages renew themselves as in a browser. Meanwhile a manager has a week planned, again and again (``--no-plan``: not).

Told: seconds by kind, faults, the processor time of the application and of this driver, and the machine's load.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import numpy as np

from benchmarks.demo_bank import Person, application, copied, on_postgres, people
from benchmarks.proxy import free_port
from benchmarks.streamlit_client import Reader
from planner.domain import Principal, Role
from planner.store import open_store
from planner.view import week_view
from planner.week import iso_week
from tests.planner.store.server import private

WEEK, BOARD, PHONE, HEAD = 12, 5, 11, 2
BRANCHES = ("YX01", "YX02", "YX03")
PLANNED, PLAN_S = "YX03", 60
#: what is told apart from the pages: a page that renews itself is waited for by nobody
OUTCOME, RENEWED = "outcome saved", "renewed by itself"


@dataclass
class Log:
    """What was done and how long it took, from a moment on."""

    begins: float = float("inf")
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, seconds: float) -> None:
        if time.monotonic() >= self.begins:
            self.seconds[kind].append(seconds)

    async def timed(self, kind: str, deed: Awaitable[float | None]) -> None:
        """Do something; a fault is counted, and whoever did it goes on."""
        began = time.perf_counter()
        try:
            took = await deed
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError):
                raise
            if time.monotonic() >= self.begins:
                self.faults[f"{kind}: {type(error).__name__} {str(error)[:60]}"] += 1
            return
        self.note(kind, time.perf_counter() - began if took is None else took)


@dataclass
class Crowd:
    """Everybody, and what they know."""

    base: str
    log: Log
    think_s: float
    stops: dict[str, list[str]]
    random: random.Random

    async def think(self) -> None:
        await asyncio.sleep(self.random.uniform(0.5, 1.5) * self.think_s)

    def reader(self, who: Person) -> Reader:
        cookies = {"rounds_session": who.token, "rounds_language": "en"}
        return Reader(self.base, cookies, lambda _what, seconds: self.log.note(RENEWED, seconds))

    async def arrive(self, page: Reader, name: str, kind: str) -> None:
        """Open a page as from its address: a new websocket, and all of it."""
        await page.close()
        page.session = ""

        async def opened() -> float:
            began = time.perf_counter()
            await page.open()
            await page.show(name)
            return time.perf_counter() - began

        await self.log.timed(kind, opened())

    async def manager(self, who: Person) -> None:
        """Work on the page Week."""
        page, clicks = self.reader(who), 0
        await self.arrive(page, "week", "week: the page")
        while True:
            await self.think()
            what = self.random.random()
            if page.why is not None or what < 0.08:
                await self.arrive(page, "week", "week: the page")
            elif what < 0.4:
                (days,) = page.find("button_group", lambda id_, _: "-week day" in id_)
                options = page.elements[days].message.options
                chosen = self.random.choice([one.content for one in options])
                await self.log.timed("week: another day", page.use(days, string_array_value=[chosen]))
            else:
                (map_,) = page.find("component_instance", lambda _id, one: "folium" in one.component_name)
                clicks += 1
                feature = {"properties": {"kind": "stop", "id": self.random.choice(self.stops[who.branch])}}
                answer = {"mark": who.name, "last_object_clicked_count": clicks, "last_active_drawing": feature}
                await self.log.timed("week: a stop", page.use(map_, addressed=True, json_value=json.dumps(answer)))

    async def watcher(self, who: Person) -> None:
        """Watch the board."""
        page = self.reader(who)
        await self.arrive(page, "board", "board: the page")
        while True:
            await self.think()
            crews = page.find("button_group", lambda id_, _: "-board_crew" in id_)
            if page.why is not None or self.random.random() < 0.15 or not crews:
                await self.arrive(page, "board", "board: the page")
            else:
                names = [one.content for one in page.elements[crews[0]].message.options]
                one = self.random.choice(names)
                await self.log.timed("board: a crew", page.use(crews[0], string_array_value=[one]))

    async def head(self, who: Person) -> None:
        """Compare regions."""
        page = self.reader(who)
        await self.arrive(page, "regions", "regions: the page")
        while True:
            await self.think()
            figures = page.find("button_group", lambda id_, _: "-regions_figure" in id_)
            if page.why is not None or self.random.random() < 0.15 or not figures:
                await self.arrive(page, "regions", "regions: the page")
            else:
                names = [one.content for one in page.elements[figures[0]].message.options]
                one = self.random.choice(names)
                await self.log.timed("regions: a figure", page.use(figures[0], string_array_value=[one]))

    async def collector(self, who: Person, day: str) -> None:
        """Open the day, and record a stop after the other; then put right what was recorded."""
        api, shown = f"/m/api/{who.branch}/{who.crew}/{day}", f"/m/{who.branch}/{who.crew}/{day}"
        headers = {"Cookie": f"rounds_session={who.token}; rounds_language=en", "Origin": self.base}
        async with httpx.AsyncClient(base_url=self.base, headers=headers, timeout=60) as phone:
            stops: list[dict[str, Any]] = []
            last: dict[str, str] = {}

            async def opened() -> None:
                (await phone.get(shown)).raise_for_status()

            async def renewed() -> None:
                answer = await phone.get(api)
                stops[:] = answer.raise_for_status().json()["stops"]

            async def saved() -> None:
                stop = self.random.choice(stops)
                now, id_ = datetime.now(UTC), str(uuid4())
                sent = {
                    "outcome_id": id_,
                    "debtor_id": stop["debtor_id"],
                    "place_id": stop["place_id"],
                    "plan_id": stop.get("plan_id", ""),
                    "code": "NOT_HOME",
                    "started_at": (now - timedelta(minutes=3)).isoformat(),
                    "ended_at": now.isoformat(),
                    "correction": stop["debtor_id"] in last,
                }
                answer = await phone.post(f"{api}/outcome", json=sent)
                assert answer.status_code == 201, f"{answer.status_code} {answer.text[:40]}"
                last[stop["debtor_id"]] = id_

            await self.log.timed("phone: the page", opened())
            while True:
                await self.think()
                what = self.random.random()
                if not stops or what < 0.15:
                    await self.log.timed("phone: the day again", renewed())
                elif what < 0.25:
                    await self.log.timed("phone: the page", opened())
                else:
                    await self.log.timed(OUTCOME, saved())

    async def planner(self, who: Person) -> None:
        """Have a week planned again as soon as it is planned."""
        page = self.reader(who)
        await self.arrive(page, "week", "week: the page")
        while True:
            await asyncio.sleep(5)
            if page.why is not None:
                await self.arrive(page, "week", "week: the page")
            for button in page.find("button", lambda id_, one: id_.endswith("plan_week") and not one.disabled):
                await self.log.timed("a plan begun", page.use(button, trigger_value=True))


def prepared(url: str, sessions: int) -> tuple[list[Person], dict[str, list[str]], str]:
    """Add the people; gives them, the debtors of each branch's week, and today."""
    store = open_store(url, clock=lambda: datetime.now(UTC))
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    stops: dict[str, list[str]] = {}
    out: list[tuple[str, str]] = []
    for code in BRANCHES:
        asking = Principal(f"manager.{code}", Role.MANAGER, frozenset({code}))
        row = next((one for one in store.plans(asking, code, iso_week(today)) if one.in_force), None)
        if row is None:
            row = store.plans(asking, code, iso_week(today))[0]
        view = week_view(store, asking, row.plan_id)
        stops[code] = [stop.debtor_id for route in view.routes for stop in route.stops]
        if row.in_force:
            out += [(code, route.crew_id) for route in view.routes if route.day == today and route.stops]
    store.close()
    if not out:
        raise SystemExit("No crew is out today: run make demo on a working day's eve, or another day.")
    share = sessions / (WEEK + BOARD + PHONE + HEAD)
    wanted: list[tuple[Role, str, str | None]] = [(Role.MANAGER, PLANNED, None)]
    wanted += [(Role.MANAGER, BRANCHES[k % 2], None) for k in range(round(WEEK * share))]
    wanted += [(Role.MANAGER, "YX01", None)] * round(BOARD * share)
    wanted += [(Role.COLLECTOR, *out[k % len(out)]) for k in range(round(PHONE * share))]
    wanted += [(Role.REGIONAL_HEAD, "", None)] * (sessions + 1 - len(wanted))
    return people(url, wanted), stops, today.isoformat()


async def crowd(base: str, given: argparse.Namespace, found: tuple[list[Person], dict[str, list[str]], str]) -> Log:
    """Let everybody come, wait until all is warm, and measure."""
    everybody, stops, day = found
    made = Crowd(base, Log(), given.think, stops, random.Random(1))
    share = given.sessions / (WEEK + BOARD + PHONE + HEAD)
    managers = [one for one in everybody[1:] if one.role is Role.MANAGER]
    at_week = round(WEEK * share)
    deeds: list[Callable[[], Awaitable[None]]] = [lambda one=one: made.manager(one) for one in managers[:at_week]]
    deeds += [lambda one=one: made.watcher(one) for one in managers[at_week:]]
    deeds += [lambda one=one: made.collector(one, day) for one in everybody if one.role is Role.COLLECTOR]
    deeds += [lambda one=one: made.head(one) for one in everybody if one.role is Role.REGIONAL_HEAD]
    if given.plan:
        deeds.append(lambda: made.planner(everybody[0]))
    tasks = []
    for deed in deeds:
        tasks.append(asyncio.create_task(deed()))  # type: ignore[arg-type]
        await asyncio.sleep(given.warm / len(deeds))
    made.log.begins = time.monotonic()
    ended, _ = await asyncio.wait(tasks, timeout=given.seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in ended:
        task.result()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return made.log


def row(kind: str, seconds: list[float]) -> str:
    p50, p95, p99 = np.percentile(seconds, [50, 95, 99])
    return f"{kind:<26} {len(seconds):5}   {p50:6.2f} {p95:6.2f} {p99:6.2f} {max(seconds):6.2f}"


def tell(log: Log) -> None:
    """Print the seconds by kind, and the faults."""
    print(f"{'seconds':<26} {'n':>5}   {'p50':>6} {'p95':>6} {'p99':>6} {'most':>6}")
    for kind in sorted(log.seconds):
        print(row(kind, log.seconds[kind]))
    pages = [one for kind, found in log.seconds.items() if kind not in (OUTCOME, RENEWED) for one in found]
    if pages:
        print(row("all pages", pages))
    print(f"{sum(log.faults.values())} faults" + "".join(f"\n  {n} × {what}" for what, n in log.faults.items()))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sessions", type=int, default=30)
    asked.add_argument("--seconds", type=float, default=180)
    asked.add_argument("--think", type=float, default=10)
    asked.add_argument("--warm", type=float, default=60, help="seconds in which they come, before it is measured")
    asked.add_argument("--postgres", action="store_true")
    asked.add_argument("--no-plan", dest="plan", action="store_false")
    asked.add_argument("--log", type=Path, help="where the application's log goes")
    given = asked.parse_args()
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = copied(var)
        if given.postgres:
            url = on_postgres(stack.enter_context(private(())).server, url)
        found = prepared(url, given.sessions)
        more = {"ROUNDS_PLAN_SECONDS": str(PLAN_S), "ROUNDS_LOG_LEVEL": "warning"}
        log = given.log or var / "app.log"
        run = stack.enter_context(application(var, url, free_port(), more, log))
        before, began = run.cpu(), time.monotonic()
        done = asyncio.run(crowd(run.address, given, found))
        took, used = time.monotonic() - began, run.cpu() - before
        tell(done)
        own = resource.getrusage(resource.RUSAGE_SELF)
        n = sum(map(len, done.seconds.values()))
        print(
            f"{given.sessions} sessions, think {given.think:g} s, {'PostgreSQL' if given.postgres else 'SQLite'}, "
            f"{'a plan under way' if given.plan else 'no plan'}; {n} deeds; the application used {used / took:.2f} "
            f"processors and {run.memory_mb():.0f} MB, this driver {(own.ru_utime + own.ru_stime) / took:.2f}; "
            f"load {' '.join(f'{one:.1f}' for one in os.getloadavg())} on {os.cpu_count()}"
        )


if __name__ == "__main__":
    main()
