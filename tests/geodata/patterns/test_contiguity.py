"""Which areas lie beside each other."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon
from shapely.geometry import box

from geodata.patterns.contiguity import neighbours_of


def told(*shapes, gap=0.0):
    return [one.tolist() for one in neighbours_of(gpd.GeoSeries(list(shapes)), gap=gap)]


def test_borders_and_corners_count_and_islands_have_none():
    assert told(box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 1, 3, 2), box(8, 8, 9, 9)) == [[1], [0, 2], [1], []]


def test_an_empty_shape_lies_nowhere():
    assert told(box(0, 0, 1, 1), Polygon(), box(1, 0, 2, 1)) == [[2], [], [0]]


def test_a_gap_of_rounding_is_bridged():
    apart = box(0, 0, 1, 1), box(1.0005, 0, 2, 1)
    assert told(*apart) == [[], []]
    assert told(*apart, gap=0.001) == [[1], [0]]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=15, unique=True))
def test_neighbours_are_mutual_and_nobody_is_his_own(corners):
    found = told(*(box(x, y, x + 1, y + 1) for x, y in corners))
    for k, one in enumerate(found):
        near = [j for j, (x, y) in enumerate(corners) if max(abs(x - corners[k][0]), abs(y - corners[k][1])) == 1]
        assert one == near


def test_hexagons_have_six():
    turn = np.radians(30 + 60 * np.arange(6))
    middles = [(np.sqrt(3) * (x + y / 2), 1.5 * y) for x in range(5) for y in range(5)]
    cells = [Polygon(np.column_stack([mx + np.cos(turn), my + np.sin(turn)])) for mx, my in middles]
    assert len(told(*cells, gap=1e-6)[12]) == 6


def test_a_negative_gap_is_refused():
    with pytest.raises(ValueError, match="gap"):
        told(box(0, 0, 1, 1), gap=-1.0)
