"""How often a visit pays: shrunk, with honest intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.density.rates import bunching, factor_draws, factors


@given(
    actual=st.lists(st.integers(0, 60), min_size=2, max_size=8),
    expected=st.integers(1, 40),
    scale=st.sampled_from([1.0, 250.0]),
)
@settings(max_examples=15, deadline=None)
def test_factors_are_shrunk_keep_the_order_and_know_no_unit(actual, expected, scale):
    y = np.array(actual, dtype=float)
    found = factors(y * scale, np.full(len(y), expected * scale), scale=scale)
    plain = factors(y, np.full(len(y), float(expected)))
    assert np.allclose(found, plain)
    order = np.argsort(y, kind="stable")
    assert (np.diff(found["factor"].to_numpy()[order]) >= -1e-9).all()
    assert np.ptp(found["factor"]) <= np.ptp(found["ratio"]) + 1e-9
    assert ((found["factor_low"] < found["factor"]) & (found["factor"] < found["factor_high"])).all()


def test_little_history_is_pulled_in_much_history_is_believed():
    found = factors([10, 1_000, 500], [5, 500, 500])
    assert found["ratio"].tolist() == [2, 2, 1]
    assert abs(found["factor"][0] - 2) > 0.15
    assert found["factor"][1] == pytest.approx(2, abs=0.05)
    width = found["factor_high"] - found["factor_low"]
    assert width[0] > 4 * width[1]


def test_without_history_the_factor_is_one_and_wide():
    found = factors([0, np.nan], [0, 5])
    assert found["ratio"].isna().all()
    assert found["factor"].tolist() == pytest.approx([1, 1], abs=0.01)
    assert (found["factor_low"] < 0.6).all()
    assert (found["factor_high"] > 1.6).all()


def test_draws_agree_with_the_mixture():
    y, e = [3, 40, 0], [5.0, 30.0, 12.0]
    drawn = factor_draws(y, e, scale=1.0, draws=20_000, rng=np.random.default_rng(1))
    found = factors(y, e, level=0.9)
    assert drawn.mean(axis=0) == pytest.approx(found["factor"], rel=0.02)
    assert np.quantile(drawn, 0.05, axis=0) == pytest.approx(found["factor_low"], abs=0.02)
    assert np.quantile(drawn, 0.95, axis=0) == pytest.approx(found["factor_high"], rel=0.03)


def test_payments_in_bunches_count_for_less():
    alone, bunched = (factors([30, 5], [10, 10], scale=scale) for scale in (1.0, bunching([3] * 10)))
    assert bunching([3] * 10) == 3
    assert bunching([]) == 1
    widths = [one["factor_high"][0] - one["factor_low"][0] for one in (alone, bunched)]
    assert widths[1] > 1.3 * widths[0]


@pytest.mark.parametrize(("scale", "level", "named"), [(0.0, 0.8, "scale"), (1.0, 1.0, "level")])
def test_what_makes_no_sense_is_refused(scale, level, named):
    with pytest.raises(ValueError, match=named):
        factors([1], [1], scale=scale, level=level)
