"""The sheet the city is drawn on: its size, its raster and its place on the globe.

Everything inside the package is in metres from the middle of the sheet, x to the east and y to the north; only what
leaves it is in longitude and latitude. The sheet lies in real mountains between real counties, where there is no city
that Yunxi could be confused with.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import shapely
from scipy import ndimage

from geodata.city.curves import Floats

ORIGIN_LON = 109.6
ORIGIN_LAT = 29.1
_METRES_PER_DEGREE = 6_371_008.8 * np.pi / 180.0


def lonlat(points_m: Floats) -> Floats:
    """Give longitude and latitude of points of the sheet.

    Parameters
    ----------
    points_m
        Shape (n, 2), metres east and north of the sheet's middle.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2), degrees, EPSG:4326, longitude first, rounded to the seven places OpenStreetMap keeps.

    Examples
    --------
    >>> lonlat(np.array([[0.0, 0.0]])).tolist()
    [[109.6, 29.1]]
    """
    lon = ORIGIN_LON + points_m[:, 0] / (_METRES_PER_DEGREE * np.cos(np.radians(ORIGIN_LAT)))
    lat = ORIGIN_LAT + points_m[:, 1] / _METRES_PER_DEGREE
    return np.round(np.column_stack([lon, lat]), 7)


@dataclass(frozen=True)
class Sheet:
    """A rectangle of 30 × 25 km at factor 1, with a raster of square cells.

    Parameters
    ----------
    factor
        Scales every distance of the plan: .3 gives a small town in a few seconds.
    cell_m
        Side of a raster cell, m.
    """

    factor: float = 1.0
    cell_m: float = 100.0

    @property
    def half_m(self) -> tuple[float, float]:
        """Half the width and half the height, m."""
        return 15_000.0 * self.factor, 12_500.0 * self.factor

    @cached_property
    def x(self) -> Floats:
        """East coordinates of the raster's columns, m."""
        half = self.half_m[0]
        return np.arange(-half, half + 1.0, self.cell_m)

    @cached_property
    def y(self) -> Floats:
        """North coordinates of the raster's rows, m, ascending."""
        half = self.half_m[1]
        return np.arange(-half, half + 1.0, self.cell_m)

    @cached_property
    def points(self) -> Floats:
        """All raster points row by row, shape (rows · columns, 2), m."""
        xx, yy = np.meshgrid(self.x, self.y)
        return np.column_stack([xx.ravel(), yy.ravel()])

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the raster."""
        return len(self.y), len(self.x)

    @cached_property
    def outline(self) -> shapely.Polygon:
        """The sheet's rectangle."""
        width, height = self.half_m
        return shapely.box(-width, -height, width, height)

    def rows_columns(self, points_m: Floats) -> Floats:
        """Give fractional row and column of points, shape (2, n)."""
        return np.stack([(points_m[:, 1] - self.y[0]) / self.cell_m, (points_m[:, 0] - self.x[0]) / self.cell_m])

    def sample(self, field: Floats, points_m: Floats, *, order: Literal[1, 3] = 1) -> Floats:
        """Read a raster at points; beyond the sheet its border value holds.

        Parameters
        ----------
        field
            Raster of the sheet's shape.
        points_m
            Shape (n, 2).
        order
            1 for linear, 3 for cubic interpolation.
        """
        return np.asarray(ndimage.map_coordinates(field, self.rows_columns(points_m), order=order, mode="nearest"))

    def noise(self, rng: np.random.Generator, wavelength_m: float, *, octaves: int = 1, falloff: float = 0.6) -> Floats:
        """Give smooth noise on the raster, mean about 0, deviation about 1.

        Parameters
        ----------
        wavelength_m
            Distance between the random values of the first octave; each next one halves it.
        falloff
            Amplitude of an octave relative to the one before.
        """
        total = np.zeros(self.shape)
        power = 0.0
        for octave in range(octaves):
            step = wavelength_m / 2**octave / self.cell_m
            rows, columns = (int(np.ceil(n / step)) + 4 for n in self.shape)
            lattice = rng.standard_normal((rows, columns))
            grid = np.meshgrid(
                np.arange(self.shape[0]) / step + 1.0, np.arange(self.shape[1]) / step + 1.0, indexing="ij"
            )
            total += falloff**octave * ndimage.map_coordinates(lattice, grid, order=3, mode="nearest")
            power += falloff ** (2 * octave)
        return np.asarray(total / np.sqrt(0.45 * power))
