"""The real engine on the small town: build, ask, die, restart, and leave nothing behind."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from geodata.roads import OsrmRoads, OsrmServer, Region, RoadFailure, build_region, open_roads
from geodata.roads.opening import engine_at
from geodata.roads.region import Method
from tests.geodata.roads.test_leash import alive, gone
from tests.geodata.small_town import ISLAND, crossing, write_town

pytestmark = pytest.mark.osrm
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def server(town: Region, executables: Path) -> Iterator[OsrmServer]:
    with OsrmServer(executables, town.osrm) as running:
        yield running


@pytest.fixture
def roads(server: OsrmServer, town: Region) -> Iterator[OsrmRoads]:
    engine = engine_at(server.url, town)
    yield engine
    engine.close()


def grid() -> np.ndarray:
    return np.array([crossing(i, j) for i in range(5) for j in range(5)])


def test_the_town_is_routable_and_built_once(town: Region, town_pbf: Path, executables: Path) -> None:
    assert town.routable
    said: list[str] = []
    assert build_region(town_pbf, town.folder, executables, said.append) == town
    assert len(said) == 1


def test_travel_follows_the_streets(roads: OsrmRoads) -> None:
    times = roads.travel_times(grid())
    across, up = np.divmod(np.arange(25), 5)
    blocks = np.abs(across[:, None] - across) + np.abs(up[:, None] - up)
    one_way = (across[:, None] == 0) & (up[:, None] > up) & (across == 0)  # southwards on 甲路: a way round
    neighbours = (blocks == 1) & ~one_way
    assert (np.diag(times.seconds) == 0).all()
    assert np.isfinite(times.seconds).all()
    assert times.metres[neighbours] == pytest.approx(200, rel=0.01)
    assert (times.metres >= 198 * blocks).all()  # the quickest way may be longer: by the primary street
    assert (times.metres[one_way] > 200 * blocks[one_way] + 390).all()
    assert (times.snap_m < 1).all()
    assert not times.estimated


def test_blocks_of_a_real_server_agree(roads: OsrmRoads, server: OsrmServer) -> None:
    pieces = OsrmRoads(server.url, max_table=7).travel_times(grid())
    assert np.array_equal(pieces.seconds, roads.travel_times(grid()).seconds)


def test_no_road_and_far_from_any_are_reported(roads: OsrmRoads) -> None:
    points = np.vstack([crossing(1, 1), ISLAND, crossing(3, 3), crossing(1, 1) - [0.05, 0], [np.nan, np.nan]])
    times = roads.travel_times(points)
    assert np.isnan(times.seconds[0, 1])
    assert np.isnan(times.seconds[1, 2])
    assert np.isfinite(times.seconds[0, 2])
    assert times.snap_m[3] > 1000
    assert times.far_from_streets == 1
    assert np.isnan(times.snap_m[4])


def test_a_route_passes_the_stops_along_streets(roads: OsrmRoads) -> None:
    stops = np.array([crossing(0, 0), crossing(2, 0), crossing(2, 4), crossing(4, 4)])
    shape = roads.route(stops)
    assert shape.leg_metres == pytest.approx([400, 800, 400], rel=0.01)
    assert np.allclose(shape.line[[0, -1]], stops[[0, -1]], atol=1e-5)
    on_a_street = np.isclose(shape.line[:, None, :], grid()[None], atol=1e-5).any(axis=1)
    assert on_a_street.all()
    for leg, (a, b) in zip(shape.leg_lines, itertools.pairwise(stops), strict=True):
        assert np.allclose(leg[[0, -1]], [a, b], atol=1e-5)


def test_a_route_to_the_island_keeps_its_other_legs(roads: OsrmRoads) -> None:
    shape = roads.route(np.array([crossing(0, 0), crossing(1, 0), ISLAND, np.add(ISLAND, (0.002, 0))]))
    assert np.isnan(shape.leg_seconds).tolist() == [False, True, False]


def test_the_data_of_another_region_is_not_taken(server: OsrmServer) -> None:
    stranger = OsrmRoads(server.url, data_version="0123456789abcdef")
    assert not stranger.healthy()
    with pytest.raises(RoadFailure, match="other road data"):
        stranger.travel_times(grid())


def test_a_killed_server_comes_back_on_the_same_address(town: Region, executables: Path) -> None:
    with OsrmServer(executables, town.osrm) as server:
        url, first = server.url, server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        ends = time.monotonic() + 20
        while (server.pid in (None, first) or not server.answers()) and time.monotonic() < ends:
            time.sleep(0.05)
        assert server.url == url
        assert server.pid not in (None, first)
        assert engine_at(url, town).healthy()
        second = server.pid
    assert second is not None
    assert gone(second)
    server.stop()  # twice is harmless
    assert server.pid is None


def test_a_region_built_anew_by_the_other_method_serves_the_old_data_and_after_a_death_the_new(
    town_pbf: Path, executables: Path, tmp_path: Path
) -> None:
    def built(method: Method) -> Region:
        return build_region(town_pbf, tmp_path / "town", executables, lambda _: None, method=method)

    before = built("mld")
    with OsrmServer(executables, before.osrm) as server:
        after = built("ch")
        assert engine_at(server.url, before).healthy()
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        ends = time.monotonic() + 20
        while not engine_at(server.url, after).healthy() and time.monotonic() < ends:
            time.sleep(0.05)
        assert engine_at(server.url, after).healthy()
        assert not engine_at(server.url, before).healthy()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_is_left_when_the_application_is_killed(town: Region, executables: Path) -> None:
    application = (
        "import sys, threading, time; from pathlib import Path; from geodata.roads import OsrmServer\n"
        f"server = OsrmServer(Path({str(executables)!r}), Path({str(town.osrm)!r}))\n"
        # Started from a thread that ends, as a page's does: the server must outlive it.
        "thread = threading.Thread(target=server.start); thread.start(); thread.join()\n"
        "time.sleep(.3); print(server.pid, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", application], stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert alive(pid)
        process.kill()
        assert gone(pid)


def test_a_server_without_data_says_so(tmp_path: Path, executables: Path) -> None:
    with pytest.raises(RoadFailure, match="build the region first"):
        OsrmServer(executables, tmp_path / "region.osrm").start()


def test_a_server_with_broken_data_gives_up_and_says_why(town: Region, executables: Path, tmp_path: Path) -> None:
    for path in town.osrm.parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes()[:100] if path.suffix == ".mldgr" else path.read_bytes())
    server = OsrmServer(executables, tmp_path / "region.osrm")
    with pytest.raises(RoadFailure, match="did not start"):
        server.start()
    assert server.pid is None


def test_an_engine_is_opened_kept_and_shared(town: Region, executables: Path, tmp_path: Path) -> None:
    with open_roads(town, executables, tmp_path / "own") as own, OsrmServer(executables, town.osrm) as running:
        assert own.source == town.source
        times = own.travel_times(grid())
        with open_roads(town, tmp_path / "no executables", tmp_path / "b", url=running.url) as shared:
            assert np.array_equal(shared.travel_times(grid()).seconds, times.seconds)
    assert len(list((tmp_path / "own").glob("*.npz"))) == 1
    with open_roads(town, executables, tmp_path / "own", url="http://127.0.0.1:9") as again:
        assert np.array_equal(again.travel_times(grid()).seconds, times.seconds)


def test_without_executables_the_estimate_is_labelled(town: Region, tmp_path: Path) -> None:
    with open_roads(town, tmp_path, tmp_path / "matrices") as roads:
        assert roads.travel_times(grid()).estimated


def test_other_streets_of_the_same_name_have_another_source(town: Region, executables: Path, tmp_path: Path) -> None:
    other = build_region(
        write_town(tmp_path / "o.osm.pbf", name="石桥"), tmp_path / "town", executables, lambda _: None
    )
    assert other.name == town.name
    assert other.source != town.source
