"""How long squares of the ground take: python -m benchmarks.cells.

Invented people around 400 towns of a province of 600 by 600 km, one in twelve a debtor. CPU seconds to sum all sizes;
milliseconds of CPU for a view (200 random views of each of five zooms on a map of 900 by 470 px), the bytes that the
map is sent for it (before compression), and the squares in it.
"""

import json
import time

import numpy as np
import pandas as pd

from dashboard import formats
from dashboard.maps.cells import squares_content
from geodata.patterns.cells import Bounds
from planner.cells import POINTS, Pyramid, cells_in, pyramid
from planner.tables import conform

WIDE_PX, HIGH_PX = 900, 470
ZOOMS = (8, 10, 12, 14, 16)
VIEWS = 200
RATE = "per_field_hour_minor"


def people(count: int, seed: int = 1) -> pd.DataFrame:
    """Draw customers around towns of very different size; one in twelve is a debtor."""
    rng = np.random.default_rng(seed)
    towns = np.column_stack([rng.uniform(107, 113, 400), rng.uniform(26, 31.5, 400)])
    weight = rng.pareto(1.1, 400) + 0.05
    town = rng.choice(400, count, p=weight / weight.sum())
    spread = 0.01 + 0.08 * np.sqrt(weight / weight.max())
    lonlat = towns[town] + rng.normal(0, 1, (count, 2)) * spread[town, None]
    debtor = rng.random(count) < 1 / 12
    table = pd.DataFrame({"lon": lonlat[:, 0], "lat": lonlat[:, 1], "customers": 1, "debtors": debtor, "visits": debtor})
    worth = rng.lognormal(8, 1, count) * debtor
    return conform(
        table.assign(overdue_minor=100 * worth, uplift_minor=4 * worth, field_hours=rng.uniform(0.3, 1.5, count) * debtor),
        POINTS,
    )  # fmt: skip


def views(points: pd.DataFrame, zoom: int, rng: np.random.Generator) -> list[Bounds]:
    """Give views about people, as large as the map at a zoom."""
    at = points[["lon", "lat"]].to_numpy()[rng.integers(0, len(points), VIEWS)]
    east = WIDE_PX / 256 * 360 / 2**zoom / 2
    north = east * HIGH_PX / WIDE_PX * np.cos(np.radians(29))
    return [Bounds(lon - east, lat - north, lon + east, lat + north) for lon, lat in at]


def measure(found: Pyramid, points: pd.DataFrame) -> list[tuple[float, float, float, int]]:
    """Give for each zoom: milliseconds of the median and of the slowest view, mean bytes, most squares."""
    rows = []
    for zoom in ZOOMS:
        spent, sizes, counts = [], [], []
        for bounds in views(points, zoom, np.random.default_rng(zoom)):
            began = time.process_time()
            cells = cells_in(found, bounds)
            limits = list(found.limits[cells.squares.level][RATE])
            content = squares_content(cells, RATE, limits=limits, title="Per field hour", written=formats.money)
            spent.append(1000 * (time.process_time() - began))
            sizes.append(len(json.dumps(content, separators=(",", ":"))))
            counts.append(len(cells.squares))
        rows.append((float(np.median(spent)), max(spent), float(np.mean(sizes)), max(counts)))
    return rows


def main() -> None:
    """Measure and print."""
    for count in (10_000, 100_000, 1_000_000):
        points = people(count)
        began = time.process_time()
        found = pyramid(points)
        built = time.process_time() - began
        held = sum(one.column.nbytes + one.row.nbytes + one.sums.nbytes for one in found.levels.values())
        print(f"{count:>9,} points: {built:.2f} s, {len(found):,} squares of {len(found.levels)} sizes, {held / 1e6:.0f} MB")
        for zoom, (median, worst, size, most) in zip(ZOOMS, measure(found, points), strict=True):
            print(f"  zoom {zoom:>2}: {median:5.1f} ms, slowest {worst:5.1f} ms, {size / 1000:5.1f} KB, up to {most:,} squares")


if __name__ == "__main__":
    main()
