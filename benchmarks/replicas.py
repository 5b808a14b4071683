"""Two replicas behind the project's own proxy, one of them killed in mid-use: python -m benchmarks.replicas.

The demo's record on a private PostgreSQL, two applications with accounts, nginx with deploy/nginx.conf (addresses and
files are others). Six collectors record outcomes through the phone's routes and, as a phone does, send again what was
not acknowledged; four managers have the page Week open by Streamlit's own protocol; a fifth signed in with a real
Chromium. Then the replica that serves the browser is killed (−9), and started again some seconds later.

Told: what was acknowledged and is not in the record (0 is what is wanted), who had to sign in again, and within how
many seconds phones, pages and the browser's page went on.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from playwright.async_api import async_playwright

from benchmarks.demo_bank import PASSWORD, Person, Running, application, copied, on_postgres, people
from benchmarks.many_users import prepared
from benchmarks.proxy import free_port, proxied, trusting
from benchmarks.streamlit_client import Ended, Reader
from benchmarks.week_page import FLAGS
from planner.domain import Principal, Role
from planner.store import open_store
from tests.planner.store.server import private

BRANCH, PHONES, PAGES = "YX01", 6, 4
BEFORE_S, AFTER_S, AGAIN_S = 12.0, 45.0, 20.0
SESSION = "__Host-rounds_session"


@dataclass
class Seen:
    """What happened, by seconds of the monotonic clock."""

    killed: float = float("inf")
    acknowledged: dict[str, float] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    signed_out: list[str] = field(default_factory=list)
    gaps: dict[str, float] = field(default_factory=dict)
    back: dict[str, float] = field(default_factory=dict)
    browser: str = "no Chromium"
    over: bool = False


async def phone(base: str, who: Person, day: str, trust: Any, seen: Seen) -> None:
    """Record outcomes, each until it is acknowledged."""
    api, last = f"/m/api/{who.branch}/{who.crew}/{day}", time.monotonic()
    headers = {"Cookie": f"{SESSION}={who.token}", "Origin": base}
    cookies: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=base, verify=trust, timeout=120) as client:

        async def asked(method: str, path: str, **more: Any) -> httpx.Response:
            together = "; ".join([headers["Cookie"], *(f"{name}={value}" for name, value in cookies.items())])
            answer = await client.request(method, path, headers={**headers, "Cookie": together}, **more)
            cookies.update({name: value for name, value in answer.cookies.items() if name == "rounds_replica"})
            return answer

        stops = (await asked("GET", api)).raise_for_status().json()["stops"]
        while not seen.over:
            now = datetime.now(UTC)
            stop = stops[len(seen.acknowledged) % len(stops)]
            sent = {
                "outcome_id": str(uuid4()), "debtor_id": stop["debtor_id"], "place_id": stop["place_id"],
                "plan_id": stop.get("plan_id", ""), "code": "NOT_HOME", "correction": True,
                "started_at": (now - timedelta(minutes=3)).isoformat(), "ended_at": now.isoformat(),
            }  # fmt: skip
            while not seen.over:
                try:
                    answer = await asked("POST", f"{api}/outcome", json=sent)
                except httpx.HTTPError as error:
                    seen.refused.append(type(error).__name__)
                    await asyncio.sleep(1)
                    continue
                if answer.status_code in (200, 201):
                    moment = time.monotonic()
                    seen.acknowledged[sent["outcome_id"]] = moment
                    if moment > seen.killed:
                        seen.gaps[who.name] = max(seen.gaps.get(who.name, 0.0), moment - max(last, seen.killed))
                    last = moment
                    break
                seen.refused.append(str(answer.status_code))
                if answer.status_code == 401:
                    seen.signed_out.append(who.name)
                    return
                await asyncio.sleep(1)
            await asyncio.sleep(0.5)


async def page(base: str, who: Person, trust: Any, seen: Seen) -> None:
    """Keep a page open; when its connection breaks, ask for it again as Streamlit's page does, and use it."""
    reader = Reader(base, {SESSION: who.token}, trust=trust)
    await reader.open()
    reader.cookies = {**reader.cookies, **replica_of(reader)}
    await reader.show("week")
    while not seen.over:
        await asyncio.sleep(0.25)
        if reader.why is None:
            continue
        if isinstance(reader.why, Ended):
            seen.signed_out.append(who.name)
            return
        try:
            await reader.open()
            reader.cookies = {**reader.cookies, **replica_of(reader)}
            await reader.show("week", reader.query)
        except Exception:
            await asyncio.sleep(0.5)
            continue
        seen.back[who.name] = time.monotonic() - seen.killed
    await reader.close()


def replica_of(reader: Reader) -> dict[str, str]:
    """Give the cookie by which the proxy knows where the page lives."""
    assert reader.socket is not None
    assert reader.socket.response is not None
    found = [one for one in reader.socket.response.headers.get_all("Set-Cookie") if one.startswith("rounds_replica=")]
    return {"rounds_replica": found[0].split(";")[0].partition("=")[2]} if found else {}


async def browser(base: str, name: str, seen: Seen, ready: asyncio.Future[str], killed: asyncio.Event) -> None:
    """Sign in and open the week in a Chromium; after the kill, use the page until it answers, at last by a reload."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        ready.set_result("a")
        return
    async with async_playwright() as play:
        run = await play.chromium.launch(executable_path=chromium, args=FLAGS)
        context = await run.new_context(
            ignore_https_errors=True, locale="en-GB", viewport={"width": 1440, "height": 900}
        )
        tab = await context.new_page()
        tab.set_default_timeout(90_000)
        await tab.goto(f"{base}/login?back=/week")
        await tab.locator("input[name=name]").fill(name)
        await tab.locator("input[name=password]").fill(PASSWORD)
        await tab.locator("form:has(input[name=password]) button").first.click()
        days = tab.locator(".st-key-week-filters [role=radio]")
        await days.nth(3).wait_for()
        await days.nth(2).click()
        await tab.wait_for_url(lambda url: "day=" in url)
        first = tab.url
        await asyncio.sleep(3)
        kept = {one["name"]: one["value"] for one in await context.cookies()}
        ready.set_result(kept["rounds_replica"])
        await killed.wait()
        how = "by itself"
        while time.monotonic() - seen.killed < AFTER_S:
            if how == "by itself" and time.monotonic() - seen.killed > AFTER_S / 2:
                how = "after a reload"
                await tab.reload()
            try:
                await days.nth(3).click(timeout=1_000)
                await tab.wait_for_url(lambda url: url != first and "day=" in url, timeout=2_000)
            except Exception:
                continue
            where = {one["name"]: one["value"] for one in await context.cookies()}["rounds_replica"]
            seen.browser = f"went on {how} after {time.monotonic() - seen.killed:.1f} s, at replica {where}"
            break
        else:
            seen.browser = f"did not go on within {AFTER_S:.0f} s: {tab.url}"
        if "/login" in tab.url:
            seen.signed_out.append(name)
        await run.close()


async def used(base: str, trust: Any, crowd: list[Person], day: str, runs: dict[str, Running], seen: Seen) -> str:
    """Let everybody work, and kill the replica that serves the browser; gives its name."""
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    killed = asyncio.Event()
    collectors = [one for one in crowd if one.role is Role.COLLECTOR]
    managers = [one for one in crowd if one.role is Role.MANAGER]
    tasks = [asyncio.create_task(browser(base, managers[0].name, seen, ready, killed))]
    tasks += [asyncio.create_task(phone(base, one, day, trust, seen)) for one in collectors]
    tasks += [asyncio.create_task(page(base, one, trust, seen)) for one in managers[1:]]
    which = await ready
    await asyncio.sleep(BEFORE_S)
    seen.killed = time.monotonic()
    os.kill(runs[which].process.pid, signal.SIGKILL)
    killed.set()
    await asyncio.sleep(AFTER_S)
    seen.over = True
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, BaseException):
            seen.refused.append(f"gave up: {type(result).__name__} {result}"[:120])
    return which


def main() -> None:
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = on_postgres(stack.enter_context(private(())).server, copied(var))
        _, _, day = prepared(url, 1)
        store = open_store(url, clock=lambda: datetime.now(UTC))
        asking = Principal("bench", Role.MANAGER, frozenset({BRANCH}))
        crews = [one.crew_id for one in store.shifts_worked(asking, BRANCH, *[datetime.fromisoformat(day).date()] * 2)]
        wanted = [(Role.MANAGER, BRANCH, None)] * (PAGES + 1)
        wanted += [(Role.COLLECTOR, BRANCH, crews[k % len(crews)]) for k in range(PHONES)]  # type: ignore[list-item]
        crowd = people(url, wanted, prefix="replica")
        more = {"ROUNDS_PUBLIC_URL": "https://localhost", "ROUNDS_LOG_LEVEL": "warning"}
        ports = {name: free_port() for name in ("a", "b")}
        runs = {
            name: stack.enter_context(application(var, url, port, more, var / f"{name}.log"))
            for name, port in ports.items()
        }
        at = (f"127.0.0.1:{ports['a']}", f"127.0.0.1:{ports['b']}")
        tls = stack.enter_context(proxied(var, at))
        seen = Seen()
        base, trust = f"https://localhost:{tls}", trusting(var)
        which = asyncio.run(used(base, trust, crowd, day, runs, seen))
        table = store.outcomes(asking, BRANCH, since=datetime.now(UTC) - timedelta(days=1))
        lost = set(seen.acknowledged) - set(table["outcome_id"])
        after = sum(1 for moment in seen.acknowledged.values() if moment > seen.killed)
        print(f"replica {which} of two was killed, load {os.getloadavg()[0]:.1f} on {os.cpu_count()}")
        print(f"{len(seen.acknowledged)} outcomes acknowledged, {after} of them after the kill; lost: {len(lost)}")
        print(
            f"phones: longest wait {max(seen.gaps.values()):.1f} s; sent again {len(seen.refused)} {set(seen.refused)}"
        )
        moved = ", ".join(f"{one:.1f}" for one in sorted(seen.back.values()))
        print(f"pages: {len(seen.back)} of {PAGES} lost their connection, whole again after s: {moved}")
        print(f"browser: {seen.browser}")
        print(f"signed out: {', '.join(seen.signed_out) or 'nobody'}")
        with application(var, url, ports[which], more, var / f"{which}.log"):
            time.sleep(6)
            new = [httpx.get(f"{base}/login", verify=trust).cookies.get("rounds_replica") for _ in range(8)]
            print(f"started again: of eight newcomers {new.count(which)} went to it")
        store.close()


if __name__ == "__main__":
    main()
