"""A leg by itself is driven as a leg of many: the two ways of reckoning through the day are one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.routing.hours import Hours, arrival, arrival_one, departure, departure_one

FACTORS = st.lists(st.floats(0.5, 3.0), min_size=24, max_size=24).map(tuple)
WHEN = st.one_of(st.integers(-200_000, 900_000).map(float), st.sampled_from([np.inf, -np.inf, 1e18, -1e18]))
LEG = st.one_of(st.integers(0, 40_000).map(float), st.sampled_from([np.inf, 1e18]))


@given(FACTORS, st.integers(0, 86_399), WHEN, LEG)
def test_one_leg_is_reckoned_as_one_of_many(factors: tuple[float, ...], into_day: int, when: float, leg: float) -> None:
    hours = Hours(factors, into_day)
    assert arrival_one(hours, when, leg) == float(arrival(hours, when, leg))
    assert departure_one(hours, when, leg) == float(departure(hours, when, leg))


@given(FACTORS, st.integers(0, 86_399), st.integers(0, 600_000), st.integers(1, 20_000))
def test_who_leaves_as_late_as_may_be_is_there_in_time(
    factors: tuple[float, ...], into_day: int, by: int, leg: int
) -> None:
    hours = Hours(factors, into_day)
    leaves = departure_one(hours, by, leg)
    assert arrival_one(hours, leaves, leg) <= by < arrival_one(hours, leaves + 1, leg)


@pytest.mark.parametrize("leg", [0.0, 60.0])
def test_without_factors_a_leg_is_added(leg: float) -> None:
    assert (arrival_one(None, 100.0, leg), departure_one(None, 100.0, leg)) == (100.0 + leg, 100.0 - leg)
