"""Rows to people and places: one person is one stop, nobody is lost for want of an address."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.datum import from_wgs84
from planner.intake.locate import Located
from planner.intake.tables import IntakeTables, to_tables
from planner.tables import ACCOMMODATIONS, ACCOUNTS, ADDRESSES, CONTACTS, DEBTORS, HOLDS, PLACES, conform
from tests.planner.intake.factories import check, row

ID_A, ID_B = "990000199001011234", "990000199001015678"


def nowhere(address: str) -> Located | None:
    return None


def tables(*rows: dict[str, str], locate=nowhere, **more) -> IntakeTables:
    return to_tables(check(list(rows)), "YX01", locate=locate, **more)


def test_every_table_conforms() -> None:
    made = tables(row(分期状态="分期履约中", 沟通语言="粤语", 不上门星期="周六、周日", 所需技能="法务"))
    for name, schema in (
        ("debtors", DEBTORS), ("accounts", ACCOUNTS), ("places", PLACES), ("contacts", CONTACTS),
        ("addresses", ADDRESSES), ("holds", HOLDS), ("accommodations", ACCOMMODATIONS),
    ):  # fmt: skip
        table = getattr(made, name)
        assert len(table) >= 1
        assert conform(table, schema).equals(table)
    assert made.holds["kind"].tolist() == ["plan_active"]
    assert dict(zip(made.accommodations["kind"], made.accommodations["value"], strict=True)) == {
        "language": "yue",
        "no_visit_weekdays": "5 6",
    }
    assert made.debtors["needs"].tolist() == ["legal"]
    empty = to_tables(check("案件编号,逾期金额,逾期天数\n"), "YX01", locate=nowhere)
    assert len(empty.debtors) == 0


@pytest.mark.parametrize(
    ("column", "word", "kinds"),
    [
        ("停催状态", "停催", ["other"]),
        ("停催标志", "是", ["other"]),
        ("停催标志", "Y", ["other"]),
        ("停催状态", "总行要求", ["other"]),  # not known: nobody goes there until somebody has looked
        ("停催状态", "否", []),
        ("停催状态", "", []),
        ("案件状态", "一般", []),  # a status that says nothing of holds
    ],
)
def test_whoever_the_list_calls_held_is_held(column: str, word: str, kinds: list[str]) -> None:
    assert tables(row(**{column: word})).holds["kind"].tolist() == kinds


@pytest.mark.parametrize(
    ("second", "people"),
    [
        ({"证件号": ID_A, "姓名": "另名", "家庭地址": "别处"}, 1),
        ({"证件号": "", "本人手机": "13800001111", "家庭地址": "别处"}, 1),
        ({"证件号": "", "本人手机": ""}, 1),
        ({"证件号": ID_B, "本人手机": "13800001111"}, 2),
        ({"证件号": "", "姓名": "乙", "本人手机": "13800001111"}, 2),
        ({"证件号": "9900**********1234", "本人手机": "", "家庭地址": "别处"}, 2),
    ],
)
def test_who_is_one_person(second: dict[str, str], people: int) -> None:
    first = row(证件号=ID_A, 本人手机="13800001111")
    made = tables(first, first | {"案件编号": "A2"} | second)
    assert len(made.debtors) == len(made.contacts) == people
    assert len(made.accounts) == 2


def test_different_identity_numbers_on_one_phone_are_reported() -> None:
    first = row(证件号=ID_A, 本人手机="13800001111")
    checked = check([first, first | {"案件编号": "A2", "证件号": ID_B}])
    assert [(one.row, dict(one.facts)["other"]) for one in checked.issues if one.code == "id_number_disagrees"] == [
        (3, "2")
    ]


def test_ids_stay_between_imports() -> None:
    once, again = tables(row(), row(案件编号="A2")), tables(row(), row(案件编号="A2"))
    assert once.debtors.equals(again.debtors)
    later = tables(
        row(案件编号="A2"), known=dict(zip(once.accounts["case_id"], once.accounts["debtor_id"], strict=True))
    )
    assert later.debtors["debtor_id"].tolist() == once.debtors["debtor_id"].tolist()
    assert later.places["place_id"].tolist() == once.places["place_id"].tolist()
    assert tables(row(家庭地址="新址")).places["place_id"][0] != once.places["place_id"][0]


def test_coordinates_are_brought_to_wgs84_and_their_source_kept() -> None:
    true = np.array([[120.15, 30.25]])
    for name, datum in (("GCJ-02", "gcj02"), ("BD-09", "bd09"), ("WGS84", "wgs84")):
        lon, lat = from_wgs84(true, datum)[0]
        place = tables(row(经度=f"{lon:.6f}", 纬度=f"{lat:.6f}", 坐标系=name)).places.iloc[0]
        assert np.allclose(place[["lon", "lat"]].to_numpy(float), true[0], atol=2e-6)
        assert (place["source_datum"], place["source_lon"]) == (datum, pytest.approx(lon, abs=1e-6))
        assert place["accuracy_m"] == 20


def test_undeclared_coordinates_yield_to_a_located_address_and_are_never_called_exact() -> None:
    told = row(经度="120.15", 纬度="30.25")
    assert tables(told).places["accuracy_m"].tolist() == [1113.2]
    found = tables(told, locate=lambda _: Located(120.1, 30.2, 15.0, "330108")).places.iloc[0]
    assert (found["lon"], found["accuracy_m"]) == (120.1, 15.0)


def test_an_unlocated_debtor_is_kept_and_named() -> None:
    made = tables(row(), row(案件编号="A2", 姓名="乙", 家庭地址=""))
    assert len(made.debtors) == 2
    assert made.places["lon"].isna().tolist() == [True]
    assert made.addresses["address"].tolist() == ["云溪市滨江区知行路12号"]
    assert [(one.row, one.column, one.code) for one in made.issues] == [(2, "家庭地址", "address_unlocated")]


def test_several_places_and_the_region_of_the_home() -> None:
    places = {"知行路12号": Located(120.1, 30.2, 15, "330108"), "文一路5号": Located(120.2, 30.3, 15, "330106")}
    made = tables(
        row(家庭地址="知行路12号", 经营地址="文一路5号"),
        row(案件编号="A2", 家庭地址="知行路 12号", 经营地址=""),
        locate=places.get,
    )
    assert made.places["kind"].tolist() == ["home", "shop"]
    assert made.debtors["region"].tolist() == ["330108"]
    assert made.addresses["place_id"].isin(made.places["place_id"]).all()
