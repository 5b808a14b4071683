"""How long squares of the ground take: python -m benchmarks.cells.

Invented people around 400 towns of a province of 600 by 600 km, eight in a hundred of them debtors, and once all of
them. CPU seconds to sum all sizes; milliseconds of CPU to find the squares of a view and to write them for the map (200
random views of each of five zooms on a map of 900 by 470 px), the bytes sent, before compression, and the squares.
"""

import json
import time

import numpy as np
import pandas as pd

from benchmarks.crowd import people
from dashboard import formats
from dashboard.maps.cells import squares_content
from geodata.patterns.cells import Bounds
from planner.cells import Pyramid, cells_in, pyramid

WIDE_PX, HIGH_PX = 900, 470
ZOOMS = (8, 10, 12, 14, 16)
VIEWS = 200
RATE = "per_field_hour_minor"


def views(points: pd.DataFrame, zoom: int, rng: np.random.Generator) -> list[Bounds]:
    """Give views about people, as large as the map at a zoom."""
    at = points[["lon", "lat"]].to_numpy()[rng.integers(0, len(points), VIEWS)]
    east = WIDE_PX / 256 * 360 / 2**zoom / 2
    north = east * HIGH_PX / WIDE_PX * np.cos(np.radians(29))
    return [Bounds(lon - east, lat - north, lon + east, lat + north) for lon, lat in at]


def measure(found: Pyramid, points: pd.DataFrame) -> list[tuple[float, float, float, float, int]]:
    """Give for each zoom: median and slowest milliseconds to find, median to write, mean bytes, most squares."""
    rows = []
    for zoom in ZOOMS:
        find, write, sizes, counts = [], [], [], []
        for bounds in views(points, zoom, np.random.default_rng(zoom)):
            began = time.process_time()
            cells = cells_in(found, bounds)
            found_at = time.process_time()
            limits = list(found.limits[cells.squares.level][RATE])
            content = squares_content(cells, RATE, limits=limits, title="Per field hour", written=formats.money)
            write.append(1000 * (time.process_time() - found_at))
            find.append(1000 * (found_at - began))
            sizes.append(len(json.dumps(content, separators=(",", ":"))))
            counts.append(len(cells.squares))
        rows.append((float(np.median(find)), max(find), float(np.median(write)), float(np.mean(sizes)), max(counts)))
    return rows


def main() -> None:
    """Measure and print."""
    for count, per_100 in ((10_000, 8), (100_000, 8), (1_000_000, 8), (1_000_000, 100)):
        points = people(count, per_100=per_100)
        began = time.process_time()
        found = pyramid(points)
        built = time.process_time() - began
        held = sum(one.column.nbytes + one.row.nbytes + one.sums.nbytes for one in found.levels.values())
        print(f"{count:,} points, {per_100} % debtors: {built:.2f} s, {len(found):,} squares, {held / 1e6:.0f} MB")
        for zoom, (median, worst, write, size, most) in zip(ZOOMS, measure(found, points), strict=True):
            print(f"  zoom {zoom:>2}: {median:4.1f} ms to find, slowest {worst:5.1f}, {write:4.1f} ms to write, "
                  f"{size / 1000:5.1f} KB, up to {most:,} squares")  # fmt: skip


if __name__ == "__main__":
    main()
