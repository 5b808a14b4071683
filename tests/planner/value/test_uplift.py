"""The value of a visit: calibrated to its sources, moved by the branch's own visits, taken apart into its parts."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from config.parameters import load
from planner.domain import Bucket
from planner.value.calibration import calibrate
from planner.value.learning import learn
from planner.value.slots import slot_of, split_by_slot
from planner.value.survey import survey
from planner.value.uplift import PARTS, uplift
from tests.planner.value.factories import MONDAY, TODAY, ZONE, accounts, debtors, outcomes, places, visited

DEFAULTS = load()
AGES = {"M1": 20, "M2": 40, "M3": 70, "M4-6": 120, "M7-12": 200, "Y1-3": 500, "Y3+": 1200}


def value(*, past=None, slot="weekday_morning", age=20, person=None, place=None, ticking=None, parameters=DEFAULTS):
    where, past = places(place or {}), outcomes() if past is None else past
    people = survey(debtors({"occupation": "retired"} | (person or {})), accounts({"days_past_due": age}), today=TODAY)
    model = learn(people, where, past, parameters, zone=ZONE)
    windows = pd.DataFrame({"debtor_id": ["D1"], "place_id": ["P1"], "slot": [slot]})
    return uplift(people, where, windows, model, outcomes=past, clocks=ticking).iloc[0]


@pytest.mark.parametrize("bucket", list(Bucket))
def test_an_average_visit_is_worth_exactly_with_minus_without(bucket):
    row = value(age=AGES[bucket.value])
    share = DEFAULTS.collected_with[bucket].value - DEFAULTS.collected_without[bucket].value
    money = row["value_minor"] - row["information_minor"]
    assert row["p_met"] == pytest.approx(DEFAULTS.productive.value)
    assert money == pytest.approx(share * 1_000_000)


def test_the_parts_add_up_and_the_interval_holds_the_value():
    row = value()
    assert row[list(PARTS)].sum() == pytest.approx(row["value_minor"])
    assert row["value_low_minor"] < row["value_minor"] < row["value_high_minor"]
    assert row["paid_anyway_minor"] < 0
    assert row["assumption"]


@pytest.mark.parametrize(
    ("person", "place", "slot", "factor"),
    [
        ({"occupation": "salaried"}, {}, "weekday_morning", 0.85),
        ({"occupation": "salaried"}, {}, "weekday_evening", 1.2),
        ({"occupation": "salaried"}, {}, "weekend", 1.1),
        ({"occupation": "home"}, {}, "weekday_evening", 1.0),
        ({"occupation": "salaried"}, {"kind": "shop"}, "weekday_morning", 1.2),
        ({"occupation": "salaried"}, {"kind": "workplace"}, "weekday_evening", 0.85),
    ],
)
def test_the_slot_moves_the_contact(person, place, slot, factor):
    assert value(person=person, place=place, slot=slot)["p_met"] == pytest.approx(0.55 * factor)


def test_contradicting_shares_are_refused():
    m1 = replace(DEFAULTS.collected_with[Bucket.M1], value=0.9)
    with pytest.raises(ValueError, match="bucket M1 contradict"):
        calibrate(replace(DEFAULTS, collected_with={**DEFAULTS.collected_with, Bucket.M1: m1}))


@pytest.mark.parametrize(("metres", "factor"), [(30, 1.0), (31, 0.97), (300, 0.85), (5000, 0.1), (90_000, 0.1)])
def test_a_vague_address_is_worth_less(metres, factor):
    assert value(place={"accuracy_m": metres})["p_address"] == pytest.approx(0.92 * factor)


def test_an_unknown_accuracy_has_its_own_factor():
    assert value(place={"accuracy_m": None})["p_address"] == pytest.approx(0.92 * 0.85)


def test_what_the_last_crew_found_decides_about_the_address():
    earlier = visited(MONDAY - timedelta(days=60), "NEGOTIATE")
    moved = value(past=outcomes(earlier, visited(MONDAY - timedelta(days=30), "MOVED")))
    assert (moved["p_address"], moved["information_minor"]) == (0.05, 0)
    met = value(past=outcomes(visited(MONDAY - timedelta(days=60), "MOVED"), visited(MONDAY, "REFUSED")))
    assert (met["p_address"], met["information_minor"]) == (0.98, 0)


def clock(**changes):
    row = {"debtor_id": "D1", "kind": "limitation", "visit_needed": True, "overdue_minor": 1_000_000}
    return pd.DataFrame([row | changes])


def test_evidence_for_a_clock_counts_only_where_a_visit_gives_it():
    saved = value(ticking=clock())["evidence_minor"]
    assert saved == pytest.approx(0.55 * 0.45 * 0.07 * 1_000_000)
    assert value(ticking=clock(visit_needed=False))["evidence_minor"] == 0
    assert value(ticking=clock(), place={"kind": "guarantor"})["evidence_minor"] == 0
    at_guarantor = value(ticking=clock(kind="guarantee"), place={"kind": "guarantor"})
    assert at_guarantor["evidence_minor"] > 0
    assert at_guarantor["pays_now_minor"] == 0


def test_minutes_at_the_door_are_a_mix():
    met, somebody = 0.55, 0.55 / 0.85
    minutes = 4 + (1 - somebody) * 5 + (somebody - met) * 6 + met * 20
    assert value()["service_s"] == round(minutes * 60)
    assert value(person={"group": "farm"})["service_s"] == round((minutes + 2) * 60)


def test_few_visits_move_little_many_visits_decide():
    def after(n, code):
        past = outcomes(*(visited(MONDAY - timedelta(days=300 + k), code, place_id="P1") for k in range(n)))
        people = survey(debtors({}), accounts({}), today=TODAY)
        return learn(people, places({}), past, DEFAULTS, zone=ZONE).rates.set_index(["rate", "cell", "within"])

    prior = after(0, "REFUSED")
    few, many = after(3, "REFUSED"), after(400, "REFUSED")
    cell = ("pays", "M1", "unreviewed")
    assert prior.loc[cell, "mean"] > few.loc[cell, "mean"] > many.loc[cell, "mean"]
    assert many.loc[cell, "mean"] < 0.03
    assert bool(few.loc[cell, "assumption"])
    assert not bool(many.loc[cell, "assumption"])
    assert many.loc[("pays", "M2", "careless"), "mean"] < prior.loc[("pays", "M2", "careless"), "mean"]
    narrow, wide = many.loc[cell], prior.loc[cell]
    assert narrow["high"] - narrow["low"] < wide["high"] - wide["low"]


def test_a_known_rate_is_found_again():
    codes = ["PAID_PART"] * 150 + ["NEGOTIATE"] * 350 + ["NOT_HOME"] * 300 + ["MOVED"] * 200
    past = outcomes(*(visited(MONDAY - timedelta(days=k % 90), code) for k, code in enumerate(codes)))
    people = survey(debtors({"occupation": "retired"}), accounts({}), today=TODAY)
    rates = learn(people, places({}), past, DEFAULTS, zone=ZONE).rates
    pays = rates[(rates["rate"] == "pays") & (rates["visits"] > 0)].iloc[0]
    assert pays["low"] < 0.30 < pays["high"]
    assert rates.loc[rates["rate"] == "address", "mean"].iloc[0] == pytest.approx(0.8, abs=0.02)


def test_a_window_of_a_stranger_is_refused():
    people = survey(debtors({}), accounts({}), today=TODAY)
    model = learn(people, places({}), outcomes(), DEFAULTS, zone=ZONE)
    windows = pd.DataFrame({"debtor_id": ["D1"], "place_id": ["P9"], "slot": ["weekend"]})
    with pytest.raises(ValueError, match="'P9'"):
        uplift(people, places({}), windows, model)


def test_windows_are_cut_at_the_borders_of_the_slots():
    day = pd.Timestamp(MONDAY).as_unit("s")
    edges = pd.to_datetime(["2026-11-30 09:00", "2026-11-30 20:00"]).tz_localize(ZONE).tz_convert("UTC").as_unit("us")
    whole = pd.DataFrame({"day": [day], "opens_at": edges[:1], "closes_at": edges[1:]})
    pieces = split_by_slot(whole, DEFAULTS.slots, ZONE)
    assert pieces["slot"].tolist() == ["weekday_morning", "weekday_afternoon", "weekday_evening"]
    assert pieces["closes_at"].iloc[:2].tolist() == pieces["opens_at"].iloc[1:].tolist()
    assert slot_of(pieces["opens_at"], DEFAULTS.slots, ZONE).tolist() == pieces["slot"].tolist()
