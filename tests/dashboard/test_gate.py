"""The gate refuses foreign hosts, foreign writes and claimed identities, and tells nothing when something breaks."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from config.logs import safe_record
from dashboard.doorkeeper import COOKIE, DemoDoorkeeper, demo_roles
from dashboard.gate import Gate
from dashboard.principal import HEADER, NobodySignedIn, current_principal, of_headers, to_header, to_principal
from planner.domain import Principal, Role
from tests.dashboard.fakes import BRANCH, CREWS, MANAGER, OTHER

ROLES = demo_roles((BRANCH, OTHER), CREWS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == "/broken":
        raise RuntimeError("蔡明远 owes 12,345")
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    names = [value for name, value in scope["headers"] if name == HEADER.encode()]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"server", b"x")]})
    await send({"type": "http.response.body", "body": b"|".join(names)})


def ask(
    path: str = "/",
    *,
    method: str = "GET",
    kind: str = "http",
    headers: Mapping[str, str] | None = None,
    roles: Any = ROLES,
    client: str = "127.0.0.1",
    secure: bool = False,
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []
    fields = {"host": "localhost:8501", "cookie": f"{COOKIE}={MANAGER.name}", **(headers or {})}
    scope = {
        "type": kind,
        "path": path,
        "method": method,
        "scheme": "http",
        "client": (client, 40000),
        "server": ("127.0.0.1", 8501),
        "headers": [(name.lower().encode(), value.encode()) for name, value in fields.items()],
    }

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    gate = Gate(application, frozenset({"localhost", "127.0.0.1"}), DemoDoorkeeper(lambda: roles), "policy", secure)
    if kind == "websocket":
        del scope["method"]
    # In a thread of its own: a browser of another test may have a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(gate(scope, receive, send))).result()
    if kind == "websocket":
        return {"websocket.accept": 101}.get(sent[0]["type"], 403), {}, b""
    got = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], got, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil@localhost", "", "127.0.0.2"])
def test_a_foreign_host_is_refused(host: str) -> None:
    status, headers, body = ask(headers={"host": host})
    assert status == 421
    assert "Content-Security-Policy".lower() in headers
    assert b"Traceback" not in body


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "LOCALHOST:80"])
def test_our_own_host_is_let_in(host: str) -> None:
    assert ask(headers={"host": host})[0] == 200


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://localhost:9999", "https://localhost"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_writes_and_sockets_from_elsewhere_are_refused(origin: str | None, kind: str) -> None:
    assert ask("/x", method="POST", kind=kind, headers={"origin": origin} if origin else {})[0] == 403


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_writes_and_sockets_from_our_pages_are_let_in(kind: str) -> None:
    assert ask("/x", method="POST", kind=kind, headers={"origin": "http://localhost:8501"})[0] in (101, 200)


def test_an_inbound_identity_is_replaced_by_ours() -> None:
    claimed = to_header(Principal("boss", Role.SYSTEM, frozenset({"YX01", "YX02"})))
    _status, _headers, body = ask(headers={"X-Rounds-Principal": claimed})
    assert to_principal(body.decode()) == MANAGER


def test_the_chosen_role_acts() -> None:
    _status, _headers, body = ask(headers={"cookie": f"{COOKIE}=collector.YX01-2"})
    assert to_principal(body.decode()).crew == "YX01-2"


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=", f"{COOKIE}=system", f"{COOKIE}=gate", "rounds_session=x"])
def test_no_choice_and_an_unknown_one_are_nobody(cookie: str) -> None:
    assert ask(headers={"cookie": cookie})[0] == 401


def test_where_browsers_come_by_https_a_page_by_http_is_another_origin() -> None:
    for origin, status in (("http://localhost:8501", 403), ("https://localhost:8501", 200)):
        assert ask("/x", method="POST", headers={"origin": origin}, secure=True)[0] == status


def test_of_streamlits_own_routes_only_those_that_pages_use_answer() -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/x", "/auth/logout", "/oauth2callback"):
        assert ask(path)[0] == 404
    for path in ("/_stcore/upload_file/a/b", "/_stcore/bidi-components/a", "/_stcore/health", "/authors"):
        assert ask(path)[0] == 200


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"]
)
def test_the_demos_door_is_for_this_machine_only(name: str) -> None:
    assert ask()[0] == 200
    assert ask(client="10.0.0.7")[0] == 401
    assert ask(headers={name: "for=10.0.0.7"})[0] == 401


def test_who_opens_a_page_is_led_to_the_login_page_and_back() -> None:
    page = {"cookie": "", "accept": "text/html,*/*"}
    status, headers, body = ask("/m/YX01", headers=page)
    assert (status, headers["location"], body) == (303, "/login?back=%2Fm%2FYX01", b"")
    assert headers["cache-control"] == "no-store"
    for path in ("/media/abc", "/_stcore/upload_file/1/2", "/m/api/YX01/x"):
        assert ask(path, headers=page)[0] == 401
    assert ask("/m/YX01", method="POST", headers={**page, "origin": "http://localhost:8501"})[0] == 401


def test_a_public_file_carries_no_identity() -> None:
    assert ask("/assets/rounds/map.js")[2] == b""


def test_a_stranger_gets_public_files_and_health_only() -> None:
    assert ask(roles=())[0] == 401
    assert ask("/_stcore/health", roles=())[0] == 200
    assert ask("/media/abc", roles=())[0] == 401
    assert ask("/_stcore/stream", kind="websocket", headers={"origin": "http://localhost:8501"}, roles=())[0] == 403


@pytest.fixture
def safe_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The log as the application has it: without the text of any exception."""
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(safe_record)
    with caplog.at_level(logging.INFO):
        yield caplog
    logging.setLogRecordFactory(before)


def test_a_fault_shows_and_logs_nothing_personal(safe_log: pytest.LogCaptureFixture) -> None:
    status, _headers, body = ask("/broken")
    assert status == 500
    assert "蔡明远" not in body.decode() + safe_log.text
    assert "RuntimeError" in safe_log.text


def test_where_the_doorkeeper_cannot_be_asked_nobody_comes_in(safe_log: pytest.LogCaptureFixture) -> None:
    class Broken(tuple[Any, ...]):
        def __iter__(self) -> Any:
            raise OSError("no database at 10.0.0.7, said 蔡明远")

    for kind in ("http", "websocket"):
        status, _headers, body = ask(kind=kind, headers={"origin": "http://localhost:8501"}, roles=Broken())
        assert status in (403, 500)
        assert "蔡明远" not in body.decode() + safe_log.text
    assert "OSError" in safe_log.text


@pytest.mark.parametrize("value", [None, "", "%%%", "e30=", to_header(Principal("", Role.MANAGER, frozenset()))])
def test_no_or_a_broken_identity_is_nobody(value: str | None) -> None:
    with pytest.raises(NobodySignedIn):
        to_principal(value)
    with pytest.raises(NobodySignedIn):
        of_headers({})


def test_outside_the_application_nobody_is_signed_in() -> None:
    with pytest.raises(NobodySignedIn):
        current_principal()
