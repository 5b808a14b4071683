"""The week's files read back by readers of other hands, equal to the plan, and without names for who may see none."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import geopandas as gpd
import gpxpy
import icalendar
import openpyxl
import pandas as pd
import pypdfium2
import pytest
import shapely

from dashboard.screens import week_files
from dashboard.screens.week_files import Wanted
from dashboard.screens.week_files_book import book
from dashboard.screens.week_files_out import calendar, features, tracks
from dashboard.screens.week_files_paper import route_sheets, wall_page
from dashboard.screens.week_files_plan import Taken, districts_of
from dashboard.text import speaking
from planner.domain import Principal, Role
from planner.store import NotAllowed, Store
from planner.view import WeekView, week_view
from tests.dashboard.fakes import BRANCH, NAMES, NOW, route, week
from tests.planner import factories as town
from tests.planner.conftest import Story, own_store, story  # noqa: F401  fixtures
from tests.planner.factories import principal

CREW = "YX01-1"
METRICS = {"value": 6_700.0, "visits": 27, "value_per_field_hour": None, "field_hours": 20.5, "travel_share": 0.31,
           "visits_per_hour": 1.4}  # fmt: skip
ODD = "=cmd|' /C calc'!A0, \n😀 蔡"


def taken(view: WeekView | None = None, **changes: object) -> Taken:
    shown = view or replace(week(), metrics=METRICS, baseline=METRICS)
    places = {stop.place_id: f"云溪市知行路{stop.number}号" for one in shown.routes for stop in one.stops}
    districts = {stop.debtor_id: "Old town" for one in shown.routes for stop in one.stops}
    given = {"addresses": places, "districts": districts, "published": True, **changes}
    return Taken(shown, BRANCH, NOW, **given)  # type: ignore[arg-type]


def without_names(of: Taken) -> Taken:
    view = of.view
    routes = tuple(replace(one, stops=tuple(replace(stop, name="") for stop in one.stops)) for one in view.routes)
    left = tuple(replace(one, name="") for one in view.left_out)
    return replace(of, view=replace(view, routes=routes, left_out=left), addresses={})


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def pages(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def sheets(data: bytes) -> dict[str, pd.DataFrame]:
    return pd.read_excel(io.BytesIO(data), sheet_name=None)


def test_the_workbook_says_what_the_plan_says() -> None:
    of = taken()
    found = sheets(book(of, None))
    assert list(found) == ["Summary", "Routes", "Stops", "Left out", "Clocks", "Notes"]
    stops = [stop for one in of.view.routes for stop in one.stops]
    table = found["Stops"]
    assert table["Debtor id"].tolist() == [stop.debtor_id for stop in stops]
    assert table["Overdue (CNY)"].tolist() == [stop.overdue_minor / 100 for stop in stops]
    begins = [pd.Timestamp(stop.begins_at).tz_localize(None) for stop in stops]
    assert pd.to_datetime(table["At the door"]).tolist() == begins
    assert table["Address"].str.startswith("云溪市").all()
    assert found["Routes"]["Visits"].tolist() == [len(one.stops) for one in of.view.routes]
    assert found["Left out"]["Debtor id"].tolist() == [one.debtor_id for one in of.view.left_out]
    assert found["Summary"]["This plan"].dropna().tolist()[:2] == [6_700.0, 27.0]


def test_no_name_is_a_formula_and_every_column_is_explained_where_it_needs_to_be() -> None:
    view = replace(week(1), metrics=METRICS, baseline=METRICS)
    odd = replace(view.routes[0].stops[0], name=ODD)
    of = taken(replace(view, routes=(replace(view.routes[0], stops=(odd,)),)))
    loaded = openpyxl.load_workbook(io.BytesIO(book(of, None)))
    cells = [cell for sheet in loaded for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    (name,) = [cell.value for cell in cells if isinstance(cell.value, str) and "calc" in cell.value]
    assert name == f"'{ODD}"
    notes = {row[0].value for row in loaded["Notes"].iter_rows()}
    assert "Routes · Ends in time" in notes


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_route_sheet_has_every_stop_with_its_name_and_time(language: str) -> None:
    of = taken()
    with speaking(language):
        pdf = route_sheets(of, CREW, None, None)
        assert route_sheets(of, CREW, None, None) == pdf
    told = text_of(pdf).replace(" ", "")
    for stop in of.routes(CREW)[0].stops:
        assert f"{stop.begins_at:%H:%M}" in told
        assert (stop.name or stop.debtor_id).split()[0].replace("`", "")[:3] in told
    assert "蔡明远" in told or "欧阳若溪" in told
    assert "DRAFT" not in told
    assert "草稿" not in told


def test_a_crew_without_stops_and_an_empty_week_have_sheets_too() -> None:
    empty = taken(week(crews=1, left=0, routes=(route(0, 0),), metrics=METRICS, baseline=METRICS))
    assert "No stop for the crew" in text_of(route_sheets(empty, CREW, None, None))
    assert pages(wall_page(empty, "a4", None)) == 1
    assert list(icalendar.Calendar.from_ical(calendar(empty, CREW, names=False)).walk("VEVENT")) == []
    assert gpxpy.parse(tracks(empty, CREW, None).decode()).tracks == []
    assert json.loads(features(empty))["features"] == []
    assert len(sheets(book(empty, None))["Stops"]) == 0
    nobody = taken(week(crews=0, left=0, metrics=METRICS, baseline=METRICS))
    assert pages(wall_page(nobody, "a3", None)) == 1


def test_no_debtor_and_no_amount_is_on_the_wall() -> None:
    of = taken()
    for paper in ("a4", "a3"):
        told = text_of(wall_page(of, paper, None))  # type: ignore[arg-type]
        assert "Crew 1" in told
        assert not [name for name in NAMES if len(name) > 1 and name != "NA" and name in told]
        assert not [stop for one in of.view.routes for stop in one.stops if stop.debtor_id in told]
        assert "¥" not in told


@pytest.mark.parametrize("crews", [1, 8, 16])
def test_the_wall_is_one_page_however_many_crews(crews: int) -> None:
    assert pages(wall_page(taken(published=False), "a4", None)) == 1
    rows = tuple(replace(route(k, 9), crew_id=f"C{k}", crew_name=f"Crew of team {k}", colour=k) for k in range(crews))
    view = week(routes=rows, metrics=METRICS, baseline=METRICS)
    assert pages(wall_page(taken(view, published=False), "a4", None)) == 1


def test_the_calendar_tells_the_vendor_of_the_telephone_no_names() -> None:
    of = taken()
    stops = of.routes(CREW)[0].stops
    data = calendar(of, CREW, names=False)
    events = [one for one in icalendar.Calendar.from_ical(data).walk("VEVENT") if str(one["SUMMARY"]) != "Break"]
    assert [one.decoded("DTSTART").timestamp() for one in events] == [stop.begins_at.timestamp() for stop in stops]
    assert [one.decoded("DTEND").timestamp() for one in events] == [stop.leaves_at.timestamp() for stop in stops]
    assert str(events[0]["SUMMARY"]) == "Visit 1 · Old town"
    plain = data.replace(b"\r\n ", b"").decode()
    assert not [stop for stop in stops if stop.debtor_id in plain or (len(stop.name) > 2 and stop.name in plain)]
    assert "知行路" not in plain
    assert not [one for one in events if "GEO" in one]
    named = calendar(of, CREW, names=True).replace(b"\r\n ", b"").decode()
    assert "知行路" in named
    later = replace(of, now=NOW + timedelta(days=2))
    again = icalendar.Calendar.from_ical(calendar(later, CREW, names=False)).walk("VEVENT")
    assert {str(one["UID"]) for one in again} >= {str(one["UID"]) for one in events}


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("published", [True, False])
def test_a_calendar_of_estimated_ways_says_so(names: bool, published: bool) -> None:
    straight = "Travel times are estimated by straight lines, not streets."
    for estimated in (False, True):
        of = taken(week(roads_estimated=estimated), published=published)
        text = calendar(of, CREW, names=names).replace(b"\r\n ", b"").decode().replace("\\,", ",")
        assert (straight in text) == estimated


@pytest.mark.parametrize("crews", [1, 16])
def test_a_wall_of_estimated_ways_says_so_on_its_one_page(crews: int) -> None:
    rows = tuple(replace(route(k, 9), crew_id=f"C{k}", crew_name=f"Crew of team {k}", colour=k) for k in range(crews))
    view = week(routes=rows, metrics=METRICS, baseline=METRICS)
    for estimated in (False, True):
        paper = wall_page(taken(replace(view, roads_estimated=estimated), published=False), "a4", None)
        assert ("straight lines, not" in text_of(paper)) == estimated
        assert pages(paper) == 1


def test_gpx_and_geojson_are_the_plan_and_tell_no_names(tmp_path) -> None:
    of = taken()
    found = gpxpy.parse(tracks(of, CREW, None).decode())
    stops = of.routes(CREW)[0].stops
    assert [one.name for one in found.waypoints] == [str(stop.number) for stop in stops]
    assert [one.longitude for one in found.waypoints] == pytest.approx([stop.lon for stop in stops], abs=1e-7)
    assert len(found.tracks[0].segments[0].points) == len(of.routes(CREW)[0].line)
    data = features(of)
    path = tmp_path / "week.geojson"
    path.write_bytes(data)
    table = gpd.read_file(path)
    every = [stop for one in of.view.routes for stop in one.stops]
    points = table[table["kind"] == "stop"]
    assert points["id"].tolist() == [stop.debtor_id for stop in every]
    assert points.geometry.x.tolist() == pytest.approx([stop.lon for stop in every], abs=1e-6)
    assert (table["kind"] == "route").sum() == len(of.view.routes)
    for data_ in (data, tracks(of, CREW, None)):
        assert not [name for name in NAMES if len(name) > 2 and name in data_.decode()]


MAKERS: dict[str, Callable[[Taken], str]] = {
    "workbook": lambda of: " ".join(str(v) for t in sheets(book(of, None)).values() for v in t.to_numpy().ravel()),
    "routes": lambda of: text_of(route_sheets(of, CREW, None, None)),
    "wall": lambda of: text_of(wall_page(of, "a4", None)),
    "calendar": lambda of: calendar(of, CREW, names=False).replace(b"\r\n ", b"").decode(),
    "gpx": lambda of: tracks(of, CREW, None).decode(),
    "geojson": lambda of: features(of).decode(),
}


@pytest.mark.parametrize("kind", list(MAKERS))
def test_a_draft_says_so_in_every_file_and_a_published_plan_does_not(kind: str) -> None:
    assert "draft" in MAKERS[kind](taken(published=False)).lower()
    assert "draft" not in MAKERS[kind](taken()).lower()
    assert taken(published=False).file_name("week", "xlsx").startswith("DRAFT-")


@pytest.mark.parametrize("kind", list(MAKERS))
def test_who_may_not_see_cards_finds_no_name_in_any_file(kind: str) -> None:
    told = MAKERS[kind](without_names(taken()))
    assert not [name for name in NAMES if len(name) > 2 and name != "Null" and name in told]
    assert "知行路" not in told


# ---- rights and trail, over the story of the small town


def kit_of(store: Store):
    from config.settings import load_settings
    from dashboard.services import ROOT, Services

    class Stopped(Services):
        def now(self) -> datetime:
            return town.NOW

    return Stopped(load_settings(ROOT, {}), store)


def make(store: Store, who: Principal, plan_id: str, wanted: Wanted) -> bytes:
    (branch,) = store.branches(who)
    view = week_view(store, who, plan_id)
    return week_files.made(kit_of(store), who, branch, view, wanted, "en")()


def test_every_file_is_in_the_trail_and_no_name_is(story: Story, own_store: Store) -> None:  # noqa: F811
    manager, plan_id = principal(), story.first.plan_id
    version = own_store.version(manager, town.BRANCH)
    crew = story.first.problem["shifts"][0]["crew"]
    make(own_store, manager, plan_id, Wanted("week", "xlsx"))
    make(own_store, manager, plan_id, Wanted("calendar", "ics", crew))
    said = [one for one in own_store.audit_entries(manager, town.BRANCH) if one.what.startswith("export.")]
    assert [(one.what, one.ids["names"], one.ids["plan"]) for one in said] == [
        ("export.week", "yes", plan_id), ("export.calendar", "no", plan_id)]  # fmt: skip
    assert said[1].ids["crew"] == crew
    assert own_store.version(manager, town.BRANCH) == version, "a file taken is no change of what pages show"


def test_a_collector_gets_his_own_crew_alone_and_a_job_no_names(story: Story, own_store: Store) -> None:  # noqa: F811
    crews = sorted({one["crew"] for one in story.first.problem["shifts"]})
    mine, other = crews[0], crews[1]
    collector = principal(Role.COLLECTOR, crew=mine)
    names = set(own_store.contacts(principal(), town.BRANCH)["name"])
    told = text_of(make(own_store, collector, story.first.plan_id, Wanted("routes", "pdf", mine)))
    told = told.replace(" ", "")  # paper has a narrow space between Chinese and Latin signs
    assert [name for name in names if name.replace(" ", "") in told]
    theirs = gpxpy.parse(make(own_store, collector, story.first.plan_id, Wanted("tracks", "gpx", other)).decode())
    assert theirs.tracks == []
    job = principal(Role.SYSTEM)
    data = make(own_store, job, story.first.plan_id, Wanted("week", "xlsx"))
    assert not [name for name in names if name in MAKERS_TEXT(data)]
    stranger = principal(branches=("YX09",))
    with pytest.raises(NotAllowed):
        own_store.note_export(stranger, story.first.plan_id, "week", said={}, now=town.NOW)


def MAKERS_TEXT(data: bytes) -> str:
    return " ".join(str(value) for table in sheets(data).values() for value in table.to_numpy().ravel())


def test_the_district_told_is_that_of_the_address_else_that_of_the_place() -> None:
    """The list may give a debtor the district of his registered home; a crew goes by what the address says."""
    view = week(1)
    stops = view.routes[0].stops
    here = stops[0]
    box = shapely.box(here.lon - 1, here.lat - 1, here.lon + 1, here.lat + 1)
    away = shapely.box(0, 0, 1, 1)
    ground = pd.DataFrame(
        {"code": ["1", "2"], "name_zh": ["西南区", "云中区"], "name_en": ["Xinan District", "Yunzhong District"],
         "geojson": [shapely.to_geojson(box), shapely.to_geojson(away)]}
    )  # fmt: skip
    texts = {stops[0].place_id: "云溪市云中区碾坊街284号", stops[1].place_id: "碾坊街286号",
             stops[2].place_id: "云中区与西南区之间1号"}  # fmt: skip
    found = districts_of(view, texts, ground)
    assert [found[stop.place_id] for stop in stops[:4]] == ["2", "1", "1", "1"]
    of = taken(view, places={stops[0].place_id: "Yunzhong District"})
    assert [of.district(stop) for stop in stops[:2]] == ["Yunzhong District", "Old town"]
