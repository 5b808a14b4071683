"""The town's secondary and tertiary streets: two rounds of streamlines over the skeleton."""

from __future__ import annotations

import numpy as np
import shapely

from geodata.city.curves import Floats, resample, within
from geodata.city.land import TOWN_FROM, Land
from geodata.city.skeleton import Skeleton
from geodata.city.streamlines import Guide, Neighbours, trace_streets
from geodata.city.street import Street


def draw_town(land: Land, skeleton: Skeleton, crosses: Floats, rng: np.random.Generator) -> list[Street]:
    """Trace the town's streets and lead their ends to the next street."""
    sheet = land.sheet
    # Streets end at the drives along the banks; the two tributaries are narrow enough to cross anywhere.
    banks = shapely.union_all([land.river, *land.lakes]).buffer(150.0)
    shapely.prepare(banks)
    dry = ~within(banks, sheet.points).reshape(sheet.shape)
    allowed = (land.urbanness > TOWN_FROM) & dry
    spacings = (
        ("secondary", 1200.0 - 330.0 * land.urbanness, 0.8),
        ("tertiary", 540.0 - 150.0 * land.urbanness, 0.9),
    )
    shrink = 0.45 + 0.55 * sheet.factor  # a small town has smaller blocks, but not as much smaller as it is
    drawn = Neighbours(200.0)
    lines = [resample(street.line, 40.0) for street in skeleton.streets]
    for line in (*lines, resample(skeleton.motorway, 40.0), resample(skeleton.railway, 40.0)):
        drawn.add(line)
    streets: list[Street] = []
    for highway, spacing, reach in spacings:
        guide = Guide(crosses, spacing * shrink, allowed, float(sheet.x[0]), float(sheet.y[0]), sheet.cell_m)
        traced = trace_streets(guide, drawn, lines, rng)
        usual = float(np.median(spacing)) * shrink
        led = lead_ends([*lines, *traced], len(lines), reach * usual, land.water_edges)
        for line in led:
            # A short street of the upper class is one of the lower.
            short = highway == "secondary" and len(line) * 40.0 < 1.6 * usual
            streets.append(Street(line, "tertiary" if short else highway, "town"))
        lines = [*lines, *led]
    return streets


def lead_ends(lines: list[Floats], first: int, reach_m: float, walls: list[Floats]) -> list[Floats]:
    """Prolong both ends of the lines from ``first`` on to the next line ahead, if there is one within reach.

    ``walls`` are lines that end the view: no street is led to or across them.
    """
    shapes = [shapely.LineString(line) for line in (*lines, *walls)]
    tree = shapely.STRtree(shapes)
    result = []
    for number in range(first, len(lines)):
        line = lines[number]
        for _ in range(2):
            line = _led(line, number, shapes, tree, reach_m, len(lines))[::-1]
        result.append(line)
    return result


def _led(
    line: Floats, number: int, shapes: list[shapely.LineString], tree: shapely.STRtree, reach_m: float, walls_from: int
) -> Floats:
    end = line[-1]
    ahead = end - line[-2]
    ahead = ahead / max(np.hypot(*ahead), 1e-9)
    ray = shapely.LineString([end, end + ahead * reach_m])
    best, wall = reach_m + 1.0, False
    for other in tree.query(ray, predicate="intersects"):
        if other != number:
            meets = shapely.get_coordinates(shapely.intersection(ray, shapes[other]))
            if len(meets):
                away = float(np.hypot(*(meets - end).T).min())
                if away < best:
                    best, wall = away, other >= walls_from
    if best > reach_m or wall:
        return line
    # Two metres beyond, so that the two lines truly cross; the tip is dropped later.
    return np.vstack([line, end + ahead * (best + 2.0)])
