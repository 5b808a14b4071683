"""The direction field: which way streets run at each place, the same for both of their two directions.

A direction and its three quarter turns are one value, ``exp(4iθ)``; influences are added as complex numbers, so that
grids bend from one to the other and along the river and the rings.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from geodata.city.curves import Floats, tangents
from geodata.city.land import Land
from geodata.city.skeleton import TURN, Skeleton


def direction_field(land: Land, skeleton: Skeleton) -> Floats:
    """Give the direction field on the raster.

    Returns
    -------
    numpy.ndarray
        Shape (2, rows, columns): cosine and sine of 4θ.
    """
    sheet = land.sheet
    f = sheet.factor
    side = -1.0 if land.mirrored else 1.0
    radius = np.hypot(*sheet.points.T) / f
    field = _cross(TURN * side) * (0.18 + 1.1 * np.exp(-((radius / 4200.0) ** 2)))
    for sub in land.sub_centres:
        away = np.hypot(*(sheet.points - sub.at).T)
        field = field + 2.4 * _cross(sub.turn) * np.exp(-((away / (0.95 * sub.radius_m)) ** 2))
    field = field + _along(sheet.points, land.river_line, 3.4, 560.0)
    field = field + _along(sheet.points, np.asarray(land.lakes[0].exterior.coords), 2.6, 420.0)
    for street in skeleton.streets:
        if street.zone == "skeleton" and street.highway in ("trunk", "primary"):
            field = field + _along(sheet.points, street.line, 1.25, 430.0)
    grid = field.reshape(sheet.shape)
    soft = ndimage.gaussian_filter(grid.real, 1.6) + 1j * ndimage.gaussian_filter(grid.imag, 1.6)
    unit = soft / np.maximum(np.abs(soft), 1e-9)
    return np.stack([unit.real, unit.imag])


def _cross(turn: float) -> complex:
    return complex(np.exp(4j * turn))


def _along(points: Floats, line: Floats, strength: float, reach_m: float) -> np.ndarray:
    away, nearest = cKDTree(line).query(points)
    direction = tangents(line)
    angle = np.arctan2(direction[:, 1], direction[:, 0])[nearest]
    return strength * np.exp(4j * angle) * np.exp(-((away / reach_m) ** 2))
