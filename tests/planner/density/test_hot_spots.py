"""Where visits pay more often than expected, side by side."""

import numpy as np

from benchmarks.density_coverage import grid
from planner.density import hot_spots
from tests.planner.density.pasts import past

CELLS = [f"cell{k}" for k in range(36)]
CORNER = [k for k in range(36) if k // 6 < 3 and k % 6 < 3]


def test_a_corner_that_pays_is_hot_and_where_nobody_went_is_unknown():
    often = [2.5 if k in CORNER else 0.7 for k in range(36)]
    history = past(np.random.default_rng(1), CELLS[:35], [40] * 35, theta=often[:35])
    found = hot_spots(history, CELLS, grid(6))
    assert found["region"].tolist() == CELLS
    assert (found["place"][CORNER] == "hot").sum() >= 4
    assert (found["place"].drop(CORNER) != "hot").all()
    assert found["place"][35] == "unknown"
    assert found["payments"].sum() == (history["paid_minor"] > 0).sum()
    assert np.allclose(found["expected_payments"][:35], 8)


def test_it_is_how_often_that_counts_not_how_much():
    rng = np.random.default_rng
    much = [20.0 if k in CORNER else 1.0 for k in range(36)]
    plain, rich = (past(rng(2), CELLS, [40] * 36, kappa=one) for one in (None, much))
    assert hot_spots(plain, CELLS, grid(6)).equals(hot_spots(rich, CELLS, grid(6)))
