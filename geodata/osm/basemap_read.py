"""Reads the offline basemap back, for maps on paper: the shapes of a zoom that meet a box, as arrays of lon, lat.

The format is described in ``geodata.osm.basemap``. Only bins that meet the box are decoded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.osm.basemap import FORMAT

Box = tuple[float, float, float, float]
Ring = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """One shape: which layer (``water``, ``primary`` …), area or line, and its rings, each (n, 2) of lon, lat."""

    layer: str
    area: bool
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Named:
    """A name on the map: where its middle is (lon, lat), turned by so many degrees clockwise, of what kind."""

    lon: float
    lat: float
    angle: float
    kind: str  # city, town, village, water, district, street
    name: str
    name_en: str  # "" where there is none


def parse_basemap(script: str) -> dict[str, Any]:
    """Give the content of a basemap's script file.

    Raises
    ------
    ValueError
        If it is no basemap of this format.
    """
    _, equals, text = script.partition("=")
    try:
        content = json.loads(text.strip().rstrip(";")) if equals else {}
    except json.JSONDecodeError as error:
        raise ValueError("the basemap's file cannot be read") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError("the file is no basemap of this format")
    return content


def shapes_in(content: Mapping[str, Any], box: Box, zoom: int) -> Iterator[Drawn]:
    """Give what a map of this zoom draws inside a box (west, south, east, north), the lowest layer first."""
    origin, scale = np.array(content["origin"], dtype=float), float(content["scale"])
    west, south, east, north = box
    (x0, y0), (x1, y1) = (np.array([west, south]) - origin) * scale, (np.array([east, north]) - origin) * scale
    for layer in content["layers"]:
        if not layer["minzoom"] <= zoom <= layer["maxzoom"]:
            continue
        for left, low, right, high, text in layer["bins"]:
            if left > x1 or right < x0 or low > y1 or high < y0:
                continue
            for shape in text.split(","):
                rings = [decoded(ring, left, low) for ring in shape.split(" ")]
                outer = rings[0]
                (a, b), (c, d) = outer.min(axis=0), outer.max(axis=0)
                if a <= x1 and c >= x0 and b <= y1 and d >= y0:
                    yield Drawn(layer["id"], layer["kind"] == "area", tuple(r / scale + origin for r in rings))


def names_in(content: Mapping[str, Any], box: Box, zoom: int) -> Iterator[Named]:
    """Give the names that a map of this zoom writes inside a box (west, south, east, north); none touches another."""
    origin, scale = content["origin"], float(content["scale"])
    west, south, east, north = box
    for x, y, angle, minzoom, kind, name, name_en in content["labels"]:
        lon, lat = x / scale + origin[0], y / scale + origin[1]
        if minzoom <= zoom and west <= lon <= east and south <= lat <= north:
            yield Named(lon, lat, float(angle), str(kind), str(name), str(name_en))


def decoded(text: str, x: float, y: float) -> Ring:
    """Give the points of a ring or line in units, (n, 2).

    >>> decoded("??_cF?", 0, 0).tolist()
    [[0.0, 0.0], [2000.0, 0.0]]
    """
    steps = np.array(list(numbers(text.encode("ascii"))), dtype=np.float64).reshape(-1, 2)
    points: Ring = np.cumsum(steps, axis=0) + np.array([x, y], dtype=np.float64)
    return points


def numbers(codes: Sequence[int]) -> Iterator[int]:
    """Give the whole numbers that are written as characters."""
    value = shift = 0
    for code in codes:
        bits = code - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            yield ~(value >> 1) if value & 1 else value >> 1
            value = shift = 0
