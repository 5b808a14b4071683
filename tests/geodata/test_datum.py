"""Chinese datums: published sample points, inverses exact to a millimetre, no shift outside the mainland."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.datum import DATUMS, Datum, from_wgs84, to_wgs84
from geodata.mainland import in_mainland

MILLIMETRE = 9e-9  # degrees of latitude
TIANANMEN = np.array([[116.404, 39.915]])
mainland = st.tuples(st.floats(103, 116), st.floats(26, 38)).map(lambda point: np.array([point]))
shifted = st.sampled_from(["gcj02", "bd09"])


def test_wgs84_to_gcj02_as_published() -> None:
    assert np.allclose(from_wgs84(TIANANMEN, "gcj02"), [[116.41024449916938, 39.91640428150164]], atol=1e-11, rtol=0)


def test_gcj02_to_bd09_as_published() -> None:
    """The published pair is GCJ-02 (116.404, 39.915) ↔ BD-09 (116.41036949371029, 39.92133699351021)."""
    wgs84 = to_wgs84(TIANANMEN, "gcj02")
    assert np.allclose(from_wgs84(wgs84, "bd09"), [[116.41036949371029, 39.92133699351021]], atol=2e-9, rtol=0)


@settings(max_examples=60, deadline=None)
@given(point=mainland, datum=shifted)
def test_there_and_back_is_the_same_millimetre(point: np.ndarray, datum: Datum) -> None:
    assert np.abs(to_wgs84(from_wgs84(point, datum), datum) - point).max() < MILLIMETRE
    assert np.abs(from_wgs84(to_wgs84(point, datum), datum) - point).max() < MILLIMETRE


@settings(max_examples=60, deadline=None)
@given(point=mainland)
def test_the_shift_is_as_large_as_reported(point: np.ndarray) -> None:
    """360–600 m or so for GCJ-02, about a kilometre for BD-09."""
    metres_per_degree = np.array([111_320 * np.cos(np.radians(point[0, 1])), 110_900])
    gcj02_m = np.linalg.norm((from_wgs84(point, "gcj02") - point) * metres_per_degree)
    bd09_m = np.linalg.norm((from_wgs84(point, "bd09") - point) * metres_per_degree)
    assert 150 < gcj02_m < 900
    assert 500 < bd09_m < 2000


@pytest.mark.parametrize(
    ("name", "lon", "lat"),
    [
        ("Taipei", 121.565, 25.033),
        ("Seoul", 126.978, 37.566),
        ("Ulaanbaatar", 106.917, 47.918),
        ("Hanoi", 105.834, 21.028),
        ("Kathmandu", 85.324, 27.717),
        ("Thimphu", 89.639, 27.472),
        ("Tokyo", 139.692, 35.690),
        ("Porto Alegre", -51.218, -30.035),
    ],
)
def test_no_shift_outside_the_mainland(name: str, lon: float, lat: float) -> None:
    point = np.array([[lon, lat]])
    for datum in DATUMS:
        assert np.array_equal(from_wgs84(point, datum), point), name
        assert np.array_equal(to_wgs84(point, datum), point), name


def test_border_towns_are_mainland() -> None:
    """Kashgar, Mohe, Heihe, Fuyuan, Dandong, Sanya, Ruili, Yadong, Alashankou."""
    towns = [(75.99, 39.47), (122.54, 52.97), (127.5, 50.24), (134.3, 48.37), (124.39, 40.13), (109.51, 18.25)]
    towns += [(97.85, 24.01), (88.91, 27.49), (82.57, 45.17)]
    assert in_mainland(np.array(towns)).all()


def test_near_the_outline_a_point_is_given_back_unshifted_or_exactly() -> None:
    generator = np.random.default_rng(3)
    points = np.column_stack([generator.uniform(72, 136, 4000), generator.uniform(17, 54, 4000)])
    for datum in ("gcj02", "bd09"):
        back = to_wgs84(points, datum)
        exact = np.abs(from_wgs84(back, datum) - points).max(axis=1) < MILLIMETRE
        assert (exact | (back == points).all(axis=1)).all()


def test_missing_stays_missing_and_the_argument_is_not_changed() -> None:
    points = np.array([[np.nan, 30.0], [114.0, 30.0], [np.nan, np.nan]])
    before = points.copy()
    for datum in DATUMS:
        assert np.isnan(to_wgs84(points, datum)[2]).all()
        assert np.isfinite(to_wgs84(points, datum)[1]).all()
        assert np.isnan(to_wgs84(points, datum)[0, 0])
    assert np.array_equal(points, before, equal_nan=True)
    assert to_wgs84(np.empty((0, 2)), "bd09").shape == (0, 2)


def test_an_unknown_datum_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown datum 'cgcs'"):
        to_wgs84(TIANANMEN, "cgcs")  # type: ignore[arg-type]
