"""A request is told by its pattern, role, status and time; the address as it was sent is told nowhere."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import pytest
from starlette.routing import Route

from config import logs
from dashboard.application import asset_routes, plain_routes
from dashboard.metrics import HELP, MOST_SERIES, Metrics, page_run
from dashboard.nowhere import Nowhere
from dashboard.principal import HEADER, to_header
from dashboard.watched import Inside, Patterns, Watched
from planner.domain import Principal, Role
from tests.dashboard.fakes import ROOT

CANARY = "Kanarienvogel"
TOKEN = "t" * 40
LINE = re.compile(
    r'[a-z_]+(\{[a-z_]+="(\\.|[^"\\\n])*"(,[a-z_]+="(\\.|[^"\\\n])*")*\})? -?[0-9][0-9.e+-]*|# (HELP|TYPE) .+'
)


async def application(scope: Any, _receive: Any, send: Any) -> None:
    if scope["path"].endswith("broken"):
        raise RuntimeError(CANARY)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def ask(
    path: str, *, headers: Mapping[str, str] | None = None, method: str = "GET", token: str = TOKEN
) -> tuple[Metrics, list[Any], Any]:
    """Send a request through both pieces; gives metrics, what was sent, and the scope the application saw."""
    metrics, sent, seen = Metrics(), [], {}

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)
        await Inside(application)(scope, receive, send)

    async def send(message: Any) -> None:
        sent.append(message)

    fields = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "path": path, "method": method, "headers": fields, "query_string": CANARY.encode()}
    watched = Watched(inner, [Route("/m/{branch}", print)], lambda: token, metrics)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(watched(scope, None, send))).result()  # type: ignore[arg-type]
    return metrics, sent, seen


def test_a_request_is_counted_by_pattern_and_role() -> None:
    head = to_header(Principal(CANARY, Role.REGIONAL_HEAD, frozenset({"YX01"})))
    metrics, sent, _ = ask(f"/m/{CANARY}", headers={HEADER: head})
    told = metrics.text()
    assert 'rounds_requests_total{method="GET",role="regional_head",route="/m/{branch}",status="200"} 1' in told
    assert 'rounds_request_seconds_count{route="/m/{branch}"} 1' in told
    assert CANARY not in told
    number = dict(sent[0]["headers"])[b"x-request-id"].decode()
    assert logs.RANDOM.fullmatch(number)


@pytest.mark.parametrize("path", [f"/{CANARY}", f"/{CANARY}/a", f"/media/{CANARY}", f"/component/{CANARY}"])
def test_an_address_is_no_label(path: str) -> None:
    told = ask(path, method=CANARY)[0].text()
    assert "rounds_requests_total" in told
    assert CANARY not in told


def test_a_fault_is_counted_as_one() -> None:
    metrics = Metrics()

    async def never(_message: Any) -> None:
        raise AssertionError

    scope = {"type": "http", "path": "/broken", "method": "GET", "headers": []}
    with ThreadPoolExecutor(1) as thread, pytest.raises(RuntimeError):
        thread.submit(lambda: asyncio.run(Watched(application, [], str, metrics)(scope, None, never))).result()  # type: ignore[arg-type]
    assert 'status="500"' in metrics.text()


@pytest.mark.parametrize(
    ("shown", "token", "path", "bears"),
    [
        (f"Bearer {TOKEN}", TOKEN, "/metrics", True),
        (f"Bearer {TOKEN}x", TOKEN, "/metrics", False),
        (f"bearer {TOKEN}", TOKEN, "/metrics", False),
        ("Bearer ", "", "/metrics", False),
        (f"Bearer {TOKEN}", TOKEN, "/m/YX01", False),
        ("", TOKEN, "/metrics", False),
    ],
)
def test_the_token_is_for_the_metrics_only(shown: str, token: str, path: str, bears: bool) -> None:
    headers = {"authorization": shown} if shown else {}
    assert ask(path, headers=headers, token=token)[2]["rounds.note"].metrics_token is bears


def test_every_route_of_ours_has_its_pattern() -> None:
    every = [*asset_routes(ROOT / "static"), *plain_routes(lambda: pytest.fail("not asked"))]
    patterns = Patterns(every)
    routes = [one for one in every if not isinstance(one, Nowhere)]
    assert len(routes) == len(every) - 1
    assert {route.path for route in routes} <= set(patterns.all)  # type: ignore[attr-defined]
    for route in routes:
        filled = re.sub(r"\{[^}]+\}", "x1", route.path)  # type: ignore[attr-defined]
        assert patterns.of(filled) not in ("/{page}", "/{other}"), filled
        assert patterns.of(filled) in logs.WORDS["route"]


def test_what_is_told_is_what_prometheus_reads() -> None:
    metrics = Metrics()
    metrics.count("rounds_requests_total", {"route": 'a"b\\c\nd', "role": ""})
    metrics.observe("rounds_request_seconds", {"route": "/"}, 0.03)
    metrics.observe("rounds_request_seconds", {"route": "/"}, 99.0)
    told = metrics.text([("rounds_database_up", {}, 1.0), ("rounds_jobs", {"kind": "plan", "state": "done"}, 3.0)])
    assert told.endswith("\n")
    for line in told.splitlines():
        assert LINE.fullmatch(line), line
    assert 'rounds_request_seconds_bucket{route="/",le="0.025"} 0' in told
    assert 'rounds_request_seconds_bucket{route="/",le="0.05"} 1' in told
    assert 'rounds_request_seconds_bucket{route="/",le="+Inf"} 2' in told
    assert "rounds_request_seconds_sum" in told


def test_only_described_metrics_and_so_many_series() -> None:
    metrics = Metrics()
    with pytest.raises(KeyError):
        metrics.count("somebody", {})
    for number in range(MOST_SERIES + 50):
        metrics.count("rounds_requests_total", {"route": str(number)})
    assert metrics.text().count("rounds_requests_total{") == MOST_SERIES
    assert all(kind in ("counter", "gauge", "histogram") for kind, _ in HELP.values())


class BrokenOff(BaseException):
    """Like the signs by which Streamlit ends a run."""


@pytest.mark.parametrize(("raised", "ended"), [(None, "done"), (ValueError, "fault"), (BrokenOff, "broken off")])
def test_a_run_of_a_page_is_counted_by_how_it_ended(raised: type[BaseException] | None, ended: str) -> None:
    metrics = Metrics()
    with nullcontext() if raised is None else pytest.raises(raised), page_run("week", metrics):
        if raised:
            raise raised(CANARY)
    assert f'rounds_page_runs_total{{ended="{ended}",page="week"}} 1' in metrics.text()
