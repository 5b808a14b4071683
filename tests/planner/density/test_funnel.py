"""Who lies outside what luck alone would give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.density import funnel, payment_scale, poisson_quantile
from tests.planner.density.pasts import visits


def test_the_funnel_narrows_with_size_and_names_who_stands_out():
    found = funnel([30, 300, 95, 60, 1_400, 0], [20, 200, 100, 100, 1_500, 0], scale_minor=1)
    assert found["funnel"].tolist() == ["high", "above", "inside", "below", "inside", "unknown"]
    assert found["target"].nunique() == 1
    assert found["target"][0] == pytest.approx(1_885 / 1_920)
    width = (found["high95"] - found["low95"]).to_numpy()
    assert (np.diff(width[np.argsort([20, 200, 100, 100, 1_500])]) <= 1e-12).all()
    assert (found.loc[:4, "low998"] < found.loc[:4, "low95"]).all()


def test_luck_alone_passes_the_95_percent_limits_about_one_time_in_twenty():
    rng = np.random.default_rng(82)
    expected = np.full(2_000, 25.0)
    outside = funnel(rng.poisson(expected), expected, scale_minor=1)["funnel"] != "inside"
    assert 0.02 <= outside.mean() <= 0.08


@given(st.floats(0.5, 500), st.floats(0.01, 0.98))
@settings(max_examples=40)
def test_the_interpolated_quantile_lies_beside_the_whole_one_and_rises(mean, share):
    at, later = (poisson_quantile(s, np.array([mean]))[0] for s in (share, share + 0.01))
    assert 0 <= at <= later + 1e-9


def test_the_scale_counts_a_payer_once():
    three = visits(*[("N", name, 100, 10, 50) for name in "abc"])
    assert payment_scale(three) == 100
    assert payment_scale(visits(("N", "a", 0, 10, 50), ("N", "b", 500, 10, 50))) == 500
    assert payment_scale(three.assign(debtor_id="a")) == 300
    assert np.isnan(payment_scale(visits()))
