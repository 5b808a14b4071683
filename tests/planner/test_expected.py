"""The expected week: crew time by slot, options by slot, and what is taken in the time there is."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.parameters import load
from geodata.patterns.tour_length import LegLaw
from planner.expected import LEGS, USED, by_slot, crew_time, expected, taken
from tests.planner.weeks import CREW, MONDAY, ZONE, at, debtors, shifts

SLOTS = load().slots
LAW = LegLaw(np.array([100.0, 10_000.0]), np.array([20.0, 1200.0]))


def week(n, *, days=5, depot_s=600.0, seed=1, side=5000.0, service_s=1000.0):
    """n debtors strewn over a square, each in the morning and in the afternoon."""
    rng = np.random.default_rng(seed)
    xy = np.repeat(rng.uniform(0, side, (n, 2)), 2, axis=0)
    rows = pd.DataFrame(
        {
            "debtor_id": np.repeat([f"D{k}" for k in range(n)], 2),
            "slot": ["weekday_morning", "weekday_afternoon"] * n,
            "value_minor": np.repeat(rng.lognormal(10, 0.5, n), 2),
            "service_s": service_s,
        }
    )
    time = crew_time(shifts(days), SLOTS, ZONE)
    return expected(rows, xy, np.full(2 * n, depot_s), LAW, time, travel_minor_per_s=1.0)


def test_crew_time_leaves_the_meal_out_and_falls_into_slots():
    time = crew_time(shifts(2), SLOTS, ZONE)
    assert time.crew_days == 2
    assert sum(time.seconds.values()) == 2 * (8.5 * 3600 - 2700)
    # From nine to twelve; the meal from half past twelve to a quarter past one falls into the afternoon.
    assert time.seconds == {
        "weekday_morning": 2 * 3 * 3600,
        "weekday_afternoon": 2 * (5 * 3600 - 2700),
        "weekday_evening": 2 * 1800,
    }


def test_a_saturday_is_weekend_and_nobody_working_is_no_time():
    saturday = replace(shifts(1)[0], starts=at(5, 9), ends=at(5, 12), breaks=())
    assert crew_time([saturday], SLOTS, ZONE).seconds == {"weekend": 3 * 3600}
    assert crew_time([], SLOTS, ZONE).seconds == {}


def test_options_are_counted_in_every_slot_a_crew_works_in():
    rows = by_slot(debtors(3), [CREW], shifts(1), SLOTS, ZONE)
    assert (
        rows.groupby("debtor_id")["slot"].apply(set).tolist()
        == [{"weekday_morning", "weekday_afternoon", "weekday_evening"}] * 3
    )


def test_the_best_option_of_a_slot_stands_for_it():
    options = debtors(1)
    options["value_minor"] = [1.0, 9.0, 3.0, 2.0, 2.0]
    assert by_slot(options, [CREW], shifts(5), SLOTS, ZONE)["value_minor"].tolist() == [9.0] * 3
    # Nobody works on Tuesday, the day on which it is worth most.
    without = [one for one in shifts(5) if one.day != MONDAY + timedelta(days=1)]
    assert by_slot(options, [CREW], without, SLOTS, ZONE)["value_minor"].tolist() == [3.0] * 3


def test_an_option_on_a_day_without_a_crew_is_none():
    options = debtors(2)
    assert by_slot(options[options["day"] > "2026-11-23"], [CREW], shifts(1), SLOTS, ZONE).empty
    assert by_slot(options, [CREW], (), SLOTS, ZONE).empty


@given(st.integers(20, 150), st.integers(1, 5))
@settings(max_examples=15)
def test_no_more_time_is_spent_than_there_is_and_nobody_is_visited_twice(n, days):
    told = week(n, days=days)
    assert told.field_hours * 3600 <= USED * days * (8.5 * 3600 - 2700) * 1.02
    assert told.visits <= n + 1e-6
    assert told.days <= told.crew_days == days


@given(st.floats(0.1, 10))
@settings(max_examples=10)
def test_twice_the_area_is_twice_the_way_squared(factor):
    """With nothing to choose, legs grow as the side of the area does."""
    flat = LegLaw(np.array([1.0]), np.array([0.001]))
    rows = pd.DataFrame(
        {"debtor_id": [f"D{k}" for k in range(30)], "slot": "weekday_morning", "value_minor": 1e6, "service_s": 1.0}
    )
    xy, time = np.random.default_rng(5).uniform(0, 1000, (30, 2)), crew_time(shifts(1), SLOTS, ZONE)
    small, large = (
        expected(rows, xy * scale, np.zeros(30), flat, time, travel_minor_per_s=0.0).legs_s for scale in (1.0, factor)
    )
    assert large == pytest.approx(small * factor, rel=1e-3)


def test_the_legs_are_the_fitted_multiple_of_the_tree():
    told = week(40, service_s=60.0)
    assert told.visits == pytest.approx(40)
    assert told.legs_s == pytest.approx(LEGS * LAW(told.leg_edges_m).sum() * 40 / 39, rel=0.02)


def test_a_lonely_debtor_is_left_for_those_who_live_together():
    """Worth as much as the others, but an hour away from each of them."""
    rng = np.random.default_rng(6)
    xy = np.vstack([rng.uniform(0, 500, (60, 2)), [[30_000.0, 0.0]]])
    rows = pd.DataFrame(
        {"debtor_id": [f"D{k}" for k in range(61)], "slot": "weekday_morning", "value_minor": 1000.0, "service_s": 900}
    )
    told = expected(rows, xy, np.full(61, 60.0), LAW, crew_time(shifts(2), SLOTS, ZONE), travel_minor_per_s=0.0)
    assert 60 not in told.chosen
    assert 15 < told.visits < 30


def test_taken_fills_the_time_with_what_brings_most():
    owner, slot = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 0])
    share = taken(owner, slot, np.array([5.0, 4.0, 3.0, 1.0]), np.full(4, 10.0), np.array([10.0, 10.0]))
    assert share.tolist() == [0.0, 1.0, 1.0, 0.0]


@pytest.mark.parametrize("missing", ["xy", "depot", "slot"])
def test_rows_that_nobody_can_reach_are_not_taken(missing):
    rows = pd.DataFrame({"debtor_id": ["a", "b"], "slot": "weekday_morning", "value_minor": 1e5, "service_s": 600})
    xy, depot_s = np.zeros((2, 2)), np.full(2, 60.0)
    if missing == "xy":
        xy[0] = np.nan
    elif missing == "depot":
        depot_s[0] = np.nan
    else:
        rows.loc[0, "slot"] = "weekend"
    told = expected(rows, xy, depot_s, LAW, crew_time(shifts(1), SLOTS, ZONE), travel_minor_per_s=0.0)
    assert told.chosen.tolist() == [1]
    assert told.visits == pytest.approx(1)


def test_a_crew_that_spends_its_day_on_the_way_visits_nobody():
    told = week(20, depot_s=5 * 3600.0)
    assert told.visits == 0
    assert told.field_hours == 0
