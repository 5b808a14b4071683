"""The verdict over several regions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.patterns.regions import benjamini_hochberg, verdicts_by_region
from geodata.patterns.verdict import Why
from tests.geodata.patterns.towns import marked_around, marked_at_random, town


def test_benjamini_and_hochberg_by_hand():
    # sorted .01 .02 .03 .20 -> times 4/1 4/2 4/3 4/4 = .04 .04 .04 .20
    found = benjamini_hochberg(np.array([0.03, 0.01, np.nan, 0.2, 0.02]))
    assert found[[0, 1, 3, 4]] == pytest.approx([0.04, 0.04, 0.20, 0.04])
    assert np.isnan(found[2])


def test_the_example_of_the_paper():
    # Benjamini and Hochberg 1995, section 3.2: 15 p-values, the four smallest are rejected at .05.
    p = [1, 4, 19, 95, 201, 278, 298, 344, 459, 3240, 4262, 5719, 6528, 7590, 10_000]
    assert (benjamini_hochberg(np.array(p) / 10_000) <= 0.05).sum() == 4


@given(st.lists(st.floats(0, 1), max_size=12))
@settings(max_examples=40)
def test_adjusting_only_raises_keeps_the_order_and_stays_below_bonferroni(p):
    raw = np.array(p)
    adjusted = benjamini_hochberg(raw)
    assert (adjusted >= raw - 1e-15).all()
    assert (adjusted <= np.minimum(raw * len(raw), 1) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(raw)]) >= 0).all()


def several(rng, kinds):
    """Lay towns side by side: h hot spots, r random, f too few."""
    homes, labels, codes = [], [], []
    for k, kind in enumerate(kinds):
        here = town(rng, customers=500, side_m=2_500) + np.array([k * 50_000, 0])
        homes.append(here)
        labels.append(
            marked_around(rng, here, 100) if kind == "h" else marked_at_random(rng, 100 if kind == "r" else 20, 500)
        )
        codes += [f"{k:02d}{kind}"] * 500
    return np.vstack(homes), np.concatenate(labels), np.array(codes)


def test_each_region_is_judged_from_its_own_points_after_correction():
    homes, labels, codes = several(np.random.default_rng(31), "hrf")
    found = verdicts_by_region(homes, labels, codes, simulations=99)
    assert list(found) == ["00h", "01r", "02f"]
    assert found["00h"].verdict == "clustered"
    assert found["01r"].verdict != "clustered"
    assert found["02f"].why_code is Why.TOO_FEW
    # Two regions were asked, the third could not be: the smaller p-value is doubled.
    assert found["00h"].p_adjusted == pytest.approx(min(2 * found["00h"].p_value, found["01r"].p_value))
    assert [one.n_all for one in found.values()] == [500] * 3


def test_many_regions_draw_enough_for_one_alone_to_be_significant():
    homes, labels, codes = several(np.random.default_rng(32), "h" + 7 * "r")
    found = verdicts_by_region(homes, labels, codes, simulations=19)
    assert found["00h"].p_value < 0.05 / 8
    assert found["00h"].verdict == "clustered"


def test_a_region_does_not_depend_on_the_others_and_no_code_is_no_region():
    homes, labels, codes = several(np.random.default_rng(33), "rr")
    both = verdicts_by_region(homes, labels, codes, simulations=499)
    alone = verdicts_by_region(homes, labels, np.where(codes == "01r", codes, ""), simulations=499)
    assert list(alone) == ["01r"]
    assert alone["01r"].p_value == both["01r"].p_value


def test_centroids_are_refused_region_by_region():
    homes, labels, codes = several(np.random.default_rng(34), "hh")
    accuracy = np.where(codes == "00h", 9_000.0, 10.0)
    found = verdicts_by_region(homes, labels, codes, simulations=99, accuracy_m=accuracy)
    assert found["00h"].why_code is Why.COARSE_LOCATIONS
    assert found["01h"].verdict == "clustered"


def test_centroids_are_left_out_region_by_region():
    homes, labels, codes = several(np.random.default_rng(35), "rr")
    accuracy = np.full(len(homes), 10.0)
    accuracy[np.flatnonzero(labels & (codes == "00r"))[:7]] = 2_000.0
    found = verdicts_by_region(homes, labels, codes, simulations=99, accuracy_m=accuracy)
    whole = verdicts_by_region(homes, labels, codes, simulations=99)
    assert (found["00r"].n_coarse, found["00r"].n_marked) == (7, whole["00r"].n_marked - 7)
    assert found["01r"].n_coarse == 0


def test_codes_must_fit_the_points():
    with pytest.raises(ValueError, match="one code a point"):
        verdicts_by_region(np.zeros((3, 2)), np.zeros(3, bool), ["a"])
