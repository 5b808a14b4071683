"""The map of a day in a few kilobytes: the region's own roads around one route, as paths that a browser draws itself.

Far from the stops only water, parks and the larger roads; around each stop every street, so that a door is found and a
wrong pin can be put right. Coordinates are whole metres from the middle of the day, east and south: what is kept on a
phone needs no map library, no tiles and no line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.osm.basemap_read import parse_basemap, shapes_in

Point = tuple[float, float]

#: metres in a degree of latitude, and of longitude on the equator
DEGREE_M = 111_320.0
#: how far around a stop every street is drawn, and how far around the whole day the ground
NEAR_M, AROUND_M = 320.0, 700.0
FAR_ZOOM, NEAR_ZOOM = 13, 15
FAR = frozenset({"water", "green", "waterway", "rail", "tertiary", "secondary", "primary", "trunk", "motorway"})
NEAR = frozenset({"street", "service", "tertiary", "secondary", "primary", "trunk", "waterway", "water", "green"})
AREAS = frozenset({"water", "green"})
#: a line is thinned to this share of the day's width: no eye sees less on a phone
THINNED = 1 / 900
NEAR_THINNED_M = 3.0
PLACES, STREETS = 14, 48
PLACE_KINDS = frozenset({"city", "town", "village", "district", "estate", "water"})


def sketch(basemap: Path | None, points: Sequence[Point], *, language: str) -> dict[str, Any]:
    """Give what a day's map draws below the route, as plain JSON values.

    Parameters
    ----------
    basemap
        The region's basemap file; None draws the route alone.
    points
        The stops, and where the route begins; lon, lat.

    Returns
    -------
    dict
        ``origin`` lon, lat; ``scale`` metres per degree east and north; ``layers`` of ``kind`` and path ``d``, the
        lowest first; ``labels`` of x, y, angle, class and text.
    """
    return _sketched(basemap, tuple((round(lon, 5), round(lat, 5)) for lon, lat in points), language)


@lru_cache(maxsize=32)
def _sketched(basemap: Path | None, points: tuple[Point, ...], language: str) -> dict[str, Any]:
    west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    lon0, lat0 = round((west + east) / 2, 5), round((south + north) / 2, 5)
    scale = (DEGREE_M * math.cos(math.radians(lat0)), DEGREE_M)
    made: dict[str, Any] = {"origin": [lon0, lat0], "scale": [round(one, 2) for one in scale], "layers": []}
    made["labels"] = []
    content = None if basemap is None else _content(basemap)
    if content is None:
        return made
    ground = _Ground(content, (lon0, lat0), scale)
    stops = shapely.MultiPoint([ground.metres(one) for one in points])
    frame = shapely.box(*stops.bounds)
    # A phone's picture is wider or higher than the day: the ground goes on a little beside it.
    x0, y0, x1, y1 = frame.bounds
    frame = frame.buffer(AROUND_M + 0.2 * max(x1 - x0, y1 - y0), join_style="mitre")
    near = stops.buffer(NEAR_M, quad_segs=3)
    x0, _, x1, _ = frame.bounds
    layers: dict[str, list[str]] = {}
    for kind, path in ground.drawn(frame, FAR_ZOOM, FAR, (x1 - x0) * THINNED):
        layers.setdefault(kind, []).append(path)
    close: dict[str, list[str]] = {}
    for kind, path in ground.drawn(near, NEAR_ZOOM, NEAR, NEAR_THINNED_M):
        close.setdefault(kind, []).append(path)
    order = [layer["id"] for layer in content["layers"]]
    # Streets lie below the larger roads, which are drawn twice near a stop: once coarse, once exact.
    for kind in sorted({*layers, *close}, key=order.index):
        made["layers"].append({"kind": kind, "d": "".join(layers.get(kind, []) + close.get(kind, []))})
    made["labels"] = list(ground.labels(frame, near, language))
    return made


@lru_cache(maxsize=4)
def _content(basemap: Path) -> Mapping[str, Any] | None:
    try:
        return parse_basemap(basemap.read_text("ascii"))
    except (OSError, ValueError):
        return None


class _Ground:
    """A basemap in metres from a day's middle."""

    def __init__(self, content: Mapping[str, Any], origin: Point, scale: tuple[float, float]) -> None:
        self.content, self.origin, self.scale = content, origin, scale

    def metres(self, lonlat: Sequence[float]) -> Point:
        """Give metres east and south of the middle."""
        return (lonlat[0] - self.origin[0]) * self.scale[0], (self.origin[1] - lonlat[1]) * self.scale[1]

    def degrees(self, bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Give west, south, east, north of a box in metres."""
        (lon0, lat0), (kx, ky) = self.origin, self.scale
        x0, y0, x1, y1 = bounds
        return lon0 + x0 / kx, lat0 - y1 / ky, lon0 + x1 / kx, lat0 - y0 / ky

    def drawn(
        self, window: BaseGeometry, zoom: int, kinds: frozenset[str], tolerance: float
    ) -> Iterator[tuple[str, str]]:
        """Give kind and path of what lies inside a window."""
        shapely.prepare(window)
        for shape in shapes_in(self.within(window, zoom, kinds), self.degrees(window.bounds), zoom):
            rings = [(ring - self.origin) * (self.scale[0], -self.scale[1]) for ring in shape.rings]
            if shape.area != (shape.layer in AREAS) or len(rings[0]) < (3 if shape.area else 2):
                continue
            made = shapely.Polygon(rings[0], [one for one in rings[1:] if len(one) > 2]) if shape.area else None
            if made is not None and not made.is_valid:
                made = made.buffer(0)
            whole = shapely.LineString(rings[0]) if made is None else made
            if not shapely.intersects(window, whole):
                continue
            cut = shapely.simplify(shapely.intersection(window, whole), tolerance)
            for part in shapely.get_parts(cut):
                if isinstance(part, shapely.Polygon):
                    rings_drawn = [path(one.coords) for one in (part.exterior, *part.interiors)]
                    yield shape.layer, "".join(f"{one}z" for one in rings_drawn if one)
                elif isinstance(part, shapely.LineString):
                    yield shape.layer, path(part.coords)

    def within(self, window: BaseGeometry, zoom: int, kinds: frozenset[str]) -> dict[str, Any]:
        """Give the part of the basemap that has to be decoded for a window: few of its bins meet it."""
        (ox, oy), unit = self.content["origin"], self.content["scale"]

        def meets(one: Sequence[Any]) -> bool:
            left, low = self.metres((ox + one[0] / unit, oy + one[1] / unit))
            right, high = self.metres((ox + one[2] / unit, oy + one[3] / unit))
            return bool(shapely.intersects(window, shapely.box(left, high, right, low)))

        layers = [
            {**layer, "bins": [one for one in layer["bins"] if meets(one)]}
            for layer in self.content["layers"]
            if layer["id"] in kinds and layer["minzoom"] <= zoom <= layer["maxzoom"]
        ]
        return {**self.content, "layers": layers}

    def labels(self, frame: BaseGeometry, near: BaseGeometry, language: str) -> Iterator[list[Any]]:
        """Give the names of places in the frame, the most important first, and of streets near the stops."""
        (ox, oy), unit = self.content["origin"], self.content["scale"]
        left = {"place": PLACES, "street": STREETS}
        for x, y, angle, zoom, kind, local, english in self.content["labels"]:
            sort = "street" if kind == "street" else "place" if kind in PLACE_KINDS else ""
            if not sort or left[sort] == 0 or (sort == "place" and zoom > FAR_ZOOM + 1):
                continue
            at = self.metres((ox + x / unit, oy + y / unit))
            if shapely.contains(near if sort == "street" else frame, shapely.Point(at)):
                left[sort] -= 1
                yield [round(at[0]), round(at[1]), angle, kind, english or local if language == "en" else local]


def path(coordinates: Any) -> str:
    """Give a path in whole metres, each point from the one before; empty where it is no longer than a metre.

    >>> path([(0.2, 0), (10.4, 5), (10.4, 5.3), (0, -7)]), path([(0, 0.1), (0.2, 0)])
    ('M0 0l10 5-10-12', '')
    """
    points = [(round(x), round(y)) for x, y in coordinates]
    text, (x, y) = f"M{points[0][0]} {points[0][1]}l", points[0]
    for to_x, to_y in points[1:]:
        if (to_x, to_y) != (x, y):
            dx, dy = to_x - x, to_y - y
            text += ("" if text.endswith("l") or dx < 0 else " ") + f"{dx}" + ("" if dy < 0 else " ") + f"{dy}"
            x, y = to_x, to_y
    return "" if text.endswith("l") else text
