"""Which areas lie beside each other."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray


def neighbours_of(areas: gpd.GeoSeries, *, gap: float = 0.0) -> list[NDArray[np.intp]]:
    """Give the neighbours of each area: those that share a border or a corner with it (queen contiguity).

    Parameters
    ----------
    areas
        (n,) polygons: districts, or the cells of a grid.
    gap
        Areas this far apart still count as touching, in the unit of the coordinates: for borders that were rounded or
        drawn apart. Use metres of a projected CRS, or about 1e-6 degrees for cells of a grid.

    Returns
    -------
    list of ndarray
        For each area the positions of its neighbours, rising; empty for an island and for an empty geometry.

    Raises
    ------
    ValueError
        If the gap is negative.

    Examples
    --------
    >>> from shapely.geometry import box
    >>> neighbours_of(gpd.GeoSeries([box(0, 0, 1, 1), box(1, 1, 2, 2), box(5, 5, 6, 6)]))[0]
    array([1])
    """
    if gap < 0:
        raise ValueError(f"the gap must not be negative, got {gap}")
    geometry = areas.to_numpy()
    here, there = areas.sindex.query(geometry, predicate="dwithin", distance=gap)
    other = here != there
    here, there = here[other], there[other]
    order = np.lexsort((there, here))
    ends = np.searchsorted(here[order], np.arange(len(areas) + 1))
    beside = there[order].astype(np.intp)
    return [beside[a:b] for a, b in pairwise(ends)]
