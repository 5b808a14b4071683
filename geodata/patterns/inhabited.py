"""How many square kilometres of a region are lived in: a mountain county is large, its villages are small."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

CELL_M = 250.0


def inhabited_km2(lonlat: NDArray[np.float64], regions: gpd.GeoDataFrame, *, cell_m: float = CELL_M) -> pd.Series:
    """Give the inhabited area of each region.

    The ground is laid out in square cells; a cell in which one of the region's points lies is inhabited as far as it
    belongs to the region. A point on a border counts for each region it touches.

    Parameters
    ----------
    lonlat
        (n, 2) longitude and latitude (WGS-84) of where people live: customers or buildings. Rows with NaN are skipped.
    regions
        Column ``code`` and polygons, in a CRS that is declared.
    cell_m
        Side of a cell in metres.

    Returns
    -------
    Series
        km², indexed by code in the order of ``regions``. NaN where nobody is known to live: unknown, not empty.

    Raises
    ------
    ValueError
        If the regions have no CRS or no rows, or the cell no size.
    """
    if regions.crs is None or not len(regions) or not cell_m > 0:
        raise ValueError("regions need rows and a declared CRS, and cells a size")
    metric = regions[["code", "geometry"]].to_crs(regions.estimate_utm_crs())
    known = lonlat[np.isfinite(lonlat).all(axis=1)]
    to_metric = Transformer.from_crs(4326, metric.crs, always_xy=True)
    xy = np.column_stack(to_metric.transform(known[:, 0], known[:, 1]))
    km2 = [lived_in_m2(shape, xy, cell_m) / 1e6 for shape in metric.geometry]
    return pd.Series(km2, index=pd.Index(metric["code"]), dtype="float64", name="inhabited_km2")


def lived_in_m2(shape: BaseGeometry, xy: NDArray[np.float64], cell_m: float) -> float:
    """Give the area of the cells of one region in which a point lies, as far as they belong to it; NaN without one.

    Most points lie far inside and most cells too: a prepared outline tells so without being cut.
    """
    west, south, east, north = shape.bounds
    near = xy[(xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)]
    shapely.prepare(shape)
    inside = near[shapely.intersects_xy(shape, near[:, 0], near[:, 1])]
    if not len(inside):
        return float("nan")
    corners = np.unique(np.floor(inside / cell_m), axis=0) * cell_m
    squares = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + cell_m, corners[:, 1] + cell_m)
    whole = shapely.contains_properly(shape, squares)
    cut = shapely.intersection(squares[~whole], shape)
    return float(whole.sum()) * cell_m**2 + float(shapely.area(cut).sum())
