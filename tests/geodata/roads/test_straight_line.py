"""The fallback: numbers to check in the head, and always labelled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.roads import RoadFailure, StraightLine

KILOMETRE = np.array([[114.0, 30.0], [114.0, 30.0 + 1000 / 111_195.08]])


def test_a_kilometre_is_1350_m_and_194_s() -> None:
    times = StraightLine().travel_times(KILOMETRE)
    assert times.metres[0, 1] == pytest.approx(1350, abs=0.1)
    assert times.seconds[0, 1] == pytest.approx(1350 / 25 * 3.6, abs=0.1)
    assert (np.diag(times.seconds) == 0).all()


def test_it_is_labelled() -> None:
    times, shape = StraightLine().travel_times(KILOMETRE), StraightLine().route(KILOMETRE)
    assert times.estimated
    assert shape.estimated
    assert times.source == StraightLine().source == "straight line × 1.35 at 25 km/h"
    assert np.isnan(times.snap_m).all()
    assert times.far_from_streets == 0


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 500), n=st.integers(1, 8))
def test_it_is_symmetric_and_a_route_is_the_sum_of_its_legs(seed: int, n: int) -> None:
    points = np.random.default_rng(seed).uniform([-180, -80], [180, 80], (n, 2))
    times, shape = StraightLine().travel_times(points), StraightLine().route(points)
    assert np.allclose(times.seconds, times.seconds.T)
    assert (times.metres <= 1.35 * 20_016_000).all()
    assert np.allclose(shape.leg_seconds, np.diag(times.seconds, 1))
    assert len(shape.leg_lines) == n - 1


def test_an_unknown_point_is_nan_also_to_itself() -> None:
    times = StraightLine().travel_times(np.vstack([KILOMETRE, [np.nan, 30.0]]))
    assert np.isnan(times.seconds[2]).all()
    assert np.isnan(times.seconds[:, 2]).all()
    assert np.isfinite(times.seconds[:2, :2]).all()
    assert times.unreachable_pairs == 5


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="detour"):
        StraightLine(detour=0.9)
    with pytest.raises(RoadFailure, match="not on the Earth"):
        StraightLine().travel_times(KILOMETRE[:, ::-1] + [0, 0.5])
