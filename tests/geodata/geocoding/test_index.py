"""The street index: house, street or district, each with its accuracy, else nothing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from geodata.geocoding.address import Reading
from geodata.geocoding.answer import AMBIGUOUS, UNANSWERED, UNKNOWN, Answer, Located
from geodata.geocoding.index import FEW_ALIKE, StreetIndex
from geodata.geocoding.nearly import NearlyNames


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
    landmarks = gpd.GeoDataFrame(
        {"kind": ["estate", "town"], "name_zh": ["翠苑小区", "云溪"], "name_en": ["Cuiyuan Xiaoqu", "Yunxi"]},
        geometry=[box(120.105, 30.201, 120.109, 30.203), Point(120.1, 30.2)],
        crs=4326,
    )
    return StreetIndex(streets, buildings, districts, landmarks=landmarks)


@pytest.mark.parametrize(
    "address",
    [
        "云溪市滨江区知行路12号3栋2单元501",
        "滨江区 知行路 １２号",
        "12 Zhixing Lu, Binjiang",
        "Binjiang, Zhixing Road No. 12",
        "濱江區知行路12號",
        "滨江区知行路十二号",
        "滨江区之行路12号",
        "滨江区知知行路12号",
        "滨江区行知路12号",
        "12 Zhi Xing Road, Binjiang",
        "12 Zhixinng Road, Binjiang",
    ],
)
def test_a_house(index: StreetIndex, address: str) -> None:
    found = index(address)
    assert found is not None
    assert (found.lon, found.lat, found.accuracy_m, found.district, found.by) == (120.101, 30.2, 15.0, "A", "house")


def test_the_district_decides_between_equal_addresses(index: StreetIndex) -> None:
    assert index("城东区知行路12号").lon == 120.203
    assert index("知行路12号") == AMBIGUOUS
    assert index("空山县知行路12号") == AMBIGUOUS


def test_a_street_is_as_exact_as_half_its_length(index: StreetIndex) -> None:
    found = index("长街999号")
    assert (found.by, round(found.lat, 3)) == ("street", 30.21)
    assert found.accuracy_m == pytest.approx(0.01 * 111_320, rel=0.01)
    assert index("知行路东段8号").lon == pytest.approx(120.125)


def test_a_village_is_known_by_its_houses(index: StreetIndex) -> None:
    assert index("城东区张家村3号").by == "house"
    assert (index("张家村").by, index("张家村").accuracy) == ("street", "street")


def test_a_district_is_exact_to_kilometres(index: StreetIndex) -> None:
    found = index("云溪市滨江区某某小区")
    assert (found.by, found.district) == ("district", "A")
    assert found.accuracy_m >= 1_000
    assert found.accuracy_m % 1_000 == 0
    assert index("空山县").district == "C"


def test_nothing_is_guessed(index: StreetIndex) -> None:
    assert index("某市某路1号") == UNKNOWN
    assert index("滨江大道5号") == UNKNOWN
    assert index("") == UNKNOWN


def test_an_estate_is_a_landmark(index: StreetIndex) -> None:
    found = index("云溪市滨江区翠苑小区3栋2单元")
    assert (found.by, found.accuracy, found.district) == ("landmark", "street", "A")
    assert 100 < found.accuracy_m < 400
    assert index("城东区翠苑小区3栋").by == "district"
    assert index("云溪市") == UNKNOWN


def test_a_slip_is_looked_past_only_where_few_names_are_alike() -> None:
    def located(names: list[str]) -> Answer:
        streets = gpd.GeoDataFrame(
            {"name_zh": names, "name_en": [""] * len(names)},
            geometry=[LineString([(120.1, 30 + n), (120.11, 30 + n)]) for n in range(len(names))],
            crs=4326,
        )
        houses = pd.DataFrame(
            [(120.1, 30 + n, name, "", "7" if name == "知行路" else "1", "") for n, name in enumerate(names)],
            columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"],
        )
        return StreetIndex(streets, houses)("知航路7号")

    alike = ["知行路", "知远路", "知明路", "知川路"]
    assert located(alike[:FEW_ALIKE]).by == "house"
    assert located(alike[: FEW_ALIKE + 1]) == AMBIGUOUS


def test_a_longer_name_with_a_slip_is_not_taken_for_the_shorter_one(index: StreetIndex) -> None:
    streets = gpd.GeoDataFrame(
        {"name_zh": ["东大道", "知行东大道"], "name_en": ["Dong Dadao", "Zhixing Dong Dadao"]},
        geometry=[LineString([(120.1, lat), (120.11, lat)]) for lat in (30.0, 31.0)],
        crs=4326,
    )
    houses = pd.DataFrame(columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"])
    assert StreetIndex(streets, houses)("知航东大道5号") == AMBIGUOUS  # the shorter one, said to be in a place 知航
    assert StreetIndex(streets, houses)("5 Zhixinng Dong Da Dao").lat == 31.0  # no place stands behind the number
    assert StreetIndex(streets, houses)("东大道5号").lat == 30.0


def test_a_house_or_two_do_not_say_where_a_district_is_lived_in() -> None:
    names = [f"{n} Rua" for n in "abcdefghij"]
    lines = [LineString([(-8.6 + n / 100, 41), (-8.599 + n / 100, 41)]) for n in range(len(names))]
    streets = gpd.GeoDataFrame({"name_zh": names, "name_en": ""}, geometry=lines, crs=4326)
    houses = pd.DataFrame(
        [(-8.6, 41.0, "", "", "", "A"), (-8.6, 41.001, "", "", "", "A")],
        columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"],
    )
    districts = gpd.GeoDataFrame(
        {"code": ["A"], "name_zh": ["Bairro"], "name_en": [""]}, geometry=[box(-8.7, 40.9, -8.4, 41.1)], crs=4326
    )
    found = StreetIndex(streets, houses, districts)("Bairro")
    assert found.by == "district"
    assert found.accuracy_m == 4_000.0  # nine in ten of the streets
    assert found.lon == pytest.approx(-8.56, abs=0.011)


@pytest.fixture(scope="module")
def porto() -> StreetIndex:
    """Streets whose kind comes first, one that a map calls by nothing but its kind, and one of two letters."""
    names = ["Rua", "Rua Alto", "Rua Direita", "Rua D", "Rua Dona Maria I", "Ciclovia", "Ciclovia da Foz"]
    names += ["Ciclovia do Ribeiro", "Ciclovia Nova", "Rua da Venezuela", "Rua da Rainha", "Rua Alto da Bela"]
    lines = [LineString([(-8.6, 41 + n / 10), (-8.59, 41 + n / 10)]) for n in range(len(names))]
    streets = gpd.GeoDataFrame({"name_zh": names, "name_en": ""}, geometry=lines, crs=4326)
    houses = pd.DataFrame(columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"])
    return StreetIndex(streets, houses)


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("Rua Direita 5, Porto", "Rua Direita"),
        ("5 Rua Direita Porto", "Rua Direita"),
        ("Rua Alto, Lote 3", "Rua Alto"),
        ("Rua Alto, 12, Porto", "Rua Alto"),
        ("Rua d Venezuela 12", "Rua da Venezuela"),
        ("Rua Alto da Bla 12", "Rua Alto da Bela"),
        ("Rua Inexistente 5, Porto", ""),
        ("Rua Alto Facho 12", ""),
        ("Rua Alto dos Mogos", ""),
        ("Travessa da Rua Alto", ""),
        ("Rua da Rainha Santa 12", ""),
        ("Rua Dona Maria Ferreira, 12", ""),
        ("Ciclovia do Viso 12", ""),
    ],
)
def test_a_name_that_goes_on_is_another_street_s(porto: StreetIndex, address: str, street: str) -> None:
    found = porto(address)
    assert (found == UNKNOWN) == (not street)
    if street:
        assert found == porto(street)


def test_a_street_that_is_written_exactly_does_not_give_way_to_one_that_nearly_is() -> None:
    def located(address: str, *, longer_in: str) -> Answer:
        houses = pd.DataFrame(
            [(120.1, 30.2, "知行路", "", "12", "A"), (120.2, 30.2, "滨河知行路", "", "12", longer_in)],
            columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"],
        )
        districts = gpd.GeoDataFrame(
            {"code": ["A", "B"], "name_zh": ["滨江区", "城东区"], "name_en": ["", ""]},
            geometry=[box(120, 30.1, 120.15, 30.3), box(120.15, 30.1, 120.3, 30.3)],
            crs=4326,
        )
        streets = gpd.GeoDataFrame({"name_zh": [], "name_en": []}, geometry=[], crs=4326)
        return StreetIndex(streets, houses, districts)(address)

    assert located("滨江知行路12号", longer_in="B") == AMBIGUOUS
    assert located("滨江区滨江知行路12号", longer_in="B").lon == 120.1
    assert located("滨江区滨江知行路12号", longer_in="A").by == "district"
    assert located("滨河知行路12号", longer_in="A").lon == 120.2


def one_house(zh: str, en: str = "") -> StreetIndex:
    """Make an index of one street in a district, with the house 12."""
    streets = gpd.GeoDataFrame(
        {"name_zh": [zh], "name_en": [en]}, geometry=[LineString([(120.10, 30.2), (120.12, 30.2)])], crs=4326
    )
    houses = pd.DataFrame(
        [(120.101, 30.2, zh, en, "12", "A")],
        columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"],
    )
    districts = gpd.GeoDataFrame(
        {"code": ["A"], "name_zh": ["滨江区"], "name_en": ["Binjiang District"]},
        geometry=[box(120, 30.1, 120.15, 30.3)],
        crs=4326,
    )
    return StreetIndex(streets, houses, districts)


@pytest.mark.parametrize(
    ("zh", "en", "sibling", "slip"),
    [
        ("新华二路", "", "滨江区新华一路12号", "滨江区新花二路12号"),
        ("朝阳门外大街", "", "滨江区朝阳门内大街12号", "滨江区朝杨门外大街12号"),
        ("新华东路", "", "滨江区新华路12号", "滨江区新华冬路12号"),
        ("", "Renmin West Road", "12 Renmin East Road, Binjiang", "12 Renminn West Road, Binjiang"),
        ("", "Chaoyangmenwai Dajie", "12 Chaoyangmennei Da Jie, Binjiang", "12 Chaoyanmenwai Dajie, Binjiang"),
        ("", "Zhongshan Yi Lu", "12 Zhongshan Qi Lu, Binjiang", "12 Zhongshn Yi Lu, Binjiang"),
    ],
)
def test_what_tells_streets_apart_is_no_slip(zh: str, en: str, sibling: str, slip: str) -> None:
    index = one_house(zh, en)
    assert [index(slip).by, index(sibling).by] == ["house", "district"]


@pytest.mark.parametrize(
    ("address", "by"),
    [
        ("滨江区东新华路12号", "district"),  # 新华路 is all that the map knows
        ("滨江区城关镇老新华路12号", "district"),
        ("滨江区南二新华路", "district"),
        ("云溪市东新华路12号", None),
        ("滨江东新华路12号", None),
        ("滨江新华路12号", "house"),
        ("滨江区新华路东侧12号", "street"),
        ("云溪市滨江区新市镇新华路12号", "house"),
        ("12 East Xinhua Road, Binjiang", "district"),
        ("12 Old Xinhua Road", None),
        ("Xinhua Road West 12, Binjiang", "district"),
        ("Yunxi Shi Xinhua Lu 12", "house"),
        ("Binjiang, 12 Xinhua Road", "house"),
        ("12 Xinhua Road, Binjiang East", "house"),
    ],
)
def test_a_word_before_a_street_that_makes_another_of_it_is_not_left_out(address: str, by: str | None) -> None:
    found = one_house("新华路", "Xinhua Lu")(address)
    assert (found.by if isinstance(found, Located) else None) == by


def test_a_district_written_without_its_ending_is_no_such_word() -> None:
    streets = gpd.GeoDataFrame(
        {"name_zh": ["新华路"], "name_en": ["Xinhua Lu"]},
        geometry=[LineString([(120.2, 30.2), (120.21, 30.2)])],
        crs=4326,
    )
    houses = pd.DataFrame(columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"])
    districts = gpd.GeoDataFrame(
        {"code": ["B"], "name_zh": ["城东区"], "name_en": ["Cheng Dong"]},
        geometry=[box(120.15, 30.1, 120.3, 30.3)],
        crs=4326,
    )
    index = StreetIndex(streets, houses, districts)
    for address in (
        "云溪市城东新华路12号",
        "云溪市城区东新华路12号",
        "云溪市新新华路12号",
        "Cheng Dong Xinhua Road 12",
    ):
        assert index(address).by == "street"
    assert index("云溪市城东区东新华路12号").by == "district"


def test_beside_a_sibling_no_other_street_as_near_is_taken() -> None:
    reading = Reading("滨江区新华一路12号", inside="滨江区")
    assert NearlyNames([("新花一路", "")]).find([reading]) == [((("新花一路",),), "12")]
    assert NearlyNames([("新花一路", ""), ("新华二路", "")]).find([reading]) == [((), "12")]


def test_a_letter_doubled_at_the_end_of_a_street_leaves_the_house() -> None:
    index = one_house("知行路")
    assert [index(f"云溪市{one}知行路路12号").by for one in ("", "滨江区")] == ["house", "house"]
    assert index("滨江区知行路路口12号").by == "street"


def test_streets_of_one_spelling_in_latin_letters_are_not_chosen_among() -> None:
    streets = gpd.GeoDataFrame(
        {"name_zh": ["清川路", "青川路"], "name_en": ["Qingchuan Lu"] * 2},
        geometry=[LineString([(120.1, lat), (120.11, lat)]) for lat in (30.0, 31.0)],
        crs=4326,
    )
    houses = pd.DataFrame(columns=["lon", "lat", "street_zh", "street_en", "house_number", "district"])
    assert StreetIndex(streets, houses)("3 Qingchuan Road") == AMBIGUOUS
    assert StreetIndex(streets, houses)("青川路3号").lat == 31.0


class Elsewhere:
    version = "elsewhere"

    def __init__(self, answer: Answer) -> None:
        self.answer, self.asked = answer, []

    def all_of(self, addresses: list[str]) -> list[Answer]:
        self.asked += addresses
        return [self.answer] * len(addresses)


def test_elsewhere_is_asked_only_for_what_is_not_known_and_never_against_the_district(index: StreetIndex) -> None:
    there = Elsewhere(Located(120.02, 30.2, 50.0))
    index._beyond = there
    try:
        found = index.all_of(["滨江区知行路12号", "滨江区新路1号", "城东区新路1号", "新路1号"])
        assert there.asked == ["滨江区新路1号", "城东区新路1号", "新路1号"]
        assert [(one.by, one.district) for one in found] == [
            ("house", "A"), ("house", "A"), ("district", "B"), ("house", "A")
        ]  # fmt: skip
        assert index.version.endswith("+elsewhere")
        assert index.all_of(["空山县知行路12号", "空山县知行路"]) == [AMBIGUOUS] * 2  # there it lies in the district A
        index._beyond = Elsewhere(UNANSWERED)
        assert index("新路1号") == UNANSWERED
        silent = index("城东区新路1号")
        assert (silent.by, silent.unanswered, index("城东区知行路12号").unanswered) == ("district", True, False)
    finally:
        index._beyond = None


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
