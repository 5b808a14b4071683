"""Planning goes on when the engine gives no answer, on estimates that are marked; what was kept stays the streets'."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import httpx
import numpy as np
import pytest

from geodata.roads import CachedRoads, OsrmServer, Region, RoadFailure, RouteShape, StraightLine, TravelTimes
from geodata.roads import opening as opening_module
from geodata.roads.going_on import GoingOn, NoEngine
from geodata.roads.machine import open_machine_roads
from geodata.roads.opening import open_bank_roads, open_roads
from geodata.roads.server import SILENT, Silence, cpu_s
from geodata.roads.travel import OnCells, RoadEngine, unheard

POINTS = np.array([[109.6, 29.1], [109.61, 29.1], [109.6, 29.11]])


class Moody:
    """An engine that answers, or fails with a fault."""

    source = "streets"

    def __init__(self) -> None:
        self.fault = ""

    def travel_times(self, points: np.ndarray, *, on_cells: OnCells = unheard) -> TravelTimes:
        self.refuse()
        n = len(points)
        return TravelTimes(np.full((n, n), 60.0), np.full((n, n), 500.0), np.zeros(n), self.source, estimated=False)

    def route(self, points: np.ndarray) -> RouteShape:
        self.refuse()
        return RouteShape(points, np.ones(len(points) - 1), np.ones(len(points) - 1), (), estimated=False)

    def refuse(self) -> None:
        if self.fault:
            raise RoadFailure("no", fault=self.fault, try_again=True)


@pytest.mark.parametrize("fault", ["engine", "network"])
def test_an_engine_that_falls_silent_is_stood_in_for_and_used_again(fault: str) -> None:
    engine = Moody()
    roads = GoingOn(engine)
    engine.fault = fault
    times = roads.travel_times(POINTS)
    assert times.estimated
    assert times.source == StraightLine().source != roads.source
    assert roads.route(POINTS).estimated
    engine.fault = ""
    assert not roads.travel_times(POINTS).estimated
    assert not roads.route(POINTS).estimated


def test_a_question_that_is_wrong_is_not_estimated() -> None:
    engine = Moody()
    engine.fault = "input"
    for ask in (GoingOn(engine).travel_times, GoingOn(engine).route):
        with pytest.raises(RoadFailure):
            ask(POINTS)


def test_kept_matrices_are_the_streets_though_the_engine_is_gone(tmp_path: Path) -> None:
    CachedRoads(Moody(), tmp_path).travel_times(POINTS)
    gone = NoEngine("streets", RoadFailure("did not start", fault="engine", try_again=True))
    roads = GoingOn(CachedRoads(gone, tmp_path))
    assert not roads.travel_times(POINTS).estimated
    assert roads.travel_times(POINTS[:2]).estimated
    assert not GoingOn(CachedRoads(Moody(), tmp_path)).travel_times(POINTS[:2]).estimated, "an estimate was kept"


def test_a_server_that_does_not_start_is_gone_on_without_only_where_asked(
    town_without_roads: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RoadFailure("the road engine did not start", fault="engine", try_again=True)

    monkeypatch.setattr(opening_module, "installed", lambda _: True)
    monkeypatch.setattr(opening_module, "OsrmServer", fails)
    region = Region("town", tmp_path, "v", (0, 0, 1, 1), routable=True)
    with pytest.raises(RoadFailure), open_roads(region, tmp_path, tmp_path / "m"):
        pass
    with open_roads(region, tmp_path, tmp_path / "m", go_on=True) as roads:
        assert roads.source == region.source
        assert roads.travel_times(POINTS).estimated


def test_a_bank_server_that_does_not_answer_is_gone_on_without_only_where_asked(tmp_path: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    def opened(*, go_on: bool) -> AbstractContextManager[RoadEngine]:
        transport = httpx.MockTransport(refuse)
        day = date(2026, 11, 23)
        return open_bank_roads("http://bank", tmp_path, max_table=9, today=day, go_on=go_on, transport=transport)

    with pytest.raises(RoadFailure), opened(go_on=False):
        pass
    with opened(go_on=True) as roads:
        assert roads.travel_times(POINTS).estimated


def kmh_of(roads: RoadEngine) -> float:
    times = roads.travel_times(POINTS)
    assert times.estimated
    return float(3.6 * times.metres[0, 1] / times.seconds[0, 1])


def test_walkers_are_estimated_as_walkers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RoadFailure("the road engine did not start", fault="engine", try_again=True)

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    for profile, kmh in (("car", 25.0), ("foot", 4.5)):
        region = Region("town", tmp_path, "v", (0, 0, 1, 1), routable=True, profile=profile)  # type: ignore[arg-type]
        monkeypatch.setattr(opening_module, "installed", lambda _: False)
        with open_roads(region, tmp_path, tmp_path / "m") as roads:
            assert kmh_of(roads) == pytest.approx(kmh)
        with open_machine_roads(region, tmp_path, tmp_path / "m", tmp_path / "e") as roads:
            assert kmh_of(roads) == pytest.approx(kmh)
        monkeypatch.setattr(opening_module, "installed", lambda _: True)
        monkeypatch.setattr(opening_module, "OsrmServer", fails)
        with open_roads(region, tmp_path, tmp_path / "m", go_on=True) as roads:
            assert kmh_of(roads) == pytest.approx(kmh)
        day, transport = date(2026, 11, 23), httpx.MockTransport(refuse)
        with open_bank_roads(
            "http://bank", tmp_path, max_table=9, today=day, go_on=True, profile=region.profile, transport=transport
        ) as roads:
            assert kmh_of(roads) == pytest.approx(kmh)


def test_a_process_hangs_only_if_it_neither_answers_nor_computes() -> None:
    hanging, computing, answering, other = (Silence(SILENT) for _ in range(4))
    looks = range(10)
    assert [hanging.hangs(7, answers=False, computed_s=1.0) for _ in looks].index(True) == SILENT
    assert not any(computing.hangs(7, answers=False, computed_s=float(n)) for n in looks)
    assert not any(answering.hangs(7, answers=n % 3 == 0, computed_s=1.0) for n in looks)
    assert not any(other.hangs(n, answers=False, computed_s=1.0) for n in looks), "each a process of its own"
    assert not any(Silence(1).hangs(7, answers=False, computed_s=None) for _ in looks), "nothing is known of it"


def test_processor_time_grows_with_computing() -> None:
    before = cpu_s(os.getpid())
    if before is None:
        pytest.skip("reads /proc")
    while (cpu_s(os.getpid()) or 0.0) < before + 0.02:
        sum(range(10_000))
    assert cpu_s(2**22 + 5) is None


@pytest.mark.osrm
def test_a_server_that_hangs_is_killed_and_comes_back(
    town: Region, executables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geodata.roads.server.WATCH_S", 0.05)
    monkeypatch.setattr("geodata.roads.server.answers", _quick_answers)
    with OsrmServer(executables, town.osrm) as server:
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        assert _until(lambda: server.pid not in (None, first) and server.answers())
        assert server.starts == 2
        engine = opening_module.engine_at(server.url, town)
        assert engine.healthy()
        engine.close()


@pytest.mark.osrm
def test_a_server_that_always_dies_is_given_up(
    town: Region, executables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geodata.roads.server.MOST_DEATHS", 3)
    with OsrmServer(executables, town.osrm) as server:
        killed: set[int] = set()

        def kill() -> bool:
            pid = server.pid
            if pid is not None and pid not in killed:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            return server.given_up

        assert _until(kill)
        assert server.starts == 3
        assert server.pid is None


def _quick_answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/nearest/v1/driving/0,0", timeout=0.3, trust_env=False).status_code in (200, 400)
    except httpx.HTTPError:
        return False


def _until(true: Callable[[], bool], within_s: float = 60.0) -> bool:
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.03)
    return False
