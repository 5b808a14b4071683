"""Calendar, GPX and GeoJSON read back by readers of other hands, whatever is written into them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import gpxpy
import icalendar
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planner.export.geojson import geojson
from planner.export.gpx import DayTrack, Waypoint, gpx
from planner.export.ics import Event, calendar_file, uid
from planner.export.paper_map import Track, apart, frame_about, names_on, picture
from planner.export.wall import SIDE_MM, WIDTH_MM, heights, widths

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MADE = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
HOSTILE = "蔡, 明;远\\n\r\nBEGIN:VEVENT\r\nSUMMARY:x 😀 <&>\"'"
#: what a text may hold but line ends, which a reader joins, and what no file may hold
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"), max_size=120)
#: characters that XML has
WRITTEN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=60)


def event(key: str = "a", title: str = "Visit", **changes: object) -> Event:
    values = {"begins": NOW, "ends": NOW + timedelta(minutes=20), **changes}
    return Event(key, title=title, **values)  # type: ignore[arg-type]


def read(data: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def test_a_calendar_reads_back_with_every_sign() -> None:
    data = calendar_file("队, 一", [event(title=HOSTILE, place=HOSTILE, text=HOSTILE)], now=NOW, made=MADE, draft=False)
    (one,) = read(data)
    wanted = HOSTILE.replace("\r\n", "\n")
    assert [str(one[name]) for name in ("SUMMARY", "LOCATION", "DESCRIPTION")] == [wanted] * 3
    assert (one.decoded("DTSTART"), one.decoded("DTEND")) == (NOW, NOW + timedelta(minutes=20))
    assert one.decoded("DTSTAMP") == NOW
    assert str(one["STATUS"]) == "CONFIRMED"


@given(TEXTS, TEXTS)
def test_lines_are_folded_at_75_octets_and_join_again(title: str, place: str) -> None:
    data = calendar_file("x", [event(title=title, place=place)], now=NOW, made=MADE, draft=True)
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode("utf-8") is not None for line in lines), "a sign was cut"
    (one,) = read(data)
    assert str(one["SUMMARY"]) == title
    assert str(one.get("LOCATION", "")) == place
    assert str(one["STATUS"]) == "TENTATIVE"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])
def test_a_time_is_the_same_instant_in_every_zone_and_over_a_change_of_the_clocks(zone: str) -> None:
    begins = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo(zone), fold=1)
    (one,) = read(calendar_file("x", [event(begins=begins, ends=begins)], now=NOW, made=MADE, draft=False))
    assert one.decoded("DTSTART").timestamp() == begins.timestamp()


def test_the_same_visit_has_the_same_identifier_which_tells_nobody() -> None:
    asked = (("YX01 D1", NOW, MADE), ("YX01 D1", NOW + timedelta(days=1), NOW), ("YX01 D2", NOW, MADE))
    first, again, other = (
        read(calendar_file("x", [event(key)], now=now, made=made, draft=False))[0] for key, now, made in asked
    )
    assert str(first["UID"]) == str(again["UID"]) != str(other["UID"])
    assert "D1" not in str(first["UID"])
    assert int(first["SEQUENCE"]) < int(again["SEQUENCE"]), "a later plan must replace an earlier one"


def test_a_calendar_without_events_is_one() -> None:
    assert read(calendar_file("x", [], now=NOW, made=MADE, draft=False)) == []


@pytest.mark.parametrize("bad", [
    [event("a"), event("a")],
    [event(ends=NOW - timedelta(minutes=1))],
    [event(begins=datetime(2026, 11, 24, 3, 0))],  # noqa: DTZ001
])  # fmt: skip
def test_what_makes_no_sense_is_refused(bad: list[Event]) -> None:
    with pytest.raises((ValueError, TypeError)):
        calendar_file("x", bad, now=NOW, made=MADE, draft=False)


def test_an_identifier_looks_like_an_address() -> None:
    assert uid("a").count("@") == 1


@given(WRITTEN, st.floats(-179, 179), st.floats(-89, 89))
def test_gpx_reads_back(name: str, lon: float, lat: float) -> None:
    day = DayTrack(name, "text", [(lon, lat), (0.00001, -0.00001)], [Waypoint(lon, lat, name)])
    found = gpxpy.parse(gpx(name, "", [day], now=NOW).decode())
    assert found.version == "1.1"
    assert found.creator == "Rounds"
    assert found.time == NOW
    (point,) = found.waypoints
    assert (point.longitude, point.latitude) == pytest.approx((lon, lat), abs=1e-7)
    assert (point.name or "").strip() == name.strip()
    (track,) = found.tracks
    line = [number for one in track.segments[0].points for number in (one.longitude, one.latitude)]
    assert line == pytest.approx([lon, lat, 0.00001, -0.00001], abs=1e-7)


def test_gpx_leaves_out_what_xml_cannot_hold() -> None:
    day = DayTrack("a\x00b\ufffe", "<&>", [], [])
    assert gpxpy.parse(gpx("x", "", [day], now=NOW).decode()).tracks[0].name == "ab"


def test_geojson_turns_rings_and_reads_back(tmp_path) -> None:
    clockwise = shapely.Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    shapes = [clockwise, shapely.LineString([(0, 0), (1, 2)]), shapely.Point(5, 6), shapely.Polygon()]
    data = geojson([(one, {"id": str(k), "name": HOSTILE}) for k, one in enumerate(shapes)], {"week": "2026-W48"})
    said = json.loads(data)
    assert said["bbox"] == [0, 0, 5, 6]
    assert "crs" not in said
    ring = shapely.LinearRing(said["features"][0]["geometry"]["coordinates"][0])
    assert ring.is_ccw
    assert said["features"][3]["geometry"] is None
    path = tmp_path / "a.geojson"
    path.write_bytes(data)
    table = gpd.read_file(path)
    assert table.crs.to_epsg() == 4326
    assert table["name"].tolist() == [HOSTILE] * 4
    assert json.loads(geojson([], {}))["features"] == []


@given(st.lists(st.tuples(st.floats(5, 95), st.floats(5, 45)), min_size=2, max_size=25))
def test_numbers_do_not_cover_each_other_and_stay_on_the_map(points: list[tuple[float, float]]) -> None:
    moved = apart(np.array(points), least=4.0, width=100.0, height=50.0)
    assert (moved >= 1.9).all()
    assert (moved <= np.array([98.1, 48.1])).all()
    gaps = np.hypot(*(moved[:, None, :] - moved[None, :, :]).transpose(2, 0, 1)) + 100 * np.eye(len(moved))
    assert gaps.min() > 2.0


def test_numbers_with_room_stay_where_they_are() -> None:
    points = np.array([[10.0, 10.0], [30.0, 10.0]])
    assert apart(points, least=4.0, width=100.0, height=50.0) == pytest.approx(points, abs=0.01)


@pytest.mark.parametrize("days", [1, 4, 6, 7])
@pytest.mark.parametrize(("wide", "high"), [(0.2, 0.1), (0.1, 0.2), (0.1, 0.0)])
def test_the_walls_map_has_the_shape_of_the_routes_and_the_days_fill_the_rest(
    days: int, wide: float, high: float
) -> None:
    map_mm = 90.0
    width, day_width, day_height = widths([(0.0, 0.0), (wide, high)], map_mm, days)
    if days == 1:
        assert (day_width, day_height) == (0.0, 0.0)
        return
    assert 0.6 * map_mm <= width <= 1.6 * map_mm
    assert day_width > 0
    across, down = min(days, 3), -(-days // 3)
    assert width + across * day_width + SIDE_MM < WIDTH_MM
    assert down * day_height < map_mm


def test_the_wall_map_does_not_lead_to_a_door() -> None:
    door = [(109.60, 29.10), (109.6004, 29.1004), (109.6005, 29.1001), (109.61, 29.10)]  # a detour of fifty metres
    frame = frame_about([(109.55, 29.05), (109.65, 29.15)], 150, 100)
    coarse = picture(frame, None, [Track(door, "#0072B2")], coarse_m=120.0)
    exact = picture(frame, None, [Track(door, "#0072B2")])
    assert coarse.count("L") < exact.count("L")


@pytest.mark.parametrize("crews", [1, 3, 8, 16, 25])
def test_the_wall_stays_on_one_page(crews: int) -> None:
    row, height = heights(crews)
    assert row * (crews + 1) + height <= 154.5


def test_a_paper_map_names_its_streets_in_the_readers_language_where_no_number_stands():
    frame = frame_about([(109.50, 29.10), (109.54, 29.12)], 186.0, 84.0)
    at = {"on": (109.52, 29.11), "under": (109.51, 29.105), "late": (109.53, 29.112), "out": (110.0, 29.11)}
    labels = [
        [(lon - 109) * 1e5, (lat - 29) * 1e5, 30, 16 if name == "late" else 10, "street", f"{name}路", english]
        for (name, (lon, lat)), english in zip(at.items(), ("On Lu", "Under Lu", "Late Lu", ""), strict=True)
    ]
    basemap = {"origin": [109, 29], "scale": 1e5, "labels": labels}
    number = frame.on_paper([at["under"]])
    found = names_on(frame, basemap, number, english=True, keep_mm=2.3)
    assert [one["text"] for one in found] == ["On Lu"]
    assert found[0]["at"] == pytest.approx(frame.on_paper([at["on"]])[0].tolist(), abs=0.01)
    far = np.array([[0.0, 0.0]])
    assert [one["text"] for one in names_on(frame, basemap, far, english=False, keep_mm=2.3)] == ["on路", "under路"]
    assert names_on(frame, None, far, english=False, keep_mm=2.3) == []
