"""Shapes of the basemap written again for the smaller zooms: on a coarser grid, without what no eye would see there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geodata.osm.basemap_read import numbers
from geodata.osm.packing import coded

Points = list[tuple[int, int]]

#: the grid in units (half a metre), by the last zoom at which it is drawn: a fifth of a pixel there or less
STEPS = {11: 16, 14: 4, 15: 4}
#: Buildings are most of a town's bytes: at their first zoom, where a pixel is four metres, they are drawn coarsely and
#: those of less than 200 m², three and a half pixels a side, are left out; a unit is half a metre.
BUILDINGS, FIRST_ZOOM, SMALLEST = "building", 15, 200.0 * 4


def for_the_browser(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the layers of a basemap as a browser draws them; ``step`` is their grid in units where it is not 1.

    A point of such a layer is the corner of its bin and ``step`` times the sum of its pairs.
    """
    for layer in content["layers"]:
        if layer["id"] == BUILDINGS and layer["minzoom"] == FIRST_ZOOM < layer["maxzoom"]:
            first = {**layer, "maxzoom": FIRST_ZOOM}
            yield coarser(first, STEPS[FIRST_ZOOM], SMALLEST)
            yield {**layer, "minzoom": FIRST_ZOOM + 1}
        elif layer["maxzoom"] in STEPS:
            yield coarser(layer, STEPS[layer["maxzoom"]], 0.0)
        else:
            yield dict(layer)


def coarser(layer: Mapping[str, Any], step: int, smallest: float) -> dict[str, Any]:
    """Give a layer on a coarser grid, without areas of less than ``smallest`` (square units) and what has collapsed."""
    bins = (_bin(one, layer["kind"] == "area", step, smallest) for one in layer["bins"])
    return {**layer, "step": step, "bins": [one for one in bins if one is not None]}


def _bin(one: Sequence[Any], area: bool, step: int, smallest: float) -> list[Any] | None:
    kept: list[list[Points]] = []
    least = 3 if area else 2
    for shape in one[4].split(","):
        rings = []
        for number, text in enumerate(shape.split(" ")):
            points = _points(text, one[0], one[1])
            if number == 0 and area and smallest and abs(_area(points)) < smallest:
                break
            thin = _thinned([((x + step // 2) // step, (y + step // 2) // step) for x, y in points], area)
            if len(thin) >= least:
                rings.append(thin)
            elif number == 0:
                break  # holes go with their outline
        if rings:
            kept.append(rings)
    if not kept:
        return None
    every = [point for rings in kept for point in rings[0]]
    west, south = min(x for x, _ in every), min(y for _, y in every)
    east, north = max(x for x, _ in every), max(y for _, y in every)
    text = ",".join(" ".join(coded(_steps(ring, west, south)) for ring in rings) for rings in kept)
    return [west * step, south * step, east * step, north * step, text]


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
