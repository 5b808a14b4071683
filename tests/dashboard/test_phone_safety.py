"""A crew's safety on the phone: what is kept, who may say it, which days a collector opens; nobody is located."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.routing import Route

from dashboard import assets
from dashboard.application import plain_routes
from dashboard.phone.answers import OTHER_WEEK
from dashboard.policy import PLAIN_PREFIXES, PUBLIC_PREFIXES, headers_for
from dashboard.text import _, speaking
from planner.domain import Branch, Principal, Role
from planner.safety import NotYourWeek, own_days, require_own_days
from tests.dashboard.fakes import MANAGER, NOW, FakeServices
from tests.dashboard.test_phone import API, COLLECTOR, HEAD, phone

ROOT = Path(__file__).parent.parent.parent
OTHER_CREW = Principal("collector.YX01-2", Role.COLLECTOR, frozenset({"YX01"}), "YX01-2")
LOCATES = re.compile(r"geolocation|getCurrentPosition|watchPosition|DeviceOrientation|LocateControl|\.locate\(", re.I)


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


def sign(kind: str, **changes: object) -> dict[str, object]:
    return {"entry_id": str(uuid4()), "kind": kind, "happened_at": "2026-11-24T02:59:00Z", **changes}


def test_a_shift_begins_is_kept_once_and_ends(services: FakeServices) -> None:
    client = phone(services, COLLECTOR)
    before = client.get(API).json()["safety"]
    assert (before["duty"], before["tapped"], before["may"]) == ("not_begun", False, True)
    begun = sign("shift_begun")
    answers = [client.post(f"{API}/safety", json=begun) for _time in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert len(services.store.said) == 1
    out = client.get(f"{API}/safety").json()
    assert (out["duty"], out["level"], out["deadline_text"]) == ("out", "calm", "18:00")
    back = client.post(f"{API}/safety", json=sign("shift_ended", happened_at="2026-11-24T02:59:30Z")).json()["safety"]
    assert (back["duty"], back["deadline"]) == ("back", "")


def test_an_alert_is_sent_seen_and_taken_back_and_names_no_debtor(services: FakeServices) -> None:
    client = phone(services, COLLECTOR)
    alert = sign("alert")
    stands = client.post(f"{API}/safety", json=alert).json()["safety"]
    assert stands["alert"] == {"id": alert["entry_id"], "at": "10:59", "seen": ""}
    assert stands["numbers"][0] == ["110", "Police"]
    assert stands["branch_phone"]
    assert not [one for one in ("D001", "蔡明远", "知行路") if one in str(stands)]
    over = client.post(f"{API}/safety", json=sign("alert_withdrawn", about=alert["entry_id"])).json()["safety"]
    assert over["alert"] is None
    assert len(services.store.said) == 2, "a false alarm stays in the record"


@pytest.mark.parametrize("days", [-400, -20, 0, 20])
@pytest.mark.parametrize("clock", ["2026-11-24T02:59:00Z", "2031-01-01T00:00:00Z", "1970-01-01T00:00:00Z"])
def test_nothing_keeps_anybody_from_calling_for_help(services: FakeServices, days: int, clock: str) -> None:
    """Neither an old page nor a phone whose clock is wrong."""
    day = date(2026, 11, 24) + timedelta(days=days)
    address = f"/m/api/YX01/YX01-1/{day}/safety"
    alert = sign("alert", happened_at=clock)
    answer = phone(services, COLLECTOR).post(address, json=alert)
    assert answer.status_code == 201
    assert answer.json()["safety"]["alert"]["id"] == alert["entry_id"], "the phone hears that the branch was told"
    (row,) = services.store.said.to_dict("records")
    assert row["day_on"].date() == date(2026, 11, 24), "an alert is of today, whatever page is open"


@pytest.mark.parametrize("who", [MANAGER, HEAD])
def test_nobody_gives_signs_of_life_for_a_crew(services: FakeServices, who: Principal) -> None:
    assert phone(services, who).post(f"{API}/safety", json=sign("all_well")).status_code == 403
    assert services.store.said.empty
    answer = phone(services, who).get(API)
    if who is HEAD:  # who gets sums has no day of a crew
        assert answer.status_code == 404
    else:
        assert not answer.json()["safety"]["may"]


def test_another_crew_is_not_there(services: FakeServices) -> None:
    client = phone(services, OTHER_CREW)
    assert client.get(f"{API}/safety").status_code == 404
    assert client.post(f"{API}/safety", json=sign("alert")).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "acknowledged"},
        {"kind": "gps"},
        {"entry_id": "1"},
        {"happened_at": "2026-11-24T02:59:00"},
        {"happened_at": "2026-11-24T09:00:00Z"},
        {"happened_at": "2026-11-22T09:00:00Z"},
        {"lon": 109.5},
        {"debtor_id": "D001"},
        {"kind": "alert_withdrawn", "about": "that one"},
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(services: FakeServices, changes: dict[str, object]) -> None:
    answer = phone(services, COLLECTOR).post(f"{API}/safety", json={**sign("shift_begun"), **changes})
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")
    assert services.store.said.empty


# ---- own week only

BRANCH = Branch("YX01", "Centre", "中心", 109.6, 29.1, road_region="yunxi")
SUNDAY_23_59 = datetime(2026, 11, 29, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "now", "first", "last"),
    [
        ("Asia/Shanghai", SUNDAY_23_59, date(2026, 11, 22), date(2026, 12, 2)),
        ("Asia/Shanghai", SUNDAY_23_59 + timedelta(minutes=1), date(2026, 11, 23), date(2026, 12, 6)),
        ("Asia/Kolkata", SUNDAY_23_59 + timedelta(minutes=1), date(2026, 11, 22), date(2026, 12, 2)),
        ("America/New_York", datetime(2026, 11, 30, 4, 59, tzinfo=UTC), date(2026, 11, 22), date(2026, 12, 2)),
        ("America/New_York", datetime(2026, 11, 30, 5, 0, tzinfo=UTC), date(2026, 11, 23), date(2026, 12, 6)),
    ],
)
def test_the_week_turns_by_the_branchs_clock(zone: str, now: datetime, first: date, last: date) -> None:
    branch = Branch("X", "X", "X", 0.0, 0.0, road_region="x", timezone=zone)
    days = own_days(branch, now=now, back_days=7)
    assert (days.first, days.last) == (first, last)
    for day, allowed in ((first, True), (last, True), (first - timedelta(days=1), False), (last + timedelta(1), False)):
        if allowed:
            require_own_days(COLLECTOR, branch, day, now=now, back_days=7)
        else:
            with pytest.raises(NotYourWeek):
                require_own_days(COLLECTOR, branch, day, now=now, back_days=7)
        require_own_days(MANAGER, branch, day, now=now, back_days=7)


def day_routes(services: FakeServices) -> list[Route]:
    routes = plain_routes(lambda: services, read_day=services.read_day)  # type: ignore[arg-type, return-value]
    return [one for one in routes if isinstance(one, Route) and "{day}" in one.path]


def test_every_page_of_a_day_refuses_a_collector_another_week(services: FakeServices) -> None:
    """Whatever route of a day is added: it shows a collector neither next week nor the one before last."""
    routes = [one for one in day_routes(services) if "GET" in (one.methods or ())]
    assert len(routes) >= 4
    for route in routes:
        for day in (date(2026, 11, 30), date(2026, 12, 24), date(2026, 11, 16), date(2025, 11, 24)):
            names = {"branch": "YX01", "crew": "YX01-1", "day": day.isoformat()}
            filled = re.sub(r"\{(\w+)[^}]*\}", lambda one, names=names: names.get(one[1], "1"), route.path)
            answer = phone(services, COLLECTOR).get(filled)
            assert answer.status_code == 404, filled
            assert "this week" in answer.text, filled


def test_nothing_is_written_of_a_week_that_has_not_come(services: FakeServices) -> None:
    for route in day_routes(services):
        if "POST" in (route.methods or ()):
            ahead = route.path.format(branch="YX01", crew="YX01-1", day="2026-12-01")
            kind = sign("shift_begun", happened_at=NOW.isoformat()) if ahead.endswith("/safety") else {}
            assert phone(services, COLLECTOR).post(ahead, json=kind).status_code == 404, ahead


def test_the_arrows_end_where_the_reader_may_not_go(services: FakeServices) -> None:
    sunday = API.replace("2026-11-24", "2026-11-29")
    client = phone(services, COLLECTOR)
    assert client.get(sunday).json()["after"] == ""
    assert client.get(sunday).json()["before"].endswith("2026-11-28")
    assert client.get(API.replace("2026-11-24", "2026-11-17")).json()["before"] == ""
    assert phone(services).get(sunday).json()["after"].endswith("2026-11-30")


# ---- nobody is located


def ours() -> list[Path]:
    kinds = {".js", ".html", ".py", ".css"}
    return [one for one in (ROOT / "dashboard").rglob("*") if one.suffix in kinds]


def test_no_script_or_page_of_ours_asks_where_somebody_is() -> None:
    assert len(ours()) > 100
    forbids = {ROOT / "dashboard" / "policy.py"}
    asking = [one for one in ours() if one not in forbids and LOCATES.search(one.read_text("utf-8"))]
    assert not asking
    assert not LOCATES.search(assets.content(assets.DAY).decode())


@pytest.mark.parametrize("path", ["/", "/board", "/m/YX01/A/2026-11-24", "/none", *PLAIN_PREFIXES, *PUBLIC_PREFIXES])
def test_every_answer_forbids_to_ask(path: str) -> None:
    """Of a map's package too, which could: the browser refuses it."""
    headers = dict(headers_for(path, pages="", secure=False, kept=True))
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_no_table_has_room_for_a_persons_position() -> None:
    """Places are of debtors and of where a crew starts; none is of a person at a moment."""
    from planner.store.schema import metadata

    located = {
        t.name for t in metadata.tables.values() for c in t.columns if c.name in ("lon", "lat") or "_lon" in c.name
    }
    assert located == {"branch", "crew", "customer", "place", "place_change"}


@pytest.mark.parametrize(("language", "told"), [("en", "the three days after today"), ("zh", "今天之后的三天")])
def test_which_days_there_are_is_said_without_a_riddle(language: str, told: str) -> None:
    with speaking(language):
        assert told in _(OTHER_WEEK)
