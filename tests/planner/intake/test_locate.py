"""The street index: house, street or district, each with its accuracy, else nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from planner.intake.locate import StreetIndex


@pytest.fixture(scope="module")
def index() -> StreetIndex:
    streets = gpd.GeoDataFrame(
        {"name_zh": ["知行路", "知行路东段", "长街"], "name_en": ["Zhixing Lu", "East Zhixing Lu", "Chang Jie"]},
        geometry=[LineString([(120.10, 30.2), (120.12, 30.2)]), LineString([(120.12, 30.2), (120.13, 30.2)]),
                  LineString([(120.2, 30.2), (120.2, 30.22)])],
        crs=4326,
    )  # fmt: skip
    buildings = pd.DataFrame(
        [(120.101, 30.2, "知行路", "Zhixing Lu", "12", "A"), (120.119, 30.2, "知行路", "Zhixing Lu", "14", "A"),
         (120.203, 30.21, "知行路", "Zhixing Lu", "12", "B"), (120.2, 30.21, "张家村", "Zhangjia Cun", "3", "B")],
        columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"],
    )  # fmt: skip
    districts = gpd.GeoDataFrame(
        {
            "code": ["A", "B", "C"],
            "name_zh": ["滨江区", "城东区", "空山县"],
            "name_en": ["Binjiang District", "Chengdong", ""],
        },
        geometry=[box(120, 30.1, 120.15, 30.3), box(120.15, 30.1, 120.3, 30.3), box(121, 30.1, 121.1, 30.2)],
        crs=4326,
    )
    return StreetIndex(streets, buildings, districts)


@pytest.mark.parametrize(
    "address",
    [
        "云溪市滨江区知行路12号3栋2单元501",
        "滨江区 知行路 １２号",
        "12 Zhixing Lu, Binjiang",
        "Binjiang, Zhixing Road No. 12",
    ],
)
def test_a_house(index: StreetIndex, address: str) -> None:
    found = index(address)
    assert found is not None
    assert (found.lon, found.lat, found.accuracy_m, found.district, found.by) == (120.101, 30.2, 15.0, "A", "house")


def test_the_district_decides_between_equal_addresses(index: StreetIndex) -> None:
    assert index("城东区知行路12号").lon == 120.203
    unclear = index("知行路12号")
    assert unclear.accuracy_m > 4_000
    assert unclear.district == ""


def test_a_street_is_as_exact_as_half_its_length(index: StreetIndex) -> None:
    found = index("长街999号")
    assert (found.by, round(found.lat, 3)) == ("street", 30.21)
    assert found.accuracy_m == pytest.approx(0.01 * 111_320, rel=0.01)
    assert index("知行路东段8号").lon == pytest.approx(120.125)


def test_a_village_is_known_by_its_houses(index: StreetIndex) -> None:
    assert index("城东区张家村3号").by == "house"
    assert index("张家村").by == "street"


def test_a_district_is_exact_to_kilometres(index: StreetIndex) -> None:
    found = index("云溪市滨江区某某小区")
    assert (found.by, found.district) == ("district", "A")
    assert found.accuracy_m >= 1_000
    assert found.accuracy_m % 1_000 == 0
    assert index("空山县").district == "C"


def test_nothing_is_guessed(index: StreetIndex) -> None:
    assert index("某市某路1号") is None
    assert index("滨江大道5号") is None
    assert index("") is None


def test_regions_of_points(index: StreetIndex) -> None:
    points = np.array([[120.05, 30.2], [120.25, 30.2], [np.nan, np.nan], [100.0, 10.0]])
    assert index.region_of(points) == ["A", "B", "", ""]


HAN = ["滨江区", "城东区", "空山县", "知行路", "知行路东段", "知行", "长街", "张家村", "某小区", "路"]
LATIN = ["Zhixing Road", "12-1", "No. 12", "Binjiang", "District", "Chang Jie", "é", "ß"]
PIECES = st.sampled_from([*HAN, *LATIN, "12号", "12之1号", "１４", "第3", "999", " ", "\u3000"])


@given(st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_many_at_once_are_located_as_each_alone(index: StreetIndex, addresses: list[str]) -> None:
    assert index.all_of(addresses) == [index(one) for one in addresses]
