"""Visit groups by excess and driving time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from geodata.patterns.groups import (
    FEWEST_IN_GROUP,
    REACH_M,
    TIMES,
    drawn_shares,
    driving_groups,
    usual_seconds,
)
from tests.geodata.patterns.rivers import PACE_S_PER_M, driven
from tests.geodata.patterns.towns import marked_at_random, town


def among(marked, others):
    """Put marked places before the other points: points and rows."""
    return np.vstack([marked, others]), np.arange(len(marked))


def formed(marked, others, *, river_x=None, **known):
    points, rows = among(marked, others)
    return driving_groups(driven(marked, river_x=river_x, **known), points, rows, draws=39)


def planted(rng):
    """Five tight groups of 20 in a wide county of 2,000 customers, and 60 debtors anywhere."""
    county = rng.uniform(0, 20_000, (2_000, 2))
    middles = np.array([[3, 3], [3, 16], [10, 10], [16, 4], [17, 17]]) * 1_000.0
    tight = np.repeat(middles, 20, axis=0) + rng.normal(0, 60, (100, 2))
    lone = rng.choice(2_000, 60, replace=False)
    truth = np.concatenate([np.repeat(np.arange(5), 20), np.full(60, -1)])
    return np.vstack([tight, county[lone]]), np.delete(county, lone, axis=0), truth


def riverside(rng, *, gap=20.0):
    """Twenty-five marked on each bank, opposite each other, in a county of 1,000."""
    left, right = rng.normal([9_900, 9_000], 50, (25, 2)), rng.normal([10_100, 9_000], 50, (25, 2))
    left[:, 0] = np.minimum(left[:, 0], 10_000 - gap / 2)
    right[:, 0] = np.maximum(right[:, 0], 10_000 + gap / 2)
    return np.vstack([left, right]), rng.uniform(0, 20_000, (1_000, 2))


def test_planted_groups_are_recovered():
    marked, others, truth = planted(np.random.default_rng(61))
    found = formed(marked, others)
    assert adjusted_rand_score(truth, found.labels) >= 0.8
    assert found.p_value == pytest.approx(1 / 40)
    assert found.share_null < 0.2 < found.share
    assert (found.times[found.labels >= 0] >= TIMES).all()


def test_random_customers_get_nearly_no_groups():
    rng = np.random.default_rng(62)
    homes = town(rng, customers=1_500, side_m=6_000)
    shares = []
    for trial in range(40):
        rows = np.flatnonzero(marked_at_random(rng, 150, 1_500))
        shares.append(driving_groups(driven(homes[rows]), homes, rows, draws=39, seed=trial).share)
    assert np.mean(np.array(shares) > 0) <= 0.15
    assert np.mean(shares) <= 0.05


def test_a_dense_estate_without_excess_is_no_group_and_one_with_excess_is():
    rng = np.random.default_rng(60)
    estates = [rng.normal(middle, 120, (400, 2)) for middle in ([3_000, 3_000], [7_000, 7_000])]
    county = rng.uniform(0, 10_000, (2_000, 2))
    hot = np.vstack([estates[0][:200], estates[1][:40], county[:200]])  # half of one estate, a tenth of all else
    found = formed(hot, np.vstack([estates[0][200:], estates[1][40:], county[200:]]))
    assert (found.labels[:200] == 0).mean() > 0.95
    assert (found.labels[200:240] >= 0).mean() < 0.1


def test_two_banks_of_a_river_are_two_groups():
    marked, county = riverside(np.random.default_rng(63))
    whole, divided = formed(marked, county), formed(marked, county, river_x=10_000)
    assert not set(divided.labels[:25]) & (set(divided.labels[25:]) - {-1})
    assert divided.labels.max() >= 1
    assert set(whole.labels[:25]) & (set(whole.labels[25:]) - {-1})


def test_a_bridge_within_the_reach_joins_the_banks():
    marked, county = riverside(np.random.default_rng(63))
    beside = formed(marked, county, river_x=10_000, bridge_y=9_000.0)
    assert set(beside.labels[:25]) & (set(beside.labels[25:]) - {-1})
    far = formed(marked, county, river_x=10_000, bridge_y=9_000.0 + 2 * REACH_M)
    assert not set(far.labels[:25]) & (set(far.labels[25:]) - {-1})


def test_a_group_with_two_peaks_is_divided_between_them():
    rng = np.random.default_rng(68)
    homes = rng.uniform(0, 12_000, (8_000, 2))
    peaks = np.array([[4_800.0, 6_000.0], [7_200.0, 6_000.0]])
    away = np.linalg.norm(homes[:, None] - peaks[None], axis=2)
    chance = 0.05 + 0.5 * np.exp(-0.5 * (away / 650) ** 2).max(axis=1)
    rows = np.flatnonzero(rng.random(8_000) < chance)
    found = driving_groups(driven(homes[rows]), homes, rows, draws=19)
    west, east = (set(found.labels[away[rows, k] < 500]) for k in (0, 1))
    assert west != {-1} != east
    assert not (west & east) - {-1}


def test_the_slower_direction_counts_and_no_road_is_no_neighbour():
    xy = np.zeros((6, 2))
    quick = np.full((6, 6), 10.0)
    slow, cut = quick.copy(), quick.copy()
    slow[:3, 3:] = 5_000.0
    cut[:3, 3:] = np.nan
    points, rows = among(xy, np.random.default_rng(65).uniform(0, 1e5, (400, 2)))
    assert (driving_groups(quick, points, rows, draws=39).labels == 0).all()
    for broken in (slow, cut):
        assert (driving_groups(broken, points, rows, draws=39).labels == -1).all()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_places_and_points_does_not_matter(seed):
    marked, others, _ = planted(np.random.default_rng(67))
    points, rows = among(marked, others)
    rng = np.random.default_rng(seed)
    first = driving_groups(driven(marked), points, rows, draws=19)
    shuffled, turn = rng.permutation(len(points)), rng.permutation(len(rows))
    place = np.argsort(shuffled)
    again = driving_groups(driven(marked[turn]), points[shuffled], place[rows[turn]], draws=19)
    assert adjusted_rand_score(first.labels[turn], again.labels) == 1.0
    assert ((first.labels[turn] >= 0) == (again.labels >= 0)).all()
    assert (again.p_value, again.share_null) == pytest.approx((first.p_value, first.share_null))


def test_the_same_seed_gives_the_same_groups_and_nothing_handed_in_is_changed():
    marked, others, _ = planted(np.random.default_rng(67))
    points, rows = among(marked, others)
    seconds = driven(marked)
    before = seconds.copy(), points.copy(), rows.copy()
    one, same = (driving_groups(seconds, points, rows, draws=19, seed=5) for _ in range(2))
    assert (one.labels == same.labels).all()
    assert all((a == b).all() for a, b in zip(before, (seconds, points, rows), strict=True))


def test_the_quick_quarter_of_the_paces_decides_so_a_river_does_not_lengthen_the_reach():
    marked, _ = riverside(np.random.default_rng(63))
    plain, river = (usual_seconds(driven(marked, river_x=x), marked, REACH_M) for x in (None, 10_000))
    assert river <= plain * 1.5
    assert plain == pytest.approx(REACH_M * PACE_S_PER_M, rel=0.5)


def test_places_at_one_address_have_a_reach_all_the_same():
    assert 0 < usual_seconds(np.zeros((3, 3)), np.zeros((3, 2)), REACH_M) < 600


def test_drawn_shares_are_shares_and_few_where_all_are_alike():
    shares = drawn_shares(town(np.random.default_rng(3), customers=1_000, side_m=5_000), 120, draws=25, seed=1)
    assert shares.shape == (25,)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert shares.mean() < 0.1


@pytest.mark.parametrize("n", [0, 1, FEWEST_IN_GROUP - 1])
def test_too_few_for_any_group_are_scattered(n):
    found = driving_groups(np.zeros((n, n)), np.zeros((9, 2)), np.arange(n))
    assert found.labels.tolist() == [-1] * n


def test_where_everybody_is_marked_nobody_stands_out():
    xy = town(np.random.default_rng(4), customers=60, side_m=900)
    assert (driving_groups(driven(xy), xy, np.arange(60), draws=19).labels == -1).all()


@pytest.mark.parametrize(
    ("seconds", "points", "rows"),
    [
        (np.zeros((5, 6)), np.zeros((9, 2)), np.arange(5)),
        (np.zeros((5, 5)), np.zeros((4, 2)), np.arange(5)),
        (np.zeros((5, 5)), np.zeros((9, 2)), np.array([0, 1, 2, 3, 3])),
        (np.zeros((5, 5)), np.zeros((9, 2)), np.array([-1, 1, 2, 3, 4])),
        (np.zeros((5, 5)), np.full((9, 2), np.nan), np.arange(5)),
    ],
)
def test_what_does_not_fit_is_refused(seconds, points, rows):
    with pytest.raises(ValueError, match=r"must|need"):
        driving_groups(seconds, points, rows)
