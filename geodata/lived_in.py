"""How many square kilometres of districts are lived in by a region's map: where its buildings stand.

Where hardly a building of a district is mapped, as in many extracts, its streets count too: of the kinds along which
people live, not those that lead through the country.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geodata.patterns.inhabited import inhabited_km2
from geodata.patterns.streets import points_along
from geodata.projection import local_crs
from geodata.roads.region import Region

#: buildings are mapped in a district where they take at least this share of the ground that its streets take
MAPPED = 0.5
#: a street has a point in each cell that it passes
EVERY_M = 100.0
LIVED_ALONG = ("street", "tertiary", "secondary", "service", "path")


def lived_in(region: Region, districts: gpd.GeoDataFrame) -> pd.Series:
    """Give the inhabited km² of districts (``code``, geometry in a CRS that is declared) by a region's map.

    Returns
    -------
    Series
        As :func:`geodata.patterns.inhabited.inhabited_km2`: NaN where neither a building nor a street is known.
    """
    houses = pd.read_parquet(region.buildings, columns=["lon", "lat"]).to_numpy(float)
    streets = gpd.read_parquet(region.streets)
    lines = streets.loc[streets["class"].isin(LIVED_ALONG), "geometry"]
    west, south, east, north = region.bounds
    plane = local_crs((west + east) / 2, (south + north) / 2)
    along = points_along(lines.to_crs(plane), every_m=EVERY_M)
    points = gpd.GeoSeries(gpd.points_from_xy(*along.T), crs=plane).to_crs(4326)
    beside = np.column_stack([points.x, points.y])
    built, passed = inhabited_km2(houses, districts), inhabited_km2(beside, districts)
    hardly = passed.notna() & ~(built >= MAPPED * passed)
    return built.where(~hardly, inhabited_km2(np.vstack([houses, beside]), districts)) if hardly.any() else built
