"""What a crew takes along from the phone, read back by readers of other hands: its own, in force, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import gpxpy
import icalendar
import pypdfium2
import pytest
from httpx import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.phone.became import BecameRoutes, groups
from dashboard.phone.files import FILES, FileRoutes
from dashboard.principal import HEADER, to_header
from dashboard.text import speaking
from planner.domain import Principal, Role
from planner.store import PlaceWord, Store
from planner.view import RouteView, week_view
from planner.view.became import Became
from tests.dashboard.fakes import BRANCH as BRANCH_OF
from tests.dashboard.fakes import RealStore
from tests.planner.conftest import Story, own_store, story  # noqa: F401  fixtures
from tests.planner.factories import BRANCH, NOW, principal

Ask = Callable[..., Response]


@dataclass
class Kit(RealStore):
    """The story's store behind the routes."""

    moment: datetime | None = NOW


@pytest.fixture
def route(story: Story, own_store: Store) -> RouteView:  # noqa: F811
    view = week_view(own_store, principal(), story.first.plan_id)
    return next(one for one in view.routes if len(one.stops) > 1)


@pytest.fixture
def ask(own_store: Store) -> Ask:  # noqa: F811
    routes = FileRoutes(lambda: Kit(real=own_store)).routes()  # type: ignore[arg-type, return-value]
    client = TestClient(Starlette(routes=routes), base_url="http://localhost")

    def get(who: Principal, route: RouteView, name: str, **changes: str) -> Response:
        path = {"branch": BRANCH, "crew": route.crew_id, "day": route.day.isoformat()} | changes
        address = f"/m/api/{path['branch']}/{path['crew']}/{path['day']}/file/{name}"
        return client.get(address, headers={HEADER: to_header(who)})

    return get


def collector(route: RouteView) -> Principal:
    return principal(Role.COLLECTOR, crew=route.crew_id)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def cards(store: Store, route: RouteView) -> list[str]:
    table = store.contacts(principal(), BRANCH)
    wanted = {stop.debtor_id for stop in route.stops}
    return [str(one) for one in table.loc[table["debtor_id"].isin(wanted), "name"]]


def test_the_sheet_has_every_stop_with_name_and_time(ask: Ask, route: RouteView, own_store: Store) -> None:  # noqa: F811
    answer = ask(collector(route), route, "sheet")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    told = text_of(answer.content).replace(" ", "")
    for stop in route.stops:
        assert f"{stop.begins_at:%H:%M}" in told
    assert not [name for name in cards(own_store, route) if name.replace(" ", "") not in told]


def test_calendars_have_the_times_and_no_names(ask: Ask, route: RouteView, story: Story, own_store: Store) -> None:  # noqa: F811
    day = ask(collector(route), route, "day")
    events = list(icalendar.Calendar.from_ical(day.content).walk("VEVENT"))
    begins = {one.decoded("DTSTART").timestamp() for one in events}
    assert {stop.begins_at.timestamp() for stop in route.stops} <= begins
    assert len(events) == len(route.stops) + len(route.breaks)
    assert {str(one["STATUS"]) for one in events} == {"CONFIRMED"}
    names = cards(own_store, route)
    assert names
    assert not [name for name in names if name in day.content.decode()]
    addresses = own_store.addresses(principal(), BRANCH)["address"]
    assert not [one for one in addresses if one and one in day.content.decode()]

    week = icalendar.Calendar.from_ical(ask(collector(route), route, "week").content)
    mine = [
        one for one in week_view(own_store, principal(), story.first.plan_id).routes if one.crew_id == route.crew_id
    ]
    assert len(list(week.walk("VEVENT"))) == sum(len(one.stops) + len(one.breaks) for one in mine if one.stops)
    # A day's events are those of the week, so that a calendar that takes both doubles nothing.
    assert {str(one["UID"]) for one in events} <= {str(one["UID"]) for one in week.walk("VEVENT")}


def test_the_track_goes_to_where_pins_are_now(ask: Ask, route: RouteView, own_store: Store) -> None:  # noqa: F811
    stop = route.stops[0]
    there = (stop.lon + 0.001, stop.lat + 0.001)
    word = PlaceWord(stop.debtor_id, stop.place_kind, *there, 20.0, "visit", stop.place_id)
    own_store.correct_pin(collector(route), BRANCH, word, change_id="c1", now=NOW)
    answer = ask(collector(route), route, "track")
    found = gpxpy.parse(answer.text)
    assert [one.name for one in found.waypoints] == [str(one.number) for one in route.stops]
    assert (found.waypoints[0].longitude, found.waypoints[0].latitude) == pytest.approx(there, abs=1e-6)
    assert not [name for name in cards(own_store, route) if name in answer.text]


def test_nothing_is_kept_on_the_way_and_no_file_bears_a_name(ask: Ask, route: RouteView, own_store: Store) -> None:  # noqa: F811
    known = [*cards(own_store, route), *(stop.debtor_id for stop in route.stops)]
    for file in FILES:
        answer = ask(collector(route), route, file.name)
        assert answer.headers["cache-control"] == "no-store"
        named = answer.headers["content-disposition"]
        assert route.crew_id in named
        assert "DRAFT" not in named  # what is in force is no draft, and drafts are not given out
        assert not [one for one in known if one in named]


def test_each_file_is_in_the_trail(ask: Ask, route: RouteView, own_store: Store) -> None:  # noqa: F811
    for file in FILES:
        ask(collector(route), route, file.name)
    entries = [one for one in own_store.audit_entries(principal(), BRANCH) if one.what.startswith("export.")]
    assert sorted(one.what for one in entries) == sorted(f"export.{file.kind}" for file in FILES)
    assert {one.who for one in entries} == {collector(route).name}


def test_who_may_not_is_told_nothing(ask: Ask, route: RouteView) -> None:
    others = principal(Role.COLLECTOR, crew="nobody")
    head = principal(Role.REGIONAL_HEAD)
    stranger = principal(branches=("XX99",))
    answers = [ask(who, route, file.name) for who in (others, head, stranger) for file in FILES]
    answers += [
        ask(collector(route), route, "week.exe"),
        ask(collector(route), route, "sheet", day="tomorrow"),
        ask(collector(route), route, "sheet", branch="XX99"),
        ask(principal(), route, "sheet", crew="nobody"),
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({one.json()["error"] for one in answers}) == 1
    assert ask(collector(route), route, "sheet", day="2031-01-01").status_code == 404


def test_a_plan_that_is_not_in_force_is_no_file(story: Story, ask: Ask, route: RouteView) -> None:  # noqa: F811
    ahead = date.fromisoformat(story.second.context["days"][0])
    assert ask(principal(), replace(route, day=ahead), "sheet").status_code == 404
    assert ask(principal(), route, "sheet").status_code == 200


def test_what_became_of_it_is_told_to_the_collector_alone(story: Story, own_store: Store, route: RouteView) -> None:  # noqa: F811
    kit = Kit(real=own_store, moment=NOW + timedelta(weeks=1))
    client = TestClient(Starlette(routes=BecameRoutes(lambda: kit).routes()), base_url="http://localhost")  # type: ignore[arg-type, return-value]
    stop = route.stops[0]
    word = PlaceWord(stop.debtor_id, stop.place_kind, stop.lon + 0.002, stop.lat, 20.0, "visit", stop.place_id)
    own_store.correct_pin(collector(route), BRANCH, word, change_id="c1", now=NOW + timedelta(days=6))
    path = f"/m/{BRANCH}/{route.crew_id}/{route.day.isoformat()}/used"

    def page(who: Principal, language: str) -> Response:
        return client.get(path, headers={HEADER: to_header(who), "accept-language": language})

    english, chinese = page(collector(route), "en"), page(collector(route), "zh")
    assert "you moved the pin of" in english.text
    assert "the next plan counts with it" in english.text
    assert "您把" in chinese.text
    assert {page(who, "en").status_code for who in (principal(), principal(Role.COLLECTOR, crew="x"))} == {404}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("count", [0, 1, 1_234])
def test_every_sentence_is_made_for_any_count(count: int, language: str) -> None:
    day = date(2026, 11, 23)
    full = Became((), count, day, count, day, count, count, count, day, day)
    with speaking(language):
        lines = [line for group in groups(full, {}, BRANCH_OF) for line in group["lines"]]
    assert len(lines) == (0 if count == 0 else 5)
    assert all(f"{count:,}" in line for line in lines)
