"""What people call a place: the estate, village or street that most of some points lie in, and the waters between."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.osm.features import STREET_CLASSES, Features
from geodata.projection import local_crs

#: a point belongs to a village, or an estate mapped as a point, or a street, that is no further away
NEAR_M = {"estate": 250.0, "village": 700.0, "street": 120.0}
#: a town's name is given to what has no better one, if it is no further away
TOWN_M = 5_000.0
#: the share of the points that must belong to an estate or a village
MOST = 0.5

Kind = Literal["estate", "village", "street", "town", ""]
#: named after these only if most of the points lie in one
OF_MOST: tuple[Kind, ...] = ("estate", "village")


@dataclass(frozen=True)
class PlaceName:
    """What people call a place, in Chinese (or the local language) and Latin letters; all empty where not known."""

    kind: Kind
    name_zh: str
    name_en: str


NAMELESS = PlaceName("", "", "")


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Names and waters of a region, WGS-84.

    ``landmarks``: ``kind`` (estate, village, town, water), ``name_zh``, ``name_en``, geometry (points or areas; a water
    may have no name). ``streets``: ``name_zh``, ``name_en``, ``class``, geometry.
    """

    landmarks: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame

    def names(self, lonlat: NDArray[np.float64], labels: NDArray[np.intp]) -> list[PlaceName]:
        """Name the groups 0, 1, … of points.

        An estate or a village in which at least half of the points lie; else the street along which most lie (of equal
        ones the larger); else the town nearby.

        Parameters
        ----------
        lonlat
            (n, 2) degrees, all finite.
        labels
            (n,) groups from 0 on, -1 none.
        """
        if not len(lonlat) or labels.max() < 0:
            return []
        plane = local_crs(*lonlat.mean(axis=0))
        points = gpd.GeoSeries(gpd.points_from_xy(*lonlat.T), crs=4326).to_crs(plane).to_numpy()
        marks, streets = flat(self.landmarks, plane), flat(self.streets, plane)
        kinds = {kind: marks[marks["kind"] == kind].reset_index(drop=True) for kind in ("estate", "village", "town")}
        shapes = {kind: table.geometry.to_numpy() for kind, table in (kinds | {"street": streets}).items()}
        trees = {kind: shapely.STRtree(geometry) for kind, geometry in shapes.items()}
        found = []
        for group in range(int(labels.max()) + 1):
            mine = points[labels == group]
            name = None
            for kind in OF_MOST:
                rows = trees[kind].query_nearest(mine, max_distance=NEAR_M[kind], all_matches=False)[1]
                name = name or _commonest(kinds[kind], rows, kind, at_least=MOST * len(mine))
            if name is None:
                rows = trees["street"].query(mine, "dwithin", NEAR_M["street"])[1]
                name = _commonest(streets, rows, "street", at_least=1)
            if name is None:
                rows = trees["town"].query_nearest(mine, max_distance=TOWN_M, all_matches=False)[1]
                name = _commonest(kinds["town"], rows, "town", at_least=1)
            found.append(name or NAMELESS)
        return found

    def waters(self, plane: object) -> list[BaseGeometry]:
        """Give the areas of water in another coordinate system."""
        water = self.landmarks[self.landmarks["kind"] == "water"]
        return list(water.geometry.to_crs(plane).make_valid()) if len(water) else []


def landmarks_of(features: Features) -> gpd.GeoDataFrame:
    """Gather what groups are named after and divided by.

    Returns
    -------
    GeoDataFrame
        ``kind``: estate (a named residential area, a neighbourhood), village, town (towns, suburbs and cities) or water
        (named or not); ``name_zh``, ``name_en``; geometry, EPSG:4326.
    """
    areas, places = features.areas, features.places
    kind = places["class"].replace({"city": "town"})
    named = areas[(areas["class"] == "residential") & (areas["name_zh"] != "")]
    water = areas[areas["class"] == "water"]
    tables = [
        table[["name_zh", "name_en", "geometry"]].assign(kind=what)
        for table, what in ((named, "estate"), (places, kind), (water, "water"))
    ]
    columns = ["kind", "name_zh", "name_en", "geometry"]
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True)[columns], geometry="geometry", crs=4326)


def read_gazetteer(landmarks: Path, streets: Path) -> Gazetteer:
    """Read a region's names; one that was built before landmarks were written has streets alone."""
    known = gpd.read_parquet(landmarks) if landmarks.is_file() else _no_landmarks()
    return Gazetteer(known, gpd.read_parquet(streets))


def _no_landmarks() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"kind": [], "name_zh": [], "name_en": []}, geometry=[], crs=4326)


def flat(table: gpd.GeoDataFrame, plane: object) -> gpd.GeoDataFrame:
    """Give what of a table has a name, in another coordinate system."""
    known = table[(table["name_zh"].fillna("") != "") | (table["name_en"].fillna("") != "")]
    return known.to_crs(plane).reset_index(drop=True)


def _commonest(table: pd.DataFrame, rows: NDArray[np.intp], kind: Kind, *, at_least: float) -> PlaceName | None:
    """Give the name that occurs most, the larger street of equal ones, else the first by name."""
    counts = Counter(rows.tolist())
    if not counts or max(counts.values()) < at_least:
        return None
    size = {name: rank for rank, name in enumerate(STREET_CLASSES)}
    best = table.iloc[sorted(counts)].assign(times=[counts[row] for row in sorted(counts)])
    best["size"] = best["class"].map(size) if "class" in best else 0
    one = best.sort_values(["times", "size", "name_zh"], ascending=[False, True, True]).iloc[0]
    zh, en = (str(one[name] or "") for name in ("name_zh", "name_en"))
    return PlaceName(kind, zh or en, en or zh)
