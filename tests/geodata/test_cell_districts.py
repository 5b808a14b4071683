"""Cells that stand in for districts: where people live, not too many, named after what is there."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import LineString, Point

from geodata.cell_districts import MOST, SIDE_M, cell_districts, is_cell, level_for, points_of
from geodata.osm.gazetteer import Gazetteer
from geodata.patterns.cells import side_m


def gazetteer() -> Gazetteer:
    marks = {"kind": ["village", "village"], "name_zh": ["张家村", ""], "name_en": ["Zhangjia Cun", ""]}
    where = [Point(109.62, 29.12), Point(100, 20)]
    street = {"name_zh": ["长街"], "name_en": ["Chang Jie"], "class": ["street"]}
    return Gazetteer(
        gpd.GeoDataFrame(marks, geometry=where, crs=4326),
        gpd.GeoDataFrame(street, geometry=[LineString([(109.72, 29.2), (109.78, 29.2)])], crs=4326),
    )


HOUSES = np.array([[109.62, 29.12], [109.6201, 29.1201], [109.728, 29.2], [109.77, 29.2], [109.4, 29.4]])


def test_every_house_lies_in_one_cell_which_is_called_after_what_is_there() -> None:
    found = cell_districts(HOUSES, gazetteer())
    inside = [np.flatnonzero(shapely.contains_xy(found.geometry.to_numpy(), *house)).tolist() for house in HOUSES]
    assert [len(one) for one in inside] == [1] * 5
    assert len(found) == len({one[0] for one in inside}) == 4
    names = found["name_en"].to_numpy()[[one[0] for one in inside]].tolist()
    assert names[:2] == ["Cell Zhangjia Cun"] * 2
    assert sorted(names[2:4]) == ["Cell Chang Jie", "Cell Chang Jie 2"]
    assert names[4] == "Cell 1"
    assert found["name_zh"].str.startswith("方格 ").all()
    assert found["code"].is_unique
    assert all(is_cell(code) for code in found["code"])
    assert not is_cell("330108")


def test_cells_are_of_a_size_that_can_be_compared() -> None:
    near = level_for(HOUSES)
    assert SIDE_M / 1.5 < side_m(near, 29.2) < SIDE_M * 1.5
    wide = np.random.default_rng(1).uniform([105.0, 27.0], [112.0, 33.0], (20_000, 2))
    assert level_for(wide) < near
    assert (
        len(cell_districts(wide[:3000], Gazetteer(gazetteer().landmarks.iloc[:0], gazetteer().streets.iloc[:0])))
        <= MOST
    )


def test_nobody_lives_nowhere() -> None:
    assert cell_districts(np.zeros((0, 2)), gazetteer()).empty
    line = gpd.GeoSeries([LineString([(1, 2), (3, 4)])])
    assert points_of(gpd.GeoSeries([]), line).tolist() == [[1, 2], [3, 4]]
    assert points_of(gpd.GeoSeries([Point(5, 6).buffer(1)]), line).shape == (1, 2)
