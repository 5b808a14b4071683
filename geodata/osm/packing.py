"""Shapes packed into binned strings of small whole numbers; the format is described in :mod:`geodata.osm.basemap`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

SCALE = 200_000  # units per degree: half a metre, less than a pixel at zoom 18

Units = NDArray[np.int64]


def units(lonlat: NDArray[np.float64], origin: NDArray[np.float64]) -> Units:
    """Give (n, 2) degrees as whole units from the origin."""
    return np.rint((lonlat - origin) * SCALE).astype(np.int64)


def bins_of(shapes: NDArray[np.object_], kind: str, origin: NDArray[np.float64], side: int) -> list[list[int | str]]:
    """Pack shapes into bins.

    Parameters
    ----------
    shapes
        Polygons for the kind ``"area"``, lines for ``"line"``; longitude and latitude.
    side
        Of a bin, in units. A larger shape goes to a bin twice, four times… as large.

    Returns
    -------
    list
        ``[x0, y0, x1, y1, text]``, sorted by size and place of the bin. A shape that has collapsed to a point, or an
        area to a line, is left out.
    """
    rings, of = _rings(shapes, kind, origin)
    if not rings:
        return []
    low = np.array([ring.min(axis=0) for ring in rings])
    high = np.array([ring.max(axis=0) for ring in rings])
    first = np.flatnonzero(np.diff(of, prepend=-1))  # the outline of each shape; its holes lie within
    extent = (high - low)[first].max(axis=1)
    doubled = np.ceil(np.log2(np.maximum(1.0, extent / side))).astype(np.int64)
    sides = side * 2**doubled
    column, row = ((low + high)[first] // 2 // sides[:, None]).T
    order = np.lexsort((row, column, sides))
    keys = np.column_stack([sides, column, row])[order]
    cuts = np.flatnonzero((np.diff(keys, axis=0, prepend=-1) != 0).any(axis=1)).tolist()
    ends = np.append(first, len(rings))
    found: list[list[int | str]] = []
    for begin, end in pairwise([*cuts, len(order)]):
        members = order[begin:end]
        corner = low[first[members]].min(axis=0)
        texts = (_text(rings[ends[one] : ends[one + 1]], corner) for one in members)
        found.append([*corner.tolist(), *high[first[members]].max(axis=0).tolist(), ",".join(texts)])
    return found


def coded(numbers: Iterable[int]) -> str:
    """Write whole numbers as printable characters, five bits each, the least significant first.

    Examples
    --------
    >>> coded([0, -1, 1, 15, 16, -100])
    '?@A]_@fE'
    """
    return "".join(SHORT[number] if -LIMIT <= number < LIMIT else _letters(number) for number in numbers)


def _letters(number: int) -> str:
    rest = 2 * number if number >= 0 else -2 * number - 1
    text = ""
    while rest >= 32:
        text += chr(63 + (32 | rest & 31))
        rest >>= 5
    return text + chr(63 + rest)


LIMIT = 2048
SHORT = {number: _letters(number) for number in range(-LIMIT, LIMIT)}  # most numbers are small


def _rings(shapes: NDArray[np.object_], kind: str, origin: NDArray[np.float64]) -> tuple[list[Units], Units]:
    """Give all rings or lines in units, without points that repeat, and which shape each belongs to."""
    if kind == "area":
        lines, of = shapely.get_rings(shapes, return_index=True)
    else:
        lines, of = shapes, np.arange(len(shapes))
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    points = units(coordinates, origin)
    begins = np.diff(line, prepend=-1) != 0
    kept = begins | (np.diff(points, axis=0, prepend=0) != 0).any(axis=1)
    if kind == "area":  # the last point is the first again
        kept &= ~np.append(begins[1:], True) | begins
    counts = np.bincount(line[kept], minlength=len(lines))
    good = counts >= (3 if kind == "area" else 2)
    outline = np.diff(of, prepend=-1) != 0
    seen = np.zeros(len(shapes), dtype=bool)
    seen[of[outline]] = good[outline]
    good &= seen[of]  # holes go with their outline
    parts = np.split(points[kept], np.cumsum(counts)[:-1])
    return [parts[index] for index in np.flatnonzero(good)], of[good]


def _text(rings: list[Units], corner: Units) -> str:
    return " ".join(coded(_steps(ring, corner)) for ring in rings)


def _steps(ring: Units, corner: Units) -> Iterator[int]:
    x, y = corner.tolist()
    points: list[list[Any]] = ring.tolist()
    for next_x, next_y in points:
        yield next_x - x
        yield next_y - y
        x, y = next_x, next_y
