"""The commands ``roads build``, ``roads districts`` and ``roads matrix``."""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from geodata.arguments import Arguments
from geodata.own_districts import BadDistricts
from geodata.roads.building import build_region
from geodata.roads.districts_command import add_arguments, take_districts
from geodata.roads.means import CONTRACTED_FROM, CONTRACTED_TO, method_for
from geodata.roads.opening import open_roads
from geodata.roads.publishing import pieces_of, publish_basemap
from geodata.roads.region import METHODS, PROFILES, Method, Region, open_region
from geodata.roads.travel import FAR_SNAP_M, Floats, RoadFailure, TravelTimes

#: what is said of the method that was chosen
WHY: dict[Method, str] = {
    "ch": f"contraction (ch), as from {CONTRACTED_FROM:,} to {CONTRACTED_TO:,}. It takes longer to build and answers "
    "large tables in a quarter of the time; --method mld is built sooner.",
    "mld": f"multi-level Dijkstra (mld), as below {CONTRACTED_FROM:,} and above {CONTRACTED_TO:,}. It is built in "
    "seconds; --method ch takes longer to build and answers large tables in a quarter of the time.",
}
NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d*)?", re.ASCII)  # float() would also take "1_0", "nan" and "１２"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")


def roads_command(
    argv: Sequence[str], *, regions: Path, executables: Path, matrices: Path, basemaps: Path | None = None
) -> int:
    """Run ``build EXTRACT``, ``districts FILE|--shipped|--cells`` or ``matrix --points P.csv --out M.npz``.

    Parameters
    ----------
    regions
        The folder with one folder a region.
    executables
        The folder that ``python -m geodata.roads.executables`` filled.
    matrices
        Where matrices are kept.
    basemaps
        Where browsers ask for basemaps: that of a region which is shown there already is renewed by a build.

    Returns
    -------
    int
        0 done; 2 bad input, with one sentence on standard error; 1 a fault of ours.
    """
    chosen = _parser().parse_args(argv)
    try:
        if not NAME.fullmatch(chosen.name):
            raise _bad(f"a region's name is made of letters, digits, - and _, not {chosen.name!r}")
        if chosen.command == "build":
            report = _build(chosen, regions, executables, basemaps)
        elif chosen.command == "districts":
            report = take_districts(chosen, open_region(regions / chosen.name))
        else:
            report = _matrix(chosen, regions, executables, matrices)
    except BadDistricts as error:
        sys.stderr.write("\n".join(error.faults) + "\n")
        return 2
    except RoadFailure as failure:
        sys.stderr.write(f"{failure}.\n")
        return 2 if failure.fault == "input" else 1
    if chosen.json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    return 0


def read_points(path: Path, region: Region) -> Floats:
    """Read longitudes and latitudes from a CSV file with the columns lon and lat; other columns are ignored.

    Returns
    -------
    ndarray
        (n, 2) degrees, WGS-84, in the file's order.

    Raises
    ------
    RoadFailure
        With the row (the file's own number, heading included), if a value is missing, not a number or off the Earth, or
        if the columns look swapped.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise _bad(f"there is no file {path}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(f"{path.name} cannot be read as UTF-8 text") from error
    rows = csv.reader(text.splitlines())
    heading = [name.strip().lower() for name in next(rows, [])]
    if heading.count("lon") != 1 or heading.count("lat") != 1:
        raise _bad(f"{path.name} needs the columns lon and lat, its first line says {', '.join(heading) or 'nothing'}")
    columns = (heading.index("lon"), heading.index("lat"))
    try:
        points = [_point(row, columns, path.name, rows.line_num) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _bad(f"{path.name} is not a CSV file: {error}") from error
    if not points:
        raise _bad(f"{path.name} holds no points")
    array = np.array(points, dtype=np.float64)
    if _within(array[:, ::-1], region) > len(array) / 2 > _within(array, region):
        raise _bad(f"lon and lat look swapped in {path.name}: most points lie in {region.name} the other way round")
    return array


def _build(chosen: argparse.Namespace, regions: Path, executables: Path, basemaps: Path | None) -> dict[str, Any]:
    out = sys.stderr if chosen.json else sys.stdout

    def say(text: str) -> None:
        out.write(text + "\n")
        out.flush()

    extract = Path(chosen.extract)
    method: Method = _chosen(extract, say) if chosen.method == "auto" else chosen.method
    region = build_region(extract, regions / chosen.name, executables, say, profile=chosen.profile, method=method)
    if not region.routable:
        say("There is no road engine here: travel times in this region will be straight-line estimates.")
    say(f"100 %  Region {region.name} is ready: {region.folder}")
    if basemaps is not None and pieces_of(basemaps, region.name):
        publish_basemap(region, basemaps)
        say("Its maps are shown from now on, its streets are used once the application is started again.")
        say("Run `team` again if its districts have changed.")
    return {
        "region": region.name,
        "version": region.version,
        "folder": str(region.folder),
        "bounds": list(region.bounds),
        "routable": region.routable,
        "profile": region.profile,
        "method": method,
    }


def _chosen(extract: Path, say: Callable[[str], None]) -> Method:
    """Choose the method by the size of the extract, and say so."""
    from geodata.osm.extract import street_points
    from geodata.osm.features import NoOsmFile

    try:
        points = street_points(extract)
    except NoOsmFile as error:
        raise _bad(str(error)) from error
    method = method_for(points)
    say(f"{points:,} points of streets: {WHY[method]}")
    return method


def _matrix(chosen: argparse.Namespace, regions: Path, executables: Path, matrices: Path) -> dict[str, Any]:
    region = open_region(regions / chosen.name)
    points = read_points(Path(chosen.points), region)
    target = Path(chosen.out)
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise _bad(f"{target} cannot be written: its folder is missing or it is a folder itself")
    with open_roads(region, executables, matrices) as roads:
        times = roads.travel_times(points)
    _write(target, times)
    report = {
        "points": len(points),
        "unreachable_pairs": times.unreachable_pairs,
        "far_snaps": times.far_from_streets,
        "far_snap_m": FAR_SNAP_M,
        "source": times.source,
        "estimated": times.estimated,
        "out": str(target),
    }
    if not chosen.json:
        sys.stdout.write(
            f"{report['points']} points, {report['unreachable_pairs']} pairs without a road, "
            f"{report['far_snaps']} points over {FAR_SNAP_M:.0f} m from a street; {times.source}"
            f"{' (an estimate, no street was looked at)' if times.estimated else ''}. Written to {target}.\n"
        )
    return report


def _point(row: list[str], columns: tuple[int, int], name: str, line: int) -> tuple[float, float]:
    where = f"row {line} of {name}"
    if max(columns) >= len(row):
        raise _bad(f"{where} has too few columns")
    texts = [row[column].strip() for column in columns]
    for text in texts:
        if not NUMBER.fullmatch(text):
            raise _bad(f"{where} has no coordinates: {text or 'an empty cell'} is not a number of degrees")
    lon, lat = float(texts[0]), float(texts[1])
    if abs(lon) > 180 or abs(lat) > 90:
        swapped = "; lon and lat look swapped" if abs(lon) <= 90 and abs(lat) <= 180 else ""
        raise _bad(f"{where} is not on the Earth: lon {texts[0]}, lat {texts[1]}{swapped}")
    return lon, lat


def _within(points: Floats, region: Region) -> int:
    west, south, east, north = region.bounds
    inside = (points >= [west, south]).all(axis=1) & (points <= [east, north]).all(axis=1)
    return int(inside.sum())


def _write(target: Path, times: TravelTimes) -> None:
    handle, name = tempfile.mkstemp(dir=target.absolute().parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, seconds=times.seconds, metres=times.metres, snap_m=times.snap_m)
        Path(name).chmod(0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _bad(text: str) -> RoadFailure:
    return RoadFailure(text, fault="input", try_again=False)


def _parser() -> Arguments:
    parser = Arguments(prog="python -m planner roads", description="Road data and travel times.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="build|districts|matrix")
    build = commands.add_parser("build", help="make a region from an OpenStreetMap extract")
    build.add_argument("extract", help="an .osm.pbf or .osm file")
    build.add_argument("--profile", choices=PROFILES, default="car", help="how crews go (default car)")
    build.add_argument(
        "--method",
        choices=("auto", *METHODS),
        default="auto",
        help="mld builds in seconds; ch builds many times longer and answers large tables in a quarter of the time; "
        f"auto (the default): ch from {CONTRACTED_FROM:,} to {CONTRACTED_TO:,} points of streets",
    )
    matrix = commands.add_parser("matrix", help="travel times between all points of a CSV file")
    matrix.add_argument("--points", required=True, help="a CSV file with the columns lon and lat (WGS-84)")
    matrix.add_argument("--out", required=True, help="the .npz to write: seconds, metres, snap_m; NaN = no road")
    districts = commands.add_parser(
        "districts", help="take a bank's own districts or territories into a region, or go back"
    )
    add_arguments(districts)
    for command in (build, districts, matrix):
        command.add_argument("--name", required=True, help="the region's name")
        command.add_argument("--json", action="store_true", help="report as JSON on standard output")
    return parser
