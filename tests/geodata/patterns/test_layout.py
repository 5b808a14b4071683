"""A layout that is kept gives what the points themselves give."""

import numpy as np
import pytest

from geodata.patterns.labelling import excess_among, excess_on, labelled_excess
from geodata.patterns.layout import drawn_counts, drawn_pairs, lay_out
from geodata.patterns.verdict import RADII_M
from tests.geodata.patterns.towns import marked_at_random, town


@pytest.mark.parametrize("keep", [True, False])
def test_kept_pairs_and_kept_draws_change_nothing(keep):
    rng = np.random.default_rng(31)
    homes = town(rng, customers=500)
    layout = lay_out(homes, RADII_M, keep=keep)
    drawn = drawn_pairs(layout, 60, simulations=99, seed=5)
    for _ in range(3):
        labels = marked_at_random(rng, 60, 500)
        plain = labelled_excess(homes, labels, simulations=99, seed=5, radii_m=RADII_M)
        for other in (excess_on(layout, labels, simulations=99, seed=5), excess_among(layout, labels, drawn)):
            assert other.p_value == plain.p_value
            for field in ("ratio", "ratio_upper", "z"):
                assert getattr(other, field).tolist() == getattr(plain, field).tolist()


def test_every_point_is_drawn_as_often_as_every_other_and_as_many_each_time():
    homes = np.repeat(np.arange(8.0)[:, None] * [1, 0], [1, 1, 1, 1, 4, 4, 4, 4], axis=0)
    layout = lay_out(homes, (1,), keep=False)
    counts = drawn_counts(layout.sites, 5, simulations=4_000, seed=1)
    assert set(counts.sum(axis=0)) == {5}
    members = np.bincount(layout.sites.site_of)
    assert counts.mean(axis=1) == pytest.approx(members * 5 / 20, rel=0.06)


def test_pairs_drawn_are_on_average_those_expected():
    homes = town(np.random.default_rng(32), customers=400)
    layout = lay_out(homes, RADII_M, keep=True)
    everyone = layout.pairs(layout.sites.counts(np.ones((400, 1), bool)))[:, 0]
    drawn = drawn_pairs(layout, 80, simulations=2_000, seed=2)
    assert drawn.mean(axis=1) == pytest.approx(everyone * 80 * 79 / (400 * 399), rel=0.01)


@pytest.mark.parametrize(("marked", "simulations"), [(1, 9), (20, 9), (5, 0)])
def test_what_cannot_be_drawn_is_refused(marked, simulations):
    layout = lay_out(np.arange(40.0).reshape(20, 2), (5,), keep=False)
    with pytest.raises(ValueError, match="must be"):
        drawn_pairs(layout, marked, simulations=simulations, seed=1)
