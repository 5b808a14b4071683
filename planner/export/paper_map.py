"""Maps on paper: streets out of the offline basemap, routes along them, places for the numbers. All in millimetres."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.osm.basemap_read import Box, names_in, shapes_in

Floats = NDArray[np.float64]
#: colours as on the screen's map; widths in mm, casing first
LAND = "#F6F4EF"
AREAS = {"residential": "#EBE7DF", "industrial": "#E7E5E9", "green": "#DDE7D3", "water": "#B9D3E0"}
LINES = {
    "waterway": ("", "#B9D3E0", 0.35),
    "rail": ("", "#BDB8B1", 0.2),
    "street": ("#D5CFC3", "#FFFFFF", 0.28),
    "tertiary": ("#D0C9BB", "#FFFFFF", 0.45),
    "secondary": ("#D3C8AC", "#FFF7E2", 0.6),
    "primary": ("#D6C28E", "#FCEBC0", 0.75),
    "trunk": ("#D1B47A", "#F9DFA9", 0.85),
    "motorway": ("#CFA274", "#F2CDA5", 0.9),
}
CASING_MM = 0.22
#: how high a name stands on paper, mm, and how many pixels that is on the screen's map (``geodata.osm.basemap``)
NAME_MM, NAME_PX = 1.8, 11.0
#: metres of a pixel at the equator at zoom 0
WORLD_M_PER_PX = 156_543.0
#: metres that a millimetre may stand for, by the zoom whose detail is then drawn
DETAIL = ((35.0, 14), (75.0, 13), (220.0, 12))
COARSEST = 11
METRES_PER_DEGREE = 111_320.0
#: the least a map shows, so that a single stop still has streets about it
LEAST_M = 1_200.0
MARGIN = 0.07
#: line patterns by crew, so that a print without colours can be read
DASHES = ("", "2.4 1", "0.5 0.9", "3.4 0.9 0.5 0.9", "1.2 0.7")


@dataclass(frozen=True)
class Frame:
    """A piece of the ground on a piece of paper: west, south, east, north in degrees, width and height in mm."""

    box: Box
    width: float
    height: float

    def on_paper(self, lonlat: Any) -> Floats:
        """Give points in mm from the upper left corner, (n, 2)."""
        west, south, east, north = self.box
        points = np.asarray(lonlat, dtype=float).reshape(-1, 2)
        return np.column_stack(
            [
                (points[:, 0] - west) / (east - west) * self.width,
                (north - points[:, 1]) / (north - south) * self.height,
            ]
        )

    @property
    def metres_per_mm(self) -> float:
        """How many metres a millimetre stands for."""
        return (self.box[3] - self.box[1]) * METRES_PER_DEGREE / self.height


@dataclass(frozen=True)
class Track:
    """A route on the map: lon, lat points, its colour, and a pattern of the line (index into ``DASHES``)."""

    line: Sequence[tuple[float, float]]
    colour: str
    pattern: int = 0


def frame_about(points: Any, width: float, height: float) -> Frame:
    """Give the frame that shows all points with a margin, no narrower than ``LEAST_M``.

    >>> frame = frame_about([(109.5, 29.1), (109.6, 29.1)], 100.0, 50.0)
    >>> frame.on_paper([(109.55, 29.1)]).round(3).tolist()
    [[50.0, 25.0]]
    """
    at = np.asarray(points, dtype=float).reshape(-1, 2)
    (west, south), (east, north) = at.min(axis=0), at.max(axis=0)
    squeeze = math.cos(math.radians((south + north) / 2))
    least = LEAST_M / METRES_PER_DEGREE
    wide = max((east - west) * squeeze * (1 + 2 * MARGIN), least)
    high = max((north - south) * (1 + 2 * MARGIN), least * height / width)
    per_mm = max(wide / width, high / height)
    half_lon, half_lat = per_mm * width / squeeze / 2, per_mm * height / 2
    x, y = (west + east) / 2, (south + north) / 2
    return Frame((x - half_lon, y - half_lat, x + half_lon, y + half_lat), width, height)


def picture(frame: Frame, basemap: Mapping[str, Any] | None, tracks: Sequence[Track], *, coarse_m: float = 0.0) -> str:
    """Draw streets and routes as SVG.

    Parameters
    ----------
    basemap
        ``geodata.osm.basemap_read.parse_basemap``; None draws the routes alone.
    coarse_m
        Thin the routes to so many metres: a map on a wall must not lead to a door.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {frame.height}">',
        f'<rect width="{frame.width}" height="{frame.height}" fill="{LAND}"/>',
        *(ground(frame, basemap) if basemap is not None else []),
        *(track_path(frame, one, coarse_m) for one in tracks),
        "</svg>",
    ]
    return "".join(parts)


def ground(frame: Frame, basemap: Mapping[str, Any]) -> list[str]:
    """Draw what lies under the routes: areas, then all casings, then all lines, as on the screen."""
    zoom = next((zoom for metres, zoom in DETAIL if frame.metres_per_mm <= metres), COARSEST)
    areas, lines = [], dict[str, list[str]]()
    for shape in shapes_in(basemap, frame.box, zoom):
        drawn = [frame.on_paper(ring) for ring in shape.rings]
        if shape.area and shape.layer in AREAS:
            path = "".join("M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ring.tolist()) + "Z" for ring in drawn)
            areas.append(f'<path d="{path}" fill="{AREAS[shape.layer]}" fill-rule="evenodd"/>')
        elif not shape.area and shape.layer in LINES:
            lines.setdefault(shape.layer, []).extend(open_path(line) for line in drawn)
    cased, plain = [], []
    for layer, (casing, colour, width) in LINES.items():
        path = "".join(lines.get(layer, []))
        if not path:
            continue
        shared = f'<path d="{path}" fill="none" stroke-linecap="round" stroke-linejoin="round"'
        if casing:
            cased.append(f'{shared} stroke="{casing}" stroke-width="{width + CASING_MM}"/>')
        plain.append(f'{shared} stroke="{colour}" stroke-width="{width}"/>')
    return areas + cased + plain


def names_on(
    frame: Frame, basemap: Mapping[str, Any] | None, free_of: Floats, *, english: bool, keep_mm: float
) -> list[dict[str, Any]]:
    """Give the names of streets and places with where they stand in mm, without those that a number would cover.

    Parameters
    ----------
    free_of
        Middles of the numbers, mm, (n, 2); a name keeps ``keep_mm`` from each.
    """
    if basemap is None:
        return []
    _west, south, _east, north = frame.box
    metres_per_px = frame.metres_per_mm * NAME_MM / NAME_PX
    zoom = round(math.log2(WORLD_M_PER_PX * math.cos(math.radians((south + north) / 2)) / metres_per_px))
    found = []
    for one in names_in(basemap, frame.box, zoom):
        text = one.name_en or one.name if english else one.name
        x, y = frame.on_paper([(one.lon, one.lat)])[0].tolist()
        half = NAME_MM * sum(1.0 if sign >= "\u2e80" else 0.6 for sign in text) / 2
        along = np.array([math.cos(math.radians(one.angle)), math.sin(math.radians(one.angle))])
        # Seen along the name: how far a number lies from its middle line, and from its ends.
        off = free_of - np.array([x, y])
        at = off @ along
        beside = np.abs(off @ np.array([-along[1], along[0]]))
        covered = (np.abs(at) < half + keep_mm) & (beside < NAME_MM / 2 + keep_mm)
        ends = np.array([[x, y] + half * along, [x, y] - half * along])
        edge = NAME_MM / 2
        inside = (ends > edge).all() and (ends < [frame.width - edge, frame.height - edge]).all()
        if inside and not covered.any():
            found.append({"text": text, "kind": one.kind, "angle": one.angle, "at": [round(x, 2), round(y, 2)]})
    return found


def track_path(frame: Frame, track: Track, coarse_m: float) -> str:
    """Draw a route with a light edge, so that it stands out from any street."""
    if len(track.line) < 2:
        return ""
    line = shapely.LineString(track.line)
    tolerance = max(coarse_m, frame.metres_per_mm * 0.1) / METRES_PER_DEGREE
    path = open_path(frame.on_paper(shapely.get_coordinates(shapely.simplify(line, tolerance))))
    shared = f'<path d="{path}" fill="none" stroke-linejoin="round"'
    pattern = DASHES[track.pattern % len(DASHES)]
    dash = f' stroke-dasharray="{pattern}"' if pattern else ' stroke-linecap="round"'
    return f'{shared} stroke="#FFFFFF" stroke-width="1.5"/>{shared} stroke="{track.colour}" stroke-width="0.8"{dash}/>'


def open_path(line: Floats) -> str:
    """Give a line as an SVG path, a hundredth of a millimetre exact."""
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in line.tolist())


def apart(points: Floats, *, least: float, width: float, height: float, rounds: int = 120) -> Floats:
    """Move numbers that cover each other apart, in mm, the least that is needed; the order is kept.

    >>> moved = apart(np.array([[10.0, 10.0], [10.0, 10.0]]), least=4.0, width=20.0, height=20.0)
    >>> bool(np.hypot(*(moved[0] - moved[1])) > 3.9)
    True
    """
    at = points.astype(float).copy()
    if len(at) < 2:
        return at
    # Points on the very same place need a direction: each its own, the same every time.
    turn = np.arange(len(at)) * 2.399963
    at += 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(rounds):
        gap = at[:, None, :] - at[None, :, :]
        far = np.hypot(gap[..., 0], gap[..., 1])
        np.fill_diagonal(far, np.inf)
        close = far < least
        if not close.any():
            break
        push = np.where(close, (least - far) / 2 * 1.02, 0.0)
        at += (gap / np.maximum(far, 1e-9)[..., None] * push[..., None]).sum(axis=1) * 0.5
        at = np.clip(at, least / 2, np.array([width, height]) - least / 2)
    return at
