"""Cells of the ground in place of districts, where a region has no boundaries and a bank has brought none of its own.

The cells are hexagons of H3: of about equal area wherever they lie, each with its six neighbours along an edge and none
at a corner, as comparing areas by density and testing them against their neighbours wants (docs/decisions/0033). They
are as large as a town's quarter or a few villages, and only those in which somebody lives. They say nothing of who
governs what, so they are called cells wherever they stand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from geodata.cell_names import cell_names
from geodata.osm.gazetteer import Gazetteer, PlaceName

#: H3's resolution at which cells have about 36 km²; each coarser one has seven times that
FINEST = 6
#: more cells than this nobody compares: then larger ones are taken
MOST = 100
#: buildings are mapped where so many of the cells with a street have one
HALF = 0.5
#: streets have a point where they bend; about 200 m say as much
APART_DEGREES = 0.002
PREFIX = "h3-"
_HAN = re.compile(r"[\u3400-\u9fff]$")
#: regions that were built before have squares of the web map
EARLIER = "cell-"


def is_cell(code: str) -> bool:
    """Say whether a district's code is a cell's.

    >>> is_cell("h3-8631aa437"), is_cell("cell-12-3295-1702"), is_cell("330108")
    (True, True, False)
    """
    return code.startswith((PREFIX, EARLIER))


def written_earlier(districts: str) -> bool:
    """Say whether a file of districts holds squares, or cells by the names that they had at first.

    >>> written_earlier('{"code": "h3-8631aa437", "name_zh": "网格 Beco 1 2", "name_en": "Cell Beco 1 2"}')
    True
    >>> written_earlier('{"code": "h3-8631aa437", "name_zh": "网格 2", "name_en": "Cell 2"}')
    False
    """
    return (
        f'"code": "{EARLIER}' in districts
        or re.search(r'"code": "h3-[^"]*", "name_zh": "网格 \D', districts) is not None
    )


def code_of(cell: str) -> str:
    """Give the code of a cell by its index: without the "f" that fill every index up to fifteen signs.

    >>> code_of("8631aa437ffffff")
    'h3-8631aa437'
    """
    return PREFIX + cell.rstrip("f")


def index_of(code: str) -> str:
    """Give the index of a cell, as other programs know it, by its code.

    >>> index_of("h3-8631aa437")
    '8631aa437ffffff'
    """
    return code.removeprefix(PREFIX).ljust(15, "f")


def cell_districts(lonlat: NDArray[np.float64], gazetteer: Gazetteer) -> gpd.GeoDataFrame:
    """Give the cells in which points lie, as districts.

    Parameters
    ----------
    lonlat
        (n, 2) degrees, WGS-84: where people live, else points of streets.
    gazetteer
        What places are called: see :mod:`geodata.cell_names`.

    Returns
    -------
    GeoDataFrame
        code, name_zh, name_en, geometry (EPSG:4326), as a region's districts are; empty without points.
    """
    if not len(lonlat):
        return gpd.GeoDataFrame({"code": [], "name_zh": [], "name_en": []}, geometry=[], crs=4326)
    cells, which = cells_of(lonlat)
    zh, en = called(cell_names(lonlat, which, gazetteer))
    table = {"code": [code_of(cell) for cell in cells], "name_zh": zh, "name_en": en}
    found = gpd.GeoDataFrame(table, geometry=[polygon(cell) for cell in cells], crs=4326)
    return found.sort_values("code", ignore_index=True)


def called(names: Sequence[PlaceName]) -> tuple[list[str], list[str]]:
    """Write the names of cells in Chinese and in English; only those that are alike are numbered.

    >>> called([PlaceName("village", "北湖村", "Beihu Cun"), PlaceName("street", "Rua A", "Rua A")])
    (['北湖村一带', 'Rua A 一带'], ['Beihu Cun area', 'Rua A area'])
    >>> called([PlaceName("", "", "")] * 2)
    (['网格', '网格 2'], ['Cell', 'Cell 2'])
    """
    zh = [f"{one.name_zh}{'' if _HAN.search(one.name_zh) else ' '}一带" if one.name_zh else "网格" for one in names]
    en = [f"{one.name_en} area" if one.name_en else "Cell" for one in names]
    return _numbered(zh), _numbered(en)


def _numbered(names: Sequence[str]) -> list[str]:
    counts = Counter[str]()
    told = []
    for name in names:
        counts[name] += 1
        told.append(name if counts[name] == 1 else f"{name} {counts[name]}")
    return told


def cells_of(lonlat: NDArray[np.float64]) -> tuple[list[str], NDArray[np.intp]]:
    """Give the finest cells of which there are at most ``MOST``, rising, and in which of them each point lies.

    A cell's edges are straight lines in degrees here and arcs on the globe to H3, metres apart. A point
    between the two belongs to the cell whose polygon it lies in.
    """
    import h3

    resolution = FINEST + 1
    cells = np.array([], dtype=str)
    while not len(cells) or (resolution and len(np.unique(cells)) > MOST):
        resolution -= 1
        cells = np.array(_indices(lonlat, resolution))
    names, which = np.unique(cells, return_inverse=True)
    shapes = np.array([polygon(cell) for cell in names], dtype=object)
    for n in np.flatnonzero(~shapely.contains_xy(shapes[which.reshape(-1)], lonlat)):
        beside = (one for one in h3.grid_ring(str(cells[n]), 1) if shapely.contains_xy(polygon(one), *lonlat[n]))
        cells[n] = next(beside, cells[n])
    names, which = np.unique(cells, return_inverse=True)
    return names.tolist(), which.reshape(-1).astype(np.intp)


def polygon(cell: str) -> BaseGeometry:
    """Give a cell's polygon, degrees (WGS-84); cut in two at the 180th meridian, round a pole filled up to it."""
    import h3

    lat, lon = np.array(h3.cell_to_boundary(cell)).T
    lon = np.unwrap(np.append(lon, lon[0]), period=360.0)
    ring = np.column_stack([lon, np.append(lat, lat[0])])
    if abs(lon[-1] - lon[0]) > 180.0:
        pole = np.copysign(90.0, lat[0])
        ring = np.vstack([ring, [[lon[-1], pole], [lon[0], pole]]])
    whole = shapely.Polygon(ring)
    west, _, east, _ = whole.bounds
    if west >= -180.0 and east <= 180.0:
        return whole
    turned = (translate(whole, turn) for turn in (-360.0, 0.0, 360.0))
    parts = (shapely.intersection(one, shapely.box(-180.0, -90.0, 180.0, 90.0)) for one in turned)
    return shapely.union_all([one for one in parts if one.area])


def points_of(buildings: gpd.GeoSeries, streets: gpd.GeoSeries) -> NDArray[np.float64]:
    """Give where people live: a point of each building.

    Where hardly any building is mapped (fewer than half as many cells have one as have a street), points of the streets
    are given too, one in each square of ``APART_DEGREES``.
    """
    houses = shapely.get_coordinates(shapely.point_on_surface(buildings.to_numpy()))
    along = shapely.get_coordinates(streets.to_numpy())
    along = along[np.sort(np.unique(np.round(along / APART_DEGREES), axis=0, return_index=True)[1])]
    if len(set(_indices(houses, FINEST))) >= HALF * len(set(_indices(along, FINEST))):
        return houses
    return np.vstack([houses, along])


def _indices(lonlat: NDArray[np.float64], resolution: int) -> list[str]:
    import h3

    return [h3.latlng_to_cell(lat, lon, resolution) for lon, lat in lonlat.tolist()]
