"""The verdict: false alarms as rare as promised, planted hot spots found, and three honest answers."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns.verdict import (
    FEWEST,
    FEWEST_SCATTERED,
    MARGIN,
    RATIO_FLOOR,
    SENTENCES,
    Why,
    decide,
    labelled_verdict,
    no_reference,
)
from tests.geodata.patterns.towns import marked_around, marked_at_random, town


def test_random_customers_are_called_significant_about_as_often_as_promised():
    rng = np.random.default_rng(11)
    homes = town(rng, customers=600)
    found = [
        labelled_verdict(homes, marked_at_random(rng, 100, 600), simulations=99, seed=trial) for trial in range(200)
    ]
    assert 0.02 <= np.mean([one.p_value <= 0.05 for one in found]) <= 0.08
    assert np.mean([one.p_value <= 0.5 for one in found]) == pytest.approx(0.5, abs=0.12)
    # The floor of the ratio makes the answer rarer than the level.
    assert np.mean([one.verdict == "clustered" for one in found]) <= 0.08


def test_planted_hot_spots_are_found():
    rng = np.random.default_rng(12)
    homes = town(rng)
    found = [labelled_verdict(homes, marked_around(rng, homes, 150), simulations=99, seed=t) for t in range(20)]
    assert np.mean([one.verdict == "clustered" for one in found]) >= 0.9
    assert all(one.pair_ratio[one.radius_m] >= RATIO_FLOOR for one in found if one.verdict == "clustered")


def test_one_radius_is_enough_close_couples_that_keep_away_from_each_other():
    rng = np.random.default_rng(23)
    homes = rng.uniform(0, 12_600, (4_000, 2))
    corners = np.stack(np.meshgrid(np.arange(14), np.arange(14)), axis=-1).reshape(-1, 2) * 900.0 + 450
    couples = np.repeat(corners, 2, axis=0) + rng.normal(0, 10, (392, 2))
    found = labelled_verdict(np.vstack([homes, couples]), np.arange(4_392) >= 4_000, simulations=99)
    assert found.verdict == "clustered"
    assert found.radius_m == 100
    assert found.pair_ratio[100] > 1.15 > 1 > found.pair_ratio[800]


def test_many_random_customers_are_shown_to_be_scattered():
    rng = np.random.default_rng(13)
    homes = town(rng, customers=4_000, side_m=6_000)
    found = [labelled_verdict(homes, marked_at_random(rng, 1_000, 4_000), simulations=99, seed=t) for t in range(8)]
    assert sum(one.verdict == "scattered" for one in found) >= 6
    assert all(max(one.ratio_upper.values()) < MARGIN for one in found if one.verdict == "scattered")


def test_scattered_is_rarely_said_where_the_true_ratio_lies_at_the_margin():
    rng = np.random.default_rng(14)
    homes = np.repeat(rng.uniform(0, 40_000, (600, 2)), 4, axis=0)  # lonely blocks of four: pairs share an address
    worse = np.repeat(np.arange(600) < 300, 4)
    # Half of the blocks are marked (1 + a) / (1 - a) times as often: the true pair ratio is 1 + a².
    weight = np.where(worse, 1 + math.sqrt(MARGIN - 1), 1 - math.sqrt(MARGIN - 1))
    said = 0
    for trial in range(60):
        labels = np.zeros(len(homes), bool)
        labels[rng.choice(len(homes), 500, replace=False, p=weight / weight.sum())] = True
        said += labelled_verdict(homes, labels, simulations=19, seed=trial, radii_m=(100,)).verdict == "scattered"
    assert said / 60 <= 0.10


@pytest.mark.parametrize("move", ["shift", "turn", "shuffle"])
def test_the_answer_belongs_to_the_layout_not_to_axes_or_order(move):
    rng = np.random.default_rng(15)
    homes = town(rng)
    labels = marked_at_random(rng, 60, len(homes))
    before = labelled_verdict(homes, labels, simulations=99, seed=3)
    moved = labels
    if move == "shift":
        homes = homes + np.array([500_000.0, 4_000_000.0])
    elif move == "turn":
        homes = homes @ np.array([[0.8, -0.6], [0.6, 0.8]])
    else:
        order = rng.permutation(len(homes))
        homes, moved = homes[order], labels[order]
    after = labelled_verdict(homes, moved, simulations=99, seed=3)
    assert after.pair_ratio == pytest.approx(before.pair_ratio)
    assert before.p_value > 0.02  # so that other draws would show
    assert (after.verdict, after.p_value, after.radius_m) == (before.verdict, before.p_value, before.radius_m)


def test_the_same_seed_gives_the_same_answer_and_the_seed_matters():
    rng = np.random.default_rng(16)
    homes = town(rng, customers=300)
    labels = marked_at_random(rng, 60, 300)
    one, same, other = (labelled_verdict(homes, labels, simulations=99, seed=seed) for seed in (1, 1, 2))
    assert one == same
    assert one.p_value != other.p_value
    assert one.pair_ratio == other.pair_ratio


@given(p=st.floats(0.002, 1), ratio=st.floats(0, 9), limit=st.floats(0, 9), n=st.integers(0, 400))
@settings(max_examples=60)
def test_every_answer_is_earned(p, ratio, limit, n):
    refused = Why.TOO_FEW if n < FEWEST else None
    answer, why = decide(p=p, ratio=ratio, largest_limit=limit, n_marked=n, refused=refused)
    if answer == "clustered":
        assert p <= 0.05
        assert ratio >= 1.15
        assert n >= 30
    if answer == "scattered":
        assert limit < MARGIN
        assert n >= 100
        assert p > 0.05 or ratio < RATIO_FLOOR
    assert (answer == "cannot_tell") == (why not in (Why.CLUSTERED, Why.LIKE_ALL))


@pytest.mark.parametrize(("n", "answer"), [(FEWEST - 1, "cannot_tell"), (FEWEST, "clustered")])
def test_below_thirty_nothing_is_told_however_tight_they_sit(n, answer):
    homes = np.random.default_rng(17).uniform(0, 5_000, (500, 2))
    tight = np.zeros(500, bool)
    tight[np.argsort(np.hypot(*(homes - 2_500).T))[:n]] = True
    found = labelled_verdict(homes, tight, simulations=99)
    assert found.verdict == answer
    assert found.why_code == (Why.TOO_FEW if n < FEWEST else Why.CLUSTERED)


@pytest.mark.parametrize(("n", "why"), [(99, Why.TOO_FEW_FOR_SCATTERED), (FEWEST_SCATTERED, Why.LIKE_ALL)])
def test_scattered_takes_a_hundred(n, why):
    assert decide(p=0.7, ratio=1.0, largest_limit=1.0, n_marked=n)[1] is why


@pytest.mark.parametrize("n", [FEWEST, FEWEST_SCATTERED - 1, 900])
def test_it_is_not_said_that_nothing_was_shown_where_p_is_small(n):
    assert decide(p=0.01, ratio=1.1, largest_limit=1.3, n_marked=n) == ("cannot_tell", Why.SMALL_EXCESS)


def test_the_radius_told_has_a_pair_ratio():
    """Places 150 m apart, each fourth marked: no two lie within 100 m, and at all other radii fewer than by chance."""
    grid = np.stack(np.meshgrid(np.arange(20), np.arange(20)), axis=-1).reshape(-1, 2)
    found = labelled_verdict(grid * 150.0, (grid % 2 == 0).all(axis=1), simulations=99)
    assert math.isnan(found.pair_ratio[100])
    assert found.radius_m != 100
    assert "nan" not in found.why


def test_no_p_value_is_told_as_nought():
    far = np.random.default_rng(24).uniform(0, 9_000, (400, 2))
    found = labelled_verdict(far, np.hypot(*(far - 4_500).T) < 1_500, simulations=4_999)
    assert 0 < found.p_value < 0.0005
    assert "p = 0.001" in found.why


def test_significant_but_small_is_neither():
    assert decide(p=0.01, ratio=1.1, largest_limit=1.3, n_marked=900) == ("cannot_tell", Why.SMALL_EXCESS)
    assert decide(p=0.20, ratio=1.1, largest_limit=1.3, n_marked=900) == ("cannot_tell", Why.NOT_SHOWN)


@pytest.mark.parametrize(("share", "refused"), [(0.30, False), (0.32, True)])
def test_district_centroids_are_refused_above_three_in_ten(share, refused):
    rng = np.random.default_rng(18)
    homes = town(rng, customers=500)
    labels = marked_around(rng, homes, 100)
    accuracy = np.full(500, np.nan)
    accuracy[np.flatnonzero(labels)[: round(share * 100)]] = 3_000.0
    found = labelled_verdict(homes, labels, simulations=19, accuracy_m=accuracy)
    assert (found.why_code is Why.COARSE_LOCATIONS) == refused
    assert math.isnan(found.p_value) == refused


def test_centroids_are_left_out_and_counted():
    rng = np.random.default_rng(18)
    homes = town(rng, customers=500)
    labels = np.zeros(500, dtype=bool)
    labels[rng.choice(500, 120, replace=False)] = True
    heaped = np.vstack([homes, np.tile(homes.mean(axis=0), (40, 1))])
    both, accuracy = np.append(labels, np.ones(40, dtype=bool)), np.append(np.full(500, 15.0), np.full(40, 3_000.0))
    found = labelled_verdict(heaped, both, simulations=199, accuracy_m=accuracy)
    assert found == replace(labelled_verdict(homes, labels, simulations=199), n_coarse=40)
    assert labelled_verdict(heaped, both, simulations=199).verdict == "clustered"
    assert found.verdict != "clustered"
    assert "Left out: 40 marked places of whom no more than the district is known." in found.why
    few = labelled_verdict(heaped, both & ((np.arange(540) < 29) | (accuracy > 1e3)), accuracy_m=accuracy)
    assert few.why_code is Why.COARSE_LOCATIONS


def test_a_district_of_centroid_customers_is_refused_as_well():
    rng = np.random.default_rng(19)
    homes = town(rng, customers=500)
    accuracy = np.where(np.arange(500) < 200, 5_000.0, 20.0)
    labels = np.arange(500) >= 400
    assert labelled_verdict(homes, labels, accuracy_m=accuracy).why_code is Why.COARSE_LOCATIONS


@pytest.mark.parametrize(
    ("marked", "why"), [(0, Why.TOO_FEW), (1, Why.TOO_FEW), (200, Why.NOTHING_TO_COMPARE), (199, Why.NOT_SHOWN)]
)
def test_none_one_all_and_all_but_one_marked(marked, why):
    homes = np.random.default_rng(20).uniform(0, 1e7, (200, 2))
    found = labelled_verdict(homes, np.arange(200) < marked, simulations=19)
    assert found.verdict == "cannot_tell"
    assert found.why_code is why


def test_an_apartment_block_full_of_customers_is_not_a_cluster_of_debtors():
    rng = np.random.default_rng(21)
    homes = np.vstack([np.full((300, 2), 700.0), rng.uniform(0, 5_000, (300, 2))])
    p = [labelled_verdict(homes, marked_at_random(rng, 90, 600), simulations=99, seed=t).p_value for t in range(30)]
    assert np.mean(np.array(p) <= 0.05) <= 0.2
    inside = np.zeros(600, bool)
    inside[:80] = True
    assert labelled_verdict(homes, inside, simulations=99).verdict == "clustered"


def test_everybody_at_one_address_can_never_be_significant():
    found = labelled_verdict(np.zeros((400, 2)), np.arange(400) < 200, simulations=19)
    assert found.p_value == 1.0
    assert set(found.pair_ratio.values()) == {1.0}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_unknown_coordinates_are_refused_by_row(bad):
    homes = np.zeros((50, 2))
    homes[7, 1] = bad
    with pytest.raises(ValueError, match="point 7"):
        labelled_verdict(homes, np.arange(50) < 30)


@pytest.mark.parametrize(
    "change",
    [
        {"points_xy": np.zeros((50, 3))},
        {"labels": np.zeros(49, bool)},
        {"labels": np.zeros(50)},
        {"radii_m": (200, 100)},
        {"radii_m": ()},
        {"simulations": 0},
        {"accuracy_m": np.zeros(3)},
    ],
)
def test_what_does_not_fit_is_refused(change):
    given_ = {"points_xy": np.random.default_rng(0).uniform(0, 9, (50, 2)), "labels": np.arange(50) < 30} | change
    points, labels = given_.pop("points_xy"), given_.pop("labels")
    with pytest.raises(ValueError, match=r"must|accuracy"):
        labelled_verdict(points, labels, **given_)


def test_without_a_reference_it_cannot_be_told_and_no_number_is_invented():
    found = no_reference(400)
    assert (found.verdict, found.null, found.why_code) == ("cannot_tell", "none", Why.NO_REFERENCE)
    assert math.isnan(found.p_value)
    assert all(math.isnan(ratio) for ratio in found.pair_ratio.values())


def test_every_reason_has_its_sentence_and_streets_are_owned_up_to():
    assert set(SENTENCES) == set(Why)
    rng = np.random.default_rng(22)
    homes = town(rng, customers=300)
    labels = marked_at_random(rng, 60, 300)
    assert "streets" in labelled_verdict(homes, labels, simulations=19, null="roads").why
    assert "60 debtors" in labelled_verdict(homes, labels, simulations=19).said("debtors", "customers")
