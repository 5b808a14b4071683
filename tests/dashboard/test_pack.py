"""The parts of a day pack, and what is taken in of a file that comes back; sealing itself is tested in a browser."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from dashboard import assets
from dashboard.phone.pack import PLACE, script
from dashboard.phone.upload import MOST_ENTRIES
from planner.domain import Principal, Role
from planner.store import OnceStop
from tests.dashboard.fakes import MANAGER, NOW, FakeServices
from tests.dashboard.test_phone import API, COLLECTOR, DAY, HEAD, outcome, phone, pin

OTHER = Principal("collector.YX01-2", Role.COLLECTOR, frozenset({"YX01"}), "YX01-2")


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


def parts(client: TestClient) -> dict[str, Any]:
    answer = client.post(f"{API}/pack", json={"pack_id": str(uuid4())})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_outside_the_seal_stands_nobody(services: FakeServices, language: str) -> None:
    client = phone(services, COLLECTOR)
    client.cookies.set("rounds_language", language)
    given = parts(client)
    outside = given["file"] + json.dumps(given["header"]) + given["name"]
    secret = {
        str(stop[name]).strip()
        for stop in given["content"]["day"]["stops"]
        for name in ("name", "address", "phone", "debtor_id", "place_id", "lon", "lat")
    }
    secret |= {given["content"]["day"]["crew_name"], *("林晓峰", "苏文静"), given["content"]["day"]["plan_id"]}
    # A name such as "NA" may be part of our own code; whoever is longer than that is nowhere.
    assert [one for one in secret if len(one) > 4 and one in outside] == []
    assert given["name"] == "rounds-2026-11-24-YX01-1.html"
    assert set(given["header"]) == {
        "format", "pack_id", "day", "crew", "made_at", "ends_at", "kdf", "rounds", "cipher",
    }  # fmt: skip
    assert given["header"]["rounds"] >= 600_000
    assert given["file"].count(PLACE) == 1


def test_the_file_may_ask_for_nothing_and_runs_its_own_scripts_only(services: FakeServices) -> None:
    page = parts(phone(services))["file"]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    rules = policy[1].replace("&#39;", "'")
    assert rules.startswith("default-src 'none'; script-src 'sha256-")
    assert "http" not in rules
    assert "connect-src" not in rules  # so the default holds: nothing
    runs = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(runs) == 2
    for one in runs:
        assert base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() in rules
    assert re.findall(r'(?:src|href)="(?!data:|#)', page) == []


@pytest.mark.parametrize("name", [assets.DAY, assets.PACK])
def test_no_script_ends_its_own_element(name: str) -> None:
    assert script(assets.content(name).decode())
    with pytest.raises(ValueError, match="end it"):
        script("a = '</SCRIPT>'")


def test_a_pack_ends_at_noon_of_the_next_day_by_the_branchs_clock(services: FakeServices) -> None:
    assert parts(phone(services))["header"]["ends_at"] == "2026-11-25T12:00:00+08:00"
    services.moment = datetime.fromisoformat("2026-11-25T12:00:00+08:00")
    late = phone(services).post(f"{API}/pack", json={"pack_id": str(uuid4())})
    assert (late.status_code, len(services.store.packs)) == (422, 1)


def test_making_is_noted_and_only_the_crew_and_the_manager_make_one(services: FakeServices) -> None:
    parts(phone(services, COLLECTOR))
    parts(phone(services))
    who = [(one["who"], one["stops"], one["plan_id"]) for one in services.store.packs]
    assert who == [(COLLECTOR.name, 10, "plan1"), (MANAGER.name, 10, "plan1")]
    for stranger in (HEAD, OTHER):
        refused = phone(services, stranger).post(f"{API}/pack", json={"pack_id": str(uuid4())})
        assert refused.status_code in (403, 404)
    assert len(services.store.packs) == 2
    assert phone(services, HEAD).get(f"{DAY}/pack").status_code == 404
    assert phone(services, HEAD).get(f"{DAY}/upload").status_code == 404
    assert phone(services, COLLECTOR).get(f"{DAY}/pack").status_code == 200


def test_a_day_without_stops_is_no_pack(services: FakeServices) -> None:
    day = API.replace("-24", "-25")
    answer = phone(services).post(f"{day}/pack", json={"pack_id": str(uuid4())})
    assert answer.status_code == 422
    assert "disabled" in phone(services).get(f"{day.replace('/m/api/', '/m/')}/pack").text


# ---- what comes back


def back(client: TestClient, *bodies: dict[str, object], **changes: object) -> list[dict[str, Any]]:
    paths = {"change_id": "/pin", "entry_id": "/safety", "outcome_id": "/outcome"}
    entries = [{"path": next(paths[name] for name in paths if name in body), "body": body} for body in bodies]
    sent = {"crew": "YX01-1", "day": "2026-11-24", "entries": entries, **changes}
    answer = client.post(f"{API}/upload", json=sent)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]  # type: ignore[no-any-return]


def chain() -> list[dict[str, object]]:
    """A visit, its correction, the correction of that, another stop, and a pin put right."""
    first = outcome()
    second = outcome(code="PAID_PART", paid_minor=50_000, correction=True, replaces=first["outcome_id"],
                     started_at="2026-11-24T02:41:00Z")  # fmt: skip
    third = outcome(code="PAID_PART", paid_minor=60_000, correction=True, replaces=second["outcome_id"],
                    started_at="2026-11-24T02:42:00Z")  # fmt: skip
    return [first, second, third, outcome(debtor_id="D002", place_id="P002"), pin()]


def test_brought_back_twice_it_is_taken_in_once(services: FakeServices) -> None:
    client, sent = phone(services, COLLECTOR), chain()
    assert [one["state"] for one in back(client, *sent)] == ["new"] * 5
    kept = services.store.kept.copy()
    assert [one["state"] for one in back(client, *sent)] == ["known"] * 5
    assert kept.equals(services.store.kept)


def test_any_order_and_any_parts_give_the_same_database() -> None:
    sent = chain()[:4]
    seen = []
    for order in itertools.permutations(sent):
        for cut in (0, 2):
            services = FakeServices()
            client = phone(services, COLLECTOR)
            for part in (order[:cut], order[cut:]):
                assert all(one["state"] == "new" for one in back(client, *part))
            rows = services.store.kept.sort_values("outcome_id").reset_index(drop=True)
            seen.append(rows.to_json(date_format="iso"))
            shown = client.get(API).json()["stops"]
            assert [one["paid"] for one in shown[:2]] == [60_000, 0]
    assert len(set(seen)) == 1


def test_one_bad_entry_never_blocks_the_others(services: FakeServices) -> None:
    good = outcome(debtor_id="D002", place_id="P002")
    bad: list[dict[str, Any]] = [outcome(code="BAD"), outcome(started_at="2026-09-01T02:40:00Z"), outcome(debtor_id=7),
                                 outcome(replaces="x"), {"outcome_id": []}]  # fmt: skip
    results = {one["id"]: one for one in back(phone(services, COLLECTOR), *bad, good)}
    assert results[good["outcome_id"]]["state"] == "new"
    refused = [one for one in results.values() if one["state"] == "refused"]
    assert len(refused) == 5
    assert all(one["told"][0].endswith(".") for one in refused)
    assert list(services.store.kept["outcome_id"]) == [good["outcome_id"]]


def test_a_stop_that_was_planned_away_is_kept_under_the_plan_that_sent_the_crew(services: FakeServices) -> None:
    services.store.once = {"D777": OnceStop("D777", ("plan1", "plan0"), ("P777",))}
    gone = outcome(debtor_id="D777", place_id="P777", plan_id="plan0")
    (told,) = back(phone(services, COLLECTOR), gone)
    assert told["state"] == "new"
    assert "planned again" in told["told"][0]
    row = services.store.kept.iloc[0]
    assert (row["debtor_id"], row["plan_id"], row["place_id"], row["crew_id"]) == ("D777", "plan0", "P777", "YX01-1")
    # A plan or place that was never this stop's is not believed, and a line that came back late meets the same.
    odd = outcome(debtor_id="D777", place_id="P001", plan_id="plan9")
    assert phone(services, COLLECTOR).post(f"{API}/outcome", json=odd).status_code == 201
    assert tuple(services.store.kept.iloc[1][["plan_id", "place_id"]]) == ("plan1", "")


def test_a_forged_entry_of_somebody_never_visited_is_refused(services: FakeServices) -> None:
    (told,) = back(phone(services, COLLECTOR), outcome(debtor_id="D999"))
    assert (told["state"], told["told"]) == ("refused", ["This debtor was never a stop of this crew's day."])
    assert services.store.kept.empty


def test_what_somebody_else_recorded_is_shown_beside_and_never_written_over(services: FakeServices) -> None:
    there = outcome(code="REFUSED", started_at="2026-11-24T02:00:00Z", ended_at="2026-11-24T02:05:00Z")
    phone(services).post(f"{API}/outcome", json=there)
    (told,) = back(phone(services, COLLECTOR), outcome(code="PAID_PART", paid_minor=70_000))
    assert told["state"] == "new"
    assert "¥700" in told["here"]
    (other,) = told["there"]
    assert "10:00" in other
    assert MANAGER.name in other
    assert list(services.store.kept["replaces"]) == ["", ""]
    # The later visit counts; earlier it is the other that counts, though it came first.
    assert phone(services).get(API).json()["stops"][0]["outcome"] == "PAID_PART"


def test_a_payment_is_never_overruled_and_the_upload_says_so(services: FakeServices) -> None:
    later = outcome(started_at="2026-11-24T02:42:00Z")
    phone(services).post(f"{API}/outcome", json=later)
    (told,) = back(phone(services, COLLECTOR), outcome(code="PAID_PART", paid_minor=70_000))
    assert told["told"] == [
        "This stop is recorded elsewhere too. Both are kept; the payment of ¥700.00 counts, whatever was later."
    ]
    shown = phone(services).get(API).json()["stops"][0]
    assert (shown["outcome"], shown["paid"], shown["standing"]) == ("PAID_PART", 70_000, 2)
    (told,) = back(phone(services, COLLECTOR), outcome(code="PAID_PART", paid_minor=30_000))
    assert "together: ¥1,000.00" in told["told"][0]
    assert phone(services).get(API).json()["stops"][0]["paid"] == 100_000


def test_an_entry_that_was_corrected_meanwhile_says_so(services: FakeServices) -> None:
    first = outcome()
    later = outcome(code="REFUSED", correction=True, replaces=first["outcome_id"])
    back(phone(services), later)
    (told,) = back(phone(services, COLLECTOR), first)
    assert told["state"] == "new"
    assert "corrected since" in told["told"][0]
    assert told["there"] == []


def test_an_id_with_other_contents_is_refused_and_the_first_stays(services: FakeServices) -> None:
    first = outcome()
    client = phone(services, COLLECTOR)
    back(client, first)
    (told,) = back(client, {**first, "code": "REFUSED"})
    assert told["state"] == "refused"
    assert services.store.kept.iloc[0]["code"] == "NOT_HOME"


def test_nobody_puts_another_crews_entry_right(services: FakeServices) -> None:
    theirs = str(uuid4())
    services.store.once = {"D001": OnceStop("D001", ("plan1",), ("P001",), frozenset({theirs}))}
    back(phone(services, COLLECTOR), outcome(correction=True, replaces=theirs))
    assert services.store.kept.iloc[0]["replaces"] == ""


def test_a_foreign_file_and_a_foreign_collector_are_refused(services: FakeServices) -> None:
    sent = {"crew": "YX01-1", "day": "2026-11-24", "entries": [{"path": "/outcome", "body": outcome()}]}
    for changes in ({"crew": "YX01-2"}, {"day": "2026-11-23"}, {"entries": "x"}, {"entries": [1]},
                    {"entries": [{}] * (MOST_ENTRIES + 1)}):  # fmt: skip
        answer = phone(services, COLLECTOR).post(f"{API}/upload", json=sent | changes)
        assert answer.status_code == 422
        assert answer.json()["error"].endswith((".", "there."))
    assert phone(services, HEAD).post(f"{API}/upload", json=sent).status_code == 403
    assert services.store.kept.empty


def test_late_arrivals_are_taken_in_for_thirty_days(services: FakeServices) -> None:
    services.moment = NOW + timedelta(days=29)
    assert [one["state"] for one in back(phone(services, COLLECTOR), outcome())] == ["new"]
    services.moment = NOW + timedelta(days=31)
    assert [one["state"] for one in back(phone(services, COLLECTOR), outcome(debtor_id="D002"))] == ["refused"]


def test_a_bad_pin_is_refused_with_its_reason(services: FakeServices) -> None:
    (told,) = back(phone(services, COLLECTOR), pin(lon=190))
    assert (told["state"], services.store.pins) == ("refused", {})


def test_what_was_said_for_the_crews_safety_comes_back_as_of_its_own_time(services: FakeServices) -> None:
    alert = {"entry_id": str(uuid4()), "kind": "alert", "happened_at": "2026-11-24T02:30:00Z"}
    services.moment = NOW + timedelta(days=3)
    collector = phone(services, COLLECTOR)
    assert [[one["state"] for one in back(collector, alert)] for _time in range(2)] == [["new"], ["known"]]
    assert services.store.said["happened_at"].dt.strftime("%d %H:%M").tolist() == ["24 02:30"]
    (told,) = back(phone(services), alert | {"entry_id": str(uuid4())})
    assert (told["state"], len(services.store.said)) == ("refused", 1)
