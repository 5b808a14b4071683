"""Inhabited area, and points along the streets."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.patterns.inhabited import inhabited_km2
from geodata.patterns.streets import points_along

WEST, EAST = shapely.box(114.00, 30.00, 114.05, 30.05), shapely.box(114.05, 30.00, 114.10, 30.05)


def regions():
    """Two neighbouring districts and one far away."""
    far = shapely.box(114.5, 30.5, 114.6, 30.6)
    return gpd.GeoDataFrame({"code": ["w", "e", "f"]}, geometry=[WEST, EAST, far], crs=4326)


def test_one_house_is_one_cell_and_ten_in_it_are_no_more():
    one = inhabited_km2(np.array([[114.02, 30.02]]), regions())
    ten = inhabited_km2(np.array([[114.02, 30.02]] * 10), regions())
    assert one["w"] == pytest.approx(0.0625)
    assert ten["w"] == one["w"]


def test_nobody_is_unknown_not_empty_and_the_order_is_kept():
    found = inhabited_km2(np.array([[114.02, 30.02], [np.nan, 30.0]]), regions())
    assert list(found.index) == ["w", "e", "f"]
    assert np.isnan(found["e"])
    assert np.isnan(found["f"])


def test_a_full_region_is_its_own_area_and_no_more():
    lon, lat = np.meshgrid(np.linspace(114.0, 114.05, 120), np.linspace(30.0, 30.05, 120))
    found = inhabited_km2(np.column_stack([lon.ravel(), lat.ravel()]), regions())
    area = regions().to_crs(32650).area[0] / 1e6
    assert found["w"] == pytest.approx(area, rel=0.01)
    assert np.isnan(found["f"])


def test_more_houses_never_make_it_smaller():
    rng = np.random.default_rng(51)
    houses = rng.uniform([114.0, 30.0], [114.1, 30.05], (300, 2))
    some, all_ = inhabited_km2(houses[:100], regions()), inhabited_km2(houses, regions())
    assert (all_[["w", "e"]] >= some[["w", "e"]]).all()


def test_regions_need_a_declared_crs():
    with pytest.raises(ValueError, match="CRS"):
        inhabited_km2(np.zeros((1, 2)), gpd.GeoDataFrame({"code": ["w"]}, geometry=[WEST]))


def test_points_along_streets_are_equally_far_apart():
    lines = gpd.GeoSeries(
        [
            shapely.LineString([(0, 0), (0, 30), (70, 30)]),
            None,
            shapely.MultiLineString([[(0, 0), (9, 0)], [(0, 5), (0, 5)]]),
        ]
    )
    found = points_along(lines, every_m=50)
    assert found == pytest.approx(np.array([[0, 25], [45, 30], [4.5, 0]]))
