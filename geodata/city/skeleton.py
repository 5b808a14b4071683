"""The skeleton of the town as explicit curves: rings, axes, radials, motorway and railway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geodata.city.curves import Floats, along, beside, resample, spline
from geodata.city.land import TOWN_FROM, Land
from geodata.city.street import Street

TURN = np.radians(7.0)  # the old town's axes are turned from north by this
_STEP_M = 40.0


@dataclass(frozen=True)
class Skeleton:
    """Streets that shape the town, the motorway's and the railway's middle lines.

    ``streets`` are in the order of importance; ``motorway`` and ``railway`` cross the others on another level.
    """

    streets: tuple[Street, ...]
    motorway: Floats
    railway: Floats
    rings: tuple[Floats, ...]


def draw_skeleton(land: Land, rng: np.random.Generator) -> Skeleton:
    """Draw the skeleton of a land's town."""
    f = land.sheet.factor
    side = -1.0 if land.mirrored else 1.0
    turn = TURN * side
    sizes = (1450.0, 3700.0, 6300.0)
    rings = tuple(_ring(rng, size * f, turn, stretch) for size, stretch in zip(sizes, (1.0, 1.04, 1.07), strict=True))
    inner, middle, outer = (shapely.LinearRing(ring) for ring in rings)
    streets = [
        Street(rings[2], "trunk", "skeleton", "外环路"),
        Street(rings[1], "primary", "skeleton", "二环路"),
        Street(rings[0], "secondary", "skeleton", "环城路"),
    ]
    for quarter in range(4):
        # The four arms of the two axes, each to the outer ring.
        angle = turn + quarter * np.pi / 2
        arm = _ray(rng, angle, 0.0, 9000.0 * f, bend=90.0 * f)
        streets.append(Street(_until(arm, outer), "primary", "skeleton", _side_name(angle)))
    for quarter in range(4):
        angle = turn + (quarter + 0.5) * np.pi / 2
        streets.append(Street(_radial(rng, land, angle, inner, middle, outer), "primary", "skeleton"))
    for sub in land.sub_centres:
        streets.extend(_to_sub_centre(rng, sub.at, sub.radius_m, sub.turn, outer))
    streets += _drives(land)
    motorway = _motorway(rng, f, side)
    railway = _railway(rng, f, side)
    return Skeleton(tuple(streets), motorway, railway, rings)


def _ring(rng: np.random.Generator, radius_m: float, turn: float, stretch: float) -> Floats:
    """Draw a rounded square, slightly out of true."""
    angle = np.linspace(0.0, 2 * np.pi, 96, endpoint=False)
    power = 3.1
    radius = radius_m / (np.abs(np.cos(angle)) ** power + np.abs(np.sin(angle)) ** power) ** (1 / power)
    for wave in (1, 2, 3):
        radius = radius * (1 + 0.03 * rng.uniform(0.4, 1.0) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi)))
    points = radius[:, None] * np.column_stack([np.cos(angle + turn) * stretch, np.sin(angle + turn)])
    return spline(points, _STEP_M, closed=True)


def _ray(rng: np.random.Generator, angle: float, start_m: float, end_m: float, *, bend: float) -> Floats:
    distance = np.linspace(start_m, end_m, 7)
    sway = np.concatenate([[0.0], rng.uniform(-1, 1, 6)]) * bend
    ahead = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-ahead[1], ahead[0]])
    return spline(distance[:, None] * ahead + sway[:, None] * across, _STEP_M)


def _radial(
    rng: np.random.Generator,
    land: Land,
    angle: float,
    inner: shapely.LinearRing,
    middle: shapely.LinearRing,
    outer: shapely.LinearRing,
) -> Floats:
    """Draw a diagonal between the rings, one that meets the middle ring away from the river."""
    f = land.sheet.factor
    river = shapely.LineString(land.river_line)
    tries = []
    for _ in range(6):
        arm = _ray(rng, angle + rng.uniform(-0.22, 0.22), 900.0 * f, 9000.0 * f, bend=330.0 * f)
        meets = shapely.intersection(shapely.LineString(arm), middle)
        # Two bridges that cross over the water would be one too many.
        tries.append((min(river.distance(meets), 700.0 * f), arm))
    return _between(max(tries, key=lambda pair: pair[0])[1], inner, outer)


def _until(arm: Floats, ring: shapely.LinearRing) -> Floats:
    line = shapely.LineString(arm)
    end = line.project(shapely.intersection(line, ring).representative_point())
    return _cut(arm, 0.0, end)


def _between(arm: Floats, inner: shapely.LinearRing, outer: shapely.LinearRing) -> Floats:
    line = shapely.LineString(arm)
    ends = [line.project(shapely.intersection(line, ring).representative_point()) for ring in (inner, outer)]
    return _cut(arm, *ends)


def _cut(line: Floats, start_m: float, end_m: float) -> Floats:
    position = along(line)
    stops = np.concatenate([[start_m], position[(position > start_m + 1) & (position < end_m - 1)], [end_m]])
    return np.column_stack([np.interp(stops, position, line[:, k]) for k in (0, 1)])


def _to_sub_centre(
    rng: np.random.Generator, at: Floats, radius_m: float, turn: float, outer: shapely.LinearRing
) -> list[Street]:
    """Give a sub-centre its main street towards the town and one across."""
    angle = np.arctan2(at[1], at[0])
    # The main street follows the sub-centre's own grid, whichever of its directions points home.
    choices = turn + np.arange(4) * np.pi / 2
    main = choices[np.argmax(np.cos(choices - angle))]
    ahead = np.array([np.cos(main), np.sin(main)])
    across = np.array([-ahead[1], ahead[0]])
    far = at + ahead * radius_m * 0.95
    straight = shapely.intersection(shapely.LineString([far, at - ahead * 1.7 * radius_m]), outer)
    if not straight.is_empty:
        # The ring is near: the main street runs straight to it.
        meets = shapely.get_coordinates(straight)
        points = np.vstack([meets[np.argmin(np.hypot(*(meets - at).T))], at, far])
        if (at - points[0]) @ ahead < 0.0:
            points = np.vstack([at - ahead * radius_m * 0.9, at, far])
    else:
        home = np.asarray(outer.interpolate(outer.project(shapely.Point(at * 0.86))).coords[0])
        points = np.vstack([home, at - ahead * radius_m * 0.5, at, far])
    crossing = at + across * radius_m * np.array([[-1.0], [0.0], [1.0]]) * rng.uniform(0.85, 1.0)
    crossing = crossing + ahead * rng.uniform(-60, 60, (3, 1))
    return [
        Street(spline(points, _STEP_M), "primary", "skeleton"),
        Street(spline(crossing, _STEP_M), "primary", "skeleton"),
    ]


def _drives(land: Land) -> list[Street]:
    """Lay drives along both banks of the river and around the nearer lake, where there is town."""
    found = []
    for sign, label in ((1.0, "滨江北路"), (-1.0, "滨江南路")):
        edge = _bank_line(land, sign)
        built = land.sheet.sample(land.urbanness, edge) > TOWN_FROM
        found += [Street(edge[run], "secondary", "skeleton", label) for run in _runs(built) if len(run) > 12]
    lake = np.asarray(land.lakes[0].buffer(95.0).exterior.coords)
    found.append(Street(resample(lake, _STEP_M), "secondary", "skeleton", "环湖路"))
    return found


def _bank_line(land: Land, sign: float) -> Floats:
    """Give the line 95 m off the river's north (+1) or south (−1) bank."""
    shore = land.river.buffer(95.0, join_style="round").exterior
    points = resample(np.asarray(shore.coords), _STEP_M)
    width, height = land.sheet.half_m
    keep = (np.sign(land.bank(points)) == sign) & (np.abs(points[:, 0]) < width) & (np.abs(points[:, 1]) < height)
    # The shore is a ring: start it outside the sheet, so that what is kept is one run.
    start = int(np.argmin(keep))
    points, keep = np.roll(points[:-1], -start, axis=0), np.roll(keep[:-1], -start)
    line = points[keep]
    return np.asarray(line if line[0, 0] < line[-1, 0] else line[::-1])


def _runs(mask: np.ndarray) -> list[np.ndarray]:
    index = np.flatnonzero(mask)
    return np.split(index, np.flatnonzero(np.diff(index) > 6) + 1) if len(index) else []


def _side_name(angle: float) -> str:
    return ("东大道", "北大道", "西大道", "南大道")[round(angle / (np.pi / 2)) % 4]


_MOTORWAY = (
    (6300, 13600), (7300, 10200), (9700, 6700), (11900, 2200), (11500, -2600), (9000, -6700), (4600, -9300),
    (-600, -9900), (-5400, -9000), (-8600, -6600), (-11400, -4400), (-16000, -3600),
)  # fmt: skip
_RAILWAY = (
    (5300, 13500),
    (5000, 9300),
    (5150, 5200),
    (5000, 1400),
    (4600, -2600),
    (3900, -6200),
    (900, -10600),
    (300, -13500),
)


def _motorway(rng: np.random.Generator, f: float, side: float) -> Floats:
    points = np.array(_MOTORWAY, dtype=float) + rng.uniform(-260, 260, (len(_MOTORWAY), 2))
    return spline(points * f * [side, 1.0], _STEP_M)


def _railway(rng: np.random.Generator, f: float, side: float) -> Floats:
    points = np.array(_RAILWAY, dtype=float) + rng.uniform(-150, 150, (len(_RAILWAY), 2))
    return spline(points * f * [side, 1.0], _STEP_M)


def carriageways(motorway: Floats, apart_m: float = 13.0) -> tuple[Floats, Floats]:
    """Give the motorway's two carriageways in their driving directions (traffic keeps right)."""
    return beside(motorway, -apart_m), beside(motorway, apart_m)[::-1]
