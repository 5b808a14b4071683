"""The local plane: distances against the ellipsoid."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.projection import local_crs, local_metres


@settings(max_examples=30, deadline=None)
@given(lon=st.floats(-179, 179), lat=st.floats(-65, 65), seed=st.integers(0, 1000))
def test_distances_within_a_town_are_those_on_the_ellipsoid(lon: float, lat: float, seed: int) -> None:
    points = np.array([lon, lat]) + np.random.default_rng(seed).uniform(-0.2, 0.2, (2, 2))
    metres = local_metres(points)
    _, _, true_m = pyproj.Geod(ellps="WGS84").inv(points[0, 0], points[0, 1], points[1, 0], points[1, 1])
    assert np.linalg.norm(metres[1] - metres[0]) == pytest.approx(true_m, rel=1e-4, abs=0.01)


def test_missing_points_stay_missing() -> None:
    metres = local_metres(np.array([[114.0, 30.0], [np.nan, 30.0], [114.01, 30.0]]))
    assert np.isnan(metres[1]).all()
    assert np.linalg.norm(metres[2] - metres[0]) == pytest.approx(965, abs=1)
    assert np.isnan(local_metres(np.full((2, 2), np.nan))).all()


def test_a_place_off_the_earth_is_refused() -> None:
    with pytest.raises(ValueError, match="no place on Earth"):
        local_crs(30.0, 114.0)
