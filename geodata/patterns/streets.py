"""Points along the streets: the second-best comparison where nobody knows where all customers live.

A verdict against them must say so (null "roads"): dense housing has many people to little street.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray


def points_along(lines: gpd.GeoSeries, *, every_m: float = 50.0) -> NDArray[np.float64]:
    """Put points along lines at equal steps.

    Parameters
    ----------
    lines
        LineStrings or MultiLineStrings in a metric CRS.
    every_m
        The step; each part begins half a step in, and a part shorter than a step gets its middle.

    Returns
    -------
    ndarray
        (n, 2) metres.

    Examples
    --------
    >>> points_along(gpd.GeoSeries([shapely.LineString([(0, 0), (100, 0)])]), every_m=50)
    array([[25.,  0.],
           [75.,  0.]])
    """
    parts = shapely.get_parts(lines.dropna().to_numpy())
    length = shapely.length(parts)
    parts, length = parts[length > 0], length[length > 0]
    steps = np.maximum(1, np.rint(length / every_m)).astype(int)
    of = np.repeat(np.arange(len(parts)), steps)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(steps) - steps, steps)
    share = (nth + 0.5) / steps[of]
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(parts[of], share, normalized=True)))
