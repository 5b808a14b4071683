"""The districts that a region has of itself: those that its extract maps, else cells of the ground."""

from __future__ import annotations

import geopandas as gpd

from geodata.cell_districts import cell_districts, points_of
from geodata.osm.features import Features
from geodata.osm.gazetteer import Gazetteer, landmarks_of
from geodata.osm.read import districts_of, streets_of


def shipped_districts(features: Features) -> gpd.GeoDataFrame:
    """Give the districts that an extract maps, cells of the ground where it maps none.

    Returns
    -------
    GeoDataFrame
        code, name_zh, name_en, geometry (EPSG:4326).
    """
    mapped = districts_of(features)
    return cells_of_extract(features) if mapped.empty else mapped


def cells_of_extract(features: Features) -> gpd.GeoDataFrame:
    """Give the cells of the ground of an extract, whether or not it maps districts."""
    streets = streets_of(features)
    buildings = features.areas[features.areas["class"] == "building"]
    lived_in = points_of(buildings.geometry, streets.geometry)
    return cell_districts(lived_in, Gazetteer(landmarks_of(features), streets))
