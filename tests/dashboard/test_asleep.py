"""A manager's desk that was signed out by the clock still tells which crews call for help, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest

from dashboard.sign_in import routes
from dashboard.sign_in.alarms import alarms
from dashboard.text import speaking
from planner.safety import Level
from tests.dashboard.fakes import MANAGER, NOW, FakeServices
from tests.dashboard.test_phone import API, COLLECTOR, phone
from tests.dashboard.test_sign_in import FROM_US, House, filled, house, made  # noqa: F401

TOLD = "North Crew calls for help since 10:59."


@pytest.fixture(autouse=True)
def one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "alarms", lambda _kit, _principal: [TOLD])


def heard(browser: object) -> list[str]:
    answer = browser.get("/login/alarms")  # type: ignore[attr-defined]
    assert answer.status_code == 200
    told: list[str] = answer.json()["told"]
    return told


def test_a_desk_left_alone_is_told_of_a_call_for_help_until_its_session_would_be_over_anyway(house: House) -> None:  # noqa: F811
    browser = house.signed_in()
    assert heard(browser) == []  # its pages tell it
    house.pass_(minutes=16)
    assert browser.get("/").status_code in (303, 401)
    assert heard(browser) == [TOLD]
    assert 'id="alarms"' in browser.get("/login").text
    house.pass_(hours=10)
    assert heard(browser) == []
    assert 'id="alarms"' not in browser.get("/login").text


def test_who_signed_out_or_was_disabled_or_is_nobody_is_told_nothing(house: House) -> None:  # noqa: F811
    assert heard(house.browser()) == []
    out = house.signed_in()
    token = dict(out.cookies)
    out.post("/logout", headers=FROM_US)
    out.cookies.update(token)
    house.pass_(minutes=16)
    assert heard(out) == []
    disabled = house.signed_in()
    house.change(disabled=True)
    house.pass_(minutes=16)
    assert heard(disabled) == []


def test_a_crew_and_a_time_are_told_and_no_debtor(monkeypatch: pytest.MonkeyPatch) -> None:
    late = SimpleNamespace(
        crew=SimpleNamespace(name="South Crew"), watch=SimpleNamespace(level=Level.LATE, deadline=NOW)
    )
    calm = SimpleNamespace(crew=late.crew, watch=SimpleNamespace(level=Level.CALM, deadline=NOW))
    monkeypatch.setattr("dashboard.sign_in.alarms.safety_of", lambda *_, **__: (late, calm))
    monkeypatch.setattr("dashboard.sign_in.alarms.day_read", lambda *_: None)
    services = FakeServices()
    sent = {"entry_id": str(uuid4()), "kind": "alert", "happened_at": "2026-11-24T02:59:00Z"}
    assert phone(services, COLLECTOR).post(f"{API}/safety", json=sent).status_code == 201
    with speaking("en"):
        told = alarms(services, MANAGER)  # type: ignore[arg-type]
    assert [one.partition(" is late")[0] for one in told[1:]] == ["South Crew"]
    assert "calls for help since 10:59" in told[0]
    assert not [one for one in ("D001", "蔡明远", "知行路") if one in str(told)]
