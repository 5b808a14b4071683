"""A region: everything made once from an OpenStreetMap extract, in one folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geodata.roads.osrm_files import car_profile, executable, installed
from geodata.roads.travel import RoadFailure

FORMAT = "rounds-region/1"
BUILD = 4  # raised when the same extract is to give other files
# Finer cells than OSRM's own: a third less time for tables on a city of 1,800 km of streets.
CELL_SIZES = "16,128,1024,8192,65536,524288,4194304"


@dataclass(frozen=True)
class Region:
    """A built region.

    Attributes
    ----------
    name
        The folder's name.
    version
        A hash of the extract and of how it was built; carried by the road engine's answers as ``data_version``.
    bounds
        West, south, east, north in degrees, WGS-84.
    routable
        False where there were no executables: then only straight-line estimates are to be had.
    """

    name: str
    folder: Path
    version: str
    bounds: tuple[float, float, float, float]
    routable: bool

    @property
    def source(self) -> str:
        """Name the road data, for people and for the cache."""
        return f"OSRM car, {self.name} {self.version[:8]}"

    @property
    def pbf(self) -> Path:
        """The extract it was made from."""
        return self.folder / "region.osm.pbf"

    @property
    def osrm(self) -> Path:
        """The base path of the road data."""
        return self.folder / "osrm" / "region.osrm"

    @property
    def basemap(self) -> Path:
        """The script that holds the basemap (:mod:`geodata.osm.basemap`)."""
        return self.folder / "basemap.js"

    @property
    def districts(self) -> Path:
        """GeoJSON: code, name_zh, name_en, geometry (WGS-84)."""
        return self.folder / "districts.geojson"

    @property
    def streets(self) -> Path:
        """GeoParquet: name_zh, name_en, class, geometry (WGS-84)."""
        return self.folder / "streets.parquet"

    @property
    def landmarks(self) -> Path:
        """GeoParquet: kind, name_zh, name_en, geometry (:func:`geodata.osm.gazetteer.landmarks_of`)."""
        return self.folder / "landmarks.parquet"

    @property
    def buildings(self) -> Path:
        """Parquet: lon, lat, area_m2, levels, kind, street, house_number, district."""
        return self.folder / "buildings.parquet"


def open_region(folder: Path) -> Region:
    """Give a region that was built before.

    Raises
    ------
    RoadFailure
        If there is none, or it was left by another version of the product.
    """
    try:
        written = json.loads((folder / "region.json").read_text(encoding="utf-8"))
        if written["format"] != FORMAT:
            raise ValueError(written["format"])
        west, south, east, north = (float(value) for value in written["bounds"])
        region = Region(
            folder.name, folder, str(written["version"]), (west, south, east, north), bool(written["routable"])
        )
    except FileNotFoundError:
        raise RoadFailure(
            f"there is no region {folder.name}: build it with `roads build`", fault="input", try_again=False
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise RoadFailure(
            f"region {folder.name} cannot be read ({error}): build it anew", fault="engine", try_again=False
        ) from error
    return region


def build_region(pbf: Path, folder: Path, executables: Path, on_progress: Callable[[str], None]) -> Region:
    """Build a region from an extract, or give it at once if this very extract was built before.

    Road data, basemap, districts, street index and buildings are made beside the folder and moved to its place when all
    are there, so a build that fails or is interrupted leaves what was before. Without the executables (see
    :func:`geodata.roads.executables.why_no_wheel`) all but the road data is made.

    Parameters
    ----------
    pbf
        An OpenStreetMap extract, ``.osm.pbf``.
    folder
        Where the region goes; its name is the region's.
    executables
        The folder that ``python -m geodata.roads.executables`` filled.
    on_progress
        Told, in a sentence, what is done next.

    Raises
    ------
    RoadFailure
        If there is no such file, it is no extract or is damaged or has no roads (``fault="input"``), or a step failed.
    """
    routable = installed(executables)
    version = fingerprint(pbf, executables if routable else None)
    with _alone(folder):
        built = _built(folder, version)
        if built is not None:
            on_progress(f"Region {folder.name} is there already, made from this very extract.")
            return built
        scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            bounds = _fill(scratch, folder.name, pbf, executables if routable else None, version, on_progress)
            description = {"format": FORMAT, "version": version, "bounds": bounds, "routable": routable}
            description |= {"extract": pbf.name, "bytes": pbf.stat().st_size}
            (scratch / "region.json").write_text(json.dumps(description, indent=1), encoding="utf-8")
            scratch.chmod(0o755)  # mkdtemp makes it private
            _take_place(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return open_region(folder)


def publish_basemap(region: Region, static_folder: Path) -> Path:
    """Copy the basemap to where the browser can ask for it, under a name that changes with its content.

    Returns
    -------
    Path
        ``static_folder/NAME-HASH.js``. Files of the same region's earlier builds are removed.
    """
    content = region.basemap.read_bytes()
    target = static_folder / f"{region.name}-{hashlib.sha256(content).hexdigest()[:12]}.js"
    static_folder.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        part = target.with_suffix(".part")
        part.write_bytes(content)
        os.replace(part, target)
    for old in static_folder.glob(f"{region.name}-{'[0-9a-f]' * 12}.js"):
        if old != target:
            old.unlink(missing_ok=True)
    return target


def fingerprint(pbf: Path, executables: Path | None) -> str:
    """Give the hash of an extract and of what a build makes of it.

    Raises
    ------
    RoadFailure
        If there is no such file.
    """
    digest = hashlib.sha256(f"{FORMAT} {BUILD} {CELL_SIZES}".encode())
    if executables is not None:
        digest.update(car_profile(executables).read_bytes())
    try:
        with pbf.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except OSError as error:
        raise RoadFailure(f"there is no file {pbf}", fault="input", try_again=False) from error
    return digest.hexdigest()[:16]


def _fill(
    folder: Path, name: str, pbf: Path, executables: Path | None, version: str, on_progress: Callable[[str], None]
) -> tuple[float, float, float, float]:
    """Make all files of the region ``name`` in a folder; give its bounds."""
    from geodata.osm.basemap import basemap_of, write_basemap
    from geodata.osm.features import NoOsmFile, check_pbf, read_features
    from geodata.osm.gazetteer import landmarks_of
    from geodata.osm.read import buildings_of, districts_of, streets_of

    try:
        check_pbf(pbf)
        copy = Path(shutil.copyfile(pbf, folder / "region.osm.pbf"))
        on_progress("Reading streets, waters, buildings and districts.")
        features = read_features(copy)
    except NoOsmFile as error:
        raise RoadFailure(str(error), fault="input", try_again=False) from error
    if features.lines.empty:
        raise RoadFailure(f"{pbf.name} holds no streets", fault="input", try_again=False)
    if executables is not None:
        (folder / "osrm").mkdir()
        base = str(folder / "osrm" / "region.osrm")
        on_progress("Extracting the road network.")
        profile = str(car_profile(executables))
        _run(executables, "osrm-extract", "--profile", profile, "--data_version", version, "--output", base, str(copy))
        on_progress("Dividing the road network.")
        _run(executables, "osrm-partition", "--max-cell-sizes", CELL_SIZES, base)
        on_progress("Preparing travel times.")
        _run(executables, "osrm-customize", base)
    on_progress("Drawing the basemap.")
    basemap = basemap_of(features)
    write_basemap(basemap, folder / "basemap.js", name)
    on_progress("Writing districts, landmarks, street index and buildings.")
    (folder / "districts.geojson").write_text(districts_of(features).to_json(ensure_ascii=False), encoding="utf-8")
    streets_of(features).to_parquet(folder / "streets.parquet")
    landmarks_of(features).to_parquet(folder / "landmarks.parquet")
    buildings_of(features).to_parquet(folder / "buildings.parquet")
    return basemap.bounds


def _run(executables: Path, name: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(executable(executables, name)), *arguments], capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if "[error]" in line] or ["nothing was said"]
        reason = said[0].split("[error]")[-1].strip()
        raise RoadFailure(f"{name} failed ({done.returncode}): {reason}", fault="engine", try_again=False)


def _built(folder: Path, version: str) -> Region | None:
    try:
        region = open_region(folder)
    except RoadFailure:
        return None
    files = [region.pbf, region.basemap, region.districts, region.landmarks, region.streets, region.buildings]
    if region.routable:
        files.append(region.osrm.with_name("region.osrm.mldgr"))
    return region if region.version == version and all(path.is_file() for path in files) else None


def _take_place(scratch: Path, folder: Path) -> None:
    """Put the new folder in place of the old. A server that runs has its data in memory and is not disturbed."""
    old = scratch.with_name(scratch.name + ".old")
    if folder.exists():
        folder.rename(old)
    scratch.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process builds this region."""
    import fcntl  # not on Windows, where nothing else of this module needs it

    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
