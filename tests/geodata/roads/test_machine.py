"""One engine a machine: several processes ask, one engine answers, and another takes over when its holder is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from geodata.roads import Region, RoadFailure, StraightLine
from geodata.roads.machine import MachineRoads, MachineServer, open_machine_roads
from geodata.roads.osrm import OsrmRoads
from tests.geodata.roads.test_leash import alive, gone
from tests.geodata.small_town import crossing

pytestmark = [pytest.mark.osrm, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]
ROOT = Path(__file__).parents[3]
#: asks a route for each line it hears, and says how long it takes
ASKING = """
import sys
from pathlib import Path
from geodata.roads.machine import open_machine_roads
from geodata.roads.region import open_region
from tests.geodata.small_town import crossing
import numpy as np
region, executables, folder = map(Path, sys.argv[1:])
points = np.array([crossing(0, 0), crossing(3, 2)])
for _ in sys.stdin:
    with open_machine_roads(open_region(region), executables, folder / "matrices", folder / "engines") as roads:
        print(round(float(roads.route(points).leg_seconds[0]), 1), flush=True)
"""


@contextmanager
def asking(town: Region, executables: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", ASKING, str(town.folder), str(executables), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def answer(process: subprocess.Popen[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("ask\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def engines(town: Region) -> dict[int, int]:
    """The engines that run on the town's data, with who started each."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words[0].endswith(b"osrm-routed") and str(town.osrm).encode() in words and alive(int(folder.name)):
            found[int(folder.name)] = parent
    return found


def test_processes_share_an_engine_and_none_is_left_behind(town: Region, executables: Path, tmp_path: Path) -> None:
    with ExitStack() as stack:
        asked = [stack.enter_context(asking(town, executables, tmp_path)) for _ in range(3)]
        answers = {answer(one) for one in asked}
        assert len(answers) == 1
        assert float(answers.pop()) > 0
        (first, holder), *others = engines(town).items()
        assert not others
        assert holder in {one.pid for one in asked}

        dead = next(one for one in asked if one.pid == holder)
        dead.send_signal(signal.SIGKILL)
        assert gone(first)
        left = [one for one in asked if one is not dead]
        assert len({answer(one) for one in left}) == 1
        (second, holder), *others = engines(town).items()
        assert not others
        assert holder in {one.pid for one in left}
        for one in left:
            one.send_signal(signal.SIGKILL)
        assert gone(second)


def test_an_engine_that_somebody_holds_and_that_does_not_answer(
    town: Region, executables: Path, tmp_path: Path
) -> None:
    first, second = (MachineServer(town, executables, tmp_path) for _ in range(2))
    assert first.url() == second.url()
    (told,) = tmp_path.glob("*.address")
    told.write_text("http://127.0.0.1:9", encoding="ascii")
    with pytest.raises(RoadFailure, match="does not answer"):
        second.url(within_s=0.1)
    assert first.url() == second.url()  # its holder says again where it is
    first._server.stop()


def test_its_holder_waits_for_an_engine_that_died(town: Region, executables: Path, tmp_path: Path) -> None:
    server = MachineServer(town, executables, tmp_path)
    points = np.array([crossing(0, 0), crossing(3, 2)])
    with closing(MachineRoads(server, town)) as roads:
        before = roads.route(points).leg_seconds
        for pid in engines(town):
            os.kill(pid, signal.SIGKILL)
            assert gone(pid)
        assert roads.route(points).leg_seconds == before  # it is started again only after a pause
    server._server.stop()


def test_an_engine_that_is_busy_is_not_taken_for_dead(town: Region, executables: Path, tmp_path: Path) -> None:
    holder, other = (MachineServer(town, executables, tmp_path) for _ in range(2))
    with socket.create_server(("127.0.0.1", 0)) as busy, holder._lock:  # takes connections, and answers nobody
        address = f"http://127.0.0.1:{busy.getsockname()[1]}"
        holder._tell(address)
        assert other.url(within_s=0.0) == address


def test_who_finds_no_engine_asks_again(town: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[str | RoadFailure] = [RoadFailure("none yet", fault="engine", try_again=True), "http://127.0.0.1:9"]

    def url() -> str:
        one = found.pop(0)
        if isinstance(one, RoadFailure):
            raise one
        return one

    server: Any = SimpleNamespace(url=url)
    monkeypatch.setattr(OsrmRoads, "route", lambda roads, points: roads.url)
    with closing(MachineRoads(server, town)) as roads:
        assert roads.route(np.zeros((2, 2))) == "http://127.0.0.1:9"


def test_without_road_data_there_is_the_straight_line(town_without_roads: Region, tmp_path: Path) -> None:
    with open_machine_roads(town_without_roads, tmp_path, tmp_path / "matrices", tmp_path / "engines") as roads:
        assert isinstance(roads, StraightLine)
    assert not (tmp_path / "engines").exists()
