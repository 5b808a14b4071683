"""A build says what it needs, is taken up where it was broken off, and serves cars or walkers, XML or PBF."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import pytest

from geodata.cell_districts import is_cell
from geodata.osm.network import read_network
from geodata.roads import OsrmServer, Region, RoadFailure, building, open_region
from geodata.roads.building import build_region, fingerprint
from geodata.roads.opening import engine_at
from tests.geodata.roads.test_leash import alive, gone
from tests.geodata.small_town import crossing, write_town

Build = Callable[..., Region]


class Broken(KeyboardInterrupt):
    """Somebody pressed Ctrl-C, or the machine went down."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Stand in for the road engine's programs: what was run is listed, and each leaves a file."""
    taken: list[str] = []

    def run(_: Path, name: str, *arguments: str, heard: Callable[[str], None] | None = None) -> None:
        taken.append(name.removeprefix("osrm-"))
        base = arguments[arguments.index("--output") + 1] if "--output" in arguments else arguments[-1]
        for ending in {"osrm-customize": [".mldgr"], "osrm-contract": [".hsgr"]}.get(name, []):
            Path(base + ending).touch()
        if break_at == [name]:
            raise Broken

    break_at: list[str] = []
    profile = tmp_path / "profile.lua"
    profile.touch()
    monkeypatch.setattr(building, "installed", lambda _: True)
    monkeypatch.setattr(building, "profile_file", lambda *_: profile)
    monkeypatch.setattr(building, "_run", run)
    taken_at = taken
    run.break_at = break_at  # type: ignore[attr-defined]
    return taken_at


def build(pbf: Path, folder: Path, said: list[str] | None = None, **how: str) -> Region:
    return build_region(pbf, folder, folder, (said if said is not None else []).append, **how)  # type: ignore[arg-type]


def breaking(at: str) -> Callable[[str], None]:
    def say(text: str) -> None:
        if at in text:
            raise Broken

    return say


@pytest.mark.parametrize(
    ("broken_off", "again"),
    [
        ("Extracting", ["extract", "partition", "customize"]),
        ("Dividing", ["partition", "customize"]),
        ("Preparing", ["customize"]),
        ("Drawing", []),
        ("Writing", []),
    ],
)
def test_a_build_that_was_broken_off_is_taken_up(
    steps: list[str], town_pbf: Path, tmp_path: Path, broken_off: str, again: list[str]
) -> None:
    with pytest.raises(Broken):
        build_region(town_pbf, tmp_path / "r", tmp_path, breaking(broken_off))
    assert not (tmp_path / "r").exists()
    steps.clear()
    region = build(town_pbf, tmp_path / "r")
    assert steps == again
    assert region.routable
    assert region.streets.is_file()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]
    assert not (region.folder / "steps").exists()


@pytest.mark.parametrize(("step", "again"), [("partition", "extract"), ("customize", "customize")])
def test_a_step_that_changes_what_was_before_is_not_taken_up_in_its_middle(
    steps: list[str], town_pbf: Path, tmp_path: Path, step: str, again: str
) -> None:
    building._run.break_at.append(f"osrm-{step}")  # type: ignore[attr-defined]
    with pytest.raises(Broken):
        build(town_pbf, tmp_path / "r")
    building._run.break_at.clear()  # type: ignore[attr-defined]
    steps.clear()
    build(town_pbf, tmp_path / "r")
    assert steps[0] == again


def test_a_build_of_which_a_step_was_killed_is_taken_up(
    steps: list[str], town_pbf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = building._run

    def dies(folder: Path, name: str, *arguments: str, heard: Callable[[str], None] | None = None) -> None:
        if name == "osrm-contract":
            raise RoadFailure("it was killed", fault="engine", try_again=True)
        whole(folder, name, *arguments, heard=heard)

    monkeypatch.setattr(building, "_run", dies)
    with pytest.raises(RoadFailure):
        build(town_pbf, tmp_path / "r", method="ch")
    monkeypatch.setattr(building, "_run", whole)
    steps.clear()
    build(town_pbf, tmp_path / "r", method="ch")
    assert steps == ["contract"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and the kernel's way is Linux's")
def test_a_build_that_is_killed_leaves_no_step_behind(tmp_path: Path) -> None:
    program = tmp_path / "osrm" / "bin" / "osrm-extract"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!/bin/sh\necho $$ > {tmp_path / 'pid.part'}\nmv {tmp_path / 'pid.part'} {tmp_path / 'pid'}\nexec sleep 60\n"
    )
    program.chmod(0o755)
    run = f"building._run(Path({str(tmp_path)!r}), 'osrm-extract')"
    code = f"from pathlib import Path; from geodata.roads import building; {run}"
    with subprocess.Popen([sys.executable, "-c", code]) as build_of_theirs:
        ends = time.monotonic() + 60
        while not (tmp_path / "pid").is_file() and time.monotonic() < ends:
            time.sleep(0.02)
        step = int((tmp_path / "pid").read_text())
        assert alive(step)
        build_of_theirs.kill()
        assert gone(step)


def test_a_step_that_fails_says_why(tmp_path: Path) -> None:
    program = tmp_path / "osrm" / "bin" / "osrm-extract"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho '[info] reading'\necho '[error] no nodes' >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(RoadFailure, match=r"osrm-extract failed \(3\): no nodes"):
        building._run(tmp_path, "osrm-extract")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the leash stands between")
def test_a_step_that_was_killed_is_no_fault_of_the_extract(tmp_path: Path) -> None:
    program = tmp_path / "osrm" / "bin" / "osrm-contract"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    with pytest.raises(RoadFailure, match=r"was killed \(signal 9\).*goes on from this step") as caught:
        building._run(tmp_path, "osrm-contract")
    assert caught.value.try_again


def test_what_a_contraction_has_done_is_told_while_it_runs(tmp_path: Path) -> None:
    program = tmp_path / "osrm" / "bin" / "osrm-contract"
    program.parent.mkdir(parents=True)
    lines = ["[i] will contract 9 (100%) nodes...", "[i] will leave 0 core nodes (0%) nodes...", "[i] .", " 70% ", "."]
    lines += [" 80% ", ".", " 90% ", ".", " 100%", "[i] node priorities initialized in 1ms", ".", " 10% "]
    program.write_text("#!/bin/sh\ncat <<'E'\n" + "\n".join(lines) + "\nE\n")
    program.chmod(0o755)
    said: list[str] = []
    plan = building.Plan("r", tmp_path, tmp_path, "foot", "ch", "1")
    hear = building._contracting(plan, said.append)
    building._run(tmp_path, "osrm-contract", heard=hear)
    assert said == [f"{share:3} %  Contracting the road network." for share in (9, 12, 17, 23, 44)]


@pytest.mark.parametrize("whole", [True, False])
def test_one_that_was_killed_while_it_took_its_place_loses_nothing(
    steps: list[str], town_pbf: Path, tmp_path: Path, *, whole: bool
) -> None:
    before = build(town_pbf, tmp_path / "r")
    old = tmp_path / f".r.{'0' * 16}.part.old"
    if whole:
        shutil.copytree(before.folder, old)
    else:
        before.folder.rename(old)
    steps.clear()
    assert build(town_pbf, tmp_path / "r") == before
    assert (steps, old.exists()) == ([], False)


def test_what_was_before_is_in_use_until_the_new_is_whole(steps: list[str], town_pbf: Path, tmp_path: Path) -> None:
    before = build(town_pbf, tmp_path / "r")
    other = write_town(tmp_path / "other.osm.pbf", name="石桥")
    with pytest.raises(Broken):
        build_region(other, tmp_path / "r", tmp_path, breaking("Writing"))
    assert open_region(tmp_path / "r") == before
    assert build(town_pbf, tmp_path / "r") == before  # and its own work is left for later
    third = write_town(tmp_path / "third.osm.pbf", name="新桥")
    build(third, tmp_path / "r")
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")], "work of another build is left"


@pytest.mark.parametrize("how", [{}, {"method": "ch"}, {"method": "ch", "profile": "foot"}])
def test_shares_rise_and_the_need_is_told_first(
    steps: list[str], town_pbf: Path, tmp_path: Path, how: dict[str, str]
) -> None:
    said: list[str] = []
    build(town_pbf, tmp_path / "r", said, **how)
    assert re.fullmatch(
        r"(At most a|A)bout [\d,]+ s on an idle machine, [\d,]+ MB of disk \([\d,]+ MB free\) and [\d,]+ MB of memory"
        r"( \([\d,]+ MB available\))?\.( That is more than is available: it may fail or be slow\.)?",
        said[0],
    )
    shares = [int(line.split(" %")[0]) for line in said[1:]]
    assert shares == sorted(set(shares))
    assert shares[0] == 0
    assert shares[-1] < 100
    assert said[0].startswith("At most") == bool(how)


def test_a_full_disk_is_told_before_anything_is_done(
    steps: list[str], town_pbf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "free_bytes", lambda _: 100.0)
    with pytest.raises(RoadFailure, match="make room") as caught:
        build(town_pbf, tmp_path / "r")
    assert caught.value.fault == "input"
    assert not steps
    monkeypatch.setattr(building, "free_bytes", lambda _: 1e12)
    monkeypatch.setattr(building, "memory_bytes", lambda: 1e6)
    said: list[str] = []
    build(town_pbf, tmp_path / "r", said)
    assert said[0].endswith("it may fail or be slow.")


def test_without_boundaries_cells_stand_in_for_districts(town_pbf: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.osm.pbf"
    with osmium.SimpleWriter(str(bare)) as writer:
        for thing in osmium.FileProcessor(str(town_pbf)):
            if thing.tags.get("boundary") is None:
                writer.add(thing)
    said: list[str] = []
    region = build(bare, tmp_path / "r", said)
    table = gpd.read_file(region.districts)
    assert any("cells of the ground stand in" in one for one in said)
    assert len(table) > 0
    assert all(is_cell(code) for code in table["code"])
    assert set(pd.read_parquet(region.buildings)["district"]) <= set(table["code"])
    assert build(bare, tmp_path / "r", said).districts == region.districts
    assert "is there already" in said[-1]
    # Regions that were built with squares get cells by the same command.
    squares = table.assign(code=[f"cell-12-{n}-7" for n in range(len(table))])
    region.districts.write_text(squares.to_json(ensure_ascii=False), encoding="utf-8")
    made_anew = gpd.read_file(build(bare, tmp_path / "r", said).districts)
    assert made_anew["code"].tolist() == table["code"].tolist()
    named_before = table.assign(name_zh="网格 长街")
    region.districts.write_text(named_before.to_json(ensure_ascii=False), encoding="utf-8")
    assert gpd.read_file(build(bare, tmp_path / "r", said).districts)["name_zh"].tolist() == table["name_zh"].tolist()


def test_profile_and_method_are_part_of_what_is_built(steps: list[str], town_pbf: Path, tmp_path: Path) -> None:
    versions = set()
    for how in ({}, {"profile": "foot"}, {"method": "ch"}):
        versions.add(build(town_pbf, tmp_path / "r", **how).version)
        assert open_region(tmp_path / "r").profile == how.get("profile", "car")
    assert len(versions) == 3
    assert steps == ["extract", "partition", "customize"] * 2 + ["extract", "contract"]
    assert open_region(tmp_path / "r").source.startswith("OSRM car, r ")


def test_a_region_of_before_profiles_is_a_car_s(town_without_roads: Region, tmp_path: Path) -> None:
    written = json.loads((town_without_roads.folder / "region.json").read_text())
    del written["profile"], written["method"]
    (tmp_path / "region.json").write_text(json.dumps(written))
    assert open_region(tmp_path).profile == "car"
    (tmp_path / "region.json").write_text(json.dumps(written | {"profile": "boat"}))
    with pytest.raises(RoadFailure, match="build it anew"):
        open_region(tmp_path)


def test_xml_gives_what_pbf_gives(town_pbf: Path, tmp_path: Path) -> None:
    xml = tmp_path / "town.osm"
    with osmium.SimpleWriter(str(xml)) as writer:
        for thing in osmium.FileProcessor(str(town_pbf)):
            writer.add(thing)
    of_xml, of_pbf = (build(one, tmp_path / one.suffix[1:]) for one in (xml, town_pbf))
    assert of_xml.basemap.read_text().replace('"osm"', '"pbf"') == of_pbf.basemap.read_text()
    assert of_xml.bounds == of_pbf.bounds
    damaged = tmp_path / "cut.osm"
    damaged.write_bytes(xml.read_bytes()[:-200])
    with pytest.raises(RoadFailure, match="is damaged") as caught:
        build(damaged, tmp_path / "cut")
    assert caught.value.fault == "input"
    assert not (tmp_path / "cut").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_walkers_have_streets_of_their_own(town_pbf: Path) -> None:
    assert read_network(town_pbf, on_foot=True).linked.sum() == 10


@pytest.mark.osrm
@pytest.mark.parametrize("how", [{"method": "ch"}, {"profile": "foot"}])
def test_a_contracted_region_and_walkers_are_answered(
    town_pbf: Path, executables: Path, town: Region, tmp_path: Path, how: dict[str, str]
) -> None:
    said: list[str] = []
    region = build_region(town_pbf, tmp_path / "town", executables, said.append, **how)  # type: ignore[arg-type]
    if "method" in how:  # small as it is, what the program writes is understood
        assert sum("Contracting" in one for one in said) > 5
    points = np.array([crossing(0, 3), crossing(0, 1), crossing(4, 4)])
    answers = []
    for one in (region, town):
        with OsrmServer(executables, one.osrm) as server:
            answers.append(engine_at(server.url, one).travel_times(points))
    here, car = answers
    if "method" in how:
        assert np.allclose(here.seconds, car.seconds, atol=0.2)
    else:
        assert here.metres[0, 1] == pytest.approx(400, rel=0.01)  # against the one-way street
        assert car.metres[0, 1] > 700
        assert (here.seconds[0, 1:] > 200).all()


def test_other_bytes_are_another_region(town_pbf: Path, tmp_path: Path) -> None:
    assert fingerprint(town_pbf, None) == fingerprint(town_pbf, None, "car", "mld")
    with pytest.raises(RoadFailure, match="there is no file"):
        fingerprint(tmp_path / "none", None)
