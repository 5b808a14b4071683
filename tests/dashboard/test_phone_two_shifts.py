"""A crew called in for an evening: the phone's page, its pack and its files hold both shifts; so do wall and names."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import gpxpy
import icalendar
import pypdfium2
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import formats
from dashboard.application import plain_routes
from dashboard.phone import changes
from dashboard.principal import HEADER, to_header
from dashboard.screens.edit_words import shift_words
from dashboard.screens.week_files_paper import wall, wall_page
from dashboard.text import speaking
from dashboard.text.called import called
from geodata.roads import StraightLine
from planner.store import Store
from planner.view import week_view
from tests.dashboard.fakes import RealStore, route, week
from tests.dashboard.screens.test_week_files import METRICS, taken
from tests.planner.conftest import Story, own_store, story  # noqa: F401  fixtures
from tests.planner.factories import BRANCH, principal
from tests.planner.two_shifts import CREW, WHO, TwoShifts, between, call_in


class Kit(RealStore):
    """The story's store behind the routes, on the morning of the day."""


@pytest.fixture
def two(own_store: Store, story: Story) -> TwoShifts:  # noqa: F811
    return call_in(own_store, story)


@pytest.fixture
def kit(two: TwoShifts) -> Kit:
    return Kit(real=two.store, moment=two.shifts[0].starts)


@pytest.fixture
def phone(kit: Kit) -> TestClient:
    client = TestClient(Starlette(routes=plain_routes(lambda: kit)), base_url="http://localhost")  # type: ignore[arg-type, return-value]
    client.headers[HEADER] = to_header(WHO)
    client.headers["accept-language"] = "en"
    return client


def api(two: TwoShifts) -> str:
    return f"/m/api/{BRANCH}/{CREW}/{two.day.isoformat()}"


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document).replace(" ", "")
    finally:
        document.close()


def test_the_page_has_both_shifts_under_their_hours(two: TwoShifts, phone: TestClient) -> None:
    page = phone.get(api(two).replace("/m/api/", "/m/", 1))
    assert page.status_code == 200
    assert "09:00–17:30, 18:00–20:00" in page.text
    day = phone.get(api(two)).json()
    assert [one["debtor_id"] for one in day["stops"]] == [*two.stops[0], *two.stops[1]]
    assert [one["text"] for one in day["shifts"]] == ["Shift 09:00–17:30", "Shift 18:00–20:00"]
    assert all(one["name"] for one in day["stops"])
    assert len({one["shift"] for one in day["stops"]}) == 2
    # What is shown as a finish is that of the shift under way.
    assert "17:30" in day["back"]


def outcome(stop: dict[str, Any], at: datetime) -> dict[str, object]:
    return {
        "outcome_id": str(uuid4()),
        "debtor_id": stop["debtor_id"],
        "place_id": stop["place_id"],
        "plan_id": stop["plan_id"],
        "code": "NOT_HOME",
        "started_at": (at - timedelta(minutes=5)).isoformat(),
        "ended_at": at.isoformat(),
        "correction": False,
    }


def test_every_stop_is_recorded_and_put_right(two: TwoShifts, phone: TestClient, kit: Kit) -> None:
    kit.moment = two.shifts[1].ends
    for stop in phone.get(api(two)).json()["stops"]:
        sent = outcome(stop, kit.moment)
        assert phone.post(f"{api(two)}/outcome", json=sent).status_code == 201
        assert phone.post(f"{api(two)}/outcome", json=sent).status_code == 200
    stop = phone.get(api(two)).json()["stops"][-1]
    mended = outcome(stop, kit.moment) | {"correction": True, "code": "REFUSED"}
    assert phone.post(f"{api(two)}/outcome", json=mended).status_code == 201
    codes = [one["outcome"] for one in phone.get(api(two)).json()["stops"]]
    assert codes == ["NOT_HOME"] * (len(codes) - 1) + ["REFUSED"]


def test_the_rest_of_the_day_is_that_of_the_shift_and_the_other_stays(
    two: TwoShifts, phone: TestClient, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "roads_of", lambda *_, **__: nullcontext(StraightLine()))
    for moment, about in ((two.shifts[0].starts, two.stops[0][0]), (between(two), two.stops[1][0])):
        kit.moment = moment
        told = phone.post(f"{api(two)}/replan", json={"kind": "refused", "debtor_id": about, "pinned": []})
        assert told.status_code == 200, told.text
        assert take(phone, two, told.json()["ways"][0])["stops"]
    left = {one["debtor_id"] for one in phone.get(api(two)).json()["stops"]}
    assert left == {*two.stops[0][1:], *two.stops[1][1:]}


def take(phone: TestClient, two: TwoShifts, way: dict[str, Any]) -> dict[str, Any]:
    """Take a way that was shown; gives the day as it is then."""
    change = {"change_id": str(uuid4()), "digest": way["digest"], "asked": way["asked"]}
    answer = phone.post(f"{api(two)}/change", json=change)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["day"])


def test_each_shift_keeps_its_chance_and_its_return_when_it_is_changed(
    two: TwoShifts, phone: TestClient, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "roads_of", lambda *_, **__: nullcontext(StraightLine()))
    for shift, moment in ((two.shifts[0], two.shifts[0].starts), (two.shifts[1], between(two))):
        kit.moment = moment
        before = phone.get(api(two)).json()["finish"]
        told = phone.post(f"{api(two)}/replan", json={"kind": "late", "minutes": 40, "pinned": []}).json()
        assert told["preset"] == told["ways"][0]["way"] == "same"
        assert told["ways"][0]["title"] == "Same order, later"
        head = take(phone, two, told["ways"][0])["finish"]
        assert formats.clock(shift.ends) in head["text"]
        assert "%" in head["text"]
        if shift is two.shifts[0]:
            assert head["back"] > before["back"]  # "Back at HH:MM", later than it was


def test_the_pack_and_the_files_of_the_day_hold_both(two: TwoShifts, phone: TestClient) -> None:
    stops = [*two.stops[0], *two.stops[1]]
    pack = phone.post(f"{api(two)}/pack", json={"pack_id": str(uuid4())}).json()
    assert [one["debtor_id"] for one in pack["content"]["day"]["stops"]] == stops
    assert pack["content"]["day"]["back"].count(":") == 2  # back twice
    view = week_view(two.store, principal(), two.saved.plan_id)
    begins = {one.begins_at for each in view.routes for one in each.stops if one.debtor_id in stops}
    events = icalendar.Calendar.from_ical(phone.get(f"{api(two)}/file/day").content).walk("VEVENT")
    assert begins <= {one.decoded("DTSTART") for one in events}
    track = gpxpy.parse(phone.get(f"{api(two)}/file/track").text)
    assert (len(track.waypoints), len(track.tracks)) == (len(stops), 2)
    told = text_of(phone.get(f"{api(two)}/file/sheet").content)
    assert not [one for one in begins if f"{one:%H:%M}" not in told]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("crews", [1, 14])
def test_the_cell_of_the_wall_has_both_shifts(language: str, crews: int) -> None:
    first = route(0, 9)
    late = tuple(replace(one, debtor_id=f"E{one.number}") for one in first.stops[:6])
    second = replace(
        first,
        shift_id="evening",
        stops=late,
        leaves_at=first.leaves_at and first.leaves_at.replace(hour=18, minute=5),
        returns_at=first.returns_at and first.returns_at.replace(hour=20, minute=7),
        shift_starts_at=first.shift_starts_at.replace(hour=18),
        shift_ends_at=first.shift_ends_at.replace(hour=20),
    )
    others = [replace(route(k), crew_id=f"c{k}") for k in range(1, crews)]
    view = replace(week(), routes=(second, first, *others), metrics=METRICS, baseline=METRICS)
    with speaking(language):
        page = wall(taken(view), "a4")
        (cell,) = page.rows[0].cells
        assert (cell.large, cell.second) == ("9 + 6", "18:05–20:07")
        assert cell.first.startswith("09:30–")
        assert page.totals[0].large == str(sum(len(one.stops) for one in view.routes))
        told = text_of(wall_page(taken(view), "a4", None))
    assert "18:05–20:07" in told
    assert "09:30–" in told


def test_two_shifts_of_a_day_are_named_apart(two: TwoShifts) -> None:
    shifts = two.saved.context["shifts"]
    with speaking("en"):
        names = [shift_words(one, shifts) for one in shifts.values()]
        assert len(set(names)) == len(names)
        assert [one for one in names if one.endswith("18:00–20:00")]
        assert sum("–" in one for one in names) == 2  # whoever has one shift that day is named as ever
        told = called(week_view(two.store, principal(), two.saved.plan_id)).shifts
    assert len(set(told.values())) == len(told)
