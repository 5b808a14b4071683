"""Blocks: what the arterials enclose, and what kind of quarter each one is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geodata.city.curves import Floats, segments
from geodata.city.land import TOWN_FROM, Land
from geodata.city.network import Network
from geodata.city.skeleton import Skeleton

_WASTE_M2 = 4_000.0


@dataclass(frozen=True)
class Block:
    """An area between arterials and its kind.

    ``kind`` is ``old_town``, ``grid``, ``new_zone``, ``estate``, ``industrial``, ``park`` or ``riverside``.
    """

    area: shapely.Polygon
    kind: str
    urbanness: float


def find_blocks(land: Land, skeleton: Skeleton, arterials: Network, rng: np.random.Generator) -> list[Block]:
    """Polygonise the arterials, take water, motorway and railway out, and choose a kind for each block."""
    sheet = land.sheet
    pieces = segments(arterials.xy[arterials.ends])
    faces = shapely.get_parts(shapely.polygonize(pieces))
    barriers = shapely.union_all(
        [
            *(area.buffer(14.0) for _, area in land.tributaries),
            *(lake.buffer(10.0) for lake in land.lakes),
            land.river.buffer(6.0),
            shapely.LineString(skeleton.motorway).buffer(55.0),
            shapely.LineString(skeleton.railway).buffer(24.0),
        ]
    )
    # The strip along river and lakes is park; what is behind it is town.
    strip = shapely.union_all([land.river.buffer(84.0), *(lake.buffer(80.0) for lake in land.lakes)])
    dry = shapely.difference(faces, barriers)
    shores = shapely.get_parts(shapely.intersection(dry, strip))
    parts = shapely.get_parts(shapely.difference(dry, strip))
    parts = parts[(shapely.area(parts) > _WASTE_M2) & (shapely.area(parts) < 1.5e6)]
    middle = shapely.point_on_surface(parts)
    at = np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])
    urbanness = sheet.sample(land.urbanness, at)
    patches = sheet.sample(sheet.noise(rng, 1700.0 * max(sheet.factor, 0.5), octaves=2), at)
    chance = rng.random(len(parts))
    blocks = []
    for k, area in enumerate(parts):
        if urbanness[k] > TOWN_FROM - 0.06:
            kind = _kind(land, at[k], float(area.area), float(urbanness[k]), float(patches[k]), float(chance[k]))
            blocks.append(Block(area, kind, float(urbanness[k])))
    for shore in shores:
        if shore.is_empty:
            continue
        here = float(sheet.sample(land.urbanness, np.asarray(shore.centroid.coords))[0])
        if shore.area > _WASTE_M2 and here > TOWN_FROM - 0.06:
            blocks.append(Block(shore, "riverside", here))
    return blocks


def _kind(land: Land, at: Floats, area_m2: float, urbanness: float, patch: float, chance: float) -> str:
    f = land.sheet.factor
    radius = float(np.hypot(*at)) / f
    if radius < 1550.0 and land.bank(at[None])[0] > 0:
        return "park" if chance < 0.025 else "old_town"
    if chance > 0.972 and area_m2 > 50_000.0:
        return "park"
    for sub in land.sub_centres:
        near = float(np.hypot(*(at - sub.at))) < 0.95 * sub.radius_m
        if near and sub.role == "industrial":
            return "industrial" if chance < 0.62 else "estate"
        if near and sub.role == "new_zone":
            return "new_zone" if chance < 0.7 else "estate"
    if urbanness < 0.46 and patch > 0.55:
        return "industrial"
    if radius < 2600.0:
        return "grid" if chance < 0.62 + 0.15 * patch else "estate"
    return "grid" if chance < 0.3 + 0.2 * patch else "estate"
