"""The ground in squares of several sizes: the tiles of a web map, each of which divides into four of the next level.

A cell of level L is one of 2^L by 2^L squares of the web Mercator plane (EPSG:3857), its column counted from the west
and its row from the north: what map makers call the tile L/column/row. So a cell is an upright square on every map
here, every point lies in exactly one cell of a level, and the cells of a level are the exact unions of those
of the next: sums over them agree at all levels. See docs/decisions/0010 for the hexagons that were left.

A number names a cell within its level: column and row interleaved bit by bit (Morton order), so that the cell around it
is the number shifted by two bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

#: The web Mercator plane ends here, so that it is a square.
MOST_NORTHERN = 85.051128779806604
EQUATOR_M = 40_075_016.686
FINEST = 28
#: the number of no cell: the point's place is unknown
NOWHERE = -1


class Bounds(NamedTuple):
    """A part of the ground, degrees (WGS-84)."""

    west: float
    south: float
    east: float
    north: float


class Window(NamedTuple):
    """Columns and rows of a level, the last ones included."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int

    @property
    def size(self) -> int:
        """Give the number of cells in the window."""
        return (self.last_column - self.first_column + 1) * (self.last_row - self.first_row + 1)


def cell_numbers(lonlat: NDArray[np.float64], level: int) -> NDArray[np.int64]:
    """Give the cell in which each point lies.

    Parameters
    ----------
    lonlat
        (n, 2) degrees, WGS-84. What lies beyond 85.05 degrees north or south counts for the outermost row.
    level
        0 (the whole Earth) to ``FINEST``.

    Returns
    -------
    ndarray
        (n,) numbers; ``NOWHERE`` where a coordinate is not finite.

    Raises
    ------
    ValueError
        If there is no such level, or a longitude or latitude is none.

    Examples
    --------
    >>> cell_numbers(np.array([[-90.0, 45.0], [90.0, 45.0], [-90.0, -45.0], [90.0, -45.0]]), 1)
    array([0, 1, 2, 3])
    """
    known = np.isfinite(lonlat).all(axis=1)
    lon, lat = lonlat[known, 0], lonlat[known, 1]
    if len(lon) and (np.abs(lon).max() > 180 or np.abs(lat).max() > 90):
        raise ValueError("a longitude lies within 180 degrees and a latitude within 90")
    numbers = np.full(len(lonlat), NOWHERE, dtype=np.int64)
    numbers[known] = number_of(*_column_row(lon, lat, level))
    return numbers


def _column_row(
    lon: NDArray[np.float64], lat: NDArray[np.float64], level: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if not 0 <= level <= FINEST:
        raise ValueError(f"a level lies between 0 and {FINEST}, got {level}")
    side = 2**level
    sine = np.sin(np.radians(np.clip(lat, -MOST_NORTHERN, MOST_NORTHERN)))
    east = (lon + 180.0) / 360.0
    south = 0.5 - np.arctanh(sine) / (2.0 * np.pi)
    column, row = (np.clip(np.floor(part * side), 0, side - 1).astype(np.int64) for part in (east, south))
    return column, row


def number_of(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the numbers of cells by column and row.

    >>> number_of(np.array([3]), np.array([1]))
    array([7])
    """
    return _spread(column) | _spread(row) << 1


def column_row(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give column and row of cells by their numbers.

    >>> column_row(np.array([7]))
    (array([3]), array([1]))
    """
    return _gather(numbers), _gather(numbers >> 1)


#: After k steps the bits stand in runs of 16, 8, 4, 2, 1, each followed by as many zeros.
RUNS = ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F), (2, 0x3333333333333333))
SINGLE = 0x5555555555555555


def _spread(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put a zero between any two bits of numbers below 2^31."""
    for width, mask in (*RUNS, (1, SINGLE)):
        bits = (bits | bits << width) & mask
    return bits


def _gather(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take every second bit."""
    bits = bits & SINGLE
    for width, mask in ((1, RUNS[3][1]), (2, RUNS[2][1]), (4, RUNS[1][1]), (8, RUNS[0][1]), (16, 0xFFFFFFFF)):
        bits = (bits | bits >> width) & mask
    return bits


def around(numbers: NDArray[np.int64], levels_up: int = 1) -> NDArray[np.int64]:
    """Give the cells so many levels up in which cells lie; ``NOWHERE`` stays so.

    >>> around(np.array([7, 4, NOWHERE]))
    array([ 1,  1, -1])
    """
    return numbers >> 2 * levels_up


def edges(
    column: NDArray[np.int64], row: NDArray[np.int64], level: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give west, south, east and north of cells, degrees (WGS-84); neighbours share theirs to the last digit."""
    side = 2.0**level
    west, east = (at / side * 360.0 - 180.0 for at in (column, column + 1))
    north, south = (np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * at / side)))) for at in (row, row + 1))
    return west, south, east, north


def polygons(column: NDArray[np.int64], row: NDArray[np.int64], level: int) -> NDArray[np.object_]:
    """Give the squares of cells as polygons (EPSG:4326)."""
    return np.asarray(shapely.box(*edges(column, row, level)), dtype=object)


def side_m(level: int, lat: float) -> float:
    """Give the side of a level's cells on the ground at a latitude, metres.

    >>> round(side_m(16, 29.1))
    534
    """
    return float(EQUATOR_M * np.cos(np.radians(lat)) / 2**level)


def window(bounds: Bounds, level: int) -> Window:
    """Give the cells of a level that a part of the ground touches.

    Raises
    ------
    ValueError
        If the bounds are no rectangle of finite degrees or there is no such level.

    >>> window(Bounds(109.5, 29.0, 109.6, 29.1), 12)
    Window(first_column=3293, first_row=1701, last_column=3295, last_row=1702)
    """
    west, south, east, north = bounds
    if not (west <= east and south <= north and np.isfinite(bounds).all()):
        raise ValueError(f"no part of the ground: {bounds}")
    lon = np.clip(np.array([west, east]), -180.0, 180.0)
    column, row = _column_row(lon, np.array([north, south]), level)
    return Window(int(column[0]), int(row[0]), int(column[1]), int(row[1]))


def finest_within(bounds: Bounds, levels: Sequence[int], most: int) -> int:
    """Give the finest of the levels with at most so many cells in a part of the ground, else the coarsest.

    >>> finest_within(Bounds(109.5, 29.0, 109.6, 29.1), range(8, 20), 2_500)
    17
    """
    fitting = [level for level in levels if window(bounds, level).size <= most]
    return max(fitting, default=min(levels))
