"""Signing in and out through the gate as the application has it: who comes in, for how long, and what is told."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from config.settings import Settings, load_settings
from dashboard import open_page
from dashboard.application import HOSTS, plain_routes
from dashboard.doorkeeper import COOKIE as ROLE
from dashboard.doorkeeper import DemoRole, demo_roles
from dashboard.gate import Gate
from dashboard.open_page import streamlit_farewell
from dashboard.principal import of_headers
from dashboard.services import Services
from dashboard.sign_in import keeper as sessions
from dashboard.sign_in.attempts import FREE
from dashboard.sign_in.keeper import COOKIE, SECURE_COOKIE, Keeper
from planner.domain import Principal, Role
from planner.passwords import hashed
from planner.store import Login, Store, migrate, open_store
from tests.planner.store.factories import HERE, NOW, THERE, fill

ROOT = Path(__file__).parent.parent.parent
BASE = "http://127.0.0.1:8501"
FROM_US = {"origin": BASE}
PASSWORD = "three quiet horses"
BOSS = Principal("boss", Role.ADMINISTRATOR, frozenset({HERE, THERE}))
#: what a stranger may have: the pages for signing in, health, and files that hold nothing of anybody's
STRANGERS = {"/login", "/login/alarms", "/logout", "/password", "/assets/rounds/{name}", "/assets/basemap/{path:path}"}
STRANGERS |= {"/assets/vendor/{path:path}", "/health", "/ready", "/login/bank", "/login/bank/back"}


@dataclass
class Kit:
    """Services over a real store at a moment that the test sets."""

    store: Store
    settings: Settings = field(default_factory=lambda: load_settings(ROOT, {}))
    moment: datetime = NOW
    door: bool = False

    def now(self) -> datetime:
        return self.moment

    def demo_door(self) -> bool:
        return self.door

    def demo_roles(self) -> tuple[DemoRole, ...]:
        asking = Principal("gate", Role.SYSTEM, frozenset({HERE, THERE}))
        branches = self.store.branches(asking)
        return demo_roles(branches, {one.code: self.store.crews(asking, one.code) for one in branches})


@dataclass
class House:
    """An application behind the gate."""

    kit: Kit
    keeper: Keeper
    app: Gate
    url: str

    def browser(self, client: str = "127.0.0.1", base: str = BASE) -> TestClient:
        return TestClient(self.app, base_url=base, follow_redirects=False, client=(client, 40000))

    def signed_in(self, name: str = "lin", password: str = PASSWORD) -> TestClient:
        browser = self.browser()
        answer = browser.post("/login", data={"name": name, "password": password}, headers=FROM_US)
        assert answer.status_code == 303, answer.text
        return browser

    def pass_(self, **much: float) -> None:
        """Let time pass, and what was looked up grow old."""
        self.kit.moment += timedelta(**much)
        self.keeper.forget()

    def change(self, name: str = "lin", **changes: object) -> None:
        logins = self.kit.store.logins
        logins.save(BOSS, replace(logins.get(BOSS, name), **changes), now=self.kit.moment)  # type: ignore[arg-type]


async def who(request: Request) -> PlainTextResponse:
    principal = of_headers(request.headers)
    return PlainTextResponse(f"{principal.name} {principal.role.value} {','.join(sorted(principal.branches))}")


async def stream(socket: WebSocket) -> None:
    """A page of Streamlit's, so far as the gate is concerned: says back what it hears."""
    await socket.accept(subprotocol="streamlit")
    try:
        while True:
            await socket.send_bytes(b"heard " + await socket.receive_bytes())
    except WebSocketDisconnect:
        await socket.send_bytes(b"a secret that comes too late")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sign_in") / "filled.sqlite"
    migrate(f"sqlite:///{path}")
    store = open_store(f"sqlite:///{path}")
    fill(store)
    kept = hashed(PASSWORD)
    store.logins.save(BOSS, Login("root", Role.ADMINISTRATOR), password=kept, now=NOW)
    store.logins.save(BOSS, Login("lin", Role.MANAGER, frozenset({HERE})), password=kept, now=NOW)
    store.close()
    return path


@pytest.fixture
def made(filled: Path, tmp_path: Path) -> Iterator[Callable[..., House]]:
    path = tmp_path / "rounds.sqlite"
    shutil.copy(filled, path)
    store = open_store(f"sqlite:///{path}", clock=lambda: NOW)

    def make(*, secure: bool = False, hosts: frozenset[str] = HOSTS, door: bool = False) -> House:
        kit = Kit(store, door=door)
        watch = open_page.Watch()
        keeper = Keeper(lambda: kit, secure=secure, stir=watch.stir)  # type: ignore[arg-type, return-value]
        routes = [
            Route("/", who),
            Route("/media/{name}", who),
            WebSocketRoute("/_stcore/stream", stream),
            *plain_routes(lambda: kit, keeper),  # type: ignore[arg-type, return-value]
        ]
        gate = Gate(Starlette(routes=routes), hosts, keeper, "policy", secure, streamlit_farewell, watch=watch)
        return House(kit, keeper, gate, f"sqlite:///{path}")

    yield make
    store.close()


@pytest.fixture
def house(made: Callable[..., House]) -> House:
    return made()


def test_name_and_password_let_in_and_the_cookie_is_kept_from_scripts(house: House) -> None:
    browser = house.browser()
    assert browser.get("/").status_code == 401
    page = browser.get("/login")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    answer = browser.post("/login", data={"name": " LIN ", "password": PASSWORD, "back": "/m"}, headers=FROM_US)
    assert (answer.status_code, answer.headers["location"]) == (303, "/m")
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("rounds_session=", "httponly", "samesite=lax", "path=/"))
    assert "max-age" not in cookie
    assert browser.get("/").text == f"lin manager {HERE}"


def test_a_form_that_no_page_of_ours_sends_is_no_fault(house: House) -> None:
    many = {f"word{n}": "x" for n in range(21)}
    assert house.browser().post("/login", data={**many, "name": "lin"}, headers=FROM_US).status_code == 401


def test_over_https_the_cookie_is_the_hosts_own(made: Callable[..., House]) -> None:
    house = made(secure=True, hosts=frozenset({"rounds.bank.example"}))
    base = "https://rounds.bank.example"
    browser = house.browser("10.0.0.7", base)
    answer = browser.post("/login", data={"name": "lin", "password": PASSWORD}, headers={"origin": base})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SECURE_COOKIE}=")
    assert "Secure" in cookie
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert browser.get("/").text == f"lin manager {HERE}"


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "/login", "/logout", "javascript:alert(1)"]
)
def test_the_way_back_stays_here(back: str, house: House) -> None:
    data = {"name": "lin", "password": PASSWORD, "back": back}
    assert house.browser().post("/login", data=data, headers=FROM_US).headers["location"] == "/"
    assert "evil" not in house.browser().get("/login", params={"back": back}).text


def test_a_wrong_password_and_an_unknown_name_are_told_alike(house: House) -> None:
    told = []
    for name in ("lin", "nobody", "root"):
        answer = house.browser().post("/login", data={"name": name, "password": "x" * 12}, headers=FROM_US)
        assert answer.status_code == 401
        told.append(answer.text.replace(f'value="{name}"', 'value=""'))
    assert len(set(told)) == 1
    house.change(disabled=True)
    answer = house.browser().post("/login", data={"name": "lin", "password": PASSWORD}, headers=FROM_US)
    assert answer.status_code == 401
    assert answer.text.replace('value="lin"', 'value=""') == told[0]


def test_the_password_is_checked_at_the_same_cost_whoever_asks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.sign_in import attempts

    asked: list[str] = []
    monkeypatch.setattr(attempts, "matches", lambda kept, password: bool(asked.append(kept)))
    house.change(name="root", language="zh")
    for name in ("lin", "nobody"):
        house.browser().post("/login", data={"name": name, "password": "x"}, headers=FROM_US)
    assert len(asked) == 2


@pytest.mark.parametrize("name", ["lin", "nobody", "<script>"])
def test_the_fifth_failure_holds_a_name_and_time_lets_it_go(name: str, house: House) -> None:
    browser = house.browser()

    def attempt(password: str) -> int:
        answer = browser.post("/login", data={"name": name, "password": password}, headers=FROM_US)
        if answer.status_code == 429:
            assert 0 < int(answer.headers["retry-after"]) <= 900
        assert "<script>" not in answer.text
        return answer.status_code

    assert [attempt("wrong password") for _ in range(FREE)] == [401] * (FREE - 1) + [429]
    assert attempt(PASSWORD) == 429  # not even the right one, and it is not looked at
    house.pass_(seconds=61)
    assert attempt("wrong password") == 429
    house.pass_(seconds=61)
    assert attempt(PASSWORD) == 429  # held for twice as long now
    house.pass_(seconds=60)
    assert attempt(PASSWORD) == (303 if name == "lin" else 429)
    if name == "lin":
        assert attempt("wrong password") == 401  # forgiven


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(house: House) -> None:
    browser = house.signed_in()
    thief = house.browser()
    thief.cookies.set(COOKIE, browser.cookies[COOKIE])
    assert thief.get("/").status_code == 200
    answer = browser.post("/logout", headers=FROM_US)
    assert answer.headers["location"].startswith("/login")
    assert browser.get("/").status_code == thief.get("/").status_code == 401
    for path in ("/media/x", "/m", "/account"):
        assert thief.get(path).status_code == 401


def test_a_session_is_kept_by_what_one_does_and_ends_without(house: House) -> None:
    browser = house.signed_in()
    for _ in range(3):
        house.pass_(minutes=14)
        assert browser.get("/").status_code == 200
    house.pass_(minutes=15, seconds=1)
    assert browser.get("/").status_code == 401
    browser = house.signed_in()
    for _ in range(42):
        house.pass_(minutes=14)
        assert browser.get("/").status_code == 200
    house.pass_(minutes=13)
    assert browser.get("/").status_code == 401  # ten hours, however busy


def test_disabling_and_another_role_hold_at_once(house: House) -> None:
    browser = house.signed_in()
    house.change(role=Role.COLLECTOR, branches=frozenset({THERE}), crew=f"{THERE}-A")
    assert browser.get("/").text == f"lin collector {THERE}"
    house.change(disabled=True)
    assert browser.get("/").status_code == 401


def test_signing_in_gives_a_new_token_and_ends_the_old_session(house: House) -> None:
    browser = house.browser()
    browser.cookies.set(COOKIE, "chosen by somebody else", domain="127.0.0.1")
    browser.post("/login", data={"name": "lin", "password": PASSWORD}, headers=FROM_US)
    first = browser.cookies[COOKIE]
    assert first != "chosen by somebody else"
    browser.post("/login", data={"name": "root", "password": PASSWORD}, headers=FROM_US)
    thief = house.browser()
    thief.cookies.set(COOKIE, first)
    assert thief.get("/").status_code == 401
    assert browser.get("/").text.startswith("root administrator")


def test_a_one_time_password_lets_in_only_to_change_it(house: House) -> None:
    logins = house.kit.store.logins
    once = replace(logins.get(BOSS, "lin"), one_time_until=NOW + timedelta(days=7))
    logins.save(BOSS, once, password=hashed("k7mpx-2qwra-33333"), now=NOW)
    browser = house.signed_in(password="k7mpx-2qwra-33333")
    assert browser.get("/").status_code == 401
    assert browser.get("/login").headers["location"] == "/password"
    own = {"password": "k7mpx-2qwra-33333", "new": PASSWORD, "again": PASSWORD}
    for change, said in (
        ({"password": "wrong"}, 401),
        ({"new": "short", "again": "short"}, 422),
        ({"again": "other than that"}, 422),
        ({"new": "k7mpx-2qwra-33333", "again": "k7mpx-2qwra-33333"}, 422),
        ({"new": "password1234", "again": "password1234"}, 422),
    ):
        assert browser.post("/password", data=own | change, headers=FROM_US).status_code == said
    assert browser.post("/password", data=own, headers=FROM_US).status_code == 303
    assert browser.get("/").text == f"lin manager {HERE}"
    logins.save(BOSS, once, password=hashed("k7mpx-2qwra-33333"), now=NOW)
    house.pass_(days=7, seconds=1)
    data = {"name": "lin", "password": "k7mpx-2qwra-33333"}
    assert house.browser().post("/login", data=data, headers=FROM_US).status_code == 401


@pytest.mark.parametrize("path", ["/login", "/logout", "/password", "/account/others"])
def test_a_foreign_page_can_neither_sign_in_nor_out(path: str, house: House) -> None:
    for headers in ({}, {"origin": "https://evil.example"}, {"origin": "null"}):
        assert house.signed_in().post(path, headers=headers).status_code == 403


def test_one_sees_ones_own_sessions_and_ends_the_others(house: House) -> None:
    first, boss = house.signed_in(), house.signed_in("root")
    house.pass_(minutes=10)
    first.post("/logout", headers=FROM_US)
    first = house.signed_in()
    house.pass_(minutes=5)
    second = house.signed_in()
    told = second.get("/account").text
    assert (told.count("This browser"), told.count("Another browser or device")) == (1, 1), "the first one is over"
    assert "signed in 5 min ago" in told
    assert first.cookies[COOKIE] not in told
    assert second.post("/account/others", headers=FROM_US).status_code == 303
    assert first.get("/").status_code in (303, 401)
    assert "Another browser" not in second.get("/account").text
    assert {second.get("/").status_code, boss.get("/").status_code} == {200}
    assert house.browser().post("/account/others", headers=FROM_US).status_code in (303, 401)
    assert second.get("/").status_code == 200


# ---- the demo's door


def test_the_demo_offers_its_accounts_with_one_tap_each(made: Callable[..., House]) -> None:
    house = made(door=True)
    browser = house.browser()
    page = browser.get("/login").text
    keys = re.findall(r'name="ready" value="([^"]+)"', page)
    assert {"manager.YX01", "regional_head", "auditor", "administrator", f"collector.{HERE}-A"} <= set(keys)
    assert "This is the demo" in page
    for key in keys:
        assert browser.post("/login", data={"ready": key}, headers=FROM_US).status_code == 303
        assert browser.get("/").text.split()[0] == key
    assert browser.post("/login", data={"ready": "root"}, headers=FROM_US).status_code == 403
    assert browser.post("/login", data={"ready": "lin"}, headers=FROM_US).status_code == 403
    held = {"name": "manager.YX01", "password": ""}
    assert house.browser().post("/login", data=held, headers=FROM_US).status_code == 401


@pytest.mark.parametrize("shut", ["setting", "far", "proxy", "token"])
def test_the_demos_door_is_shut_to_everybody_else(shut: str, made: Callable[..., House]) -> None:
    house = made(door=True)
    inside = house.browser()
    inside.post("/login", data={"ready": "manager.YX01"}, headers=FROM_US)
    assert inside.get("/").status_code == 200
    client = "10.0.0.7" if shut == "far" else "127.0.0.1"
    headers = {"x-forwarded-for": "10.0.0.7"} if shut == "proxy" else {}
    other = house.browser(client)
    other.cookies.set(ROLE, "manager.YX01")
    if shut == "setting":
        house.kit.door = False
        house.keeper.demo = (float("-inf"), False)
        assert inside.get("/").status_code == 401  # a ready account's session is worth nothing either
    elif shut == "token":
        other.cookies.set(COOKIE, "x")
    else:
        assert house.browser().get("/", headers={"cookie": f"{ROLE}=manager.YX01"}).status_code == 200
        other.cookies.set(COOKIE, "")
    assert other.get("/", headers=headers).status_code == 401
    if shut != "token":
        assert "ready" not in other.get("/login", headers=headers).text
        data, here = {"ready": "manager.YX01"}, FROM_US | headers
        assert other.post("/login", data=data, headers=here).status_code == 403


@pytest.mark.parametrize("shut", ["", "setting", "address", "public", "database"])
def test_the_demos_door_needs_the_setting_the_address_and_the_demos_database(
    shut: str, made: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    from streamlit import config

    from planner.demo.marks import SEEDED

    store = made().kit.store
    if shut != "database":
        store.save_setting(Principal("set-up", Role.SYSTEM, frozenset({HERE})), HERE, SEEDED, "now", now=NOW)
    environ = {
        "setting": {"ROUNDS_SIGN_IN": "accounts"},
        "public": {"ROUNDS_PUBLIC_URL": "https://rounds.bank.example"},
    }.get(shut, {})
    address = "0.0.0.0" if shut == "address" else "127.0.0.1"
    monkeypatch.setattr(config, "get_option", lambda name: {"server.address": address}[name])
    assert Services(load_settings(ROOT, environ), store).demo_door() == (shut == "")


# ---- strangers and open tabs


def test_a_stranger_gets_signing_in_and_nothing_else(house: House) -> None:
    routes = [route for route in plain_routes(lambda: house.kit, house.keeper) if isinstance(route, Route)]  # type: ignore[arg-type, return-value]
    assert len(routes) > 15
    stranger = house.browser()
    for route in routes:
        path = re.sub(r"\{[^}]*\}", "x", route.path)
        for method in sorted((route.methods or set()) - {"HEAD"}):
            answer = stranger.request(method, path, headers=FROM_US)
            if route.path in STRANGERS:
                assert answer.status_code in (200, 303, 401), path
            else:
                assert (answer.status_code, "Nobody is signed in" in answer.text) == (401, True), (method, path)


def test_a_file_of_a_page_is_for_whom_the_page_was_told_of_it(house: House) -> None:
    lin, root = house.signed_in(), house.signed_in("root")
    name = "/media/0a1b2c.xlsx"
    assert lin.get(name).status_code == root.get(name).status_code == 404
    with lin.websocket_connect(STREAM_AT, **STREAM) as socket:  # type: ignore[arg-type]
        socket.send_bytes(b"a page with " + name.encode())
        assert name.encode() in socket.receive_bytes()
    assert lin.get(name).status_code == 200
    assert lin.get("/media/0a1b2c3.xlsx").status_code == 404
    assert root.get(name).status_code == 404
    assert house.browser().get(name).status_code == 401
    assert lin.get("/media/").status_code == 404


def rerun(*, auto: bool = False) -> bytes:
    message = BackMsg()
    message.rerun_script.is_auto_rerun = auto
    return bytes(message.SerializeToString())


def farewell(frame: bytes) -> str:
    return str(ForwardMsg.FromString(frame).auth_redirect.url)


STREAM_AT = "ws://127.0.0.1:8501/_stcore/stream"
STREAM = {"headers": FROM_US, "subprotocols": ["streamlit"]}


@pytest.mark.parametrize(
    "how", ["sign out", "disable", "role", "idle", "elsewhere", "administrator", "another process"]
)
def test_an_open_tab_is_over_without_a_word_from_it(how: str, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process does reaches the tab at once; what another one does, when the tab's turn comes to be asked."""
    monkeypatch.setattr(open_page, "ASKED_EVERY_S", 0.05 if how == "another process" else 3600)
    monkeypatch.setattr(sessions, "FRESH_S", 0.05)
    browser = house.signed_in()
    with browser.websocket_connect(STREAM_AT, **STREAM) as socket:  # type: ignore[arg-type]
        socket.send_bytes(rerun())
        assert socket.receive_bytes().startswith(b"heard")
        if how == "sign out":
            browser.post("/logout", headers=FROM_US)
        elif how == "idle":
            house.pass_(minutes=16)
        elif how == "elsewhere":
            house.signed_in().post("/account/others", headers=FROM_US)
        elif how == "administrator":
            assert house.kit.store.logins.end_sessions(BOSS, "Lin", now=house.kit.moment) == 1
        elif how == "another process":
            other = open_store(house.url)
            assert other.logins.end_sessions(BOSS, "Lin", now=house.kit.moment) == 1
            other.close()
        else:
            house.change(**({"disabled": True} if how == "disable" else {"branches": frozenset({THERE})}))
        assert farewell(socket.receive_bytes()) == ("/" if how == "role" else "/login")
        with pytest.raises(WebSocketDisconnect) as over:
            socket.receive_bytes()  # what the application says after that does not arrive
        assert over.value.code == open_page.OVER


def test_a_frame_after_the_end_is_not_heard(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_page, "ASKED_EVERY_S", 3600)
    browser = house.signed_in()
    with browser.websocket_connect(STREAM_AT, **STREAM) as socket:  # type: ignore[arg-type]
        browser.post("/logout", headers=FROM_US)
        socket.send_bytes(rerun())
        assert farewell(socket.receive_bytes()) == "/login"


def test_signing_out_waits_for_no_database_that_is_busy(house: House) -> None:
    browser = house.signed_in()
    token = browser.cookies[COOKIE]
    long_import = sqlite3.connect(house.url.removeprefix("sqlite:///"), isolation_level=None)
    with browser.websocket_connect(STREAM_AT, **STREAM) as socket:  # type: ignore[arg-type]
        socket.send_bytes(rerun())
        assert socket.receive_bytes().startswith(b"heard")
        long_import.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as other:
            answer = other.submit(browser.post, "/logout", headers=FROM_US)
            assert farewell(socket.receive_bytes()) == "/login"
            thief = house.browser()
            thief.cookies.set(COOKIE, token)
            assert thief.get("/").status_code == 401
            assert not answer.done()
            long_import.execute("ROLLBACK")
            assert answer.result().status_code == 303
    long_import.close()
    assert house.kit.store.logins.sessions(BOSS, "lin", now=house.kit.moment) == ()
    assert thief.get("/").status_code == 401


def test_a_page_that_renews_itself_keeps_no_session_alive(house: House) -> None:
    browser = house.signed_in()
    with browser.websocket_connect(STREAM_AT, **STREAM) as socket:  # type: ignore[arg-type]
        house.pass_(minutes=10)
        socket.send_bytes(rerun(auto=True))
        socket.receive_bytes()
        house.pass_(minutes=6)
        socket.send_bytes(rerun(auto=True))
        assert farewell(socket.receive_bytes()) == "/login"
    browser = house.signed_in()
    with browser.websocket_connect(STREAM_AT, **STREAM) as socket:  # type: ignore[arg-type]
        for _ in range(3):
            house.pass_(minutes=10)
            socket.send_bytes(rerun())
            assert socket.receive_bytes().startswith(b"heard")


def test_a_tab_that_slept_is_told_where_to_go_and_a_stranger_nothing(house: House) -> None:
    browser = house.signed_in()
    token = browser.cookies[COOKIE]
    browser.post("/logout", headers=FROM_US)
    asleep = house.browser()
    asleep.cookies.set(COOKIE, token)
    with asleep.websocket_connect(STREAM_AT, **STREAM) as socket:  # type: ignore[arg-type]
        assert socket.accepted_subprotocol == "streamlit"
        assert farewell(socket.receive_bytes()) == "/login"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_bytes()
    for token in ("", "never was one"):
        stranger = house.browser()
        if token:
            stranger.cookies.set(COOKIE, token)
        with pytest.raises(WebSocketDisconnect), stranger.websocket_connect(STREAM_AT, **STREAM):  # type: ignore[arg-type]
            pass
