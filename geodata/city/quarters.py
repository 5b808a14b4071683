"""Local streets and the lots of estates, one recipe for each kind of block."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import affinity, ops
from shapely.geometry.base import BaseGeometry

from geodata.city.blocks import Block
from geodata.city.curves import Floats, resample
from geodata.city.street import Street

_OVER_M = 2.0  # local streets are drawn this far over the block's edge, so that they cross its street


@dataclass(frozen=True)
class Quarter:
    """A block with its local streets, and the lots on which buildings stand in rows of their own.

    ``free`` is the part of each lot that its own drives leave.
    """

    block: Block
    streets: tuple[Street, ...]
    lots: tuple[shapely.Polygon, ...] = ()
    free: tuple[BaseGeometry, ...] = ()


def lay_out(block: Block, rng: np.random.Generator) -> Quarter:
    """Draw the local streets of a block."""
    if block.kind == "old_town":
        return _old_town(block, rng)
    if block.kind in ("grid", "new_zone"):
        return Quarter(block, tuple(_grid(block, rng)))
    if block.kind == "estate":
        return _estate(block, rng)
    if block.kind == "industrial":
        lines, lots = _cuts(block.area, rng, 75_000.0, jitter=0.02, bow=0.0)
        return Quarter(block, tuple(_streets(lines, "unclassified", "works")), tuple(lots), tuple(lots))
    return Quarter(block, ())


def block_turn(area: shapely.Polygon) -> float:
    """Give the direction of most of a polygon's outline, as an angle modulo a quarter turn.

    Examples
    --------
    >>> round(block_turn(affinity.rotate(shapely.box(0, 0, 40, 20), 10.0)) / np.pi * 180)
    10
    """
    side = np.diff(np.asarray(area.exterior.coords), axis=0)
    length = np.hypot(*side.T)
    return float(np.angle((length * np.exp(4j * np.arctan2(side[:, 1], side[:, 0]))).sum()) / 4)


def _streets(lines: list[Floats], highway: str, zone: str, *, loose: bool = True) -> list[Street]:
    return [Street(line, highway, zone, loose=loose) for line in lines]


def _clip(lines: list[Floats], area: shapely.Polygon, over_m: float = _OVER_M, least_m: float = 16.0) -> list[Floats]:
    """Cut lines to an area, a little over its edge."""
    if not lines:
        return []
    cut = shapely.intersection([shapely.LineString(line) for line in lines], area.buffer(over_m, join_style="mitre"))
    parts = shapely.get_parts(cut)
    return [np.asarray(part.coords) for part in parts if part.geom_type == "LineString" and part.length > least_m]


def _grid(block: Block, rng: np.random.Generator) -> list[Street]:
    """Rule long streets 78–112 m apart and cross pieces 120–200 m apart, some missing, half shifted, all bowed."""
    turn = block_turn(block.area) + (np.pi / 2 if rng.random() < 0.5 else 0.0)
    ahead = np.array([np.cos(turn), np.sin(turn)])
    left = np.array([-ahead[1], ahead[0]])
    outline = np.asarray(block.area.exterior.coords)
    u, v = outline @ ahead, outline @ left
    length, height = float(np.ptp(u)), float(np.ptp(v))
    regular = block.kind == "new_zone"
    apart, cross = rng.uniform(78, 112), rng.uniform(120, 200)
    rows = max(1, round(height / apart))
    columns = max(1, round(length / cross))
    bow = 0.0 if regular else rng.normal(0, 0.035)
    sway = 0.0 if regular else rng.normal(0, 0.05)

    def place(s: Floats, t: Floats) -> Floats:
        # s, t from 0 to 1 over the block; a bow in each direction keeps streets from being ruled.
        across = v.min() + height * t + length * bow * np.sin(np.pi * s)
        onward = u.min() + length * s + height * sway * np.sin(np.pi * t)
        return np.asarray(onward[:, None] * ahead + across[:, None] * left)

    steps = np.linspace(-0.06, 1.06, max(4, int(length / 45.0)))
    levels = (np.arange(1, rows) + rng.uniform(-0.1, 0.1, max(rows - 1, 0))) / rows
    lines = [place(steps, np.full(len(steps), level)) for level in levels]
    bounds = np.concatenate([[-0.06], levels, [1.06]])
    for low, high in pairwise(bounds.tolist()):
        shift = 0.0 if rng.random() < 0.5 or regular else rng.uniform(-0.4, 0.4)
        for column in range(1, columns):
            if rng.random() < (0.86 if regular else 0.7):
                climb = np.linspace(low, high, 4)
                at = (column + shift + rng.uniform(-0.06, 0.06)) / columns
                lines.append(place(np.full(4, at), climb))
    return _streets(_clip(lines, block.area), "residential", block.kind)


def _cuts(
    area: shapely.Polygon, rng: np.random.Generator, lot_m2: float, *, jitter: float, bow: float
) -> tuple[list[Floats], list[shapely.Polygon]]:
    """Halve an area across its longer side until the lots are small enough; gives the cuts and the lots."""
    lines: list[Floats] = []
    lots: list[shapely.Polygon] = []
    waiting = [area]
    while waiting:
        part = waiting.pop()
        if part.area < lot_m2 * rng.uniform(0.8, 1.5):
            lots.append(part)
            continue
        box = shapely.get_coordinates(part.minimum_rotated_rectangle)
        long, short = box[1] - box[0], box[2] - box[1]
        if np.hypot(*long) < np.hypot(*short):
            long, short = short, long
        middle = np.asarray(part.centroid.coords[0]) + long * rng.uniform(-0.09, 0.09)
        angle = rng.normal(0, jitter)
        half = short @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        spread = np.array([-0.75, -0.2, 0.2, 0.75])
        line = middle + spread[:, None] * half + (np.array([0, 1, 1, 0]) * rng.normal(0, bow))[:, None] * long
        pieces = [
            p
            for p in ops.split(part, shapely.LineString(line)).geoms
            if isinstance(p, shapely.Polygon) and p.area > 900.0
        ]
        if len(pieces) < 2:
            lots.append(part)
            continue
        lines += _clip([line], part)
        waiting += pieces
    return lines, lots


def _old_town(block: Block, rng: np.random.Generator) -> Quarter:
    lines, lots = _cuts(block.area, rng, 12_500.0, jitter=0.11, bow=0.03)
    streets = _streets(lines, "residential", "old_town")
    for lot in lots:
        if rng.random() < 0.38:
            box = shapely.get_coordinates(lot.minimum_rotated_rectangle)
            side = int(rng.integers(4))
            start = (box[side] + box[side + 1]) / 2
            end = start + (np.asarray(lot.centroid.coords[0]) - start) * rng.uniform(0.7, 1.35)
            knee = (start + end) / 2 + rng.normal(0, 5.0, 2)
            streets += _streets(
                _clip([np.vstack([2 * start - knee, start, knee, end])], lot), "living_street", "old_town"
            )
    return Quarter(block, tuple(streets))


def _estate(block: Block, rng: np.random.Generator) -> Quarter:
    """Cut a block into estates of about 4.6 ha, each with a perimeter drive and gates, or a spine with ribs."""
    lines, lots = _cuts(block.area, rng, 46_000.0, jitter=0.025, bow=0.02)
    streets = _streets(lines, "residential", "estate")
    free = []
    for lot in lots:
        drives: list[Floats]
        inner = lot.buffer(-40.0).buffer(14.0, join_style="round")
        if inner.geom_type == "Polygon" and inner.area > 9_000.0 and rng.random() < 0.66:
            ring = resample(np.asarray(inner.exterior.coords), 12.0)
            drives = [ring, *_gates(ring[rng.integers(0, len(ring), rng.integers(1, 4))], lot)]
        else:
            drives = _spine(lot, rng)
        streets += _streets(drives, "service", "estate")
        verge = shapely.buffer(
            shapely.multilinestrings([shapely.LineString(drive) for drive in drives]), 6.5, quad_segs=2
        )
        free.append(lot.buffer(-9.0).difference(verge))
    return Quarter(block, tuple(streets), tuple(lots), tuple(free))


def _gates(points: Floats, lot: shapely.Polygon) -> list[Floats]:
    """Join points of an estate's drive straight to the nearest street around the estate."""
    found = []
    for point in points:
        edge = np.asarray(lot.exterior.interpolate(lot.exterior.project(shapely.Point(point))).coords[0])
        way = edge - point
        away = float(np.hypot(*way))
        if 8.0 < away < 70.0:
            found.append(np.vstack([point - way / away * 1.0, edge + way / away * _OVER_M]))
    return found


def _spine(lot: shapely.Polygon, rng: np.random.Generator) -> list[Floats]:
    turn = block_turn(lot)
    box = affinity.rotate(lot, -turn, origin=(0, 0), use_radians=True).bounds
    middle = (box[1] + box[3]) / 2
    lines = [np.array([[box[0] - 20, middle], [(box[0] + box[2]) / 2, middle + 4.0], [box[2] - 30, middle]])]
    for x in np.arange(box[0] + rng.uniform(35, 60), box[2] - 25, rng.uniform(48, 70)):
        reach = 0.5 * (box[3] - box[1]) - 18
        lines.append(np.array([[x, middle - (reach if rng.random() < 0.7 else 0)], [x, middle + reach]]))
    back = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    spine = _clip([lines[0] @ back], lot)
    return spine + _clip([line @ back for line in lines[1:]], lot, over_m=-14.0)
