"""The adapter against a made-up server that speaks OSRM: blocks, missing points, failures, chunks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.roads import OsrmRoads, RoadFailure
from geodata.roads.opening import open_bank_roads
from geodata.roads.travel import RoadEngine

WALL = 100.0  # no road crosses this longitude


def speak_osrm(request: httpx.Request) -> httpx.Response:
    """Answer as if a metre took a second and were a hundred-thousandth of a degree, southwards half as much again."""
    service, coordinates = re.match(r"/(\w+)/v1/driving/(.*)", request.url.path).groups()  # type: ignore[union-attr]
    points = [tuple(map(float, text.split(","))) for text in coordinates.split(";")]
    query = parse_qs(request.url.query.decode())
    if service == "nearest":
        return httpx.Response(200, json={"code": "Ok", "data_version": "v1"})

    def seconds(a: tuple[float, ...], b: tuple[float, ...]) -> float | None:
        if (a[0] < WALL) != (b[0] < WALL):
            return None
        return round(1e5 * (abs(a[0] - b[0]) + abs(a[1] - b[1])) * (1.5 if a[1] > b[1] else 1), 1)

    if service == "route":
        legs = []
        for a, b in pairwise(points):
            if seconds(a, b) is None:
                return httpx.Response(400, json={"code": "NoRoute", "message": "Impossible route between points"})
            line = {"coordinates": [a, [b[0], a[1]], b]}
            legs.append({"duration": seconds(a, b), "distance": seconds(a, b), "steps": [{"geometry": line}]})
        return httpx.Response(200, json={"code": "Ok", "data_version": "v1", "routes": [{"legs": legs}]})
    if len(points) < 2:  # as OSRM does
        return httpx.Response(400, json={"code": "InvalidOptions", "message": "Number of coordinates needs to be > 1"})
    chosen = [
        [points[int(i)] for i in query[key][0].split(";")] if key in query else points
        for key in ("sources", "destinations")
    ]
    table = [[seconds(a, b) for b in chosen[1]] for a in chosen[0]]
    body = {"code": "Ok", "data_version": "v1", "durations": table, "distances": table}
    return httpx.Response(200, json=body | {"sources": [{"distance": 10 * (p[1] - 29)} for p in chosen[0]]})


def engine(answer: Callable[[httpx.Request], httpx.Response] = speak_osrm, **changes: Any) -> OsrmRoads:
    settings: dict[str, Any] = {"data_version": "v1", "transport": httpx.MockTransport(answer)}
    return OsrmRoads("http://127.0.0.1:1/", **(settings | changes))


def somewhere(n: int, seed: int = 0) -> np.ndarray:
    return np.round(np.array([99.9, 29]) + np.random.default_rng(seed).uniform(0, 0.2, (n, 2)), 6)


@settings(max_examples=25, deadline=None)
@given(n=st.integers(0, 17), max_table=st.integers(1, 9), seed=st.integers(0, 99))
def test_blocks_make_the_same_matrix(n: int, max_table: int, seed: int) -> None:
    points = somewhere(n, seed)
    whole, pieces = engine().travel_times(points), engine(max_table=max_table).travel_times(points)
    assert np.array_equal(whole.seconds, pieces.seconds, equal_nan=True)
    assert np.array_equal(whole.metres, pieces.metres, equal_nan=True)
    assert np.array_equal(whole.snap_m, pieces.snap_m)
    west = points[:, 0] < WALL
    assert np.array_equal(np.isnan(whole.seconds), west[:, None] != west[None, :])
    assert (np.diag(whole.seconds) == 0).all()


def test_rows_are_where_from_and_columns_where_to() -> None:
    times = engine().travel_times(np.array([[99.9, 29.0], [99.9, 29.1]]))
    assert times.seconds.tolist() == [[0, 10000], [15000, 0]]
    assert times.snap_m.tolist() == pytest.approx([0, 1])
    assert not times.estimated


def test_an_unknown_point_is_nan_and_does_not_disturb_the_others() -> None:
    points = somewhere(5)
    points[2] = np.nan
    times, others = engine().travel_times(points), engine().travel_times(np.delete(points, 2, axis=0))
    assert np.isnan(times.seconds[2]).all()
    assert np.isnan(times.seconds[:, 2]).all()
    assert np.isnan(times.snap_m[2])
    kept = np.delete(np.delete(times.seconds, 2, axis=0), 2, axis=1)
    assert np.array_equal(kept, others.seconds, equal_nan=True)


def test_one_point_has_a_distance_to_its_street() -> None:
    times = engine().travel_times(np.array([[99.9, 29.5]]))
    assert times.seconds.tolist() == [[0]]
    assert times.snap_m.tolist() == [5]


@pytest.mark.parametrize(
    ("points", "text"),
    [
        ([[29.0, 109.0]], "point 0 is not on the Earth"),
        ([[1.0, 2.0, 3.0]], r"must be \(n, 2\)"),
    ],
)
def test_impossible_points_are_refused(points: list[list[float]], text: str) -> None:
    with pytest.raises(RoadFailure, match=text) as caught:
        engine().travel_times(np.array(points))
    assert caught.value.fault == "input"
    assert not caught.value.try_again


def test_a_route_of_many_stops_is_asked_in_chunks_and_whole_again() -> None:
    points = somewhere(130) - [0.15, 0]  # west of the wall
    asked: list[int] = []

    def count(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.count(";") + 1)
        return speak_osrm(request)

    shape = engine(count).route(points)
    assert asked == [50, 50, 32]
    assert len(shape.leg_lines) == len(shape.leg_seconds) == 129
    for leg, (a, b) in zip(shape.leg_lines, pairwise(points), strict=True):
        assert np.allclose(leg[[0, -1]], [a, b], atol=1e-6)
    assert np.allclose(shape.line[[0, -1]], points[[0, -1]], atol=1e-6)


def test_a_leg_without_a_road_is_nan_and_the_others_stay() -> None:
    points = np.array([[99.90, 29.0], [99.95, 29.0], [100.1, 29.0], [100.2, 29.0], [100.3, 29.1]])
    shape = engine().route(points)
    assert np.isnan(shape.leg_seconds).tolist() == [False, True, False, False]
    assert shape.leg_lines[1].shape == (0, 2)
    assert shape.leg_seconds[2] == pytest.approx(10000)


def test_a_route_of_one_stop_has_no_legs() -> None:
    shape = engine().route(somewhere(1))
    assert shape.leg_lines == ()
    assert shape.leg_seconds.shape == (0,)


def test_a_route_through_an_unknown_point_is_refused() -> None:
    with pytest.raises(RoadFailure, match="point 1 has no coordinates"):
        engine().route(np.array([[99.9, 29.0], [np.nan, 29.0]]))


def test_a_connection_that_broke_is_tried_once_more() -> None:
    seen: list[str] = []

    def break_once(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        if len(seen) == 1:
            raise httpx.RemoteProtocolError("Server disconnected")
        return speak_osrm(request)

    assert engine(break_once).travel_times(somewhere(2)).seconds.shape == (2, 2)
    assert len(seen) == 2


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


@pytest.mark.parametrize(
    ("answer", "fault", "try_again"),
    [
        (refuse, "network", True),
        (lambda _: httpx.Response(503, text="busy"), "engine", True),
        (lambda _: httpx.Response(200, text="<html>welcome</html>"), "engine", False),
    ],
)
def test_failures_say_whose_fault_and_whether_to_try_again(
    answer: Callable[[httpx.Request], httpx.Response], fault: str, try_again: bool
) -> None:
    roads = engine(answer)
    with pytest.raises(RoadFailure) as caught:
        roads.travel_times(somewhere(3))
    assert (caught.value.fault, caught.value.try_again) == (fault, try_again)
    with pytest.raises(RoadFailure):
        roads.route(somewhere(3))
    assert not roads.healthy()


def test_health_means_the_expected_data() -> None:
    assert engine().healthy()
    assert engine(data_version=None).healthy()
    assert not engine(data_version="another").healthy()


def test_the_source_is_the_given_name_or_the_address() -> None:
    roads: RoadEngine = engine(source="OSRM car, town")
    assert roads.source == "OSRM car, town"
    assert engine().source == "OSRM http://127.0.0.1:1"
    assert OsrmRoads(lambda: "http://localhost:7/").url == "http://localhost:7"


def test_progress_counts_every_cell_once() -> None:
    told: list[tuple[int, int]] = []
    engine(max_table=3).travel_times(somewhere(7), on_cells=lambda done, total: told.append((done, total)))
    assert len(told) == 9
    assert {total for _, total in told} == {49}
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (49, 49)


def test_addresses_of_a_large_matrix_stay_short() -> None:
    lengths: list[int] = []

    def blank(request: httpx.Request) -> httpx.Response:
        lengths.append(len(str(request.url)))
        rows = 1 + request.url.query.decode().partition("sources=")[2].partition("&")[0].count(";")
        columns = 1 + request.url.query.decode().partition("destinations=")[2].partition("&")[0].count(";")
        points = 1 + request.url.path.count(";")
        shape = (rows if rows > 1 else points, columns if columns > 1 else points)
        body = {"code": "Ok", "data_version": "v1", "sources": [{"distance": 1.0}] * shape[0]}
        return httpx.Response(
            200, json=body | {"durations": [[1] * shape[1]] * shape[0], "distances": [[1] * shape[1]] * shape[0]}
        )

    points = np.round(np.random.default_rng(1).uniform([-179, -80], [-100, -10], (2500, 2)), 6)
    assert engine(blank).travel_times(points).seconds.shape == (2500, 2500)
    assert max(lengths) < 65_536


@pytest.mark.parametrize("version", ["2026-11", None])
def test_the_matrices_of_a_bank_go_by_its_data_or_by_the_day(version: str | None, tmp_path: Path) -> None:
    asked: list[str] = []
    answers = {"data_version": version} if version else {}

    def bank(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.split("/")[1])
        body = {key: value for key, value in speak_osrm(request).json().items() if key != "data_version"}
        return httpx.Response(200, json=body | answers)

    def times_of(today: date) -> str:
        transport = httpx.MockTransport(bank)
        with open_bank_roads("http://bank:5000/", tmp_path, max_table=100, today=today, transport=transport) as roads:
            return roads.travel_times(somewhere(4)).source

    monday = date(2026, 11, 23)
    times_of(monday)
    times_of(monday)
    assert asked.count("table") == 1
    source = times_of(monday + timedelta(days=1))
    assert asked.count("table") == (1 if version else 2)
    assert source == f"OSRM http://bank:5000, {'data 2026-11' if version else 'as of 2026-11-24'}"
    if version:
        answers["data_version"] = "2026-12"
        times_of(monday)
        assert asked.count("table") == 2


def test_a_point_far_from_every_street_has_no_road() -> None:
    points = np.array([[99.0, 29.0], [99.001, 29.0], [99.0, 89.0]])
    far = engine(lambda request: _snapped(request, 5_001.0)).travel_times(points)
    near = engine(lambda request: _snapped(request, 4_999.0)).travel_times(points)
    assert np.isnan(far.seconds[2, :2]).all()
    assert np.isnan(far.metres[:2, 2]).all()
    assert far.seconds[2, 2] == 0
    assert np.isfinite(far.seconds[:2, :2]).all()
    assert far.snap_m[2] == 5_001
    assert np.isfinite(near.seconds).all()


def _snapped(request: httpx.Request, metres: float) -> httpx.Response:
    body = speak_osrm(request).json()
    body["sources"][-1]["distance"] = metres
    return httpx.Response(200, json=body)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), kept=st.integers(0, 9), fresh=st.integers(0, 6), max_table=st.integers(2, 20))
def test_what_is_new_is_asked_alone_and_gives_the_same_matrix(seed: int, kept: int, fresh: int, max_table: int) -> None:
    random = np.random.default_rng(seed)
    points = somewhere(kept + fresh + 2)
    points[random.integers(len(points))] = np.nan
    before = engine().travel_times(points[: kept + 1])
    rows = np.where(np.arange(len(points)) <= kept, np.arange(len(points)), -1)
    rows[np.isnan(points[:, 0])] = -1
    order = random.permutation(len(points))
    told: list[tuple[int, int]] = []
    asked = engine(max_table=max_table, at_once=3)
    made = asked.extended(points[order], before, rows[order], on_cells=lambda *one: told.append(one))
    whole = engine().travel_times(points[order])
    for name in ("seconds", "metres", "snap_m"):
        assert np.array_equal(getattr(made, name), getattr(whole, name), equal_nan=True), name
    n, old = int(np.isfinite(points).all(axis=1).sum()), int((rows >= 0).sum())
    assert (told[-1] if told else (0, 0)) == (n * n - old * old,) * 2
    assert len(told) == len({done for done, _ in told})


def test_blocks_asked_at_once_give_the_same_matrix_and_no_more_than_so_many_run() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def slowly(request: httpx.Request) -> httpx.Response:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return speak_osrm(request)

    points = somewhere(12)
    made = engine(slowly, max_table=4, at_once=2).travel_times(points)
    assert np.array_equal(made.seconds, engine().travel_times(points).seconds, equal_nan=True)
    assert most == 2


def test_a_block_that_fails_ends_the_question() -> None:
    def third_fails(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503) if "destinations=" in str(request.url) else speak_osrm(request)

    with pytest.raises(RoadFailure):
        engine(third_fails, max_table=4, at_once=2).travel_times(somewhere(12))


@pytest.mark.parametrize("n", [1, 3, 5])
def test_a_last_block_of_one_point_is_asked_too(n: int) -> None:
    """A bank's server with --max-table-size 100 and 101 places."""
    points = somewhere(n)
    assert np.array_equal(
        engine(max_table=2).travel_times(points).seconds, engine().travel_times(points).seconds, equal_nan=True
    )
