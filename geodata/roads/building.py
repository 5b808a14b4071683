"""Builds a region from an OpenStreetMap extract: stated before it starts, taken up where it was broken off.

All is made in a folder beside the region's and moved to its place when it is whole, so that what was there before is in
use until then. The folder is named by what is built; a build that was broken off leaves it, and the same build goes on
in it. A step that changes what an earlier one wrote (OSRM's partition does) is not taken up in the middle: if it had
begun, the road data are extracted anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geodata.roads.means import Need, free_bytes, memory_bytes, need_of
from geodata.roads.osrm_files import executable, installed, profile_file
from geodata.roads.progress import SAID, Contraction, begins
from geodata.roads.region import FORMAT, Method, Profile, Region, open_region, own_districts_of
from geodata.roads.server import LEASH
from geodata.roads.taking_place import alone, put_back, take_place
from geodata.roads.travel import RoadFailure

BUILD = 5  # raised when the same extract is to give other files
# Finer cells than OSRM's own: a third less time for tables on a city of 1,800 km of streets.
CELL_SIZES = "16,128,1024,8192,65536,524288,4194304"
MEGABYTE = 1_000_000
#: a step that ended so was broken off from outside, by a person or by a system that was out of memory
KILLED = frozenset({signal.SIGHUP, signal.SIGINT, signal.SIGKILL, signal.SIGTERM})
#: while the network is contracted so many hundredths of the whole are told at once
TOLD = 3


@dataclass(frozen=True)
class Plan:
    """What is built: ``name`` of the region, extract, executables (None: no road data), profile, method, version."""

    name: str
    extract: Path
    executables: Path | None
    profile: Profile
    method: Method
    version: str


def build_region(
    extract: Path,
    folder: Path,
    executables: Path,
    on_progress: Callable[[str], None],
    *,
    profile: Profile = "car",
    method: Method = "mld",
) -> Region:
    """Build a region from an extract, or give it at once if this very extract was built before.

    Without the executables (see :func:`geodata.roads.executables.why_no_wheel`) all but the road data is made.

    Parameters
    ----------
    extract
        An OpenStreetMap extract, ``.osm.pbf`` or ``.osm``.
    folder
        Where the region goes; its name is the region's.
    executables
        The folder that ``python -m geodata.roads.executables`` filled.
    on_progress
        Told, in a sentence, first what is needed, then what is done next and how far it is.

    Raises
    ------
    RoadFailure
        If there is no such file, it is no extract or is damaged or has no roads (``fault="input"``), the disk is too
        full, or a step failed.
    """
    routable = installed(executables)
    version = fingerprint(extract, executables if routable else None, profile, method)
    plan = Plan(folder.name, extract, executables if routable else None, profile, method, version)
    with alone(folder):
        put_back(folder)
        built = _built(folder, version, method)
        if built is not None:
            on_progress(f"Region {folder.name} is there already, made from this very extract.")
            return built
        work = folder.parent / f".{folder.name}.{version}.part"
        for other in folder.parent.glob(f".{folder.name}.*.part"):
            if other != work:
                shutil.rmtree(other, ignore_errors=True)
        on_progress(
            stated(need_of(extract.stat().st_size, routable=routable, profile=profile, method=method), folder.parent)
        )
        work.mkdir(exist_ok=True)
        try:
            bounds = _fill(work, plan, own_districts_of(folder), on_progress)
        except BaseException as error:
            if not _broken_off(error):
                shutil.rmtree(work, ignore_errors=True)
            raise
        description = {"format": FORMAT, "version": version, "bounds": bounds, "routable": routable}
        description |= {"extract": extract.name, "bytes": extract.stat().st_size, "profile": profile, "method": method}
        (work / "region.json").write_text(json.dumps(description, indent=1), encoding="utf-8")
        (work / "steps").unlink(missing_ok=True)
        take_place(work, folder)
    return open_region(folder)


def stated(need: Need, folder: Path) -> str:
    """Say what a build needs and what there is.

    Raises
    ------
    RoadFailure
        If the disk has not half as much again.
    """
    disk, memory = free_bytes(folder), memory_bytes()
    if disk < 1.5 * need.disk:
        raise RoadFailure(
            f"the disk has {disk / MEGABYTE:,.0f} MB free, and the region needs about {need.disk / MEGABYTE:,.0f} MB: "
            "make room, then repeat the command",
            fault="input",
            try_again=True,
        )
    there = "" if memory is None else f" ({memory / MEGABYTE:,.0f} MB available)"
    short = " That is more than is available: it may fail or be slow." if memory and memory < need.memory else ""
    about = "At most about" if need.at_most else "About"
    return (
        f"{about} {need.seconds:,.0f} s on an idle machine, {need.disk / MEGABYTE:,.0f} MB of disk "
        f"({disk / MEGABYTE:,.0f} MB free) and {need.memory / MEGABYTE:,.0f} MB of memory{there}.{short}"
    )


def fingerprint(extract: Path, executables: Path | None, profile: Profile = "car", method: Method = "mld") -> str:
    """Give the hash of an extract and of what a build makes of it.

    Raises
    ------
    RoadFailure
        If there is no such file.
    """
    digest = hashlib.sha256(f"{FORMAT} {BUILD} {CELL_SIZES}".encode())
    if (profile, method) != ("car", "mld"):
        digest.update(f"{profile} {method}".encode())
    if executables is not None:
        digest.update(profile_file(executables, profile).read_bytes())
    try:
        with extract.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise RoadFailure(f"there is no file {extract}", fault="input", try_again=False) from error
    return digest.hexdigest()[:16]


def _fill(work: Path, plan: Plan, own: Path, on_progress: Callable[[str], None]) -> tuple[float, float, float, float]:
    """Make what is missing of a region's files, with a bank's ``own`` districts if there are any; give its bounds."""
    import geopandas as gpd

    from geodata.cell_districts import is_cell
    from geodata.osm.basemap import basemap_of, write_basemap
    from geodata.osm.extract import as_pbf
    from geodata.osm.features import NoOsmFile, read_features
    from geodata.osm.gazetteer import landmarks_of
    from geodata.osm.read import buildings_of, streets_of
    from geodata.shipped_districts import shipped_districts

    began = begins(plan.profile, plan.method)

    def say(step: str) -> None:
        on_progress(f"{began[step]:3} %  {SAID[step]}")

    try:
        say("read")
        copy = as_pbf(plan.extract, work / "region.osm.pbf")
        features = read_features(copy)
    except NoOsmFile as error:
        raise RoadFailure(str(error), fault="input", try_again=False) from error
    if features.lines.empty:
        raise RoadFailure(f"{plan.extract.name} holds no streets", fault="input", try_again=False)
    if plan.executables is not None:
        _road_data(work, plan, plan.executables, copy, on_progress)
    say("draw")
    basemap = basemap_of(features)
    write_basemap(basemap, work / "basemap.js", plan.name)
    say("index")
    districts = gpd.read_file(own) if own.is_file() else shipped_districts(features)
    if not own.is_file() and districts["code"].map(is_cell).any():
        on_progress("     No district's boundary is mapped: cells of the ground stand in for districts.")
    (work / "districts.geojson").write_text(districts.to_json(ensure_ascii=False), encoding="utf-8")
    streets_of(features).to_parquet(work / "streets.parquet")
    landmarks_of(features).to_parquet(work / "landmarks.parquet")
    buildings_of(features, districts).to_parquet(work / "buildings.parquet")
    return basemap.bounds


def _road_data(work: Path, plan: Plan, executables: Path, pbf: Path, on_progress: Callable[[str], None]) -> None:
    """Take OSRM's steps that are not done yet."""
    began = begins(plan.profile, plan.method)
    base, steps = str(work / "osrm" / "region.osrm"), work / "steps"
    profile = str(profile_file(executables, plan.profile))
    extract = ["--profile", profile, "--data_version", plan.version, "--output", base, str(pbf)]
    prepare = {"partition": ["--max-cell-sizes", CELL_SIZES, base], "customize": [base]}
    every = {"extract": extract} | (prepare if plan.method == "mld" else {"contract": [base]})
    noted = steps.read_text(encoding="ascii").split() if steps.is_file() else []
    half_divided = "partition-begun" in noted and "partition-done" not in noted
    if half_divided or "extract-done" not in noted:
        noted = []
        shutil.rmtree(work / "osrm", ignore_errors=True)
        (work / "osrm").mkdir()
    for step, arguments in every.items():
        if f"{step}-done" in noted:
            continue
        on_progress(f"{began[step]:3} %  {SAID[step]}")
        noted.append(f"{step}-begun")
        steps.write_text("\n".join(noted), encoding="ascii")
        heard = _contracting(plan, on_progress) if step == "contract" else None
        _run(executables, f"osrm-{step}", *arguments, heard=heard)
        noted.append(f"{step}-done")
        steps.write_text("\n".join(noted), encoding="ascii")


def _broken_off(error: BaseException) -> bool:
    """Say whether a build was broken off, by Ctrl-C or a step that was killed: its work is left to be taken up."""
    return isinstance(error, KeyboardInterrupt) or (isinstance(error, RoadFailure) and error.try_again)


def _contracting(plan: Plan, on_progress: Callable[[str], None]) -> Callable[[str], None]:
    """Tell how far the contraction is by what its program writes."""
    began = begins(plan.profile, plan.method)
    contraction, told = Contraction(plan.profile), began["contract"]

    def hear(line: str) -> None:
        nonlocal told
        share = began["contract"] + contraction.hear(line) * (began["draw"] - began["contract"])
        if told + TOLD <= share < began["draw"]:
            told = int(share)
            on_progress(f"{told:3} %  {SAID['contract']}")

    return hear


def _run(executables: Path, name: str, *arguments: str, heard: Callable[[str], None] | None = None) -> None:
    """Run a step that ends when we do: one that outlived its build would write among the files of the next.

    What it writes is ``heard`` line by line.
    """
    leash = [sys.executable, "-I", str(LEASH), str(os.getpid())]
    command = [*leash, str(executable(executables, name)), *arguments]
    told: list[str] = []
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                if heard is not None:
                    heard(line.rstrip())
                told += [line] if "[error]" in line else []
            process.wait()
        except BaseException:
            process.terminate()
            raise
    if -process.returncode in KILLED:
        raise RoadFailure(
            f"{name} was killed (signal {-process.returncode}), as a system does that is out of memory; "
            "the same command goes on from this step",
            fault="engine",
            try_again=True,
        )
    if process.returncode:
        reason = (told or ["nothing was said"])[0].split("[error]")[-1].strip()
        raise RoadFailure(f"{name} failed ({process.returncode}): {reason}", fault="engine", try_again=False)


def _built(folder: Path, version: str, method: Method) -> Region | None:
    from geodata.cell_districts import written_earlier

    try:
        region = open_region(folder)
    except RoadFailure:
        return None
    files = [region.pbf, region.basemap, region.districts, region.landmarks, region.streets, region.buildings]
    if region.routable:
        files.append(region.osrm.with_name("region.osrm.mldgr" if method == "mld" else "region.osrm.hsgr"))
    if region.version != version or not all(path.is_file() for path in files):
        return None
    # What stands in for districts is not part of the version, of which travel times are kept.
    return None if written_earlier(region.districts.read_text(encoding="utf-8")) else region
