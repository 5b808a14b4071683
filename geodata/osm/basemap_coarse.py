"""Shapes of the basemap written again for the smaller zooms: on a coarser grid, without what no eye would see there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.osm.basemap_read import numbers
from geodata.osm.packing import coded

Points = list[tuple[int, int]]


@dataclass(frozen=True)
class Coarse:
    """How shapes are written for some zooms; a unit is half a metre.

    Attributes
    ----------
    last
        The last zoom they are for.
    step
        Their grid, units: half a pixel of the last zoom or less.
    tolerance
        A point is left out if the line then moves by no more than this, units.
    smallest
        Areas of less are left out, square units.
    """

    last: int
    step: int
    tolerance: float = 0.0
    smallest: float = 0.0


#: by the last zoom of a layer as it is built
COARSE = {11: Coarse(11, 16), 14: Coarse(14, 4)}
#: what is built for all the finer zooms is written so for the first of them; at 16 a pixel is two metres
FINER = (Coarse(16, 2, tolerance=2.0),)
BUILDINGS = "building"
#: Buildings are most of a town's bytes: at their first zoom, where a pixel is four metres, they are drawn coarsely and
#: those of less than 200 m², three and a half pixels a side, are left out; at the next those of less than 20.
OF_BUILDINGS = (Coarse(15, 4, smallest=200.0 * 4), Coarse(16, 2, smallest=20.0 * 4))


def for_the_browser(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the layers of a basemap as a browser draws them; ``step`` is their grid in units where it is not 1.

    A point of such a layer is the corner of its bin and ``step`` times the sum of its pairs.
    """
    for layer in content["layers"]:
        if layer["maxzoom"] in COARSE:
            yield coarser(layer, COARSE[layer["maxzoom"]])
            continue
        first = layer["minzoom"]
        for how in OF_BUILDINGS if layer["id"] == BUILDINGS else FINER:
            if first <= how.last:
                yield coarser({**layer, "minzoom": first, "maxzoom": how.last}, how)
                first = how.last + 1
        yield {**layer, "minzoom": first}


def coarser(layer: Mapping[str, Any], how: Coarse) -> dict[str, Any]:
    """Give a layer written so, without areas that are too small and what has collapsed."""
    bins = (_bin(one, layer["kind"] == "area", how) for one in layer["bins"])
    return {**layer, "step": how.step, "bins": [one for one in bins if one is not None]}


def _bin(one: Sequence[Any], area: bool, how: Coarse) -> list[Any] | None:
    kept: list[list[Points]] = []
    step, least = how.step, 3 if area else 2
    shapes = [[_points(ring, one[0], one[1]) for ring in shape.split(" ")] for shape in one[4].split(",")]
    for rings in _simplified(shapes, area, how):
        if area and how.smallest and abs(_area(rings[0])) < how.smallest:
            continue
        thin = [_thinned([((x + step // 2) // step, (y + step // 2) // step) for x, y in ring], area) for ring in rings]
        if len(thin[0]) >= least:  # holes go with their outline
            kept.append([thin[0], *(ring for ring in thin[1:] if len(ring) >= least)])
    if not kept:
        return None
    every = [point for rings in kept for point in rings[0]]
    west, south = min(x for x, _ in every), min(y for _, y in every)
    east, north = max(x for x, _ in every), max(y for _, y in every)
    text = ",".join(" ".join(coded(_steps(ring, west, south)) for ring in rings) for rings in kept)
    return [west * step, south * step, east * step, north * step, text]


def _simplified(shapes: list[list[Points]], area: bool, how: Coarse) -> list[list[Points]]:
    if not how.tolerance:
        return shapes
    every = [ring for rings in shapes for ring in rings]
    closed = [[*ring, ring[0]] if area else ring for ring in every]
    of = np.repeat(np.arange(len(closed)), [len(ring) for ring in closed])
    lines = shapely.linestrings([point for ring in closed for point in ring], indices=of)
    points, of = shapely.get_coordinates(shapely.simplify(lines, how.tolerance), return_index=True)
    few: list[Points] = [[] for _ in every]
    for n, (x, y) in zip(of.tolist(), points.astype(int).tolist(), strict=True):
        few[n].append((x, y))
    rest = iter([ring[:-1] if area else ring for ring in few])
    return [[next(rest) for _ in rings] for rings in shapes]


def _points(text: str, x: int, y: int) -> Points:
    # Most shapes are buildings with four corners: for so few, plain numbers are quicker than arrays.
    found: Points = []
    pairs = numbers(text.encode("ascii"))
    for dx, dy in zip(pairs, pairs, strict=True):
        x, y = x + dx, y + dy
        found.append((x, y))
    return found


def _thinned(points: Points, area: bool) -> Points:
    """Leave out points that repeat the one before; of an area also a last that repeats the first."""
    thin = [point for point, before in zip(points, [None, *points], strict=False) if point != before]
    return thin[:-1] if area and thin[0] == thin[-1] else thin


def _steps(points: Points, x: int, y: int) -> Iterator[int]:
    for to_x, to_y in points:
        yield to_x - x
        yield to_y - y
        x, y = to_x, to_y


def _area(points: Points) -> float:
    return sum(x * v - u * y for (x, y), (u, v) in zip(points, [*points[1:], points[0]], strict=True)) / 2
