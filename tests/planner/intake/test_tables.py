"""Rows to people and places: one person is one stop, nobody is lost for want of an address."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from shapely.geometry import LineString, box

from geodata.datum import from_wgs84
from geodata.geocoding.answer import AMBIGUOUS, UNANSWERED, UNKNOWN, Answer, Located
from geodata.osm.network import Network
from geodata.snapping import Snapper
from planner.intake.tables import IntakeTables, to_tables
from planner.tables import ACCOMMODATIONS, ACCOUNTS, ADDRESSES, CONTACTS, DEBTORS, HOLDS, PLACES, conform
from tests.planner.intake.factories import check, row

ID_A, ID_B = "990000199001011234", "990000199001015678"


def nowhere(addresses: Sequence[str]) -> list[Answer]:
    return [UNKNOWN] * len(addresses)


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
    found = tables(told, locate=lambda texts: [Located(120.1, 30.2, 15.0, "330108") for _ in texts]).places.iloc[0]
    assert (found["lon"], found["accuracy_m"]) == (120.1, 15.0)


def test_an_unlocated_debtor_is_kept_and_named() -> None:
    made = tables(row(), row(案件编号="A2", 姓名="乙", 家庭地址=""))
    assert len(made.debtors) == 2
    assert made.places["lon"].isna().tolist() == [True]
    assert made.addresses["address"].tolist() == ["云溪市滨江区知行路12号"]
    assert [(one.row, one.column, one.code) for one in made.issues] == [(2, "家庭地址", "address_unlocated")]


def test_addresses_for_which_nobody_answered_are_told_apart() -> None:
    said = {
        "知行路12号": UNANSWERED,
        "文一路5号": Located(120.2, 30.3, 9_000, "330106", "district", unanswered=True),
        "文二路5号": UNKNOWN,
    }
    rows = [row(案件编号=f"A{n}", 姓名=f"甲{n}", 家庭地址=one) for n, one in enumerate(said)]
    made = tables(*rows, locate=lambda texts: [said[text] for text in texts])
    assert made.unsaid.unanswered == set(made.places["place_id"][:2])
    with_own = row(家庭地址="知行路12号", 经度="120.15", 纬度="30.25")
    assert not tables(with_own, locate=lambda texts: [UNANSWERED] * len(texts)).unsaid.unanswered


def test_an_address_that_fits_several_places_is_asked_about() -> None:
    made = tables(row(), locate=lambda texts: [AMBIGUOUS] * len(texts))
    assert made.places["lon"].isna().all()
    assert [(one.row, one.code) for one in made.issues] == [(2, "address_ambiguous")]


def test_several_places_and_the_region_of_the_home() -> None:
    places = {"知行路12号": Located(120.1, 30.2, 15, "330108"), "文一路5号": Located(120.2, 30.3, 15, "330106")}
    made = tables(
        row(家庭地址="知行路12号", 经营地址="文一路5号"),
        row(案件编号="A2", 家庭地址="知行路 12号", 经营地址=""),
        locate=lambda texts: [places.get(text, UNKNOWN) for text in texts],
    )
    assert made.places["kind"].tolist() == ["home", "shop"]
    assert made.debtors["region"].tolist() == ["330108"]
    assert made.addresses["place_id"].isin(made.places["place_id"]).all()


def test_a_list_says_nothing_of_the_columns_it_does_not_have() -> None:
    made = to_tables(
        check("案件编号,逾期金额,逾期天数,姓名,家庭地址,中断证据\nA1,100,40,甲,知行路12号,\n"), "YX01", locate=nowhere
    )
    assert made.unsaid.columns["contacts"] == {"phone"}
    assert {"group", "occupation"} < made.unsaid.columns["debtors"]
    assert "region" not in made.unsaid.columns["debtors"]
    # An empty cell is a word, and the evidence speaks for the day and for who answers too.
    assert made.unsaid.columns["accounts"].isdisjoint({"interruption", "interrupted_on", "clock_set_by"})
    assert {"product", "due_on", "principal_minor"} < made.unsaid.columns["accounts"]
    assert made.unsaid.positions == {"home", "workplace", "shop", "guarantor", "collateral"}
    bare = to_tables(check("案件编号,逾期金额,逾期天数\nA1,100,40\n"), "YX01", locate=nowhere)
    assert "region" in bare.unsaid.columns["debtors"]


def ground() -> Snapper:
    """Give two streets 300 m apart with a river between them, and one beyond that is cut off."""
    lines = [LineString([(120.1, 30.2), (120.3, 30.2)]), LineString([(120.1, 30.203), (120.3, 30.203)])]
    lines.append(LineString([(120.1, 30.21), (120.102, 30.21)]))
    network = Network(np.array(lines, dtype=object), np.array([True, True, False]))
    return Snapper(network, [box(120.1, 30.2012, 120.3, 30.2014)])


@pytest.mark.parametrize(
    ("lat", "code", "metres"),
    [
        ("30.2001", None, None),
        ("30.2101", "place_cut_off", 789),
        ("30.1900", "place_off_streets", 1112),
        ("30.2015", "place_across_water", 167),
        ("30.2013", "place_across_water", 145),
    ],
)
def test_coordinates_are_judged_by_the_ground(lat: str, code: str | None, metres: float | None) -> None:
    made = tables(row(经度="120.101", 纬度=lat, 坐标系="WGS-84", 家庭地址="知行路12号"), ground=ground)
    found = {one.code: one for one in made.issues}
    assert set(found) == ({code} if code else set())
    if code:
        assert found[code].row == 2
        assert found[code].column == "经度"
        assert float(dict(found[code].facts)["metres"]) == pytest.approx(metres, abs=2)
    assert made.places["lat"].tolist() == [float(lat)]  # told, and stored as it is


def test_a_place_across_the_river_is_not_told_of_when_its_own_bank_has_a_street() -> None:
    assert not tables(row(经度="120.101", 纬度="30.2028", 坐标系="WGS-84"), ground=ground).issues


def test_a_list_of_another_datum_than_it_says_is_told_once() -> None:
    lon, lat = np.linspace(120.11, 120.29, 60), np.tile([30.2, 30.203], 30)
    shown = from_wgs84(np.column_stack([lon, lat]), "bd09")
    rows = [
        row(案件编号=f"A{n}", 姓名=f"甲{n}", 经度=f"{x:.6f}", 纬度=f"{y:.6f}", 坐标系="WGS-84")
        for n, (x, y) in enumerate(shown)
    ]
    made = tables(*rows, ground=ground)
    (one,) = [each for each in made.issues if each.code == "datum_doubtful"]
    facts = dict(one.facts)
    assert int(facts.pop("off")) > 40
    assert facts == {"declared": "WGS-84", "other": "BD-09", "fewer": "0", "count": "60"}
    assert one.row is None
    right = tables(*({**each, "坐标系": "百度"} for each in rows), ground=ground)
    assert not right.issues
    assert set(right.places["source_datum"]) == {"bd09"}


def test_addresses_need_no_ground() -> None:
    def never() -> Snapper:
        raise AssertionError

    tables(row(家庭地址="知行路12号"), ground=never)


def test_cgcs2000_is_kept_by_its_name_and_not_shifted() -> None:
    made = tables(row(经度="120.101", 纬度="30.2001", 坐标系="国家2000"))
    assert made.places[["source_datum", "lon", "lat"]].to_numpy().tolist() == [["cgcs2000", 120.101, 30.2001]]
