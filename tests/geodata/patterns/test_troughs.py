"""What hangs together is divided where a trough stands out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from geodata.patterns.troughs import divided


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([0.2, 20.0, 1e9]))
def test_parts_hang_together_their_peak_is_their_highest_and_the_order_does_not_matter(seed, n, support):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 100, (n, 2))
    joined = np.linalg.norm(xy[:, None] - xy[None], axis=2) < 25
    height = rng.integers(2, 6, n).astype(float)  # many alike
    peak = divided(joined, height, np.full(n, support), xy)
    for top in np.unique(peak):
        part = np.flatnonzero(peak == top)
        assert top in part
        assert height[part].max() == height[top]
        assert connected_components(joined[np.ix_(part, part)])[0] == 1
    turn = rng.permutation(n)
    again = divided(joined[np.ix_(turn, turn)], height[turn], np.full(n, support), xy[turn])
    assert (turn[again] == peak[turn]).all()


def test_without_anybody_to_count_on_no_trough_stands_out():
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 60, (30, 2))
    joined = np.linalg.norm(xy[:, None] - xy[None], axis=2) < 25
    height = rng.uniform(2, 3, 30)
    assert len(np.unique(divided(joined, height, np.full(30, 1.0), xy))) == connected_components(joined)[0]
