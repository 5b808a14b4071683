"""What must be true of a grown city, on the demo city and on a small town of another seed."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import pytest
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from geodata.city import City, grow
from geodata.osm.features import read_features
from geodata.osm.gazetteer import Gazetteer, landmarks_of
from geodata.osm.labels import labels_of
from geodata.osm.write import OsmNode, OsmWay, write_pbf

_ROADS = {
    "motorway",
    "motorway_link",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
}


@pytest.fixture(params=["city", "town"])
def grown(request: pytest.FixtureRequest) -> City:
    return request.getfixturevalue(request.param)


def _places(grown: City) -> np.ndarray:
    return np.array([(node.lon, node.lat) for node in grown.elements.nodes])


def _kilometres(grown: City) -> dict[str, float]:
    """Length by class; numbers of nodes are 1, 2, 3 …, so a node's row is its number less one."""
    metres = _places(grown) * 111_195.0 * np.array([math.cos(math.radians(29.1)), 1.0])
    total: dict[str, float] = defaultdict(float)
    for way in grown.elements.ways:
        if "highway" in way.tags:
            line = metres[np.array(way.nodes) - 1]
            total[way.tags["highway"]] += float(np.hypot(*np.diff(line, axis=0).T).sum()) / 1000
    return total


def test_every_street_is_reached_from_every_other_along_the_one_way_signs(grown: City) -> None:
    starts, ends = [], []
    for way in grown.elements.ways:
        if way.tags.get("highway") in _ROADS:
            starts += way.nodes[:-1]
            ends += way.nodes[1:]
            if way.tags.get("oneway") != "yes":
                starts += way.nodes[1:]
                ends += way.nodes[:-1]
    count = len(grown.elements.nodes) + 1
    graph = sparse.coo_array((np.ones(len(starts)), (starts, ends)), shape=(count, count))
    part = csgraph.connected_components(graph, directed=True, connection="strong")[1]
    assert len(set(part[starts].tolist())) == 1


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(town_file: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.osm.pbf", tmp_path / "other.osm.pbf"
    grow(3, factor=0.3).write_pbf(again)
    grow(4, factor=0.3).write_pbf(other)
    assert again.read_bytes() == town_file.read_bytes()
    assert other.read_bytes() != town_file.read_bytes()


def test_lengths_by_class_are_those_of_a_city_of_this_size(city: City) -> None:
    km = _kilometres(city)
    streets = sum(length for highway, length in km.items() if highway not in ("service", "footway"))
    assert 1500 <= streets <= 3000
    for highway, low, high in (
        ("motorway", 60, 160),
        ("trunk", 35, 60),
        ("primary", 110, 300),
        ("secondary", 80, 350),
        ("tertiary", 200, 600),
        ("residential", 700, 1800),
        ("service", 400, 1200),
    ):
        assert low <= km[highway] <= high, (highway, km[highway])


def test_the_districts_are_ten_valid_and_apart_and_cover_the_ground(grown: City) -> None:
    table = grown.districts
    assert len(table) == 10
    assert table["code"].is_unique
    assert table["name_zh"].is_unique
    assert table["name_en"].is_unique
    areas = table.geometry.to_numpy()
    assert shapely.is_valid(areas).all()
    assert all(area.geom_type == "Polygon" for area in areas)
    whole = shapely.union_all(areas)
    assert whole.area == pytest.approx(sum(area.area for area in areas), rel=1e-6)
    assert set(grown.ground["district"]) <= set(table["code"])
    at = grown.ground.iloc[:: max(1, len(grown.ground) // 500)]
    for _, row in at.iterrows():
        area = table.loc[table["code"] == row["district"]].geometry.iloc[0]
        assert area.distance(shapely.Point(row["lon"], row["lat"])) < 1e-5


def test_street_names_are_whole_and_no_name_is_used_in_two_places(grown: City) -> None:
    points = _places(grown)
    reach: dict[str, list[np.ndarray]] = defaultdict(list)
    for way in grown.elements.ways:
        tags = way.tags
        if "highway" in tags and "name" in tags:
            assert tags["name"] == tags["name:zh"] != ""
            assert tags["name:en"].isascii()
            assert tags["name:en"] == tags["name:en"].strip() != ""
            reach[tags["name"]].append(points[np.array(way.nodes) - 1])
        if tags.get("highway") in ("trunk", "primary", "secondary", "tertiary"):
            assert "name" in tags
    named = [name for name in reach if not name.startswith(("滨江", "环湖", "云环"))]
    assert len(named) > 50
    apart = 0
    for name in named:
        graph = shapely.union_all([shapely.LineString(line) for line in reach[name]])
        # One street: its pieces hang together but for a crossing or two.
        apart += len(shapely.get_parts(shapely.union_all(graph.buffer(6e-4)))) > 1
    assert apart <= 0.02 * len(named)


def test_the_ground_has_every_zone_and_customers_where_people_live(city: City) -> None:
    ground = city.ground
    counts = ground["zone"].value_counts()
    for zone, low, high in (
        ("estate", 5_000, 20_000),
        ("grid", 8_000, 30_000),
        ("old_town", 4_000, 15_000),
        ("township", 2_000, 10_000),
        ("village", 2_000, 10_000),
        ("works", 300, 3_000),
        ("shops", 800, 6_000),
    ):
        assert low <= counts[zone] <= high, (zone, counts[zone])
    share = ground.groupby("zone")["weight"].sum() / ground["weight"].sum()
    for zone, wanted in (("estate", 0.55), ("grid", 0.20), ("old_town", 0.16), ("township", 0.06), ("village", 0.04)):
        assert share[zone] == pytest.approx(wanted, abs=0.05), zone


def test_every_building_has_an_address_of_its_own(grown: City) -> None:
    ground = grown.ground
    assert (ground["weight"] > 0).all()
    assert (ground["levels"] >= 1).all()
    for column in ("street_zh", "street_en", "house_number"):
        assert ground[column].str.len().gt(0).all()
    assert not ground.duplicated(["street_zh", "house_number"]).any()


def test_no_building_stands_in_water_or_in_another(grown: City) -> None:
    points = _places(grown)
    water, buildings = [], []
    for way in grown.elements.ways:
        if "building" in way.tags:
            buildings.append(shapely.Polygon(points[np.array(way.nodes) - 1]))
        elif way.tags.get("natural") == "water":
            water.append(shapely.Polygon(points[np.array(way.nodes) - 1]).buffer(0))
    assert len(water) >= 5
    assert len(buildings) == len(grown.ground)
    tree = shapely.STRtree(buildings)
    assert len(tree.query(water, predicate="intersects")[0]) == 0
    a, _b = tree.query(buildings, predicate="overlaps")
    assert len(a) == 0


def test_few_bridges_cross_the_river(city: City) -> None:
    points = _places(city)
    river = max(
        (
            shapely.Polygon(points[np.array(way.nodes) - 1])
            for way in city.elements.ways
            if way.tags.get("water") == "river"
        ),
        key=lambda area: area.area,
    )
    middle = next(way for way in city.elements.ways if way.tags.get("name") == "云溪" and "waterway" in way.tags)
    line = shapely.LineString(points[np.array(middle.nodes) - 1])
    roads = [way for way in city.elements.ways if "highway" in way.tags]
    crossing = [way for way in roads if shapely.LineString(points[np.array(way.nodes) - 1]).crosses(line)]
    assert 7 <= len(crossing) <= 14
    assert all(way.tags.get("bridge") == "yes" for way in crossing)
    assert river.area > 0


def test_hot_spots_and_branches_are_where_people_are(grown: City) -> None:
    assert len(grown.hot_spots) == 9
    assert (grown.hot_spots["radius_m"] == 650.0).all()
    assert grown.hot_spots["strength"].between(0.5, 1.0).all()
    assert len(grown.branch_sites) == 3
    assert grown.branch_sites["name_zh"].is_unique
    homes = set(zip(grown.ground["lon"], grown.ground["lat"], strict=True))
    for table in (grown.hot_spots, grown.branch_sites):
        assert set(zip(table["lon"], table["lat"], strict=True)) <= homes


def test_the_file_reads_back_as_it_was_written(town: City, town_file: Path) -> None:
    counts: dict[str, int] = defaultdict(int)
    for item in osmium.FileProcessor(str(town_file)):
        counts[item.type_str()] += 1
        if item.type_str() == "n" and item.id == 1:
            assert (item.lon, item.lat) == pytest.approx((town.elements.nodes[0].lon, town.elements.nodes[0].lat))
    elements = town.elements
    assert counts == {"n": len(elements.nodes), "w": len(elements.ways), "r": len(elements.relations)}
    borders = [r for r in elements.relations if r.tags.get("boundary") == "administrative"]
    assert len(borders) == 10
    assert {r.tags["admin_level"] for r in borders} == {"6"}


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "x.osm.pbf"
    write_pbf(path, [OsmNode(1, 109.6, 29.1)], [], [])
    before = path.read_bytes()
    with pytest.raises((TypeError, RuntimeError)):
        write_pbf(path, [OsmNode(1, 109.6, 29.1)], [OsmWay(1, ["no number"], {})], [])  # type: ignore[list-item]
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match=r"osm\.pbf"):
        write_pbf(tmp_path / "x.txt", [], [], [])


def test_estates_are_named_once_and_lie_apart(city: City, tmp_path) -> None:
    city.write_pbf(tmp_path / "city.osm.pbf")
    features = read_features(tmp_path / "city.osm.pbf")
    marks = landmarks_of(features)
    estates = marks[marks["kind"] == "estate"]
    assert len(estates) > 100
    assert estates["name_zh"].is_unique
    flat = estates.to_crs(estates.estimate_utm_crs()).geometry
    pairs = shapely.STRtree(flat.to_numpy()).query(flat.to_numpy(), predicate="overlaps").T
    shared = [shapely.intersection(flat.iloc[a], flat.iloc[b]).area for a, b in pairs if a < b]
    assert sum(shared) < 0.001 * flat.area.sum()
    assert {"estate"} < {one.kind for one in labels_of(features)}

    one = estates.iloc[7]
    people = np.column_stack(shapely.get_coordinates(one.geometry.representative_point()).T).repeat(4, axis=0)
    streets = gpd.GeoDataFrame({"name_zh": [], "name_en": [], "class": []}, geometry=[], crs=4326)
    (name,) = Gazetteer(marks, streets).names(people, np.zeros(4, dtype=np.intp))
    assert (name.kind, name.name_zh) == ("estate", one["name_zh"])
