"""The tree through points, the law of legs, and the way out: growth, scale, and points that lie badly."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import pdist, squareform

from geodata.patterns import tour_length
from geodata.patterns.tour_length import leg_law, nearest_metres, sampled, tree_edges, way_out_seconds

POINTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=60)


def strewn(n, seed=1, side=1000.0):
    return np.random.default_rng(seed).uniform(0, side, (n, 2))


def test_the_examples_hold():
    assert doctest.testmod(tour_length).failed == 0


@given(POINTS)
@settings(max_examples=60)
def test_the_tree_is_the_shortest_whatever_the_points(points):
    """Integers on a small board: many in one line, on one spot, on a grid."""
    xy = np.array(points, dtype=float)
    spots = np.unique(xy, axis=0)
    shortest = minimum_spanning_tree(squareform(pdist(spots))).sum() if len(spots) > 1 else 0.0
    edges = tree_edges(xy)
    assert edges.sum() == pytest.approx(shortest)
    assert len(edges) == len(xy) - 1
    assert (np.diff(edges) >= 0).all()


def test_the_tree_of_strewn_points_grows_as_steele_says():
    """The constant .6331 holds for many points; the border adds a little to fewer."""
    found = tree_edges(strewn(20_000)).sum() / np.sqrt(20_000 * 1000.0**2)
    assert found == pytest.approx(0.6331, rel=0.03)


def test_more_points_in_the_same_area_make_shorter_legs():
    legs = [tree_edges(strewn(n)).mean() for n in (25, 100, 400, 1600)]
    assert legs == sorted(legs, reverse=True)


def test_points_that_lie_together_make_shorter_legs_than_strewn_ones():
    centres = strewn(10)
    together = np.repeat(centres, 20, axis=0) + np.random.default_rng(2).normal(0, 5, (200, 2))
    assert tree_edges(together).sum() < 0.5 * tree_edges(strewn(200)).sum()


def test_nobody_and_one_alone_have_no_legs():
    assert tree_edges(np.zeros((0, 2))).tolist() == []
    assert tree_edges(np.zeros((1, 2))).tolist() == []
    assert tree_edges(np.zeros((3, 2))).tolist() == [0.0, 0.0]


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_the_law_keeps_scale(metre, second):
    rng = np.random.default_rng(3)
    metres = rng.uniform(10, 5000, 300)
    seconds = 20 + metres / 8 * rng.lognormal(0, 0.2, 300)
    asked = np.array([0.0, 5.0, 500.0, 20_000.0])
    scaled = leg_law(metres * metre, seconds * second)(asked * metre)
    assert scaled == pytest.approx(leg_law(metres, seconds)(asked) * second, rel=1e-9)


def test_the_law_follows_the_roads_that_were_seen():
    metres = np.linspace(100, 5000, 400)
    law = leg_law(metres, 1.3 * metres / 7)
    assert law(np.array([300.0, 2000.0, 9000.0])) == pytest.approx(
        np.array([300.0, 2000.0, 9000.0]) * 1.3 / 7, rel=0.01
    )


def test_the_law_never_falls_and_leaves_out_what_has_no_road():
    rng = np.random.default_rng(4)
    metres, seconds = rng.uniform(0, 1000, 200), rng.uniform(0, 100, 200)
    seconds[::3] = np.nan
    law = leg_law(metres, seconds)
    assert (np.diff(law(np.linspace(0, 3000, 500))) >= 0).all()
    assert np.isfinite(law.seconds).all()


@pytest.mark.parametrize("seconds", [[np.nan, np.nan, np.nan], [5.0, np.nan, np.nan]])
def test_a_law_is_not_drawn_from_nothing(seconds):
    with pytest.raises(ValueError, match="too few"):
        leg_law(np.array([10.0, 20.0, 0.0]), np.array(seconds))


def test_a_sample_has_short_and_long_legs():
    xy = strewn(2000)
    rows = sampled(xy, 64)
    assert len(rows) == 64 == len(set(rows.tolist()))
    apart = pdist(xy[rows])
    assert np.quantile(apart, 0.02) < 50
    assert apart.max() > 700
    assert sampled(xy[:40], 64).tolist() == list(range(40))


def test_the_nearest_neighbour_is_somebody_else():
    xy = np.array([[0.0, 0.0], [0.0, 0.0], [3.0, 4.0], [100.0, 0.0]])
    owner = np.array([0, 0, 1, 2])
    everybody = np.ones(4, dtype=bool)
    assert nearest_metres(xy, owner, everybody)[:3].tolist() == [5.0, 5.0, 5.0]
    assert nearest_metres(xy, owner, np.array([True, True, False, False]))[0] == np.inf
    assert np.isinf(nearest_metres(xy, owner, ~everybody)).all()


def test_the_way_out_ends_at_the_nearest_of_a_tour():
    xy = np.array([[0.0, 0.0], [1.0, 0.0], [100.0, 0.0], [101.0, 0.0]])
    depot_s = np.array([60.0, 70.0, 600.0, 700.0])
    assert way_out_seconds(xy, depot_s, 1) == pytest.approx(depot_s.mean())
    assert way_out_seconds(xy, depot_s, 2) == pytest.approx((60 + 60 + 600 + 600) / 4)
    assert way_out_seconds(xy, depot_s, 99) == 60.0
