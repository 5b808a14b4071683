"""Counting pairs: against counting them one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns import pairs
from geodata.patterns.pairs import gather, pair_counts

RADII = (100, 200, 400, 800)


def one_by_one(points, labels):
    """Count the marked pairs within each radius the slow way."""
    at = points[labels]
    metres = np.linalg.norm(at[:, None] - at[None], axis=2)[np.triu_indices(len(at), 1)]
    return [(metres <= radius + 1e-6).sum() for radius in RADII]


@settings(max_examples=25, deadline=None)
@given(
    cells=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=60),
    seed=st.integers(0, 1_000),
)
def test_pairs_are_those_counted_one_by_one_also_at_shared_addresses_and_exactly_at_a_radius(cells, seed):
    points = np.array(cells, dtype=float) * 100.0
    labels = np.random.default_rng(seed).random((len(points), 3)) < 0.5
    sites = gather(points)
    found = pair_counts(sites, sites.counts(labels), RADII)
    assert found.T.tolist() == [one_by_one(points, column) for column in labels.T]


def test_working_through_the_pairs_in_small_lots_changes_nothing(monkeypatch):
    rng = np.random.default_rng(4)
    points, labels = rng.uniform(0, 2_000, (400, 2)), rng.random((400, 5)) < 0.3
    sites = gather(points)
    whole = pair_counts(sites, sites.counts(labels), RADII)
    monkeypatch.setattr(pairs, "PAIRS_AT_ONCE", 500)
    assert pair_counts(sites, sites.counts(labels), RADII).tolist() == whole.tolist()
    assert whole.T.tolist() == [one_by_one(points, column) for column in labels.T]


def test_points_at_one_address_are_one_site():
    sites = gather(np.array([[5.0, 5.0], [0.0, 0.0], [5.0, 5.0]]))
    assert len(sites.xy) == 2
    assert sites.xy[sites.site_of].tolist() == [[5, 5], [0, 0], [5, 5]]


@pytest.mark.parametrize("count", [1, 2])
def test_few_points(count):
    sites = gather(np.zeros((count, 2)))
    assert pair_counts(sites, sites.counts(np.ones((count, 1), bool)), RADII)[:, 0].tolist() == [count - 1] * 4
