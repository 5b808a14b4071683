"""Buildings: along the streets of old towns, grids and villages, in rows on estates, as halls on works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.city.curves import Floats, outlines, segments
from geodata.city.network import Ints
from geodata.city.quarters import Quarter, block_turn
from geodata.city.street import Street
from geodata.city.warp import Warp

_CLEAR_M = 4.5  # from a wall to the middle of any street


@dataclass(frozen=True)
class Lining:
    """How buildings stand along the streets of a zone: all in metres but the share of lots that are built on."""

    zone: str
    pitch_m: float
    width_m: tuple[float, float]
    depth_m: tuple[float, float]
    setback_m: float
    share: float
    levels: tuple[int, int]


# By the zone of the street, its class where that matters.
_LININGS: dict[tuple[str, str], Lining] = {
    ("old_town", ""): Lining("old_town", 13.5, (8, 12.5), (9, 14), 5.0, 0.85, (1, 4)),
    ("grid", ""): Lining("grid", 20.0, (11, 17), (11, 15), 9.0, 0.66, (3, 7)),
    ("new_zone", ""): Lining("grid", 27.0, (15, 22), (12, 18), 11.0, 0.62, (5, 12)),
    ("township", ""): Lining("township", 18.0, (9, 14), (10, 15), 7.0, 0.5, (2, 5)),
    ("village", ""): Lining("village", 19.0, (9, 14), (8, 12), 6.0, 0.55, (1, 3)),
    ("estate", "residential"): Lining("shops", 46.0, (24, 36), (11, 14), 12.0, 0.3, (1, 2)),
    ("town", "tertiary"): Lining("shops", 40.0, (18, 30), (13, 18), 17.0, 0.3, (2, 6)),
    ("town", "secondary"): Lining("shops", 44.0, (22, 34), (15, 22), 21.0, 0.3, (3, 9)),
}


@dataclass(frozen=True)
class Buildings:
    """Footprints, shape (n, 4, 2) in metres, with zone and levels."""

    corners: Floats
    zone: NDArray[np.str_]
    levels: NDArray[np.int64]

    @property
    def at(self) -> Floats:
        """Middles, shape (n, 2), m."""
        return np.asarray(self.corners.mean(axis=1))


def build(
    lines: Sequence[Floats],
    owners: Ints,
    streets: Sequence[Street],
    quarters: Sequence[Quarter],
    forbidden: BaseGeometry,
    warp: Warp,
    rng: np.random.Generator,
) -> Buildings:
    """Put up the buildings.

    Parameters
    ----------
    lines, owners
        The final street lines, m, and the street in ``streets`` each came from.
    quarters
        Laid out blocks, not yet bent; ``warp`` bends the places of their rows.
    forbidden
        Area on which nothing is built: water, parks, motorway and railway.
    """
    parts = [_rows(quarters, warp, rng), _along_streets(lines, owners, streets, rng)]
    corners = np.concatenate([part.corners for part in parts])
    zone = np.concatenate([part.zone for part in parts])
    levels = np.concatenate([part.levels for part in parts])
    keep = _free(corners, lines, forbidden)
    return Buildings(corners[keep], zone[keep], levels[keep])


def _along_streets(
    lines: Sequence[Floats], owners: Ints, streets: Sequence[Street], rng: np.random.Generator
) -> Buildings:
    corners, zones, levels = [], [], []
    for key, lining in _LININGS.items():
        chosen = [
            line
            for line, owner in zip(lines, owners, strict=True)
            if streets[owner].zone == key[0] and key[1] in ("", streets[owner].highway)
        ]
        if not chosen:
            continue
        at, ahead = _lots(chosen, lining.pitch_m, lining.share, rng)
        count = len(at)
        left = np.column_stack([-ahead[:, 1], ahead[:, 0]]) * rng.choice([-1.0, 1.0], count)[:, None]
        width, depth = rng.uniform(*lining.width_m, count), rng.uniform(*lining.depth_m, count)
        back = lining.setback_m + rng.exponential(1.2, count) + depth / 2
        corners.append(_boxes(at + left * back[:, None], ahead, width, depth))
        zones.append(np.full(count, lining.zone))
        levels.append(rng.integers(lining.levels[0], lining.levels[1], count))
    return Buildings(np.concatenate(corners), np.concatenate(zones), np.concatenate(levels))


def _lots(lines: list[Floats], pitch_m: float, share: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Choose places along lines, two for each pitch (one for each side), with the street's direction there."""
    points = np.concatenate(lines)
    sizes = np.array([len(line) for line in lines])
    step = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    step[begins] = 0.0
    position = np.cumsum(step)
    length = np.add.reduceat(step, begins)
    counts = np.maximum(0, ((length - 14.0) / pitch_m).astype(int))
    line = np.repeat(np.arange(len(lines)), counts)
    rank = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    offset = (
        7.0 + (rank + 0.5) * ((length[line] - 14.0) / np.maximum(counts[line], 1)) + rng.uniform(-1.5, 1.5, len(line))
    )
    target = np.repeat(position[begins[line]] + offset, 2)
    target = target[rng.random(len(target)) < share]
    after = np.clip(np.searchsorted(position, target), 1, len(points) - 1)
    way = points[after] - points[after - 1]
    size = np.maximum(np.hypot(*way.T), 1e-6)
    part = (target - position[after - 1]) / size
    return points[after - 1] + part[:, None] * way, way / size[:, None]


def _boxes(middle: Floats, ahead: Floats, width_m: Floats, depth_m: Floats) -> Floats:
    left = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    u, v = ahead * width_m[:, None] / 2, left * depth_m[:, None] / 2
    return np.stack([middle - u - v, middle + u - v, middle + u + v, middle - u + v], axis=1)


def _rows(quarters: Sequence[Quarter], warp: Warp, rng: np.random.Generator) -> Buildings:
    """Stand slabs facing south on estates and halls on works."""
    corners, zones, levels = [], [], []
    for quarter in quarters:
        works = quarter.block.kind == "industrial"
        for lot, free in zip(quarter.lots, quarter.free, strict=True):
            if rng.random() < (0.12 if works else 0.02):
                continue  # still a field
            floors = int(rng.choice([2, 2, 3] if works else [6, 6, 7, 11, 18, 28]))
            found = _halls(lot, rng) if works else _slabs(lot, free, floors, rng)
            corners.append(found)
            zones.append(np.full(len(found), "works" if works else "estate"))
            levels.append(np.full(len(found), floors))
    straight = np.concatenate(corners)
    middle = straight.mean(axis=1)
    # Moved with the ground below them, not bent: walls stay square.
    bent = straight + (warp(middle) - middle)[:, None]
    return Buildings(bent, np.concatenate(zones), np.concatenate(levels).astype(np.int64))


def _slabs(lot: shapely.Polygon, free: BaseGeometry, floors: int, rng: np.random.Generator) -> Floats:
    """Fill a lot with rows of slabs, each row from one end to the other wherever there is room."""
    turn = block_turn(lot)
    turn -= np.round(turn / (np.pi / 2)) * np.pi / 2  # the long side east and west, the windows south
    low = floors < 9
    width = rng.uniform(40, 54) if low else rng.uniform(27, 34)
    depth = 12.5 if low else rng.uniform(15, 17)
    gap = rng.uniform(8, 13) if low else rng.uniform(18, 26)
    apart = depth + (17.0 if low else 27.0) + rng.uniform(0, 7)
    ahead = np.array([np.cos(turn), np.sin(turn)])
    left = np.array([-ahead[1], ahead[0]])
    outline = np.asarray(lot.exterior.coords)
    u, v = outline @ ahead, outline @ left
    step = 5.0
    places = np.arange(u.min() + width / 2 + 9.0, u.max() - width / 2 - 8.0, step)
    rows = np.arange(v.min() + depth / 2 + rng.uniform(9, 14), v.max() - depth / 2 - 8.0, apart)
    if not len(places) or not len(rows):
        return np.empty((0, 4, 2))
    middle = places[None, :, None] * ahead + rows[:, None, None] * left
    count = len(rows) * len(places)
    boxes = _boxes(middle.reshape(-1, 2), np.tile(ahead, (count, 1)), np.full(count, width), np.full(count, depth))
    shapely.prepare(free)
    fits = shapely.contains(free, outlines(boxes)).reshape(len(rows), len(places))
    chosen = []
    for row in range(len(rows)):
        next_free = -1.0
        for column in np.flatnonzero(fits[row]).tolist():
            if column * step >= next_free:
                chosen.append(row * len(places) + column)
                next_free = column * step + width + gap
    return np.asarray(boxes[chosen])


def _halls(lot: shapely.Polygon, rng: np.random.Generator) -> Floats:
    turn = block_turn(lot)
    ahead = np.array([np.cos(turn), np.sin(turn)])
    left = np.array([-ahead[1], ahead[0]])
    outline = np.asarray(lot.exterior.coords)
    u, v = outline @ ahead, outline @ left
    columns, rows = rng.integers(2, 5), rng.integers(2, 4)
    wide, deep = np.ptp(u) / columns, np.ptp(v) / rows
    uu, vv = np.meshgrid(u.min() + (np.arange(columns) + 0.5) * wide, v.min() + (np.arange(rows) + 0.5) * deep)
    middle = uu.reshape(-1, 1) * ahead + vv.reshape(-1, 1) * left
    count = len(middle)
    size = (rng.uniform(0.45, 0.82, count) * wide, rng.uniform(0.4, 0.75, count) * deep)
    boxes = _boxes(middle, np.tile(ahead, (count, 1)), *size)
    return np.asarray(boxes[shapely.contains(lot.buffer(-12.0), outlines(boxes)) & (rng.random(count) < 0.85)])


def _free(corners: Floats, lines: Sequence[Floats], forbidden: BaseGeometry) -> NDArray[np.bool_]:
    """Say which footprints touch no street, no forbidden area, and none of those before them that stay."""
    shapes = outlines(corners)
    free = np.ones(len(shapes), dtype=bool)
    points = np.concatenate(lines)
    owner = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    inner = np.flatnonzero(owner[:-1] == owner[1:])
    ways = segments(np.stack([points[inner], points[inner + 1]], axis=1))
    free[np.unique(shapely.STRtree(ways).query(shapes, predicate="dwithin", distance=_CLEAR_M)[0])] = False
    parts = shapely.get_parts(forbidden)
    free[np.unique(shapely.STRtree(parts).query(shapes, predicate="intersects")[0])] = False
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=0.8)
    keep = (a < b) & free[a] & free[b]
    a, b = a[keep], b[keep]
    # Greedy, the earlier one stays: those without an earlier rival settle first, and drop what they touch.
    while len(a):
        settled = ~np.isin(a, b)
        free[b[settled]] = False
        keep = free[a] & free[b]
        a, b = a[keep], b[keep]
    return free
