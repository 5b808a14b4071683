"""The upper limit of the pair ratio: against the formula written out, and against chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from geodata.patterns import limits
from geodata.patterns.layout import lay_out
from geodata.patterns.limits import neighbours, upper_limits

RADII = (100, 200, 400)
Z = special.ndtri(0.95)


def written_out(points, expected, n_all):
    """The limit from the whole matrix of distances."""
    n = len(points)
    found = []
    for radius, wanted in zip(RADII, expected, strict=True):
        h = np.linalg.norm(points[:, None] - points[None], axis=2) <= radius + 1e-6
        np.fill_diagonal(h, False)
        near = h.sum(axis=1)
        poisson = special.gammaincinv(h.sum() / 2 + 1, 0.95) / wanted
        if near.std() == 0:
            found.append(max(h.sum() / 2 / wanted, poisson))
            continue
        g = (near - near.mean()) / near.std(ddof=1)
        cross = (g @ h @ g) / (n * near.std(ddof=1))
        raised = max(0, (2 * Z**2 + 1) * np.mean(g**3) + 3 * (Z**2 + 1) * cross) / (6 * np.sqrt(n))
        se = 2 * near.std(ddof=1) / near.mean() * np.sqrt((1 - n / n_all) / n)
        found.append(max(h.sum() / 2 / wanted * (1 + (Z + raised) * se), poisson))
    return found


@settings(max_examples=30, deadline=None)
@given(cells=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=40))
def test_the_limit_is_the_formula_also_at_shared_addresses(cells):
    points = np.array(cells, dtype=float) * 60.0
    pairs = [
        (np.linalg.norm(points[:, None] - points[None], axis=2)[np.triu_indices(len(points), 1)] <= r + 1e-6).sum()
        for r in RADII
    ]
    expected = np.array([3.0, 5.0, 8.0])
    found = upper_limits(points, np.array(pairs, float), expected, n_all=200, radii_m=RADII)
    assert found == pytest.approx(written_out(points, expected, 200))


def test_finding_the_pairs_twice_changes_nothing(monkeypatch):
    points = np.random.default_rng(3).normal(0, 300, (80, 2))
    asked = {"pairs": np.array([90.0, 400.0, 1_200.0]), "expected": np.full(3, 500.0), "n_all": 900, "radii_m": RADII}
    kept = upper_limits(points, **asked)
    monkeypatch.setattr(limits, "KEPT_MARKED", 10)
    assert upper_limits(points, **asked).tolist() == kept.tolist()


def test_a_point_is_not_its_own_neighbour():
    layout = lay_out(np.array([[0.0, 0.0], [0.0, 0.0], [150.0, 0.0]]), (100, 200), keep=True)
    near = neighbours(layout, np.bincount(layout.sites.site_of).astype(float))
    assert near[:, layout.sites.site_of].tolist() == [[1, 1, 0], [2, 2, 2]]


def test_no_pair_is_no_certainty_and_nothing_expected_is_no_number():
    apart = np.array([[0.0, 0.0], [9_000.0, 0.0], [0.0, 9_000.0]])
    found = upper_limits(apart, np.zeros(3), np.array([0.0, 0.1, 3.0]), n_all=50, radii_m=RADII)
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx([29.96, 0.9986], rel=1e-3)  # 3 pairs are the Poisson limit of none seen
