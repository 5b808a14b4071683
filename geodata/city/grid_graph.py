"""The raster as a graph, for cheapest ways across country."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from geodata.city.curves import Floats

_EIGHT = ((0, 1), (1, 0), (1, 1), (1, -1))
_SIXTEEN = (*_EIGHT, (1, 2), (2, 1), (2, -1), (1, -2))


def neighbours(cost: Floats, offsets: tuple[tuple[int, int], ...]) -> sparse.csr_array:
    """Join every cell with its neighbours; an edge costs its length in cells × the mean cost of its two ends.

    Parameters
    ----------
    cost
        Raster of costs per cell, above 0.
    offsets
        Row and column steps; each pair is joined once and serves both ways.
    """
    rows, columns = cost.shape
    number = np.arange(rows * columns).reshape(rows, columns)
    starts, ends, weights = [], [], []
    for down, across in offsets:
        here = (slice(0, rows - down), slice(max(0, -across), columns - max(0, across)))
        there = (slice(down, rows), slice(max(0, across), columns - max(0, -across)))
        starts.append(number[here].ravel())
        ends.append(number[there].ravel())
        weights.append((np.hypot(down, across) * (cost[here] + cost[there]) / 2).ravel())
    data = (np.concatenate(weights), (np.concatenate(starts), np.concatenate(ends)))
    return sparse.csr_array(sparse.coo_array(data, shape=(rows * columns, rows * columns)))


def eight_neighbours(cost: Floats) -> sparse.csr_array:
    """Join every cell with its eight neighbours."""
    return neighbours(cost, _EIGHT)


def sixteen_neighbours(cost: Floats) -> sparse.csr_array:
    """Join every cell with its sixteen neighbours (knight's moves too), so that ways are not octagonal."""
    return neighbours(cost, _SIXTEEN)
