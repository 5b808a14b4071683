"""Clark and Evans' index on the textbook patterns."""

from pathlib import Path

import numpy as np
import pytest

from geodata.patterns.clark_evans import clark_evans

PATTERNS = Path(__file__).parents[2] / "data" / "patterns"


def pattern(name):
    """Read one of the textbook patterns."""
    return np.loadtxt(PATTERNS / f"{name}.csv", delimiter=",", skiprows=1)


@pytest.mark.parametrize(("name", "index"), [("redwood", 0.585), ("cells", 1.560), ("japanesepines", 1.008)])
def test_textbook_patterns(name, index):
    assert clark_evans(pattern(name), area=1.0, perimeter=4.0).index == pytest.approx(index, abs=0.0006)


def test_clustered_regular_and_random_are_told_apart():
    redwood, cells, pines = (
        clark_evans(pattern(name), area=1.0, perimeter=4.0) for name in ("redwood", "cells", "japanesepines")
    )
    assert redwood.z < -3
    assert cells.z > 3
    assert pines.p_value > 0.5
    assert max(redwood.p_value, cells.p_value) < 0.001


def test_the_unit_of_length_does_not_matter():
    points = pattern("redwood")
    small, large = clark_evans(points, area=1, perimeter=4), clark_evans(points * 1_000, area=1e6, perimeter=4_000)
    assert large.index == pytest.approx(small.index)
    assert large.z == pytest.approx(small.z)


@pytest.mark.parametrize(
    ("points", "area"),
    [(np.zeros((1, 2)), 1.0), (np.array([[0, 0], [np.nan, 1]]), 1.0), (np.zeros((4, 3)), 1.0), (np.eye(2), 0.0)],
)
def test_what_has_no_index_is_refused(points, area):
    with pytest.raises(ValueError, match=r"needed|window"):
        clark_evans(points, area=area, perimeter=4)
