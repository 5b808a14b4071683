"""The land before the city: river, lakes, hills, brooks, and where a town would stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import csgraph
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geodata.city.curves import Floats, blob, resample, ribbon, smooth, spline, within
from geodata.city.grid_graph import eight_neighbours
from geodata.city.sheet import Sheet

TOWN_FROM = 0.30  # urbanness from which on streets are built up


@dataclass(frozen=True)
class SubCentre:
    """A second town about the first: where, how far it reaches, and which way its grid is turned."""

    at: Floats
    radius_m: float
    turn: float
    role: str  # "industrial", "new_zone", "housing"


@dataclass(frozen=True)
class Land:
    """What nature gave, in metres.

    Attributes
    ----------
    river, river_line
        The main river's area and middle line, west to east.
    lakes, tributaries, brooks
        Areas of lakes, (middle line, area) of the tributaries, lines of the brooks.
    hills
        Raster 0 … about 1, mountainous where above .3.
    urbanness
        Raster, town where above ``TOWN_FROM``.
    """

    sheet: Sheet
    river_line: Floats
    river: shapely.Polygon
    lakes: tuple[shapely.Polygon, ...]
    tributaries: tuple[tuple[Floats, shapely.Polygon], ...]
    brooks: tuple[Floats, ...]
    hills: Floats
    urbanness: Floats
    in_water: NDArray[np.bool_]
    sub_centres: tuple[SubCentre, ...]
    mirrored: bool

    @property
    def water(self) -> BaseGeometry:
        """All water areas as one."""
        return shapely.union_all([self.river, *self.lakes, *(area for _, area in self.tributaries)], grid_size=0.1)

    @property
    def water_edges(self) -> list[Floats]:
        """Outlines of the river and the lakes, shape (n, 2) each."""
        return [np.asarray(area.exterior.coords) for area in (self.river, *self.lakes)]

    def nearest_cells(self, points_m: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give row and column of the raster cell nearest to each point, the border's beyond the sheet."""
        rows, columns = np.rint(self.sheet.rows_columns(points_m)).astype(np.int64)
        return np.clip(rows, 0, self.sheet.shape[0] - 1), np.clip(columns, 0, self.sheet.shape[1] - 1)

    def bank(self, points_m: Floats) -> NDArray[np.float64]:
        """Give the distance of points from the river's middle line, positive on its north side, m."""
        tree = cKDTree(self.river_line)
        far, nearest = tree.query(points_m)
        nearest = np.clip(nearest, 1, len(self.river_line) - 2)
        ahead = self.river_line[nearest + 1] - self.river_line[nearest - 1]
        away = points_m - self.river_line[nearest]
        return np.asarray(far * np.sign(ahead[:, 0] * away[:, 1] - ahead[:, 1] * away[:, 0]))


def shape_land(sheet: Sheet, rng: np.random.Generator) -> Land:
    """Shape the land of a seed."""
    f = sheet.factor
    mirrored = bool(rng.random() < 0.5)
    side = -1.0 if mirrored else 1.0
    flip = np.array([side, 1.0])

    river_line = _river_line(sheet, rng) * flip
    river_line = river_line[:: int(side)]
    widths = _smooth_walk(rng, len(river_line), 95.0, 260.0) * max(f, 0.5)
    river = ribbon(river_line, widths)
    lakes = (
        shapely.Polygon(spline(blob(rng, np.array([-2950.0, 830.0]) * f, 680.0 * f)[:-1], 30.0, closed=True) * flip),
        shapely.Polygon(
            spline(blob(rng, np.array([7900.0, 5000.0]) * f, 520.0 * f, wobble=0.24)[:-1], 30.0, closed=True) * flip
        ),
    )
    tributaries = tuple(_tributary(sheet, rng, river_line, start * flip * f, end * flip * f) for start, end in _SOURCES)
    wet = shapely.union_all([river, *lakes, *(area for _, area in tributaries)], grid_size=0.1)
    in_water = within(wet, sheet.points).reshape(sheet.shape)

    sub_centres = _sub_centres(rng, f, side)
    hills = _hills(sheet, rng, river_line, tributaries, side)
    for sub in sub_centres:
        # Towns grow where the ground is flat, so the ground is flat where they grew.
        away = np.hypot(*(sheet.points - sub.at).T).reshape(sheet.shape)
        hills = hills * (1 - np.exp(-((away / (1.15 * sub.radius_m)) ** 4)))
    urbanness = _urbanness(sheet, rng, hills, sub_centres)
    brooks = _brooks(sheet, rng, hills, in_water, urbanness)
    return Land(sheet, river_line, river, lakes, tributaries, brooks, hills, urbanness, in_water, sub_centres, mirrored)


# Where the two tributaries enter the sheet and where, about, they pass the town.
_SOURCES = (
    (np.array([3600.0, 13500.0]), np.array([3300.0, 3000.0])),
    (np.array([-8300.0, -13500.0]), np.array([-1800.0, -4600.0])),
)


def _river_line(sheet: Sheet, rng: np.random.Generator) -> Floats:
    """Draw the river past the south of the old town: about eleven jittered points, falling to the east."""
    f = sheet.factor
    x = np.linspace(-18_500.0, 18_500.0, 11) + rng.uniform(-550, 550, 11)
    beyond = np.sign(x) * np.maximum(np.abs(x) - 2500.0, 0.0)
    fall = rng.uniform(0.34, 0.46)
    y = -2350.0 - fall * beyond + np.where(np.abs(x) > 4500.0, rng.uniform(-1500, 1500, 11), rng.uniform(-420, 420, 11))
    return spline(np.column_stack([x, y]) * f, 50.0)


def _smooth_walk(rng: np.random.Generator, count: int, low: float, high: float) -> Floats:
    walk = ndimage.gaussian_filter1d(rng.standard_normal(count), 18.0, mode="nearest")
    rank = (walk - walk.min()) / max(float(np.ptp(walk)), 1e-9)
    # Wider downstream, as rivers are.
    return np.asarray(low + (high - low) * np.clip(0.65 * rank + 0.35 * np.linspace(0, 1, count), 0, 1))


def _tributary(
    sheet: Sheet, rng: np.random.Generator, river_line: Floats, source: Floats, passing: Floats
) -> tuple[Floats, shapely.Polygon]:
    mouth = river_line[np.argmin(np.hypot(*(river_line - passing - [600.0 * sheet.factor, 0.0]).T))]
    share = np.linspace(0.0, 1.0, 6)[1:-1, None]
    upper = source + (passing - source) * share + rng.uniform(-480, 480, (4, 2)) * sheet.factor
    line = spline(np.vstack([source, upper, passing, (passing + mouth) / 2, mouth]), 40.0)
    return line, ribbon(line, np.linspace(9.0, 24.0, len(line)))


def _hills(
    sheet: Sheet,
    rng: np.random.Generator,
    river_line: Floats,
    tributaries: tuple[tuple[Floats, shapely.Polygon], ...],
    side: float,
) -> Floats:
    """Raise mountains: far from the town, on three sides, cut by the valleys, with ridges."""
    f = sheet.factor
    x, y = sheet.points.T
    radius = np.hypot(x / 1.12, y) / f
    angle = np.arctan2(y, x * side)
    # One side, the lower river's, stays a plain.
    lean = 0.5 - 0.5 * np.cos(angle - np.radians(-32.0 + rng.uniform(-8, 8)))
    reach = np.clip((radius - 4600.0) / 4200.0, 0.0, 1.0) * np.clip((lean - 0.08) / 0.34, 0.0, 1.0)
    to_river = cKDTree(river_line).query(sheet.points)[0] / f
    to_brook = cKDTree(np.concatenate([line for line, _ in tributaries])).query(sheet.points)[0] / f
    valley = (1 - np.exp(-((to_river / 2100.0) ** 2))) * (1 - np.exp(-((to_brook / 900.0) ** 2)))
    ridged = 1.0 - np.abs(sheet.noise(rng, 5000.0 * f, octaves=5, falloff=0.62)).ravel() / 1.4
    knolls = 0.55 * np.clip(sheet.noise(rng, 2600.0 * f, octaves=2).ravel() - 1.15, 0.0, 1.0) * (radius > 3600.0)
    return np.asarray((reach * valley * (0.34 + 0.66 * ridged) + knolls * valley).reshape(sheet.shape))


def _sub_centres(rng: np.random.Generator, f: float, side: float) -> tuple[SubCentre, ...]:
    plan = (
        (6.0, 8600.0, 2500.0, "industrial"),
        (83.0, 6000.0, 1800.0, "housing"),
        (226.0, 5900.0, 2200.0, "new_zone"),
        (302.0, 6600.0, 2250.0, "housing"),
    )
    found = []
    for degrees, away, radius, role in plan:
        turn = np.radians(degrees + rng.uniform(-7.0, 7.0))
        at = np.array([side * np.cos(turn), np.sin(turn)]) * away * rng.uniform(0.94, 1.06) * f
        grid = np.radians(rng.uniform(8.0, 33.0) * rng.choice([-1.0, 1.0]))
        found.append(SubCentre(at, radius * rng.uniform(0.9, 1.1) * f, float(grid), role))
    return tuple(found)


def _urbanness(sheet: Sheet, rng: np.random.Generator, hills: Floats, subs: tuple[SubCentre, ...]) -> Floats:
    x, y = sheet.points.T
    f = sheet.factor
    town = np.exp(-((x / 6500.0 / f) ** 2) - (y / 5500.0 / f) ** 2)
    for sub in subs:
        away = np.hypot(*(sheet.points - sub.at).T)
        town = np.maximum(town, 0.78 * np.exp(-((away / sub.radius_m) ** 2)))
    slope = np.hypot(*np.gradient(hills))
    town = town.reshape(sheet.shape) - 1.5 * np.clip(hills - 0.1, 0.0, None) - 2.0 * slope
    ragged = town + 0.09 * sheet.noise(rng, 2400.0 * f, octaves=3)
    return np.asarray(np.where(town > 0.17, ragged, np.minimum(ragged, 0.2)))


def _brooks(
    sheet: Sheet, rng: np.random.Generator, hills: Floats, in_water: NDArray[np.bool_], urbanness: Floats
) -> tuple[Floats, ...]:
    """Let water find its way down: a forest of cheapest ways to the rivers, so that no brook crosses another."""
    climb = np.exp(2.2 * hills + 0.7 * sheet.noise(rng, 700.0 * sheet.factor, octaves=3))
    graph = eight_neighbours(climb)
    _, before, _ = csgraph.dijkstra(
        graph, indices=np.flatnonzero(in_water), min_only=True, return_predecessors=True, directed=False
    )
    order, gathered = _gather(before, (hills.ravel() > 0.22).astype(float))
    # A brook begins where enough hillside drains through a cell, and ends at the rivers or the town's edge.
    wet = (gathered > 150.0) & ~in_water.ravel() & (urbanness.ravel() < TOWN_FROM + 0.05)
    feeds = np.zeros(len(wet), dtype=bool)
    feeds[before[wet & (before >= 0)]] = True
    lines = []
    used = np.zeros(len(wet), dtype=bool)
    for head in order[wet[order] & ~feeds[order]]:
        path = [int(head)]
        while not used[path[-1]] and (wet[path[-1]] or len(path) == 1) and before[path[-1]] >= 0:
            used[path[-1]] = True
            path.append(int(before[path[-1]]))
        if len(path) >= 8:
            lines.append(smooth(resample(sheet.points[path], 50.0), 3.0))
    return tuple(lines)


def _gather(before: NDArray[np.integer], source: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Add up a quantity down a forest; gives cells from the leaves to the roots, and the sums."""
    depth = (before >= 0).astype(np.int64)
    target = np.where(before >= 0, before, np.arange(len(before)))
    # Pointer doubling: how many steps each cell is from its root.
    while depth[target].any():
        depth, target = depth + depth[target], target[target]
    order = np.argsort(-depth, kind="stable")
    total = source.copy()
    for level in range(int(depth.max()), 0, -1):
        cells = np.flatnonzero(depth == level)
        np.add.at(total, before[cells], total[cells])
    return order, total
