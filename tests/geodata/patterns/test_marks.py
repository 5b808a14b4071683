"""Finding the marked points among all."""

import numpy as np
import pytest

from geodata.patterns.marks import NotAmong, mark_exact, mark_near

BLOCK = np.array([[1.0, 1.0], [2.0, 2.0], [1.0, 1.0], [3.0, 3.0]])


def test_neighbours_at_one_address_are_marked_one_each():
    assert mark_exact(BLOCK, BLOCK[[0, 2, 3]]).tolist() == [True, False, True, True]
    assert mark_exact(BLOCK, BLOCK[:0]).sum() == 0


@pytest.mark.parametrize(
    ("marked", "row"), [([[1.0, 1.0], [9.0, 9.0]], 1), ([[2.0, 2.0], [2.0, 2.0]], 1), ([[1.0, np.nan]], 0)]
)
def test_a_stranger_or_one_too_many_is_named(marked, row):
    with pytest.raises(NotAmong) as caught:
        mark_exact(BLOCK, np.array(marked))
    assert caught.value.row == row


def test_near_ones_pair_up_closest_first_and_only_once():
    labels, matched = mark_near(
        np.array([[0.0, 0.0], [10.0, 0.0]]), np.array([[4.0, 0.0], [1.0, 0.0], [2.0, 0.0]]), within_m=7
    )
    assert labels.tolist() == [True, True]
    assert matched.tolist() == [True, True, False]


def test_near_with_nobody():
    labels, matched = mark_near(np.zeros((0, 2)), np.zeros((2, 2)), within_m=5)
    assert labels.tolist() == []
    assert matched.tolist() == [False, False]


def test_rounded_coordinates_find_everybody_again():
    rng = np.random.default_rng(41)
    points = rng.uniform(0, 9_000, (2_000, 2))
    chosen = rng.choice(2_000, 300, replace=False)
    labels, matched = mark_near(points, points[chosen].round(0), within_m=2)
    assert matched.all()
    assert np.isin(chosen, np.flatnonzero(labels)).mean() > 0.99
