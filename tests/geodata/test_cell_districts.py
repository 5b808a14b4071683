"""Cells that stand in for districts: where people live, named after what is there, neighbours by their edges."""

from __future__ import annotations

import geopandas as gpd
import h3
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point

from geodata.cell_districts import (
    FINEST,
    MOST,
    cell_districts,
    cells_of,
    code_of,
    index_of,
    is_cell,
    points_of,
    polygon,
)
from geodata.cell_names import cell_names
from geodata.osm.gazetteer import Gazetteer
from geodata.patterns.contiguity import neighbours_of
from geodata.projection import local_crs


def gazetteer() -> Gazetteer:
    marks = {"kind": ["village", "village"], "name_zh": ["张家村", ""], "name_en": ["Zhangjia Cun", ""]}
    where = [Point(109.62, 29.12), Point(100, 20)]
    street = {"name_zh": ["长街"], "name_en": ["Chang Jie"], "class": ["street"]}
    return Gazetteer(
        gpd.GeoDataFrame(marks, geometry=where, crs=4326),
        gpd.GeoDataFrame(street, geometry=[LineString([(109.72, 29.2), (109.78, 29.2)])], crs=4326),
    )


HOUSES = np.array([[109.62, 29.12], [109.6201, 29.1201], [109.722, 29.2], [109.775, 29.2], [109.4, 29.4]])


def test_every_house_lies_in_one_cell_which_is_called_after_what_is_there() -> None:
    found = cell_districts(HOUSES, gazetteer())
    inside = [np.flatnonzero(shapely.contains_xy(found.geometry.to_numpy(), *house)).tolist() for house in HOUSES]
    assert [len(one) for one in inside] == [1] * 5
    assert len(found) == len({one[0] for one in inside}) == 4
    names = found["name_en"].to_numpy()[[one[0] for one in inside]].tolist()
    assert names[:2] == ["Zhangjia Cun area"] * 2
    assert sorted(names[2:4]) == ["Chang Jie area", "Chang Jie area 2"]
    assert names[4] == "Cell"
    assert set(found["name_zh"]) == {"张家村一带", "长街一带", "长街一带 2", "网格"}
    assert found["code"].is_unique
    assert all(is_cell(code) for code in found["code"])
    assert not is_cell("330108")


def test_a_name_that_two_cells_could_have_goes_to_the_one_with_more_of_it_and_large_streets_come_first() -> None:
    rows = [
        ("长街", "Chang Jie", "primary", [(109.70, 29.2), (109.80, 29.2)]),
        ("短街", "Duan Jie", "street", [(109.70, 29.2), (109.73, 29.2)]),
        ("巷一", "Xiang 1", "service", [(109.71, 29.2), (109.80, 29.2)]),
    ]
    table = {name: [row[n] for row in rows] for n, name in enumerate(("name_zh", "name_en", "class"))}
    streets = gpd.GeoDataFrame(table, geometry=[LineString(row[3]) for row in rows], crs=4326)
    nothing = gpd.GeoDataFrame({"kind": [], "name_zh": [], "name_en": []}, geometry=[], crs=4326)
    homes = np.array([[109.722, 29.2], [109.723, 29.2], [109.775, 29.2], [109.776, 29.2], [109.777, 29.2]])
    _, which = cells_of(homes)
    assert which[0] == which[1] != which[2] == which[3] == which[4]
    names = cell_names(homes, which, Gazetteer(nothing, streets))
    assert [names[cell].name_en for cell in which[1:3]] == ["Duan Jie", "Chang Jie"]
    assert names[which[0]].name_zh == "短街"


def test_a_cell_has_its_code_whoever_else_lives_in_the_region() -> None:
    whole = cell_districts(HOUSES, gazetteer())
    one = cell_districts(HOUSES[4:], gazetteer())
    assert one["code"].item() in set(whole["code"])
    assert index_of(one["code"].item()) == h3.latlng_to_cell(29.4, 109.4, FINEST)
    every = [cell for resolution in range(FINEST + 1) for cell in h3.grid_disk(h3.latlng_to_cell(29, 109, resolution))]
    assert [index_of(code_of(cell)) for cell in every] == every
    assert len({code_of(cell) for cell in every}) == len(every)


def test_cells_are_of_a_size_that_can_be_compared() -> None:
    near = cell_districts(HOUSES, gazetteer())
    km2 = near.to_crs(local_crs(109.6, 29.2)).area / 1e6
    assert 25 < km2.min() < km2.max() < 50
    wide = np.random.default_rng(1).uniform([105.0, 27.0], [112.0, 33.0], (3_000, 2))
    cells, which = cells_of(wide)
    assert {h3.get_resolution(cell) for cell in cells} == {3}
    assert len(cells) <= MOST
    assert len(set(which.tolist())) == len(cells)


def test_between_the_arc_and_the_straight_edge_a_house_still_lies_in_its_cell() -> None:
    """At resolution 4 an edge of 25 km bends by metres: some houses lie in H3's cell and in the next one's polygon."""
    one = h3.latlng_to_cell(50.0, 10.0, 4)
    corners = h3.cell_to_boundary(one)
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    straight = np.array([np.mean(edge, axis=0)[::-1] for edge in edges])
    between = (straight + np.array([_halfway(*edge) for edge in edges])) / 2
    by_h3 = np.array([h3.latlng_to_cell(lat, lon, 4) == one for lon, lat in between])
    assert (by_h3 & ~shapely.contains_xy(polygon(one), between)).any()
    around = np.random.default_rng(2).uniform([8.5, 48.5], [11.5, 51.5], (2_000, 2))
    cells, which = cells_of(np.vstack([between, around]))
    assert {h3.get_resolution(cell) for cell in cells} == {4}
    shapes = np.array([polygon(cell) for cell in cells])
    assert shapely.contains_xy(shapes[which[:6]], between).all()


def _halfway(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """Give longitude and latitude of the middle of an arc."""
    xyz = [
        (np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat))
        for lat, lon in (np.radians(a), np.radians(b))
    ]
    x, y, z = np.sum(xyz, axis=0)
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


@pytest.mark.parametrize("resolution", [4, 5, 6])
@pytest.mark.parametrize(
    "about",
    [(29.0, 109.0), (41.15, -8.6), (39.1, 122.3), (-17.0, 180.0), (89.99, 10.0), (-89.99, 10.0)],
    ids=["Yunxi", "Porto", "pentagon", "180th meridian", "north pole", "south pole"],
)
def test_neighbours_are_those_that_share_an_edge_anywhere_on_earth(about: tuple[float, float], resolution: int) -> None:
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(*about, resolution), 3))
    shapes = [polygon(cell) for cell in cells]
    assert all(one.is_valid and not one.is_empty for one in shapes)
    assert max(max(abs(shape.bounds[0]), abs(shape.bounds[2])) for shape in shapes) <= 180.0
    beside = neighbours_of(gpd.GeoSeries(shapes), gap=1e-6)
    expected = [[n for n, two in enumerate(cells) if two != one and h3.are_neighbor_cells(one, two)] for one in cells]
    assert [one.tolist() for one in beside] == expected
    middles = np.array([h3.cell_to_latlng(cell)[::-1] for cell in cells])
    assert shapely.contains_xy(np.array(shapes), middles).all()


def test_nobody_lives_nowhere() -> None:
    assert cell_districts(np.zeros((0, 2)), gazetteer()).empty
    assert points_of(gpd.GeoSeries([]), gpd.GeoSeries([])).shape == (0, 2)


def test_where_hardly_a_building_is_mapped_streets_say_where_people_live() -> None:
    line = gpd.GeoSeries([LineString([(1, 2), (3, 4), (5, 6)])])
    house, far = Point(5, 6).buffer(1e-4), Point(3, 4).buffer(1e-4)
    assert points_of(gpd.GeoSeries([]), line).tolist() == [[1, 2], [3, 4], [5, 6]]
    assert points_of(gpd.GeoSeries([house] * 3), line).shape == (6, 2)
    assert points_of(gpd.GeoSeries([house, far]), line).shape == (2, 2)
