"""Alive is one thing, ready another; and what is told of either helps nobody who should not be helped."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from config.settings import load_settings
from dashboard import health
from dashboard.gate import Gate
from dashboard.health import HealthRoutes
from dashboard.metrics import Metrics
from dashboard.services import ROOT, Services
from dashboard.watched import Inside, Watched
from planner.domain import Branch, Principal, Role
from planner.store import Store, migrate, open_store
from tests.planner.store.factories import NOW

TOKEN = "s3cret-" + "x" * 40


@pytest.fixture
def kit(tmp_path: Path) -> Services:
    url = f"sqlite:///{tmp_path / 'rounds.sqlite'}"
    migrate(url)
    settings = load_settings(ROOT, {"ROUNDS_DATABASE_URL": url, "ROUNDS_VAR": str(tmp_path)})
    return Services(settings, open_store(url))


@dataclass(frozen=True)
class Somebody:
    """A doorkeeper to whom everybody is the same."""

    principal: Principal | None

    def who(self, _cookies: Mapping[str, str], *, near: bool = False) -> Principal | None:
        return self.principal

    def ended(self, _cookies: Mapping[str, str]) -> bool:
        return False

    def acts(self, _cookies: Mapping[str, str]) -> None:
        pass


def client(services: Any, *, host: str = "127.0.0.1", token: str = "", role: Role | None = None) -> TestClient:
    """Give a browser in front of the routes as the application has them, the gate between."""
    routes = HealthRoutes(services, metrics=Metrics()).routes()
    watched = Middleware(Watched, routes=routes, metrics_token=lambda: token)
    who = Somebody(None if role is None else Principal(role.value, role, frozenset({"YX01"}), "YX01-A"))
    gate = Middleware(Gate, hosts=frozenset({"localhost"}), doorkeeper=who, pages="policy")
    return TestClient(
        Starlette(routes=routes, middleware=[watched, gate, Middleware(Inside)]),
        base_url="http://localhost",
        client=(host, 1),
        follow_redirects=False,
    )


def test_ready_while_the_database_answers_with_our_schema(kit: Services) -> None:
    asked = client(lambda: kit)
    assert asked.get("/health").json() == {"alive": True}
    answer = asked.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": "ok", "schema": "current", "roads": "none"}


def test_not_ready_under_another_schema(kit: Services, tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'rounds.sqlite'}", "base")
    answer = client(lambda: kit).get("/ready")
    assert answer.status_code == 503
    assert answer.json()["schema"] == "other"


def test_not_ready_without_a_database_and_alive_all_the_same() -> None:
    def broken() -> Services:
        raise RuntimeError("postgresql://rounds_app:secret@db/rounds does not answer")

    asked = client(broken)
    answer = asked.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "no answer", "schema": "other", "roads": "none"}
    assert asked.get("/health").status_code == 200
    assert asked.get("/metrics").status_code == 401
    assert client(broken, role=Role.ADMINISTRATOR).get("/metrics").status_code == 200


def test_a_database_that_says_nothing_is_not_waited_for(kit: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def slow(_store: object) -> object:
        calls.append(1)
        time.sleep(0.6)
        return health.Condition(answers=True, current=True)

    monkeypatch.setattr(Store, "condition", slow)
    monkeypatch.setattr(health, "PATIENCE_S", 0.05)
    with client(lambda: kit) as asked:
        assert [asked.get("/ready").status_code for _ in range(3)] == [503, 503, 503]
        assert len(calls) == 1  # however often it is asked, one thread waits


def test_the_road_engine_is_told_and_does_not_decide(kit: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PRIVATE", [SimpleNamespace(url="http://127.0.0.1:1", starts=4)])
    answer = client(lambda: kit).get("/ready")
    assert answer.status_code == 200
    assert answer.json()["roads"] == "down"
    told = client(lambda: kit, role=Role.ADMINISTRATOR).get("/metrics").text
    assert "rounds_roads_up 0\n" in told
    assert "rounds_roads_starts 4\n" in told


def test_metrics_count_the_jobs(kit: Services) -> None:
    setting_up = Principal("set-up", Role.SYSTEM, frozenset({"YX01"}))
    kit.store.save_branch(setting_up, Branch("YX01", "A", "甲", 103.8, 30.6, road_region="t"), now=NOW)
    kit.store.queue_job(setting_up, "YX01", "plan", request={"week": "Kanarienvogel"}, now=NOW)
    told = client(lambda: kit, role=Role.ADMINISTRATOR).get("/metrics").text
    assert 'rounds_jobs{kind="plan",state="queued"} 1' in told
    assert 'rounds_jobs{kind="worth",state="done"} 0' in told
    assert "rounds_database_up 1\n" in told
    assert "Kanarienvogel" not in told


@pytest.mark.parametrize(
    ("host", "token", "shown", "status"),
    [
        ("127.0.0.1", "", "", 401),
        ("::1", "", "", 401),
        ("127.0.0.1", "", "Bearer ", 401),
        ("127.0.0.1", TOKEN, "", 401),
        ("127.0.0.1", TOKEN, "Bearer wrong", 401),
        ("10.0.0.7", TOKEN, f"Bearer {TOKEN}", 200),
    ],
)
def test_a_stranger_reads_the_metrics_with_their_token_only(
    kit: Services, host: str, token: str, shown: str, status: int
) -> None:
    headers = {"authorization": shown} if shown else {}
    asked = client(lambda: kit, host=host, token=token)
    assert asked.get("/metrics", headers=headers).status_code == status
    if shown:  # it opens nothing else
        assert asked.get("/metric", headers=headers).status_code == 401


@pytest.mark.parametrize("role", list(Role))
def test_of_those_who_are_signed_in_administrators_read_the_metrics(kit: Services, role: Role) -> None:
    answer = client(lambda: kit, role=role).get("/metrics")
    assert answer.status_code == (200 if role is Role.ADMINISTRATOR else 403)


def test_asking_a_condition_reads_no_row(kit: Services) -> None:
    asked: list[str] = []
    sa.event.listen(kit.store._door.engine, "before_cursor_execute", lambda *args: asked.append(str(args[2])))
    client(lambda: kit).get("/ready")
    assert asked
    assert not [one for one in asked if "FROM" in one.upper() and "ALEMBIC_VERSION" not in one.upper()]
