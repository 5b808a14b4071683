"""What a district promises before a plan, and the advice: directions that must hold, borders, and damage."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.parameters import load
from config.rules import load_pack
from geodata.roads import RoadFailure, StraightLine
from geodata.roads.travel import TravelTimes
from planner.advice import SENTENCES, Advice, Why, message_of, said, terms
from planner.outlook import OUTLOOK, district, located, one_crew, outlook, prospect, prospects
from planner.tables import conform
from tests.planner.weeks import BASE, CREW, ZONE, debtors, effort, shifts

PARAMETERS = load()
TERMS = terms(PARAMETERS, load_pack("CN"), CREW)
ROADS = StraightLine(detour=1.3, kmh=25)


def look(options, going=None, roads=ROADS, **changes):
    return district(
        prospect("YX01", options, going or effort(), roads, PARAMETERS.slots, ZONE, replace(TERMS, **changes))
    )


class Counting(StraightLine):
    """Straight roads that remember how many points they were asked for."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def travel_times(self, points, **kwargs):
        self.asked.append(len(points))
        return super().travel_times(points, **kwargs)


class NoRoads(StraightLine):
    """No road leads anywhere."""

    def travel_times(self, points, **kwargs):
        n = len(points)
        nothing = np.where(np.eye(n, dtype=bool), 0.0, np.nan)
        return TravelTimes(nothing, nothing, np.zeros(n), "none", estimated=False)


def test_the_figures_of_a_district_fit_together():
    row = look(debtors(300))
    assert row["travel_min"] + row["door_min"] == pytest.approx(row["minutes_per_visit"])
    assert row["value_per_hour_minor"] == pytest.approx(row["value_per_visit_minor"] / row["minutes_per_visit"] * 60)
    assert row["break_even_visit_minor"] == pytest.approx(TERMS.crew_day_minor / row["visits_per_crew_day"])
    ratio = row["value_per_visit_minor"] / row["break_even_visit_minor"]
    assert row["value_per_hour_minor"] / row["break_even_hour_minor"] == pytest.approx(ratio)
    # Eight and a half hours less the meal: no more fits in.
    assert row["visits_per_crew_day"] * row["minutes_per_visit"] <= 465
    assert row["visits"] == pytest.approx(row["visits_per_crew_day"] * row["days_used"])


def test_more_debtors_in_the_same_area_are_nearer_to_each_other():
    rows = [look(debtors(n)) for n in (30, 120, 480)]
    assert rows[0]["travel_min"] > rows[1]["travel_min"] > rows[2]["travel_min"]
    assert rows[0]["visits_per_crew_day"] < rows[2]["visits_per_crew_day"]


@given(st.integers(0, 10_000), st.floats(0.05, 0.4))
@settings(max_examples=12)
def test_a_farther_start_leaves_time_for_fewer_visits(seed, degrees):
    options = debtors(150, seed=seed)
    near = look(options, effort((BASE[0] + 0.03, BASE[1])))
    far = look(options, effort((BASE[0] + 0.03 + degrees, BASE[1])))
    assert far["out_and_back_min"] > near["out_and_back_min"]
    assert far["visits_per_crew_day"] < near["visits_per_crew_day"]
    assert far["break_even_visit_minor"] > near["break_even_visit_minor"]


def test_quicker_roads_make_more_visits():
    slow, quick = (look(debtors(150), roads=StraightLine(detour=1.3, kmh=kmh)) for kmh in (12, 40))
    assert quick["travel_min"] < slow["travel_min"]
    assert quick["visits_per_crew_day"] > slow["visits_per_crew_day"]


def test_an_area_twice_as_wide_at_twice_the_speed_is_the_same():
    """Only the time on the road counts, not the metres."""
    narrow = look(debtors(200, spread=0.01), roads=StraightLine(detour=1.3, kmh=15))
    wide = look(debtors(200, spread=0.02), roads=StraightLine(detour=1.3, kmh=30))
    for name in ("visits", "minutes_per_visit", "travel_min", "value_per_hour_minor"):
        assert wide[name] == pytest.approx(narrow[name], rel=0.01)


@given(st.floats(0.1, 50))
@settings(max_examples=12)
def test_money_has_no_unit_of_its_own(factor):
    options = debtors(80)
    dearer = options.assign(value_minor=options["value_minor"] * factor)
    one, other = look(options), look(dearer, crew_day_minor=TERMS.crew_day_minor * factor)
    assert other["visits"] == pytest.approx(one["visits"], rel=1e-6)
    assert other["value_per_visit_minor"] == pytest.approx(one["value_per_visit_minor"] * factor, rel=1e-6)
    assert other["advice"] == one["advice"]


def test_the_best_are_visited_first():
    few, many = look(debtors(200), effort(days=1)), look(debtors(200), effort(days=5))
    assert few["value_per_visit_minor"] > many["value_per_visit_minor"] > debtors(200)["value_minor"].mean()


def test_debtors_who_run_out_leave_crew_days_over():
    row = look(debtors(10))
    assert row["visits"] == pytest.approx(10)
    assert row["days_used"] < 1
    assert row["visits_worth"] == 10


def test_debtors_at_one_place_have_no_way_between_them():
    options = debtors(40).assign(lon=BASE[0] + 0.01, lat=BASE[1])
    row = look(options)
    assert row["visits"] == pytest.approx(40)
    assert 0 < row["travel_min"] < 1.5


# ---- the advice


def test_below_the_break_even_nobody_goes():
    poor = debtors(200, value_minor=800)
    row = look(poor)
    assert (row["advice"], row["why"]) == (Advice.NOT_BY_VISIT, Why.BELOW_BREAK_EVEN)
    assert row["value_per_visit_minor"] < row["break_even_visit_minor"]


def test_the_advice_turns_at_the_break_even():
    """The same district with a crew-day a little dearer and a little cheaper than what it brings."""
    options, going = debtors(200), effort()
    brings = look(options, going)
    level = TERMS.crew_day_minor * brings["value_per_visit_minor"] / brings["break_even_visit_minor"]
    assert look(options, going, crew_day_minor=0.9 * level)["advice"] != Advice.NOT_BY_VISIT
    dearer = look(options, going, crew_day_minor=1.1 * level)
    assert (dearer["why"], dearer["visits"] < brings["visits"]) == (Why.ONLY_SOME, True)
    assert look(options, going, crew_day_minor=10 * level)["advice"] == Advice.NOT_BY_VISIT


def test_the_few_who_pay_are_not_left_because_the_rest_do_not():
    """Three debtors bring five times what their visits cost; forty more bring less than theirs."""
    options = debtors(43, value_minor=1_000)
    options.loc[options["debtor_id"].isin(["D1", "D2", "D3"]), "value_minor"] = 20_000.0
    row = look(options)
    assert row["advice"] != Advice.NOT_BY_VISIT
    assert (row["why"], row["debtors"]) == (Why.ONLY_SOME, 43)
    assert row["visits"] == pytest.approx(3)
    assert row["value_per_visit_minor"] > row["break_even_visit_minor"]
    assert said(row, "CNY").startswith("Only 3 of the 43 debtors: ")


def test_who_cannot_be_reached_in_a_day_is_not_called_poor():
    far = effort((BASE[0] + 4.0, BASE[1]))
    rich, poor = look(debtors(50, value_minor=50_000_00), far), look(debtors(50, value_minor=500), far)
    assert (rich["advice"], rich["why"], rich["visits"]) == (Advice.NOT_BY_VISIT, Why.TOO_FAR, 0.0)
    assert (poor["advice"], poor["why"]) == (Advice.NOT_BY_VISIT, Why.BELOW_BREAK_EVEN)


def test_a_far_district_is_a_day_trip():
    row = look(debtors(200), effort((BASE[0] + 0.3, BASE[1])))
    assert (row["advice"], row["why"]) == (Advice.DAY_TRIP, Why.FAR)
    assert row["out_and_back_min"] * 60 >= TERMS.day_trip_s
    assert look(debtors(200), effort((BASE[0] + 0.3, BASE[1])), day_trip_s=1e9)["advice"] != Advice.DAY_TRIP


def test_dense_debtors_are_swept_on_foot_if_there_is_work_enough():
    dense = debtors(300, spread=0.006)
    row = look(dense)
    assert (row["advice"], row["why"]) == (Advice.SWEEP_ON_FOOT, Why.ON_FOOT_QUICKER)
    assert row["foot_share"] >= TERMS.sweep_share
    assert row["days_worth"] >= TERMS.sweep_crew_days
    assert look(debtors(20, spread=0.001))["advice"] == Advice.ORDINARY_ROUND  # dense, but not a day's work
    assert look(debtors(60, spread=0.03))["advice"] == Advice.ORDINARY_ROUND  # a day's work, but not dense
    assert look(dense, walking_m_per_s=0.05)["advice"] == Advice.ORDINARY_ROUND


# ---- damage


def test_nobody_at_the_hours_of_the_crew_is_nobody():
    late = debtors(50).assign(
        opens_at=lambda t: t["closes_at"], closes_at=lambda t: t["closes_at"] + pd.Timedelta("1h")
    )
    row = look(late)
    assert (row["advice"], row["why"], row["visits"]) == (Advice.NOT_BY_VISIT, Why.NOBODY, 0.0)
    assert np.isnan(row["minutes_per_visit"])


def test_a_skill_that_the_crew_lacks_leaves_the_debtor_out():
    options = debtors(50)
    options.loc[options["debtor_id"] != "D1", "needs"] = "dialect legal"
    assert look(options)["visits"] == pytest.approx(1)
    able = replace(effort(), crew=replace(CREW, skills=frozenset({"dialect", "legal"})))
    assert look(options, able)["visits"] == pytest.approx(50)


def test_no_road_is_said():
    row = look(debtors(50), roads=NoRoads())
    assert (row["advice"], row["why"]) == (Advice.NOT_BY_VISIT, Why.NO_ROAD)


def test_debtors_without_a_place_count_for_nothing():
    options = debtors(60)
    options.loc[options["debtor_id"].isin([f"D{k}" for k in range(20)]), "lon"] = np.nan
    row = look(options)
    assert row["debtors"] == 40
    assert row["visits"] == pytest.approx(40)


def test_one_debtor_alone_is_there_and_back():
    row = look(debtors(1, centre=(BASE[0] + 0.05, BASE[1])))
    assert row["visits"] == pytest.approx(1)
    assert row["travel_min"] == pytest.approx(row["out_and_back_min"], rel=0.01)
    assert np.isnan(row["foot_share"])


def test_worthless_visits_are_not_made():
    row = look(debtors(50).assign(value_minor=0.0))
    assert (row["advice"], row["why"], row["visits"]) == (Advice.NOT_BY_VISIT, Why.BELOW_BREAK_EVEN, 0.0)


def test_an_engine_that_fails_says_so():
    class Broken(StraightLine):
        def travel_times(self, points, **kwargs):
            raise RoadFailure("down", fault="network", try_again=True)

    with pytest.raises(RoadFailure):
        look(debtors(20), roads=Broken())


# ---- all districts


def regions(**parts):
    return pd.concat([part.assign(region=name, debtor_id=name + part["debtor_id"]) for name, part in parts.items()])


def test_one_row_a_district_from_the_branch_with_most_debtors():
    options = regions(B=debtors(60), A=debtors(40), none=debtors(5)).replace({"region": {"none": ""}})
    mixed = options["region"].eq("A") & ~options["debtor_id"].isin(["AD1", "AD2"])
    options.loc[mixed, "branch"] = "YX02"
    efforts = {"YX01": effort(), "YX02": effort((BASE[0] + 0.1, BASE[1]))}
    roads = Counting()
    table = outlook(prospects(options, efforts, roads, PARAMETERS.slots, ZONE, dict.fromkeys(efforts, TERMS)))
    assert table["region"].tolist() == ["A", "B"]
    assert table["branch"].tolist() == ["YX02", "YX01"]
    assert table["debtors"].tolist() == [40, 60]
    assert table["roads_estimated"].all()
    assert len(roads.asked) == 2
    assert max(roads.asked) <= 65
    pd.testing.assert_frame_equal(table, conform(table, OUTLOOK))


def test_options_get_the_district_of_their_debtor_and_the_place_of_the_visit():
    plain = debtors(2).drop(columns=["branch", "region", "lon", "lat"]).assign(place_id="P1")
    surveyed = pd.DataFrame({"debtor_id": ["D0", "D1"], "branch": "YX01", "region": ["R1", "R2"]})
    found = located(plain, surveyed, pd.DataFrame({"place_id": ["P1"], "lon": [103.0], "lat": [30.0]}))
    assert len(found) == len(plain)
    assert found.groupby("debtor_id")["region"].first().tolist() == ["R1", "R2"]
    assert set(found["lon"]) == {103.0}


def test_branches_without_a_crew_and_no_debtors_give_no_rows():
    assert outlook(prospects(debtors(10), {}, ROADS, PARAMETERS.slots, ZONE, {})).empty
    assert outlook(prospects(debtors(10)[:0], {"YX01": effort()}, ROADS, PARAMETERS.slots, ZONE, {"YX01": TERMS})).empty


def test_one_crew_is_the_one_with_most_time_and_can_what_all_can():
    other = replace(CREW, crew_id="c0", skills=frozenset({"legal"}))
    found = one_crew([other, CREW], shifts())
    assert found is not None
    assert found.crew.crew_id == "c1"
    assert found.crew.skills == {"legal"}
    assert found.shifts == shifts()
    assert one_crew([other, CREW], ()) is None


def test_a_crew_of_three_costs_half_as_much_again_and_none_less_than_the_pack_asks():
    pack = load_pack("CN")
    three, alone = (terms(PARAMETERS, pack, replace(CREW, members=m)) for m in (("a", "b", "c"), ("a",)))
    assert three.crew_day_minor == pytest.approx(1.5 * TERMS.crew_day_minor)
    assert alone.crew_day_minor == TERMS.crew_day_minor


# ---- the sentences


@pytest.mark.parametrize(
    ("options", "start", "begins"),
    [
        (debtors(300, spread=0.006), BASE, "Sweep on foot with a pooled crew: "),
        (debtors(60, spread=0.03), BASE, "An ordinary round: "),
        (debtors(200), (BASE[0] + 0.3, BASE[1]), "A day trip: "),
        (debtors(200, value_minor=2_500), BASE, "Only "),
        (debtors(200, value_minor=800), BASE, "Not by visit: a visit takes "),
        (debtors(50).assign(value_minor=0.0), BASE, "Not by visit: nobody there brings"),
    ],
)
def test_the_advice_is_said_with_its_figures(options, start, begins):
    row = look(options, effort(start))
    text = said(row, "CNY")
    assert text.startswith(begins)
    assert "nan" not in text
    if row["visits"]:
        assert f"from CNY {row['break_even_visit_minor'] / 100:,.0f}" in text
        assert f"from ¥{row['break_even_visit_minor'] / 100:,.0f}" in said(row, "¥")
        if "value" in SENTENCES[message_of(row, "¥")[0]]:
            assert f"¥{row['value_per_visit_minor'] / 100:,.0f}" in said(row, "¥")


@pytest.mark.parametrize("why", [Why.NOBODY, Why.NO_ROAD, Why.TOO_FAR, Why.BELOW_BREAK_EVEN])
def test_every_reason_without_a_visit_has_a_sentence(why):
    row = {"advice": Advice.NOT_BY_VISIT.value, "why": why.value, "visits": 0.0}
    assert message_of(row, "CNY")[0] in SENTENCES
    assert said(row, "CNY").startswith("Not by visit")


def test_the_page_says_what_the_code_says():
    """Every sentence in English as it is, and in Chinese with the same figures."""
    page = Path("docs/outlook.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(outlook\.[\w.]+)` \| (.*) \|$", page, flags=re.MULTILINE))
    assert rows.keys() == SENTENCES.keys()
    for name, text in rows.items():
        english, chinese = text.split(" | ")
        assert english == SENTENCES[name]
        assert sorted(re.findall(r"{\w+}", chinese)) == sorted(re.findall(r"{\w+}", english))
