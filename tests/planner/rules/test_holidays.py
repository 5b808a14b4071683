"""A day off keeps crews away everywhere, a local one from the places that lie in its area and from no person."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
import shapely

from planner.rules.areas import areas_of
from planner.rules.pack import Holiday, Term
from tests.planner.rules.readings import CN, ask, at, removed
from tests.planner.value.factories import MONDAY, WEEK, facts, places

WHY = Term(True, "A notice", date(2026, 1, 1), "M")
TUESDAY = WEEK[1]


def pack(*areas: str, on: date = TUESDAY, term: Term = WHY):
    return replace(CN, holidays=(Holiday(on, "Festival", term, frozenset(areas)),))


@pytest.mark.parametrize(("day", "rules"), [(MONDAY, set()), (TUESDAY, {"holiday"}), (WEEK[2], set())])
def test_the_day_itself_and_the_days_beside_it(day, rules):
    assert ask(facts(), at(day, "12:00"), pack=pack()) == rules


@pytest.mark.parametrize(
    ("areas", "place_lies_in", "rules"),
    [
        (("45*",), {"450103"}, {"holiday"}),
        (("45*",), {"330106"}, set()),
        (("450103",), {"450103"}, {"holiday"}),
        (("450103",), {"4501031"}, set()),
        (("青秀区",), {"450103", "青秀区"}, {"holiday"}),
        (("45*",), set(), set()),
    ],
)
def test_a_local_day_off_counts_where_the_place_lies(areas, place_lies_in, rules):
    case = facts(areas={"P1": frozenset(place_lies_in)})
    assert ask(case, at(TUESDAY, "12:00"), pack=pack(*areas)) == rules


def test_the_same_person_may_be_met_at_a_place_outside_the_area():
    case = facts(
        places=places({}, {"place_id": "P2", "kind": "shop"}),
        areas={"P1": frozenset({"450103"}), "P2": frozenset({"330106"})},
    )
    assert ask(case, at(TUESDAY, "12:00"), pack=pack("45*")) == {"holiday"}
    assert ask(case, at(TUESDAY, "12:00"), place="P2", pack=pack("45*")) == set()


def test_a_week_off_removes_with_the_article_in_the_area_only():
    days = tuple(Holiday(day, "Festival", WHY, frozenset({"45*"})) for day in WEEK)
    off = replace(CN, holidays=days)
    assert removed(facts(areas={"P1": frozenset({"450103"})}), pack=off)["article"] == "A notice"
    assert removed(facts(), pack=off) == {}


def test_a_day_that_the_pack_switches_off_is_a_day_like_any_other():
    assert ask(facts(), at(TUESDAY, "12:00"), pack=pack(term=replace(WHY, value=False))) == set()


def test_the_leap_day_can_be_a_holiday():
    assert pack(on=date(2028, 2, 29)).holidays[0].on + timedelta(days=1) == date(2028, 3, 1)


def test_places_find_their_district_by_position():
    box = [shapely.to_geojson(shapely.box(west, 29, west + 1, 31)) for west in (119, 120)]
    districts = pd.DataFrame({"code": ["W", "E"], "name_zh": ["西", "东"], "name_en": ["West", "East"], "geojson": box})
    where = places(
        {"place_id": "A", "lon": 119.5},
        {"place_id": "B", "lon": 120.5},
        {"place_id": "C", "lon": 125.0},
        {"place_id": "D", "lon": float("nan")},
        {"place_id": "edge", "lon": 120.0},
    )
    found = areas_of(where, districts)
    assert found["A"] == {"W", "西", "West"}
    assert found["B"] == {"E", "东", "East"}
    assert set(found) == {"A", "B", "edge"}
    assert areas_of(where[:0], districts) == {}
