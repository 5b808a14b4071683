"""Outlines hug their places and keep to their side of the water."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns.outline import MARGIN_M, outline

RIVER = shapely.box(100, -5_000, 250, 5_000)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([0.0, 30.0, 400.0]), st.booleans())
def test_every_place_is_inside_whatever_the_water_does(seed, n, spread, rounded):
    rng = np.random.default_rng(seed)
    xy = rng.normal(0, spread, (n, 2))
    xy = xy.round(-1) if rounded else xy
    for waters in ([], [RIVER], [shapely.box(-50, -50, 50, 50)]):
        shape = outline(xy, waters)
        assert shape.is_valid
        assert not shape.interiors
        assert all(shape.covers(shapely.Point(one)) for one in xy)
        assert shape.area <= shapely.MultiPoint(xy).convex_hull.buffer(1.1 * MARGIN_M).area


def test_it_stops_at_the_water_when_all_live_on_one_side():
    bank = np.array([[60.0, y] for y in range(0, 900, 60)] + [[-200.0, 450.0]])
    assert outline(bank).intersection(RIVER).area > 1_000
    assert outline(bank, [RIVER]).intersection(RIVER).area == pytest.approx(0, abs=1e-6)


def test_it_spans_the_water_when_they_live_on_both():
    banks = np.array([[x, y] for x in (60.0, 290.0) for y in range(0, 600, 60)])
    assert outline(banks, [RIVER]).intersection(RIVER).area > 10_000


def test_it_goes_in_where_nobody_lives():
    arm = np.array([[x, y] for x in range(0, 1_200, 40) for y in (0.0, 25.0)])
    corner = np.vstack([arm, arm[:, ::-1]])
    assert outline(corner).area < 0.5 * shapely.MultiPoint(corner).convex_hull.buffer(MARGIN_M).area


@pytest.mark.parametrize("xy", [np.zeros((0, 2)), np.array([[np.nan, 0.0]])])
def test_nobody_and_nowhere_have_none(xy):
    with pytest.raises(ValueError, match="at least one place"):
        outline(xy)
