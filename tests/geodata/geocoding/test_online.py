"""An online geocoder, here a small server of our own on this machine, and the file that keeps its answers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from geodata.geocoding.answer import AMBIGUOUS, UNANSWERED, UNKNOWN, Answer, Located
from geodata.geocoding.kept import KEPT_S, Kept, forget
from geodata.geocoding.online import GIVEN_UP, WHOLE_S, Online
from geodata.geocoding.services import SERVICES

BOUNDS = (120.0, 30.0, 121.0, 31.0)
HOUSE = {"place_rank": 30, "lon": "120.1", "lat": "30.2", "boundingbox": ["30.2", "30.2", "120.1", "120.1"]}


class Service(BaseHTTPRequestHandler):
    asked: list[dict[str, list[str]]] = []  # noqa: RUF012 - one server a test
    status = 200
    body = b"[]"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        type(self).asked.append({"": [parts.path], **parse_qs(parts.query)})
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[tuple[type[Service], str]]:
    handler = type("One", (Service,), {"asked": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield handler, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def online(url: str, *, sleeps: list[float] | None = None, clock=lambda: 0.0) -> Online:
    heard = [] if sleeps is None else sleeps
    return Online(SERVICES["nominatim"], url, "", BOUNDS, "v1", per_second=4, clock=clock, sleep=heard.append)


def test_it_learns_the_address_and_the_bounds_and_no_more(service: tuple[type[Service], str]) -> None:
    handler, url = service
    handler.body = json.dumps([HOUSE]).encode()
    sleeps: list[float] = []
    found = online(url, sleeps=sleeps).all_of(["知行路12号", "知行路14号"])
    assert [one.by for one in found] == ["house", "house"]
    assert handler.asked[0] == {
        "": ["/search"], "q": ["知行路12号"], "format": ["jsonv2"], "limit": ["5"],
        "viewbox": ["120.0,30.0,121.0,31.0"], "bounded": ["1"],
    }  # fmt: skip
    assert sleeps == [0.25]


@pytest.mark.parametrize(("status", "body"), [(500, b"[]"), (200, b"<html>"), (200, b"{}"), (302, b"[]")])
def test_a_service_that_does_not_answer_is_given_up(
    service: tuple[type[Service], str], status: int, body: bytes
) -> None:
    handler, url = service
    handler.status, handler.body = status, body
    assert online(url).all_of(["a"] * 9) == [UNANSWERED] * 9
    assert len(handler.asked) == GIVEN_UP


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("amap", b'{"status":"1","geocodes":["x"]}'),
        ("amap", b'{"status":"1","geocodes":[{"level":"\xe9\x81\x93\xe8\xb7\xaf","location":"1"}]}'),
        ("nominatim", b'[{"place_rank": Infinity}]'),
        ("nominatim", b"[3]"),
        ("nominatim", b"[" * 100_000),
        ("nominatim", json.dumps([{**HOUSE, "place_rank": 26, "boundingbox": ["nan"] * 4}]).encode()),
    ],
)
def test_an_answer_of_another_shape_is_none(service: tuple[type[Service], str], form: str, body: bytes) -> None:
    handler, url = service
    handler.body = body
    assert Online(SERVICES[form], url, "", BOUNDS, "v1").all_of(["a"]) == [UNANSWERED]


def test_nobody_listens() -> None:
    assert online("http://127.0.0.1:9").all_of(["a"]) == [UNANSWERED]


def test_a_list_waits_no_longer_than_a_minute(service: tuple[type[Service], str]) -> None:
    handler, url = service
    times = iter([0.0, 1.0, WHOLE_S + 1, WHOLE_S + 2])
    assert online(url, clock=lambda: next(times)).all_of(["a", "b", "c"]) == [UNKNOWN, UNANSWERED, UNANSWERED]
    assert len(handler.asked) == 1


class Counted:
    def __init__(self, version: str = "v1") -> None:
        self.version = version
        self.asked: list[str] = []

    def all_of(self, addresses: Sequence[str]) -> list[Answer]:
        self.asked += addresses
        known = {"house": Located(1.0, 2.0, 50.0, "", "house"), "two": AMBIGUOUS, "down": UNANSWERED}
        return [known.get(one, UNKNOWN) for one in addresses]


def test_nobody_is_asked_twice(tmp_path: Path) -> None:
    asked, file = Counted(), tmp_path / "new" / "answers.sqlite"
    first = Kept(asked, file, clock=lambda: 0.0).all_of(["house", "two", "house", "nowhere", "down"])
    assert asked.asked == ["house", "two", "nowhere", "down"]
    again = Kept(asked, file, clock=lambda: KEPT_S).all_of(["house", "two", "ｈｏｕｓｅ", "nowhere", "down"])
    assert again == first
    assert asked.asked[4:] == ["down"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"nowhere" not in file.read_bytes()


def test_another_version_and_old_answers_are_asked_anew(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    Kept(Counted(), file, clock=lambda: 0.0).all_of(["house"])
    late, newer = Counted(), Counted("v2")
    Kept(late, file, clock=lambda: KEPT_S + 1).all_of(["house"])
    Kept(newer, file, clock=lambda: KEPT_S + 2).all_of(["house"])
    assert late.asked == newer.asked == ["house"]


def test_what_is_dropped_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    Kept(Counted(), file, clock=lambda: 0.0).all_of(["house"])
    assert b'"lon": 1.0' in file.read_bytes()
    Kept(Silent(), file, clock=lambda: KEPT_S + 1).all_of(["house"])
    assert b'"lon": 1.0' not in file.read_bytes()


class Silent(Counted):
    def all_of(self, addresses: Sequence[str]) -> list[Answer]:
        self.asked += addresses
        return [UNANSWERED] * len(addresses)


def test_an_answer_of_another_version_stands_until_somebody_answers(tmp_path: Path) -> None:
    file, silent, newer = tmp_path / "answers.sqlite", Silent("v2"), Counted("v2")
    (house,) = Kept(Counted("v1"), file, clock=lambda: 0.0).all_of(["house"])
    assert Kept(silent, file, clock=lambda: 1.0).all_of(["house", "nowhere"]) == [house, UNANSWERED]
    assert silent.asked == ["house", "nowhere"]
    Kept(newer, file, clock=lambda: 2.0).all_of(["house"])
    assert Kept(newer, file, clock=lambda: 3.0).all_of(["house"]) == [house]
    assert newer.asked == ["house"]
    assert Kept(silent, file, clock=lambda: KEPT_S + 3.0).all_of(["house"]) == [UNANSWERED]


def test_what_is_kept_of_an_address_is_forgotten_whatever_was_put_before_it(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    written = ["云溪市 滨江区 知行路12号 3栋", "知行路12号　３栋", "知行路12号", "长街1号"]
    Kept(Counted(), file, clock=lambda: 9.0).all_of(written)
    digest = hashlib.blake2b("知行路12号 3栋".encode(), digest_size=16).digest()
    assert digest in file.read_bytes()
    assert forget(file, ["知行路12号 3栋", " "], before=0.0, clock=lambda: 10.0) == 2
    assert digest not in file.read_bytes()
    asked = Counted()
    Kept(asked, file, clock=lambda: 11.0).all_of(written)
    assert asked.asked == written[:2]
    assert forget(file, [], before=10.0, clock=lambda: 12.0) == 2
    assert forget(file, [], before=0.0, clock=lambda: KEPT_S + 12.0) == 2
    assert forget(tmp_path / "none.sqlite", ["长街1号"], before=0.0) == 0
    assert not (tmp_path / "none.sqlite").exists()


def test_answers_of_before_they_could_be_forgotten_are_dropped(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    with closing(sqlite3.connect(file)) as old:
        old.execute("CREATE TABLE answer (key BLOB PRIMARY KEY, version TEXT, at REAL, said TEXT)")
        old.execute("INSERT INTO answer VALUES (?, 'v1', 0, 'somewhere near')", (b"k" * 16,))
        old.commit()
    asked = Counted()
    Kept(asked, file, clock=lambda: 1.0).all_of(["house"])
    assert asked.asked == ["house"]
    assert b"somewhere near" not in file.read_bytes()
