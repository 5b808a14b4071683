"""Inhabited ground by a region's map: its buildings, and its streets where hardly one is mapped."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.lived_in import lived_in
from geodata.patterns.inhabited import inhabited_km2
from geodata.roads import Region
from tests.geodata.small_town import LAT, LON

BUILT, STREETS_ONLY, EMPTY = (
    shapely.box(LON + east, LAT - 0.02, LON + east + 0.04, LAT + 0.02) for east in (0, 0.04, 0.08)
)


@pytest.fixture
def region(tmp_path: Path) -> Region:
    """A town with houses, a suburb of which only the streets are mapped, and a motorway through the country."""
    found = Region("r", tmp_path, "v", (LON, LAT - 0.02, LON + 0.12, LAT + 0.02), routable=False)
    rows = [(LON + 0.002 * n, LAT + 0.001 * (n % 3)) for n in range(1, 15)]
    pd.DataFrame(rows, columns=["lon", "lat"]).to_parquet(found.buildings)
    lines = [[(LON + 0.001, LAT), (LON + 0.07, LAT)], [(LON + 0.081, LAT), (LON + 0.11, LAT)]]
    shapes = [shapely.MultiLineString([line]) for line in lines]
    classes = {"class": ["street", "motorway"], "name_zh": ["长街", "高速"]}
    gpd.GeoDataFrame(classes, geometry=shapes, crs=4326).to_parquet(found.streets)
    return found


def test_buildings_tell_and_streets_where_hardly_one_is_mapped(region: Region) -> None:
    districts = gpd.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=[BUILT, STREETS_ONLY, EMPTY], crs=4326)
    found = lived_in(region, districts)
    houses = pd.read_parquet(region.buildings).to_numpy(float)
    assert found["a"] == inhabited_km2(houses, districts)["a"]
    assert found["b"] == pytest.approx(12 * 0.0625, rel=0.15)  # three kilometres of street, a cell to 250 m
    assert np.isnan(found["c"]), "nobody lives along a motorway"
