"""The phone's routes: what they show, keep once, correct, and refuse."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.application import plain_routes
from dashboard.navigation import ENTRIES
from dashboard.phone.content import planned_back, promise_days
from dashboard.principal import HEADER, to_header
from dashboard.text import speaking
from planner.day_change import Happened
from planner.domain import Principal, Role
from tests.dashboard.fakes import MANAGER, FakeServices, day

DAY = "/m/YX01/YX01-1/2026-11-24"
API = DAY.replace("/m/", "/m/api/")
COLLECTOR = Principal("collector.YX01-1", Role.COLLECTOR, frozenset({"YX01"}), "YX01-1")
HEAD = Principal("regional_head", Role.REGIONAL_HEAD, frozenset({"YX01", "YX02"}))
Ask = Callable[..., Any]


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


def phone(services: FakeServices, principal: Principal = MANAGER) -> TestClient:
    routes = plain_routes(lambda: services, read_day=services.read_day)  # type: ignore[arg-type, return-value]
    client = TestClient(Starlette(routes=routes), base_url="http://localhost", follow_redirects=False)
    client.headers[HEADER] = to_header(principal)
    return client


def outcome(**changes: object) -> dict[str, object]:
    base = {
        "outcome_id": str(uuid4()),
        "debtor_id": "D001",
        "place_id": "P001",
        "plan_id": "plan1",
        "code": "NOT_HOME",
        "started_at": "2026-11-24T02:40:00.000Z",
        "ended_at": "2026-11-24T02:45:00.000Z",
        "correction": False,
    }
    return {**base, **changes}


def test_the_page_carries_the_day_in_the_readers_language(services: FakeServices) -> None:
    english = phone(services).get(DAY)
    assert english.status_code == 200
    assert "Tue 24 Nov" in english.text
    assert "Not before 10:00" in english.text
    chinese = phone(services).get(DAY, headers={"accept-language": "zh-CN"})
    assert "11月24日 周二" in chinese.text
    assert '<html lang="zh">' in chinese.text


def test_a_managers_look_is_noted_once_and_before_anything_is_shown(services: FakeServices) -> None:
    manager, crew = phone(services), phone(services, COLLECTOR)
    assert [crew.get(one).status_code for one in (DAY, API)] == [200, 200]
    assert services.store.looks == []
    assert [manager.get(one).status_code for one in (API, DAY, API)] == [200, 200, 200]
    (look,) = services.store.looks
    assert (look["who"], look["what"], look["crew"], look["day"]) == (MANAGER.name, "shown", "YX01-1", "2026-11-24")


def test_what_cannot_be_noted_is_not_shown(services: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(type(services.store), "note_cards", full)
    for address in (DAY, API):
        with pytest.raises(OSError, match="full"):
            phone(services).get(address)


def test_hostile_names_stay_inside_the_data(services: FakeServices) -> None:
    text = phone(services).get(DAY).text
    assert "<img" not in text
    assert "\\u003cimg src=x" in text


def test_an_outcome_is_kept_once_however_often_it_is_sent(services: FakeServices) -> None:
    sent = outcome()
    client = phone(services, COLLECTOR)
    first, again = client.post(f"{API}/outcome", json=sent), client.post(f"{API}/outcome", json=sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert len(services.store.kept) == 1
    row = services.store.kept.iloc[0]
    kept = (row["code"], row["crew_id"], row["plan_id"], row["recorded_by"])
    assert kept == ("NOT_HOME", "YX01-1", "plan1", COLLECTOR.name)
    assert client.get(API).json()["stops"][0]["outcome"] == "NOT_HOME"


def test_a_correction_replaces_the_entry_before(services: FakeServices) -> None:
    client = phone(services)
    first = outcome()
    client.post(f"{API}/outcome", json=first)
    correction = outcome(code="PAID_PART", paid_minor=50_000, correction=True)
    assert [client.post(f"{API}/outcome", json=correction).status_code for _time in range(2)] == [201, 200]
    assert list(services.store.kept["replaces"]) == ["", first["outcome_id"]]
    shown = client.get(API).json()["stops"][0]
    assert (shown["outcome"], shown["paid"]) == ("PAID_PART", 50_000)


def test_a_promise_keeps_when_how_and_how_much(services: FakeServices) -> None:
    promise = outcome(code="PTP_2D", promised_on="2026-11-26", promised_how="transfer", promised_minor=70_000)
    assert phone(services).post(f"{API}/outcome", json=promise).status_code == 201
    row = services.store.kept.iloc[0]
    kept = (str(row["promised_on"].date()), row["promised_how"], row["promised_minor"])
    assert kept == ("2026-11-26", "transfer", 70_000)
    assert (row["willing"], row["able"]) == ("yes", "unknown")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, {"minor": 0, "text": ""}),
        ({"promised_minor": 70_000}, {"minor": 70_000, "text": ""}),
        ({"promised_on": "2026-12-24"}, {"minor": 0, "text": "Thu 24 Dec"}),
    ],
)
def test_what_was_not_said_of_a_promise_stays_open(
    services: FakeServices, said: dict[str, object], told: dict[str, object]
) -> None:
    client = phone(services)
    assert client.post(f"{API}/outcome", json=outcome(code="PTP_LATER", **said)).status_code == 201
    row = services.store.kept.iloc[0]
    assert (pd.isna(row["promised_on"]), row["promised_minor"]) == ("promised_on" not in said, told["minor"])
    assert client.get(API).json()["stops"][0]["promised"] == told


def test_a_correction_opens_with_what_was_entered(services: FakeServices) -> None:
    said = {"evidence": "delivery_proof", "willing": "yes", "able": "no", "next_action": "letter", "note": "At work"}
    client, first = phone(services), outcome(code="NOTICE_LEFT", **said)
    client.post(f"{API}/outcome", json=first)
    entry = client.get(API).json()["stops"][0]["entry"]
    assert {name: entry[name] for name in said} == said
    assert (entry["outcome_id"], entry["code"]) == (first["outcome_id"], "NOTICE_LEFT")
    # The visit's own times, by the clock of the branch: a correction sends them again.
    assert (entry["began"], entry["ended"]) == ("10:40", "10:45")
    assert datetime.fromisoformat(entry["started_at"]) == datetime(2026, 11, 24, 2, 40, tzinfo=UTC)


def test_a_correction_sent_twice_is_kept_once_and_replaces_what_it_did(services: FakeServices) -> None:
    client, first, mended = phone(services), outcome(), outcome(code="REFUSED", correction=True)
    answers = [client.post(f"{API}/outcome", json=one).status_code for one in (first, mended, mended, first)]
    assert answers == [201, 201, 200, 200]
    assert services.store.kept["replaces"].tolist() == ["", first["outcome_id"]]


def test_two_phones_of_a_crew_with_the_same_payment_are_told_that_it_counts_twice(services: FakeServices) -> None:
    """The second one does not know of the first, so it corrects nothing: both are kept, and that must not go unsaid."""
    client, paid = phone(services), {"code": "PAID_PART", "paid_minor": 30_000}
    assert client.post(f"{API}/outcome", json=outcome(**paid)).json()["told"] == ""
    again = outcome(**paid)
    assert "¥600.00" in client.post(f"{API}/outcome", json=again).json()["told"]
    assert client.post(f"{API}/outcome", json=again).json()["told"] == ""  # sent once more it is said already
    assert client.get(API).json()["stops"][0]["paid"] == 60_000
    mended = outcome(code="NOT_HOME", correction=True, replaces=again["outcome_id"])
    assert "¥300.00" in client.post(f"{API}/outcome", json=mended).json()["told"]


def test_a_phone_is_told_whose_entry_it_is(services: FakeServices) -> None:
    client, first = phone(services), outcome()
    client.post(f"{API}/outcome", json=first)
    assert client.get(API).json()["stops"][0]["entry"]["ours"] is True
    services.store.kept = services.store.kept.assign(crew_id="YX01-2")
    assert client.get(API).json()["stops"][0]["entry"]["ours"] is False


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome_id": "1"},
        {"debtor_id": "D999"},
        {"code": "BAD_FAITH"},
        {"code": "PAID_FULL"},
        {"paid_minor": 100},
        {"code": "PAID_PART", "paid_minor": 1.5},
        {"code": "PAID_PART", "paid_minor": True},
        {"code": "PAID_PART", "paid_minor": -1},
        {"code": "PAID_FULL", "paid_minor": 99_999_999_900},
        {"code": "PTP_2D", "promised_minor": 100},
        {"code": "PTP_2D", "promised_minor": 100, "promised_on": "2026-11-20"},
        {"code": "PTP_2D", "promised_minor": 100, "promised_on": "26/11/2026"},
        {"promised_how": "gold"},
        {"started_at": "2026-11-24T02:50:00Z"},
        {"ended_at": "2026-11-25T02:45:00Z"},
        {"started_at": "2026-11-24T02:40:00"},
        {"started_at": "2026-09-24T02:40:00Z"},
        {"recorded_by": "boss"},
        {"evidence": "gps_check_in"},
        {"willing": "maybe"},
        {"next_action": "shame"},
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(services: FakeServices, changes: dict[str, object]) -> None:
    answer = phone(services).post(f"{API}/outcome", json=outcome(**changes))
    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")
    assert len(services.store.kept) == 0


def test_what_else_is_said_is_kept_and_may_be_left_away(services: FakeServices) -> None:
    said = {"evidence": "delivery_proof", "willing": "yes", "able": "no", "next_action": "letter", "note": " At work "}
    client = phone(services)
    assert client.post(f"{API}/outcome", json=outcome(code="NOTICE_SIGNED", **said)).json()["told"] == ""
    client.post(f"{API}/outcome", json=outcome(code="NOTICE_SIGNED", debtor_id="D002", place_id="P002"))
    first, second = services.store.kept.iloc[0], services.store.kept.iloc[1]
    assert {name: first[name] for name in said} == {**said, "note": "At work"}
    # What the outcome itself says holds where nobody says otherwise.
    assert (second["evidence"], second["willing"], second["next_action"]) == ("notice_signed", "unknown", "")


@pytest.mark.parametrize("note", ["老赖", "Ring 13800000000", "x" * 281])
def test_an_outcome_is_not_lost_for_its_note(services: FakeServices, note: str) -> None:
    answer = phone(services).post(f"{API}/outcome", json=outcome(note=note))
    assert answer.status_code == 201
    assert "without its note" in answer.json()["told"]
    assert services.store.kept.iloc[0]["note"] == ""


AHEAD = "2026-11-25"


def test_nothing_is_recorded_of_a_day_that_is_still_to_come(services: FakeServices) -> None:
    services.read_day = lambda store, *_: day(store.kept, day=date(2026, 11, 25))  # type: ignore[method-assign]
    client, tomorrow = phone(services, COLLECTOR), API.replace("2026-11-24", AHEAD)
    shown = client.get(tomorrow).json()
    assert (shown["open"], shown["today"], shown["opens_at"]) == (False, False, "2026-11-25T00:00:00+08:00")
    answer = client.post(f"{tomorrow}/outcome", json=outcome())
    assert answer.status_code == 425  # the phone keeps what it sent, and sends it again on the day
    assert "Wed 25 Nov" in answer.json()["error"]
    told = client.post(f"{tomorrow}/upload", json={"crew": "YX01-1", "day": AHEAD, "entries": [entry()]}).json()
    assert [one["state"] for one in told["results"]] == ["refused"]
    assert services.store.kept.empty
    # A phone whose clock is four minutes ahead is on its day already.
    services.moment = datetime(2026, 11, 24, 15, 56, tzinfo=UTC)
    early = outcome(started_at="2026-11-24T16:00:00Z", ended_at="2026-11-24T16:00:00Z")
    assert client.post(f"{tomorrow}/outcome", json=early).status_code == 201
    assert client.get(tomorrow).json()["open"]


def entry() -> dict[str, object]:
    return {"path": "/outcome", "body": outcome()}


def test_a_day_that_is_over_can_still_be_written_up(services: FakeServices) -> None:
    services.moment = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    client = phone(services, COLLECTOR)
    assert client.post(f"{API}/outcome", json=outcome()).status_code == 201


def test_what_may_be_said_of_a_day_depends_on_the_day(services: FakeServices) -> None:
    for moment, kinds, said in (
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), {"urgent", "alone", "refused"}, "still to come"),
        (datetime(2026, 11, 24, 0, 30, tzinfo=UTC), {one.value for one in Happened}, ""),
        (datetime(2026, 11, 24, 9, 31, tzinfo=UTC), set(), "over"),
        (datetime(2026, 11, 26, 3, 0, tzinfo=UTC), set(), "over"),
    ):
        services.moment = moment
        shown = phone(services, COLLECTOR).get(API).json()
        assert set(shown["changes"]["kinds"]) == kinds
        assert said in shown["changes"]["note"]
        assert bool(shown["back"]) == bool(kinds), "nothing is foretold of a day that is over"


def test_who_is_not_made_any_more_can_still_be_looked_up(services: FakeServices) -> None:
    whole = day()
    gone = whole.stops[1]
    services.read_day = lambda *_all, **_more: replace(  # type: ignore[method-assign]
        whole, stops=tuple(one for one in whole.stops if one is not gone), given_up=((gone, "no_time"),)
    )
    (told,) = phone(services, COLLECTOR).get(API).json()["given_up"]
    assert (told["number"], told["name"], told["address"]) == (gone.number, gone.name, gone.address)
    assert told["why"] == "no time left for it"


def pin(**changes: object) -> dict[str, object]:
    base = {"change_id": str(uuid4()), "debtor_id": "D001", "place_id": "P001", "lon": 109.58, "lat": 29.1}
    return {**base, "accuracy_m": 20, **changes}


def test_a_pin_is_put_right_once(services: FakeServices) -> None:
    sent, client = pin(), phone(services, COLLECTOR)
    assert [client.post(f"{API}/pin", json=sent).status_code for _time in range(2)] == [201, 201]
    (word,) = services.store.pins.values()
    assert (word.place_id, word.lon, word.how, word.address) == ("P001", 109.58, "visit", None)


@pytest.mark.parametrize(
    "changes",
    [{"debtor_id": "D999"}, {"place_id": "P002"}, {"lon": 190}, {"lat": "29"}, {"lon": True}, {"change_id": ""}],
)
def test_a_pin_elsewhere_is_refused(services: FakeServices, changes: dict[str, object]) -> None:
    answer = phone(services).post(f"{API}/pin", json=pin(**changes))
    assert answer.status_code == 422
    assert services.store.pins == {}


def test_each_navigator_is_given_its_own_datum(services: FakeServices) -> None:
    stop = phone(services).get(API).json()["stops"][0]
    here = (stop["lon"], stop["lat"])
    away = {name: math.hypot(lon - here[0], lat - here[1]) * 100_000 for name, (lon, lat) in stop["go"].items()}
    assert all(300 < away[name] < 900 for name in ("amap", "google", "apple"))
    assert 700 < away["baidu"] < 1_800


def test_the_ground_of_the_day_is_small_and_plain(services: FakeServices) -> None:
    services.static = Path("nowhere")
    ground = phone(services).get(f"{API}/map").json()
    assert ground["layers"] == []
    assert len(ground["origin"]) == 2


def test_what_is_no_outcome_at_all_is_refused(services: FakeServices) -> None:
    client = phone(services)
    json_type = {"content-type": "application/json"}
    assert client.post(f"{API}/outcome", content=b"[1]", headers=json_type).status_code == 422
    assert client.post(f"{API}/outcome", content=b"{", headers=json_type).status_code == 422
    assert client.post(f"{API}/outcome", content=b"x" * 20_000, headers=json_type).status_code == 413
    assert client.post(f"{API}/outcome", content=json.dumps(outcome()).encode()).status_code == 415


def test_who_may_not_record_is_refused(services: FakeServices) -> None:
    assert phone(services, HEAD).post(f"{API}/outcome", json=outcome()).status_code == 403
    assert {phone(services, HEAD).get(one).status_code for one in ("/m", "/m/YX01/YX01-1", DAY, API, f"{API}/map")} == {
        404
    }


NOT_HIS = (
    "/m/YX02/YX02-1/2026-11-24",
    "/m/YX01/nobody/2026-11-24",
    "/m/YX01/YX01-1/tomorrow",
    "/m/YX02/YX01-1/2026-11-24",
    "/m/YX02/x",
)


@pytest.mark.parametrize("path", NOT_HIS)
def test_not_yours_and_not_there_are_the_same_answer(services: FakeServices, path: str) -> None:
    answer = phone(services).get(path)
    assert answer.status_code == 404
    assert "no such crew" in answer.text


def test_a_day_without_a_plan_says_so(services: FakeServices) -> None:
    answer = phone(services).get("/m/YX01/YX01-1/2026-11-25")
    assert "No visits are planned" in answer.text


def test_the_way_in(services: FakeServices) -> None:
    assert phone(services, COLLECTOR).get("/m").headers["location"] == DAY
    assert "Crew 3" in phone(services).get("/m").text
    assert phone(services).get("/m/YX01/YX01-1").headers["location"] == DAY


def test_the_old_address_of_roles_leads_to_the_account(services: FakeServices) -> None:
    assert phone(services).get("/act-as").headers["location"] == "/account"


def test_light_or_dark_is_offered_for_every_page_in_the_language_of_the_page(services: FakeServices) -> None:
    client = phone(services)
    page = client.get("/appearance", params={"language": "zh"})
    assert "跟随系统" in page.text
    assert "rounds_language=zh" in page.headers["set-cookie"]
    for entry in ENTRIES:
        assert f'"/{entry.address}"' in page.text
    other = client.get("/appearance", params={"language": "<script>"})
    assert "set-cookie" not in other.headers
    assert "<script>" not in other.text.replace("<script src", "")


BACKS = [(DAY, DAY), ("//evil.example", "/"), ("http://evil.example", "/"), ("/\\evil", "/")]


@pytest.mark.parametrize(("back", "leads"), BACKS)
def test_the_language_leads_back_to_this_host_only(services: FakeServices, back: str, leads: str) -> None:
    answer = phone(services).get("/language", params={"to": "zh", "back": back})
    assert answer.headers["location"] == leads
    assert "rounds_language=zh" in answer.headers["set-cookie"]


def test_a_page_that_stays_has_its_language_kept_without_being_led_away(services: FakeServices) -> None:
    answer = phone(services).get("/language", params={"to": "zh", "stay": "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert "rounds_language=zh" in answer.headers["set-cookie"]
    assert "set-cookie" not in phone(services).get("/language", params={"to": "fr", "stay": "1"}).headers


def test_no_day_that_is_over_is_offered_for_a_promise() -> None:
    route, today = date(2026, 11, 24), date(2026, 11, 28)
    with speaking("en"):
        assert [one["day"] for one in promise_days(route, today)][:2] == ["2026-11-28", "2026-11-29"]
        assert [one["text"] for one in promise_days(route, today)][:2] == ["Today", "Tomorrow"]
        assert promise_days(today, route)[0] == {"day": "2026-11-28", "text": "Sat 28 Nov"}


def test_a_crew_far_behind_turns_home_when_its_shift_is_over() -> None:
    ends = day().ends_at
    assert ends is not None
    late = day(returns_at=ends + timedelta(hours=2), unreached=9)
    assert planned_back(late) == f"Back soon after {ends:%H:%M}"
    assert planned_back(day(returns_at=ends + timedelta(hours=2))) == f"Back at {ends + timedelta(hours=2):%H:%M}"
    assert planned_back(day(returns_at=ends, unreached=1)) == f"Back at {ends:%H:%M}"
    with speaking("zh"):
        assert "不久返回" in planned_back(late)
