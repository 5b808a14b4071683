"""What the product reads from an OpenStreetMap file: districts, streets, buildings and the basemap."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.osm.basemap import Basemap, basemap_of
from geodata.osm.features import STREET_CLASSES, Features, read_features

LEVELS = (6, 8, 7, 9, 10, 5, 4)  # which administrative level is taken for districts, the first that is there


def read_basemap(pbf: Path) -> Basemap:
    """Read the layers and labels of the offline basemap.

    Raises
    ------
    FileNotFoundError, NoOsmFile
        As :func:`geodata.osm.features.read_features`.
    """
    return basemap_of(read_features(pbf))


def read_districts(pbf: Path) -> gpd.GeoDataFrame:
    """Read the districts: code, name_zh, name_en, geometry (EPSG:4326). See :func:`districts_of`."""
    return districts_of(read_features(pbf))


def read_streets(pbf: Path) -> gpd.GeoDataFrame:
    """Read the street index: name_zh, name_en, class, geometry (EPSG:4326). See :func:`streets_of`."""
    return streets_of(read_features(pbf))


def districts_of(features: Features) -> gpd.GeoDataFrame:
    """Pick the districts among the areas.

    Returns
    -------
    GeoDataFrame
        code (the boundary's ref, else its OpenStreetMap number), name_zh, name_en, geometry; one administrative level,
        6 where there is one (county or district in China); sorted by code; empty where no boundary is mapped.
    """
    areas = features.areas[features.areas["class"] == "district"]
    level = next((level for level in LEVELS if (areas["admin_level"] == level).any()), None)
    chosen = areas[areas["admin_level"] == level].copy()
    chosen["code"] = np.where(chosen["ref"] != "", chosen["ref"], chosen["osm_id"].astype(str))
    table = chosen.dissolve("code", as_index=False) if chosen["code"].duplicated().any() else chosen
    return table[["code", "name_zh", "name_en", "geometry"]].sort_values("code", ignore_index=True)


def streets_of(features: Features) -> gpd.GeoDataFrame:
    """Gather the named streets.

    Returns
    -------
    GeoDataFrame
        One row a name: name_zh, name_en, class (the highest of its parts), geometry (MultiLineString), sorted by name.
    """
    lines = features.lines
    named = lines[(lines["name_zh"] != "") & lines["class"].isin(STREET_CLASSES)].copy()
    named["rank"] = named["class"].map({name: rank for rank, name in enumerate(STREET_CLASSES)})
    named = named.sort_values(["name_zh", "rank"], kind="stable")
    groups = named.groupby("name_zh", sort=True)
    table = groups[["name_en", "class"]].first().reset_index()
    shapes = [shapely.multilinestrings(list(group)) for _, group in groups["geometry"]]
    columns = ["name_zh", "name_en", "class"]
    return gpd.GeoDataFrame(table[columns], geometry=shapes, crs=4326)


def buildings_of(features: Features, districts: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    """List the buildings, and the doors that are mapped as points; ``districts`` in place of the extract's own.

    Returns
    -------
    DataFrame
        lon and lat of a point inside (WGS-84), area_m2 of the ground it covers (NaN of a door), levels (NaN where not
        mapped), kind ("door" of a door), street and house_number of its address and district, the code of the district
        it lies in ("" where unknown).
    """
    buildings = features.areas[features.areas["class"] == "building"]
    doors = features.doors
    inside = shapely.get_coordinates(
        [*shapely.point_on_surface(buildings.geometry.to_numpy()), *doors.geometry.to_numpy()]
    )
    flat = buildings.geometry.to_crs(buildings.estimate_utm_crs()) if len(buildings) else buildings.geometry
    unknown = np.full(len(doors), np.nan)
    return pd.DataFrame(
        {
            "lon": inside[:, 0],
            "lat": inside[:, 1],
            "area_m2": np.append(shapely.area(flat.to_numpy()), unknown),
            "levels": np.append(buildings["levels"].to_numpy(dtype=np.float64), unknown),
            "kind": [*buildings["kind"], *["door"] * len(doors)],
            "street": [*buildings["street"], *doors["street"]],
            "house_number": [*buildings["house_number"], *doors["house_number"]],
            "district": district_at(inside, districts_of(features) if districts is None else districts),
        }
    )


def district_at(lonlat: NDArray[np.float64], districts: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Give the code of the district in which each point lies, "" where in none."""
    codes = np.full(len(lonlat), "", dtype=object)
    for code, shape in zip(districts["code"], districts.geometry, strict=True):
        shapely.prepare(shape)
        codes[(codes == "") & shapely.contains_xy(shape, lonlat[:, 0], lonlat[:, 1])] = str(code)
    return codes
