"""Groups are called what people call the place."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from geodata.osm.features import read_features
from geodata.osm.gazetteer import NAMELESS, Gazetteer, landmarks_of, read_gazetteer
from geodata.osm.read import streets_of
from geodata.projection import local_crs
from tests.geodata.small_town import crossing, write_town

LON, LAT = 109.6, 29.1
STEP = 0.001  # about 100 m


def table(rows, columns):
    return gpd.GeoDataFrame(
        {name: [row[k] for row in rows] for k, name in enumerate(columns)}, geometry=[row[-1] for row in rows], crs=4326
    )


def gazetteer(*landmarks, streets=()):
    return Gazetteer(table(landmarks, ("kind", "name_zh", "name_en")), table(streets, ("name_zh", "name_en", "class")))


def around(lon, lat, n=6, spread=0.0002):
    return np.array([lon, lat]) + np.random.default_rng(n).normal(0, spread, (n, 2))


ESTATE = ("estate", "锦湾花园", "Jinwan Garden", box(LON - STEP, LAT - STEP, LON + STEP, LAT + STEP))
VILLAGE = ("village", "刘家塘", "Liujiatang", Point(LON + 0.02, LAT))
TOWN = ("town", "石垄镇", "Shilong", Point(LON + 0.03, LAT + 0.01))
ROAD = ("解放路", "Jiefang Lu", "primary", LineString([(LON - 0.01, LAT + 0.0005), (LON + 0.03, LAT + 0.0005)]))
LANE = ("槐树巷", "", "street", LineString([(LON - 0.01, LAT + 0.0004), (LON + 0.03, LAT + 0.0004)]))


def named(known, *groups):
    lonlat = np.vstack(groups)
    labels = np.repeat(np.arange(len(groups)), [len(one) for one in groups])
    return known.names(lonlat, labels)


def test_estate_before_village_before_street_before_town():
    known = gazetteer(ESTATE, VILLAGE, TOWN, streets=[ROAD])
    at = (LON, LAT), (LON + 0.02, LAT), (LON + 0.008, LAT + 0.0005), (LON + 0.03, LAT + 0.01)
    groups = [around(*middle) for middle in at]
    assert [one.kind for one in named(known, *groups)] == ["estate", "village", "street", "town"]
    assert [one.name_en for one in named(known, *groups)] == ["Jinwan Garden", "Liujiatang", "Jiefang Lu", "Shilong"]


def test_an_estate_in_which_few_live_gives_no_name():
    inside, outside = around(LON, LAT, 2, 0.0001), around(LON + 0.006, LAT + 0.0005, 6, 0.0001)
    assert named(gazetteer(ESTATE, streets=[ROAD]), np.vstack([inside, outside]))[0].kind == "street"


def test_of_two_streets_along_which_as_many_live_the_larger_is_said():
    assert named(gazetteer(streets=[LANE, ROAD]), around(LON + 0.01, LAT + 0.0005))[0].name_zh == "解放路"


def test_a_name_in_one_language_serves_for_both():
    only = named(gazetteer(streets=[LANE]), around(LON + 0.01, LAT + 0.0004))[0]
    assert (only.name_zh, only.name_en) == ("槐树巷", "槐树巷")


def test_where_nothing_is_near_or_known_there_is_no_name():
    far = around(LON + 2, LAT)
    assert named(gazetteer(ESTATE, VILLAGE, TOWN, streets=[ROAD]), far) == [NAMELESS]
    assert named(gazetteer(), far) == [NAMELESS]
    assert gazetteer().names(np.zeros((0, 2)), np.zeros(0, int)) == []
    assert gazetteer(ESTATE).names(far, np.full(len(far), -1)) == []


def test_a_nameless_water_divides_but_names_nothing():
    known = gazetteer(("water", "", "", box(LON, LAT, LON + STEP, LAT + STEP)))
    assert named(known, around(LON, LAT)) == [NAMELESS]
    waters = known.waters(local_crs(LON, LAT))
    assert [shapely.area(one) for one in waters] == [pytest.approx(10_800, abs=600)]


def test_an_extract_gives_its_landmarks_and_an_old_region_has_streets_alone(tmp_path: Path):
    features = read_features(write_town(tmp_path / "town.osm.pbf"))
    marks, streets = landmarks_of(features), streets_of(features)
    assert {"town", "water"} <= set(marks["kind"])
    assert set(marks["kind"]) <= {"estate", "village", "town", "water"}
    marks.to_parquet(tmp_path / "landmarks.parquet")
    streets.to_parquet(tmp_path / "streets.parquet")
    group = crossing(2, 2) + np.random.default_rng(1).normal(0, 0.0003, (9, 2)) * [0, 1]
    for file in ("landmarks.parquet", "none.parquet"):
        known = read_gazetteer(tmp_path / file, tmp_path / "streets.parquet")
        assert known.names(group, np.zeros(9, int))[0].name_zh == "溪口大道"
    assert known.waters(local_crs(LON, LAT)) == []
