"""The density of the marked about a place, as a multiple of where it is calm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns.excess import excess, neighbourhoods, ordinary_rate
from tests.geodata.patterns.towns import town


def hot_town(rng, *, share_hot):
    """A town where in the western part four times as many are marked as elsewhere."""
    xy = rng.uniform(0, 8_000, (6_000, 2))
    hot = xy[:, 0] < 8_000 * share_hot
    return xy, hot, rng.random(6_000) < np.where(hot, 0.32, 0.08)


@pytest.mark.parametrize("share_hot", [0.1, 0.4, 0.6])
def test_the_ordinary_rate_is_that_of_the_calm_part_however_large_the_hot_one(share_hot):
    xy, hot, marked = hot_town(np.random.default_rng(1), share_hot=share_hot)
    found = excess(xy, marked[:, None])
    assert found.ordinary[0] == pytest.approx(marked[~hot].mean(), abs=0.02)
    assert 2.5 < np.median(found.times[hot]) < 5
    assert np.median(found.times[~hot]) == pytest.approx(1, abs=0.25)


def test_dense_housing_without_excess_is_ordinary():
    rng = np.random.default_rng(2)
    xy = np.vstack([rng.uniform(0, 8_000, (4_000, 2)), rng.normal(4_000, 150, (3_000, 2))])
    found = excess(xy, (rng.random(7_000) < 0.1)[:, None])
    assert (found.times[4_000:] < 2).mean() > 0.98


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_many_markings_at_once_are_as_one_by_one_and_a_point_does_not_count_itself(seed):
    rng = np.random.default_rng(seed)
    xy, marked = town(rng, customers=200), rng.random((200, 3)) < 0.2
    marked[0] = True
    together = excess(xy, marked)
    for k in range(3):
        alone = excess(xy, marked[:, k : k + 1])
        assert together.times[:, k] == pytest.approx(alone.times[:, 0])
        assert together.ordinary[k] == pytest.approx(alone.ordinary[0])
    assert (together.times > 0).all()
    assert (together.support > -1e-9).all()
    lone = np.vstack([[[50_000.0, 50_000.0]], xy])  # nobody about: it rests on nothing, and its own mark is not counted
    assert excess(lone, np.vstack([[True] * 3, marked])).support[0] == pytest.approx([0, 0, 0])


def test_the_second_pass_gives_a_peak_back_its_height():
    rng = np.random.default_rng(3)
    xy = rng.uniform(0, 10_000, (20_000, 2))
    away = np.linalg.norm(xy - 5_000, axis=1)
    truth = 0.05 + 0.45 * np.exp(-0.5 * (away / 500) ** 2)
    found = excess(xy, (rng.random(20_000) < truth)[:, None])
    measured = (found.times * found.ordinary)[away < 150].mean()
    once = 0.05 + 0.45 * 500**2 / (500**2 + 460**2)  # what one pass of the mean width would leave
    assert measured > once + 0.015


def test_the_neighbourhood_is_a_bell_that_ends():
    about = neighbourhoods(np.array([[0.0, 0.0], [400.0, 0.0], [2_000.0, 0.0]]), 400.0)
    kernel = about.near.toarray()[np.ix_(about.cell, about.cell)]
    assert kernel[0].tolist() == pytest.approx([1.0, np.exp(-0.5), 0.0])


def test_where_all_rates_are_one_that_is_ordinary():
    marked = np.arange(100) % 10 == 0
    assert ordinary_rate(np.full(100, 0.1), marked) == pytest.approx(0.1)
