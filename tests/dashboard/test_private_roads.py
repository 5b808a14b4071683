"""The application runs an engine a region in use, and starts, saying that roads are down, though one does not start."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.roads import engines
from config.settings import PRIVATE_OSRM
from dashboard import services
from geodata.roads import RoadFailure

BRANCHES = [SimpleNamespace(road_region=name) for name in ("north", "south", "north", "unbuilt", "walled", *"abcdef")]


class Server:
    """A server that starts unless its region is walled."""

    made = 0

    def __init__(self, _: Path, data: Path) -> None:
        Server.made += 1
        self.data, self.url, self.running = data, f"http://127.0.0.1:{Server.made}", False

    def start(self) -> None:
        if "walled" in str(self.data):
            raise RoadFailure("the road engine did not start", fault="engine", try_again=True)
        self.running = True

    def stop(self) -> None:
        self.running = False


def opened(folder: Path) -> SimpleNamespace:
    if folder.name == "unbuilt":
        raise RoadFailure("there is no region", fault="input", try_again=False)
    return SimpleNamespace(name=folder.name, osrm=folder, routable=folder.name != "a")


def test_an_engine_a_region_and_the_application_starts_though_one_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = SimpleNamespace(osrm=tmp_path, region=lambda name: tmp_path / name)
    known = SimpleNamespace(
        settings=SimpleNamespace(osrm_url="", paths=paths), store=SimpleNamespace(branches=lambda _: BRANCHES)
    )
    monkeypatch.setattr(services, "services", lambda: known)
    monkeypatch.setattr(services, "everywhere", lambda *_: None)
    monkeypatch.setattr(services, "installed", lambda _: True)
    monkeypatch.setattr(services, "open_region", opened)
    monkeypatch.setattr(services, "OsrmServer", Server)
    monkeypatch.delenv(PRIVATE_OSRM, raising=False)
    with services.private_roads():
        running = list(services.PRIVATE)  # that the state of the roads is told of: the one that did not start too
        assert [Path(one.data).name for one in running] == ["north", "south", "walled", "b"]
        assert [one.running for one in running] == [True, True, False, True]
        assert engines(os.environ) == {Path(one.data).name: one.url for one in running if one.running}
    assert not services.PRIVATE
    assert PRIVATE_OSRM not in os.environ
    assert not any(one.running for one in running)


def test_without_executables_or_with_a_bank_server_none_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(services, "OsrmServer", Server)
    monkeypatch.setattr(services, "regions_in_use", lambda _: pytest.fail("not asked"))
    for url, there in (("http://bank", True), ("", False)):
        settings = SimpleNamespace(osrm_url=url, paths=SimpleNamespace(osrm=tmp_path))
        monkeypatch.setattr(services, "services", lambda settings=settings: SimpleNamespace(settings=settings))
        monkeypatch.setattr(services, "installed", lambda _, there=there: there)
        with services.private_roads():
            assert not services.PRIVATE
            assert PRIVATE_OSRM not in os.environ
