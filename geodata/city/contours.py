"""Areas above a level of a raster, by marching squares."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.city.curves import Floats, round_corners, segments
from geodata.city.sheet import Sheet

# Which two sides of a cell (0 bottom, 1 right, 2 top, 3 left) a contour joins, by the corners that are high
# (1 lower left, 2 lower right, 4 upper right, 8 upper left). The two saddles are cut in one of their two ways.
_JOINS: tuple[tuple[int, int, int], ...] = (
    (1, 3, 0), (2, 0, 1), (3, 3, 1), (4, 1, 2), (5, 3, 0), (5, 1, 2), (6, 0, 2), (7, 3, 2),
    (8, 2, 3), (9, 2, 0), (10, 0, 1), (10, 2, 3), (11, 2, 1), (12, 1, 3), (13, 1, 0), (14, 0, 3),
)  # fmt: skip


def areas_above(sheet: Sheet, field: Floats, level: float, *, smallest_m2: float = 0.0) -> BaseGeometry:
    """Give the area where a raster lies above a level, with rounded outlines.

    Parameters
    ----------
    field
        Raster of the sheet's shape.
    smallest_m2
        Smaller parts and smaller holes are left out.
    """
    low = np.minimum(field.min(), level) - 1.0
    grid = np.pad(field, 1, constant_values=low) - level
    x = np.concatenate([[sheet.x[0] - 1.0], sheet.x, [sheet.x[-1] + 1.0]])
    y = np.concatenate([[sheet.y[0] - 1.0], sheet.y, [sheet.y[-1] + 1.0]])
    with np.errstate(divide="ignore", invalid="ignore"):
        flat = x[:-1] + np.diff(x) * grid[:, :-1] / (grid[:, :-1] - grid[:, 1:])
        upright = y[:-1, None] + np.diff(y)[:, None] * grid[:-1] / (grid[:-1] - grid[1:])
    high = grid > 0
    code = high[:-1, :-1] + 2 * high[:-1, 1:] + 4 * high[1:, 1:] + 8 * high[1:, :-1]
    rows, columns = np.indices(code.shape)
    sides = np.stack(
        [
            np.stack([flat[:-1], y[rows]], axis=-1),
            np.stack([x[columns + 1], upright[:, 1:]], axis=-1),
            np.stack([flat[1:], y[rows + 1]], axis=-1),
            np.stack([x[columns], upright[:, :-1]], axis=-1),
        ]
    )
    pieces = [np.stack([sides[a][code == c], sides[b][code == c]], axis=1) for c, a, b in _JOINS]
    faces = shapely.get_parts(shapely.polygonize(segments(np.concatenate(pieces))))
    inside = shapely.point_on_surface(faces)
    value = sheet.sample(field, np.column_stack([shapely.get_x(inside), shapely.get_y(inside)]))
    kept = [_rounded(face, smallest_m2) for face in faces[value > level] if face.area >= smallest_m2]
    return shapely.union_all(shapely.make_valid(np.array(kept, dtype=object)), grid_size=0.1)


def _rounded(face: shapely.Polygon, smallest_m2: float) -> BaseGeometry:
    holes = [ring for ring in face.interiors if shapely.Polygon(ring).area >= max(smallest_m2, 1.0)]
    shell, *rings = (round_corners(np.asarray(ring.coords)) for ring in (face.exterior, *holes))
    return shapely.Polygon(shell, rings).simplify(6.0)
