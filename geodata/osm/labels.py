"""Names on the map, placed once for all: no two touch at any zoom, and the browser only draws them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.osm.features import STREET_CLASSES, Features
from geodata.osm.label_sheet import REPEAT_PX, Placed, Sheet, Text
from geodata.osm.layers import Plane, Shapes, merged

FIRST_ZOOM = {"city": 8, "district": 10, "town": 11, "village": 13, "water": 12, "estate": 16}
STREET_FIRST_ZOOM = {"motorway": 12, "trunk": 12, "primary": 12, "secondary": 13, "tertiary": 14, "street": 15}
LAST_ZOOM = 17
EQUATOR_M_PER_PX = 156_543.03  # at zoom 0
WATER_PX = 24.0  # the side of the square that a water's area makes
BEND_PX = 4.0  # how far a street may leave the straight line under its name


@dataclass(frozen=True)
class Label:
    """A name centred at a point (WGS-84), turned clockwise, shown from a zoom on."""

    lon: float
    lat: float
    angle: float
    minzoom: int
    kind: str
    name: str
    name_en: str


def labels_of(features: Features) -> tuple[Label, ...]:
    """Place the names of towns, districts, waters, estates and streets.

    Zoom by zoom, the more important first; a name that has its place keeps it at all larger zooms, where the others
    only move away from it.
    """
    plane = Plane.about(features)
    points, lines = _point_texts(features, plane), _line_texts(features, plane)
    placed: list[Placed] = []
    done: set[int] = set()
    for zoom in range(min(FIRST_ZOOM.values()), LAST_ZOOM + 1):
        sheet = Sheet(EQUATOR_M_PER_PX * math.cos(math.radians(plane.lat)) / 2**zoom)
        for label in placed:
            sheet.add(label)
        for index, (text, x, y) in enumerate(points):
            candidate = Placed(text, x, y, 0.0, zoom)
            if text.first_zoom <= zoom and index not in done and sheet.free(candidate):
                sheet.add(candidate)
                placed.append(candidate)
                done.add(index)
        for text, parts in lines:
            if text.first_zoom <= zoom:
                for x, y, angle in straight_places(parts, text.width_px, sheet.m_per_px):
                    candidate = Placed(text, x, y, angle, zoom)
                    if sheet.free(candidate):
                        sheet.add(candidate)
                        placed.append(candidate)
    return tuple(_label(one, plane) for one in placed)


def straight_places(parts: Shapes, width_px: float, m_per_px: float) -> list[tuple[float, float, float]]:
    """Find where on lines (metres) a text fits: x, y and the angle clockwise from east, −90 < angle ≤ 90.

    Examples
    --------
    >>> straight_places(np.array([shapely.LineString([(0, 0), (100, 0)])]), 80, 1.0)
    [(50.0, 0.0, 0.0)]
    >>> straight_places(np.array([shapely.LineString([(0, 0), (50, 0), (50, 50)])]), 80, 1.0)
    []
    """
    length, needed = shapely.length(parts), width_px * m_per_px
    long_enough = length >= needed
    parts, length = parts[long_enough], length[long_enough]
    times = np.maximum(1, (length / ((REPEAT_PX + width_px) * m_per_px)).astype(int))
    of = np.repeat(np.arange(len(parts)), times)
    if not len(of):
        return []
    nth = np.arange(len(of)) - np.repeat(np.cumsum(times) - times, times)
    # In the middle of each stretch if it can be, else in its first quarter: another name may have the middle.
    along = np.concatenate([(nth + 0.5) / times[of] * length[of], (nth + 0.25) / times[of] * length[of]])
    of = np.concatenate([of, of])
    begin, middle, end = (
        shapely.get_coordinates(shapely.line_interpolate_point(parts[of], along + shift))
        for shift in (-needed / 2, 0.0, needed / 2)
    )
    chord = end - begin
    chord_m = np.hypot(chord[:, 0], chord[:, 1])
    off = np.hypot(*(middle - (begin + end) / 2).T)
    fits = (chord_m > 0.97 * needed) & (off < BEND_PX * m_per_px)
    angle = -np.degrees(np.arctan2(chord[:, 1], chord[:, 0]))
    angle = np.where(angle > 90, angle - 180, np.where(angle <= -90, angle + 180, angle)) + 0.0
    return [(float(x), float(y), float(a)) for (x, y), a in zip(middle[fits], angle[fits], strict=True)]


def water_first_zoom(area_m2: float, lat: float) -> int:
    """Give the zoom from which on a lake or pond is named: where it is large enough to be seen under its name.

    Examples
    --------
    >>> water_first_zoom(3e6, 29.0), water_first_zoom(900.0, -30.0)
    (12, 17)
    """
    side = max(1.0, math.sqrt(area_m2))
    seen = math.ceil(math.log2(WATER_PX * EQUATOR_M_PER_PX * math.cos(math.radians(lat)) / side))
    return min(LAST_ZOOM, max(FIRST_ZOOM["water"], seen))


def _point_texts(features: Features, plane: Plane) -> list[tuple[Text, float, float]]:
    """Collect what is named at a point, the more important first."""
    found: list[tuple[str, float, Text, NDArray[np.float64]]] = []
    kinds = features.areas["class"].replace({"residential": "estate"})
    areas = features.areas.assign(**{"class": kinds})
    areas = areas[kinds.isin(("district", "water", "estate")) & (areas["name"] != "")]
    places = features.places[features.places["class"].isin(FIRST_ZOOM) & (features.places["name"] != "")]
    for frame in (places, areas):
        flat = plane.flatten(frame.geometry.to_numpy())
        centres = shapely.get_coordinates(shapely.point_on_surface(flat))
        rows = zip(frame["class"], frame["name_zh"], frame["name_en"], shapely.area(flat), centres, strict=True)
        for kind, name, name_en, area, centre in rows:
            first = water_first_zoom(float(area), plane.lat) if kind == "water" else FIRST_ZOOM[kind]
            found.append((kind, area, Text(kind, name, name_en, first), centre))
    order = list(FIRST_ZOOM)
    found.sort(key=lambda row: (order.index(row[0]), -row[1], row[2].name))
    return [(text, float(centre[0]), float(centre[1])) for _, _, text, centre in found]


def _line_texts(features: Features, plane: Plane) -> list[tuple[Text, Shapes]]:
    """Collect named rivers and streets, each as its longest pieces, the more important first."""
    lines = features.lines[
        (features.lines["name"] != "") & features.lines["class"].isin(("waterway", *STREET_FIRST_ZOOM))
    ]
    flat = plane.flatten(lines.geometry.to_numpy())
    found: list[tuple[int, float, Text, Shapes]] = []
    for (name, kind), rows in lines.reset_index(drop=True).groupby(["name_zh", "class"], sort=True):
        parts = merged(flat[rows.index.to_numpy()])
        length = shapely.length(parts)
        if kind == "waterway":
            rank, label, first_zoom = -1, "water", FIRST_ZOOM["water"]
        else:
            rank, label, first_zoom = STREET_CLASSES.index(kind), "street", STREET_FIRST_ZOOM[kind]
        text = Text(label, name, rows["name_en"].iloc[0], first_zoom)
        found.append((rank, -float(length.sum()), text, parts[np.argsort(-length, kind="stable")]))
    found.sort(key=lambda row: (row[0], row[1], row[2].name))
    return [(text, parts) for _, _, text, parts in found]


def _label(placed: Placed, plane: Plane) -> Label:
    point = plane.unflatten(np.array([shapely.Point(placed.x_m, placed.y_m)], dtype=object))[0]
    text = placed.text
    return Label(point.x, point.y, placed.angle, placed.zoom, text.kind, text.name, text.name_en)
