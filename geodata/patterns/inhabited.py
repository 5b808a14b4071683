"""How many square kilometres of a region are lived in: a mountain county is large, its villages are small."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

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
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(known[:, 0], known[:, 1]), crs=4326).to_crs(metric.crs)
    inside = points.sjoin(metric, predicate="intersects")
    corner = np.floor(shapely.get_coordinates(inside.geometry.to_numpy()) / cell_m)
    cells = pd.DataFrame({"code": inside["code"].to_numpy(), "x": corner[:, 0], "y": corner[:, 1]}).drop_duplicates()
    west, south = cells["x"].to_numpy() * cell_m, cells["y"].to_numpy() * cell_m
    squares = shapely.box(west, south, west + cell_m, south + cell_m)
    shapes = metric.set_index("code").geometry
    area_m2 = shapely.area(shapely.intersection(squares, shapes.loc[cells["code"]].to_numpy()))
    km2 = pd.Series(area_m2 / 1e6, index=cells["code"].to_numpy()).groupby(level=0).sum()
    return km2.reindex(shapes.index).rename("inhabited_km2")
