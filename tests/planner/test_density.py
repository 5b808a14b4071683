"""Recovery density: three figures, honest intervals, and a funnel."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.density import (
    FIGURES,
    OUTCOMES_NEEDED,
    factors,
    funnel,
    payment_scale,
    poisson_quantile,
    recovery_density,
)


def regions(**changes):
    """Three regions with plenty, little and no history."""
    table = {
        "region": ["north", "south", "new"],
        "uplift_minor": [900_000.0, 500_000.0, 300_000.0],
        "visits": [60, 20, 10],
        "field_hours": [30.0, 10.0, 10.0],
        "inhabited_km2": [12.0, 2.0, np.nan],
        "outcomes": [400, 49, 0],
        "actual_minor": [9_000_000.0, 500_000.0, 0.0],
        "expected_minor": [10_000_000.0, 450_000.0, 0.0],
    }
    return pd.DataFrame(table | changes)


def test_three_figures_with_their_intervals():
    found = recovery_density(regions(), scale_minor=50_000).set_index("region")
    north = found.loc["north"]
    assert north["per_field_hour_minor"] == pytest.approx(30_000 * north["factor"])
    assert north["per_visit_minor"] == pytest.approx(15_000 * north["factor"])
    assert north["per_km2_minor"] == pytest.approx(75_000 * north["factor"])
    for figure in FIGURES:
        known = found[found[figure].notna()]
        assert (known[f"{figure}_low"] < known[figure]).all()
        assert (known[figure] < known[f"{figure}_high"]).all()
    assert found["rank"].tolist() == [3 - i for i in np.argsort(np.argsort(found["per_field_hour_minor"])).tolist()]
    assert found["assumption"].tolist() == [False, True, True]
    assert OUTCOMES_NEEDED == 50


def test_what_is_unknown_stays_unknown():
    found = recovery_density(
        regions(field_hours=[30.0, 0.0, np.nan], visits=[60, 0, 10]), scale_minor=50_000
    ).set_index("region")
    assert found["per_field_hour_minor"].isna().tolist() == [False, True, True]
    assert found["per_visit_minor"].isna().tolist() == [False, True, False]
    assert found["per_km2_minor"].isna().tolist() == [False, False, True]
    assert found["rank"].isna().tolist() == [False, True, True]
    assert np.isnan(found.loc["new", "ratio"])
    assert found.loc["new", "funnel"] == "unknown"


def test_without_any_history_the_factor_is_about_one_and_wide():
    for scale in (50_000.0, np.nan):
        found = recovery_density(regions(actual_minor=0.0, expected_minor=0.0), scale_minor=scale)
        assert found["factor"].tolist() == pytest.approx([1.0] * 3, abs=0.01)
        assert found["factor_low"][0] < 0.6
        assert found["factor_high"][0] > 1.6


@given(
    actual=st.lists(st.integers(0, 60), min_size=2, max_size=8),
    expected=st.integers(1, 40),
    scale=st.sampled_from([1.0, 250.0]),
)
@settings(max_examples=15, deadline=None)
def test_factors_are_shrunk_keep_the_order_and_know_no_unit(actual, expected, scale):
    y = np.array(actual, dtype=float)
    found = factors(y * scale, np.full(len(y), expected * scale), scale_minor=scale)
    plain = factors(y, np.full(len(y), float(expected)), scale_minor=1.0)
    assert np.allclose(found, plain)
    order = np.argsort(y, kind="stable")
    assert (np.diff(found["factor"].to_numpy()[order]) >= -1e-9).all()
    assert np.ptp(found["factor"]) <= np.ptp(found["ratio"]) + 1e-9
    assert ((found["factor_low"] < found["factor"]) & (found["factor"] < found["factor_high"])).all()


def test_little_history_is_pulled_in_much_history_is_believed():
    found = factors([10, 1_000, 500], [5, 500, 500], scale_minor=1)
    assert found["ratio"].tolist() == [2, 2, 1]
    assert abs(found["factor"][0] - 2) > 0.15
    assert found["factor"][1] == pytest.approx(2, abs=0.05)
    width = found["factor_high"] - found["factor_low"]
    assert width[0] > 4 * width[1]


@pytest.mark.parametrize("spread", [0.2, 0.5])
def test_the_90_percent_interval_holds_the_truth_about_as_often_and_the_error_shrinks(spread):
    rng = np.random.default_rng(81)
    inside, raw, shrunk = [], [], []
    for _ in range(25):
        expected = rng.gamma(1, 15, 15) + 1
        truth = 0.9 * rng.gamma(spread**-2, spread**2, 15)
        payments = rng.poisson(truth * expected)
        # Amounts with mean 1 and coefficient of variation 1: variance by mean is 2.
        actual = np.array([rng.lognormal(-np.log(2) / 2, np.sqrt(np.log(2)), k).sum() for k in payments])
        found = factors(actual, expected, scale_minor=2.0, level=0.9)
        inside += ((found["factor_low"] <= truth) & (truth <= found["factor_high"])).tolist()
        raw += ((found["ratio"] - truth) ** 2).tolist()
        shrunk += ((found["factor"] - truth) ** 2).tolist()
    assert 0.84 <= np.mean(inside) <= 0.96
    assert np.mean(shrunk) < 0.7 * np.mean(raw)


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


def test_scale_of_payments():
    assert payment_scale([100, 100, 100]) == 100
    assert payment_scale([0, 500]) == 500
    assert np.isnan(payment_scale([]))


def test_an_uplift_below_nothing_keeps_its_limits_in_order():
    found = recovery_density(regions(uplift_minor=-1_000.0), scale_minor=50_000)
    assert (found["per_visit_minor_low"] < found["per_visit_minor_high"]).all()


@pytest.mark.parametrize(
    ("change", "scale", "level", "named"),
    [
        ({"field_hours": -1.0}, 1.0, 0.8, "field_hours"),
        ({"expected_minor": -1.0}, 1.0, 0.8, "expected_minor"),
        ({}, 0.0, 0.8, "scale"),
        ({}, 1.0, 1.0, "level"),
    ],
)
def test_what_makes_no_sense_is_refused(change, scale, level, named):
    with pytest.raises(ValueError, match=named):
        recovery_density(regions(**change), scale_minor=scale, level=level)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="outcomes"):
        recovery_density(regions().drop(columns="outcomes"), scale_minor=1.0)
