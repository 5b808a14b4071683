"""Hot and cold spots: compared with esda 2.9.0, silent where there is nothing, unknown where nothing can be known."""

import numpy as np
import pytest

from benchmarks.density_coverage import grid, hot_spot_trials
from geodata.patterns.local_moran import FEWEST_AREAS, local_moran, standardised_rates

# A grid of 6 x 6, and what esda.moran.Moran_Local_Rate gave for it with 49,999 permutations (one-sided).
EVENTS = [9, 77, 6, 5, 1, 15, 31, 5, 10, 1, 8, 33, 13, 32, 8, 6, 21, 22, 7, 15, 22, 7, 4, 6, 18, 14, 15, 3, 2, 0, 26,
          36, 7, 1, 2, 12]  # fmt: skip
EXPOSURE = [23, 126, 9, 23, 9, 48, 51, 10, 30, 23, 54, 113, 40, 72, 30, 11, 46, 81, 20, 81, 70, 22, 20, 33, 158, 31, 17,
            40, 12, 30, 75, 87, 39, 17, 20, 158]  # fmt: skip
ESDA_Z = [0.5191, 1.9094, 1.5639, -0.3649, -0.7377, 0.13, 1.7869, 0.8985, 0.2334, -1.2489, -0.7948, 0.0168]
ESDA_P = [0.0084, 0.0107, 0.2578, 0.2683, 0.0959, 0.1619, 0.0223, 0.0055, 0.0583, 0.3367, 0.3595, 0.3481, 0.0911,
          0.1641,
          0.3391, 0.2941, 0.1959, 0.296, 0.4831, 0.0973, 0.0946, 0.1896, 0.1789, 0.1633, 0.2892, 0.2435, 0.2586, 0.3129,
          0.0004, 0.0082, 0.3949, 0.1571, 0.2061, 0.352, 0.0002, 0.0109]  # fmt: skip
ESDA_COLD = [28, 34]


def planted(risk=3.0, side=8, each=8.0, seed=2):
    """A grid with a block of 3 by 3 areas of another risk in one corner."""
    row, column = np.divmod(np.arange(side * side), side)
    inside = (row < 3) & (column < 3)
    exposure = np.full(side * side, each)
    return np.random.default_rng(seed).poisson(exposure * np.where(inside, risk, 1.0)), exposure, inside


def test_rates_and_p_values_are_those_of_esda():
    assert standardised_rates(EVENTS, EXPOSURE)[:12] == pytest.approx(ESDA_Z, abs=6e-5)
    found = local_moran(EVENTS, EXPOSURE, grid(6))
    one_sided, known = found.p_value / 2, np.array(ESDA_P)
    # Those that do not stand out end after 999 draws.
    assert np.abs(one_sided - known).max() < 0.06
    assert np.abs(one_sided - known)[known < 0.02].max() < 0.004
    assert np.flatnonzero(found.place == "cold").tolist() == ESDA_COLD
    assert set(found.place) == {"cold", "none"}


def test_a_planted_spot_is_found_and_turned_round_it_is_cold():
    events, exposure, inside = planted()
    found = local_moran(events, exposure, grid(8))
    assert (found.place[inside] == "hot").mean() >= 0.5
    assert (found.place[~inside] != "hot").all()
    cold = local_moran(*planted(risk=0.1)[:2], grid(8))
    assert (cold.place[inside] == "cold").mean() >= 0.4
    assert "hot" not in cold.place


def test_one_against_its_neighbours():
    events, exposure, _ = planted(risk=4.0, each=20.0)
    events[9] = 2  # in the middle of the block
    assert local_moran(events, exposure, grid(8)).place[9] == "low_beside_high"
    events, exposure, _ = planted(risk=0.05, each=20.0)
    events[9] = 60
    assert local_moran(events, exposure, grid(8)).place[9] == "high_beside_low"


def test_islands_and_areas_without_exposure_are_unknown_and_passed_over():
    events, exposure, _ = planted()
    beside = grid(8)
    beside[63] = np.array([], dtype=np.intp)
    exposure[20], events[20] = 0.0, 0
    found = local_moran(events, exposure, beside)
    assert found.place[[20, 63]].tolist() == ["unknown", "unknown"]
    for column in (found.p_value, found.p_adjusted, found.lag):
        assert np.isnan(column[[20, 63]]).all()
    assert np.isnan(found.z[20])
    assert np.isfinite(found.z[63])
    assert found.lag[19] == pytest.approx(found.z[[10, 11, 12, 18, 26, 27, 28]].mean())


def test_too_few_areas_say_nothing():
    few = local_moran([30] * 5 + [1] * (FEWEST_AREAS - 6), [10.0] * (FEWEST_AREAS - 1), grid(5)[:4] * 4 + grid(5)[:3])
    assert set(few.place) == {"unknown"}
    assert np.isfinite(few.z).all()


def test_nothing_anywhere_is_no_spot():
    assert set(local_moran(np.zeros(25), np.ones(25), grid(5)).place) == {"none"}


def test_the_seed_decides_and_the_unit_of_exposure_does_not():
    events, exposure, _ = planted()
    first, again = (local_moran(events, exposure, grid(8), seed=4) for _ in range(2))
    assert (first.p_value == again.p_value).all()
    assert (first.p_value != local_moran(events, exposure, grid(8), seed=5).p_value).any()
    assert standardised_rates(events, exposure * 50) == pytest.approx(first.z)


@pytest.mark.parametrize(
    ("events", "exposure", "beside", "named"),
    [
        ([-1.0], [1.0], [[]], "negative"),
        ([1.0], [np.inf], [[]], "finite"),
        ([1.0, 2.0], [1.0, 1.0], [[]], "lists"),
    ],
)
def test_what_makes_no_sense_is_refused(events, exposure, beside, named):
    with pytest.raises(ValueError, match=named):
        local_moran(events, exposure, [np.array(one, dtype=np.intp) for one in beside])


def test_where_there_is_nothing_hardly_anything_is_named():
    found = hot_spot_trials(25, side=8, expected=3.0, risk=1, spread=0.4)
    assert 0.02 <= found["p<=.05"] <= 0.08
    assert found["any"] <= 0.16


@pytest.mark.long
@pytest.mark.parametrize(("expected", "spread"), [(1.0, 0.0), (5.0, 0.0), (1.0, 0.5), (5.0, 0.5)])
def test_false_alarms_at_full_count(expected, spread):
    found = hot_spot_trials(300, side=12, expected=expected, risk=1, spread=spread)
    assert 0.03 <= found["p<=.05"] <= 0.07
    assert found["any"] <= 0.08
