"""Build a region from a real extract, weigh what comes out, and time matrices and routes.

``python -m benchmarks.roads_build EXTRACT.osm.pbf|REGION [mld|ch] [POINTS …]``: needs the road engine (make setup).
Without a method the one that ``roads build`` chooses by size is taken; of a region's folder only the tables are timed.
Points are drawn at random within the region, by default 500, 1,000 and 3,000. Each matrix is asked cold, again from the
cache, with one place more and with one less. Wall seconds are those of a machine that others may use; CPU seconds are
not.
"""

from __future__ import annotations

import gzip
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from geodata.osm.extract import street_points
from geodata.roads import CachedRoads, OsrmServer, TravelTimes, build_region
from geodata.roads.means import method_for
from geodata.roads.opening import engine_at
from geodata.roads.region import METHODS, Method, open_region
from geodata.roads.server import cpu_s

EXECUTABLES = Path(__file__).parents[1] / "var" / "osrm"
STOPS = 20


def used_s() -> float:
    """CPU seconds of this process and of its children that ended."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def megabytes(pid: int | str) -> float:
    """Most memory that a process has held."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main(pbf: Path, given: Method | None, sizes: list[int]) -> None:
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), used_s()

        def say(text: str) -> None:
            print(f"{time.perf_counter() - began:7.2f} s  {text}", flush=True)

        if pbf.is_dir():
            region = open_region(pbf)
        else:
            method = given or method_for(street_points(pbf))
            say(f"method {method}")
            region = build_region(pbf, Path(folder) / "region", EXECUTABLES, say, method=method)
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        say(f"built, {used_s() - cpu:.1f} CPU s; a step of the road data held {most:.0f} MB at most")
        for path in sorted(region.folder.iterdir()):
            size = sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())
            packed = f", {len(gzip.compress(path.read_bytes())):,} gzipped" if path.suffix == ".js" else ""
            print(f"  {path.name}: {size:,} bytes{packed}")
        west, south, east, north = region.bounds
        margin = np.array([east - west, north - south]) * 0.3
        random = np.random.default_rng(1)
        with OsrmServer(EXECUTABLES, region.osrm) as server:
            roads = CachedRoads(engine_at(server.url, region), Path(folder) / "matrices")

            def timed(what: str, points: np.ndarray) -> TravelTimes:
                start, here, there = time.perf_counter(), used_s(), cpu_s(server.pid or 0) or 0.0
                times = roads.travel_times(points)
                print(
                    f"  {what}: {time.perf_counter() - start:.2f} s wall, {used_s() - here:.2f} CPU s here, "
                    f"{(cpu_s(server.pid or 0) or 0.0) - there:.2f} in the server",
                    flush=True,
                )
                return times

            for n in sizes:
                where = random.uniform(np.array([west, south]) + margin, np.array([east, north]) - margin, (n + 1, 2))
                print(f"{n} × {n}")
                times = timed("cold", where[:n])
                timed("cached", where[:n])
                timed("one place more", where)
                timed("one place less", where[1:n])
                print(
                    f"  {times.unreachable_pairs} pairs without a road, {times.far_from_streets} far from a street, "
                    f"median {np.nanmedian(times.seconds):.0f} s"
                )
            start = time.perf_counter()
            shape = roads.route(where[:STOPS])
            print(
                f"route of {STOPS} stops by leg: {1000 * (time.perf_counter() - start):.0f} ms wall, "
                f"{len(shape.line)} points, {np.nansum(shape.leg_metres) / 1000:.0f} km"
            )
            print(f"most memory: {megabytes('self'):.0f} MB here, {megabytes(server.pid or 0):.0f} MB the server")


if __name__ == "__main__":
    method = next((one for one in METHODS if one in sys.argv[2:]), None)
    sizes = [int(one) for one in sys.argv[2:] if one.isdigit()]
    main(Path(sys.argv[1]), method, sizes or [500, 1_000, 3_000])
