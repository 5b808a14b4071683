"""What is read from the small town's extract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from osmium.osm.mutable import Node

from geodata.osm.features import NoOsmFile, read_features
from geodata.osm.read import buildings_of, read_districts, read_streets
from tests.geodata.small_town import crossing


def test_lines_areas_and_places_have_their_class(town_pbf: Path) -> None:
    features = read_features(town_pbf)
    assert features.lines["class"].value_counts().to_dict() == {"street": 10, "primary": 1}
    assert features.areas["class"].value_counts().to_dict() == {"building": 12, "district": 2, "water": 1, "green": 1}
    assert features.places[["class", "name", "name_en"]].to_numpy().tolist() == [["town", "溪口", "Xikou"]]


def test_a_lake_keeps_its_island(town_pbf: Path) -> None:
    areas = read_features(town_pbf).areas
    lake = areas.loc[areas["name"] == "明湖", "geometry"].item()
    assert len(lake.geoms[0].interiors) == 1
    assert lake.area == pytest.approx(0.006**2 - 0.002**2)


def test_districts_are_polygons_with_their_code(town_pbf: Path) -> None:
    districts = read_districts(town_pbf)
    assert districts["code"].tolist() == ["D1", "D2"]
    assert districts.set_index("code").loc["D1", "geometry"].contains(shapely.Point(crossing(0, 0)))
    assert not districts.set_index("code").loc["D1", "geometry"].contains(shapely.Point(crossing(4, 0)))


def test_streets_are_one_row_a_name(town_pbf: Path) -> None:
    streets = read_streets(town_pbf).set_index("name_zh")
    assert streets.index.is_unique
    assert streets.loc["溪口大道", "class"] == "primary"
    assert streets.loc["一街", "name_en"] == "1 Jie"


def test_buildings_have_a_size_and_perhaps_levels(town_pbf: Path) -> None:
    buildings = buildings_of(read_features(town_pbf))
    assert buildings["area_m2"].to_numpy() == pytest.approx(0.0004 * 97_270 * 0.0002 * 110_850, rel=0.01)
    assert buildings["levels"].dropna().eq(6).all()
    assert buildings["levels"].isna().sum() == 1


def test_addresses_that_are_mapped_as_points_are_houses_too(town_pbf: Path, tmp_path: Path) -> None:
    mapped = [
        {"addr:street": "一街", "addr:housenumber": "7", "shop": "tea"},
        {"addr:place": "溪口村", "addr:housenumber": "3"},
        {"addr:street": "一街"},
        {"addr:housenumber": "9"},
    ]
    path = tmp_path / "doors.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for n, tags in enumerate(mapped):
            at = (float(crossing(n, 0)[0]), float(crossing(n, 0)[1]))
            writer.add_node(Node(id=n + 1, location=at, tags=tags, version=1))
    houses = buildings_of(read_features(path))
    said = houses[["street", "house_number", "kind"]].to_numpy().tolist()
    assert said == [["一街", "7", "door"], ["溪口村", "3", "door"]]
    assert houses[["lon", "lat"]].to_numpy() == pytest.approx(np.array([crossing(0, 0), crossing(1, 0)]), abs=1e-6)
    assert houses["area_m2"].isna().all()
    every = buildings_of(read_features(town_pbf))
    assert len(every) == 12
    assert not every["kind"].eq("door").any()


def test_what_is_no_extract_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_features(tmp_path / "none.osm.pbf")
    (tmp_path / "x.osm.pbf").write_bytes(b"PK\x03\x04")
    with pytest.raises(NoOsmFile):
        read_features(tmp_path / "x.osm.pbf")
