"""Cells of the ground in place of districts, where a region has no boundaries and a bank has brought none of its own.

The cells are squares of the web map (:mod:`geodata.patterns.cells`), as large as a town's quarter or a few villages,
and only those in which somebody lives. They say nothing of who governs what, so they are called cells wherever they
stand.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.osm.gazetteer import Gazetteer
from geodata.patterns.cells import FINEST, cell_numbers, column_row, polygons, side_m

#: a cell's side is the nearest to this that the web map has
SIDE_M = 6_000.0
#: more cells than this nobody compares: then larger ones are taken
MOST = 100
PREFIX = "cell-"


def is_cell(code: str) -> bool:
    """Say whether a district's code is a cell's.

    >>> is_cell("cell-12-3295-1702"), is_cell("330108")
    (True, False)
    """
    return code.startswith(PREFIX)


def cell_districts(lonlat: NDArray[np.float64], gazetteer: Gazetteer) -> gpd.GeoDataFrame:
    """Give the cells in which points lie, as districts.

    Parameters
    ----------
    lonlat
        (n, 2) degrees, WGS-84: where people live, else points of streets.
    gazetteer
        What places are called: a cell is named after what most of its points belong to.

    Returns
    -------
    GeoDataFrame
        code, name_zh, name_en, geometry (EPSG:4326), as a region's districts are; empty without points.
    """
    if not len(lonlat):
        return gpd.GeoDataFrame({"code": [], "name_zh": [], "name_en": []}, geometry=[], crs=4326)
    level = level_for(lonlat)
    numbers, which = np.unique(cell_numbers(lonlat, level), return_inverse=True)
    column, row = column_row(numbers)
    codes = [f"{PREFIX}{level}-{x}-{y}" for x, y in zip(column.tolist(), row.tolist(), strict=True)]
    called = gazetteer.names(lonlat, which.reshape(-1).astype(np.intp))
    taken: dict[str, int] = {}
    zh, en = [], []
    for name in called:
        taken[name.name_zh] = count = taken.get(name.name_zh, 0) + 1
        which_one = "" if count == 1 and name.name_zh else f" {count}"
        zh.append(f"方格 {name.name_zh}{which_one}".replace("  ", " "))
        en.append(f"Cell {name.name_en}{which_one}".replace("  ", " "))
    table = {"code": codes, "name_zh": zh, "name_en": en}
    found = gpd.GeoDataFrame(table, geometry=list(polygons(column, row, level)), crs=4326)
    return found.sort_values("code", ignore_index=True)


def level_for(lonlat: NDArray[np.float64]) -> int:
    """Give the level whose cells are nearest to ``SIDE_M``, or the finest coarser one of at most ``MOST`` cells."""
    lat = float(np.median(lonlat[:, 1]))
    level = min(range(FINEST + 1), key=lambda one: abs(np.log(side_m(one, lat) / SIDE_M)))
    while level and len(np.unique(cell_numbers(lonlat, level))) > MOST:
        level -= 1
    return level


def points_of(buildings: gpd.GeoSeries, streets: gpd.GeoSeries) -> NDArray[np.float64]:
    """Give a point of each building, or the points of the streets where no building is mapped."""
    if len(buildings):
        return shapely.get_coordinates(shapely.point_on_surface(buildings.to_numpy()))
    return shapely.get_coordinates(streets.to_numpy())
