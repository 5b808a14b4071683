"""Build a region from a real extract, weigh what comes out, and time matrices.

``python benchmarks/roads_build.py EXTRACT.osm.pbf [POINTS]``: needs the road engine (make setup).
"""

from __future__ import annotations

import gzip
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from geodata.roads import OsrmServer, build_region
from geodata.roads.opening import engine_at

EXECUTABLES = Path(__file__).parents[1] / "var" / "osrm"


def cpu_s() -> float:
    """CPU seconds of this process and of its children that ended."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main(pbf: Path, points: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), cpu_s()

        def say(text: str) -> None:
            print(f"{time.perf_counter() - began:7.2f} s  {text}")

        region = build_region(pbf, Path(folder) / "region", EXECUTABLES, say)
        print(f"{time.perf_counter() - began:7.2f} s  built, {cpu_s() - cpu:.1f} CPU s")
        for path in sorted(region.folder.iterdir()):
            size = sum(file.stat().st_size for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file())
            packed = f", {len(gzip.compress(path.read_bytes())):,} gzipped" if path.suffix == ".js" else ""
            print(f"  {path.name}: {size:,} bytes{packed}")
        west, south, east, north = region.bounds
        margin = np.array([east - west, north - south]) * 0.3
        random = np.random.default_rng(1)
        with OsrmServer(EXECUTABLES, region.osrm) as server:
            roads = engine_at(server.url, region)
            for n in (points, 2 * points):
                where = random.uniform(np.array([west, south]) + margin, np.array([east, north]) - margin, (n, 2))
                began = time.perf_counter()
                times = roads.travel_times(where)
                print(
                    f"{n} × {n}: {time.perf_counter() - began:.2f} s, {times.unreachable_pairs} pairs without a road, "
                    f"{times.far_from_streets} far from a street, median {np.nanmedian(times.seconds):.0f} s"
                )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 500)
