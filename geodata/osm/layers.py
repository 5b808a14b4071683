"""What a map shows at which zoom: classes thinned and simplified for three groups of zooms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.osm.features import Features

Shapes = NDArray[np.object_]
Kind = Literal["area", "line"]

METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class Layer:
    """Shapes of one class for a range of zooms, both ends included; longitude and latitude, WGS-84."""

    id: str
    kind: Kind
    minzoom: int
    maxzoom: int
    shapes: Shapes


@dataclass(frozen=True)
class ZoomGroup:
    """Zooms that share their shapes: simplified by a pixel or so of the largest, areas under a few pixels left out."""

    minzoom: int
    maxzoom: int
    tolerance_m: float
    smallest_m2: float


GROUPS = (ZoomGroup(0, 11, 25.0, 30_000.0), ZoomGroup(12, 14, 5.0, 900.0), ZoomGroup(15, 24, 0.6, 10.0))

# In drawing order, the lowest first, with the first zoom at which each is shown.
AREAS = {"residential": 11, "industrial": 11, "green": 0, "water": 0, "building": 15}
LINES = {
    "waterway": 11,
    "district": 9,
    "rail": 10,
    "path": 16,
    "service": 15,
    "street": 13,
    "tertiary": 12,
    "secondary": 10,
    "primary": 0,
    "trunk": 0,
    "motorway": 0,
}


def layers_of(features: Features) -> tuple[Layer, ...]:
    """Make the layers of a map from its features, in drawing order."""
    plane = Plane.about(features)
    found: list[Layer | None] = []
    for name, first in AREAS.items():
        areas = plane.flatten(_parts(features.areas, name))
        found += [_layer(name, "area", first, group, areas, plane) for group in GROUPS]
    for name, first in LINES.items():
        borders = name == "district"
        lines = plane.flatten(_parts(features.areas if borders else features.lines, name))
        whole = merged(_borders(lines) if borders else lines)
        found += [_layer(name, "line", first, group, whole, plane) for group in GROUPS]
    return tuple(layer for layer in found if layer is not None)


@dataclass(frozen=True)
class Plane:
    """A plane in which a metre is the same in all directions: good enough to simplify and to place labels in."""

    lon: float
    lat: float

    @classmethod
    def about(cls, features: Features) -> Plane:
        """Lay it about the middle of all features."""
        west, south, east, north = bounds_of(features)
        return cls((west + east) / 2, (south + north) / 2)

    def flatten(self, shapes: Shapes) -> Shapes:
        """Degrees to metres."""
        return self._transform(shapes, self._factor(), inverse=False)

    def unflatten(self, shapes: Shapes) -> Shapes:
        """Metres to degrees."""
        return self._transform(shapes, self._factor(), inverse=True)

    def _factor(self) -> NDArray[np.float64]:
        return METRES_PER_DEGREE * np.array([np.cos(np.radians(self.lat)), 1.0])

    def _transform(self, shapes: Shapes, factor: NDArray[np.float64], *, inverse: bool) -> Shapes:
        origin = np.array([self.lon, self.lat])

        def move(points: NDArray[Any]) -> NDArray[Any]:
            return np.asarray(points / factor + origin if inverse else (points - origin) * factor)

        return np.asarray(shapely.transform(shapes, move), dtype=object).reshape(-1)


def bounds_of(features: Features) -> tuple[float, float, float, float]:
    """Give west, south, east and north of all features; NaN when there are none."""
    boxes = [frame.total_bounds for frame in (features.lines, features.areas, features.places) if len(frame)]
    if not boxes:
        return (np.nan, np.nan, np.nan, np.nan)
    west, south = np.min([box[:2] for box in boxes], axis=0)
    east, north = np.max([box[2:] for box in boxes], axis=0)
    return float(west), float(south), float(east), float(north)


def merged(lines: Shapes) -> Shapes:
    """Join lines end to end wherever just two meet."""
    if not len(lines):
        return lines
    return np.asarray(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines))), dtype=object)


def _parts(frame: gpd.GeoDataFrame, name: str) -> Shapes:
    return np.asarray(shapely.get_parts(frame.geometry[frame["class"] == name].to_numpy()), dtype=object)


def _borders(polygons: Shapes) -> Shapes:
    """Give each border once, though two districts share it."""
    if not len(polygons):
        return polygons
    return np.asarray(shapely.get_parts(shapely.union_all(shapely.boundary(polygons))), dtype=object)


def _layer(name: str, kind: Kind, first: int, group: ZoomGroup, shapes: Shapes, plane: Plane) -> Layer | None:
    """Make a class's layer for one group of zooms; None where it is not shown or nothing is left."""
    if first > group.maxzoom or not len(shapes):
        return None
    kept = shapes[shapely.area(shapes) >= group.smallest_m2] if kind == "area" else shapes
    simple = np.asarray(shapely.simplify(kept, group.tolerance_m), dtype=object)
    simple = np.asarray(shapely.get_parts(simple[~shapely.is_empty(simple)]), dtype=object)
    if not len(simple):
        return None
    return Layer(name, kind, max(first, group.minzoom), group.maxzoom, plane.unflatten(simple))
