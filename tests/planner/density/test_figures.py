"""Recovery density: three figures, honest intervals, a ranking with its doubt."""

import numpy as np
import pandas as pd
import pytest

from planner.density import FIGURES, OUTCOMES_NEEDED, payment_scale, recovery_density
from tests.planner.density.pasts import past, visits

HISTORY = past(np.random.default_rng(3))


def regions(**changes):
    """Three regions with plenty, little and no history."""
    table = {
        "region": ["north", "south", "new"],
        "uplift_minor": [900_000.0, 500_000.0, 300_000.0],
        "visits": [60, 20, 10],
        "field_hours": [30.0, 10.0, 10.0],
        "inhabited_km2": [12.0, 2.0, np.nan],
        "past_hours": [200.0, 25.0, 0.0],
    }
    return pd.DataFrame(table | changes)


def density(history=HISTORY, scale_minor=50_000.0, level=0.8, top=3, **changes):
    return recovery_density(regions(**changes), history, scale_minor=scale_minor, level=level, top=top)


def test_three_figures_with_their_intervals():
    found = density().set_index("region")
    north = found.loc["north"]
    assert north["per_field_hour_minor"] == pytest.approx(30_000 * north["factor"])
    assert north["per_visit_minor"] == pytest.approx(15_000 * north["factor"])
    assert north["per_km2_minor"] == pytest.approx(75_000 * north["factor"])
    for figure in FIGURES:
        known = found[found[figure].notna()]
        assert (known[f"{figure}_low"] < known[figure]).all()
        assert (known[figure] < known[f"{figure}_high"]).all()
    assert found["rank"].tolist() == [3 - i for i in np.argsort(np.argsort(found["per_field_hour_minor"])).tolist()]
    assert found["outcomes"].tolist() == [400, 49, 0]
    assert found["assumption"].tolist() == [False, True, True]
    assert OUTCOMES_NEEDED == 50


def test_rates_stand_beside_the_money():
    north = density().set_index("region").loc["north"]
    assert north["payments"] == (HISTORY.loc[HISTORY["region"] == "north", "paid_minor"] > 0).sum()
    assert north["expected_payments"] == pytest.approx(80)
    assert north["rate_ratio"] == pytest.approx(north["payments"] / 80)
    assert north["rate_low"] < north["rate_factor"] < north["rate_high"]
    assert north["rate_high"] - north["rate_low"] < north["factor_high"] - north["factor_low"]


def test_an_hour_of_the_past_with_luck_taken_out():
    found = density().set_index("region")
    expected = HISTORY.groupby("region")["expected_minor"].sum()
    assert found.loc["north", "recovered_per_hour_minor"] == pytest.approx(
        found.loc["north", "factor"] * expected["north"] / 200
    )
    assert found.loc["south", "recovered_per_hour_minor_low"] < found.loc["south", "recovered_per_hour_minor"]
    assert np.isnan(found.loc["new", "recovered_per_hour_minor"])
    assert np.isnan(density(past_hours=np.nan)["recovered_per_hour_minor"]).all()


def test_what_is_unknown_stays_unknown():
    found = density(field_hours=[30.0, 0.0, np.nan], visits=[60, 0, 10]).set_index("region")
    assert found["per_field_hour_minor"].isna().tolist() == [False, True, True]
    assert found["per_visit_minor"].isna().tolist() == [False, True, False]
    assert found["per_km2_minor"].isna().tolist() == [False, False, True]
    for column in ("rank", "rank_low", "top_k_probability"):
        assert found[column].isna().tolist() == [False, True, True]
    assert np.isnan(found.loc["new", "ratio"])
    assert np.isnan(found.loc["new", "rate_ratio"])
    assert found.loc["new", "funnel"] == "unknown"


def test_without_any_history_the_factor_is_about_one_and_wide():
    assert np.isnan(payment_scale(visits()))
    found = density(visits(), np.nan)
    assert found["factor"].tolist() == pytest.approx([1.0] * 3, abs=0.06)
    assert (found["factor_low"] < 0.6).all()
    assert (found["factor_high"] > 1.5).all()
    assert found["assumption"].all()


def test_the_ranking_is_by_the_field_hour_and_a_clear_lead_is_clear():
    found = density(uplift_minor=[30_000_000.0, 100_000.0, 90_000.0], top=1).set_index("region")
    assert found.loc["north", "top_k_probability"] > 0.99
    assert found.loc["north", ["rank_low", "rank_high"]].tolist() == [1, 1]
    assert found.loc["south", ["rank_low", "rank_high"]].tolist() == [2, 3]


def test_visits_elsewhere_change_nothing():
    strangers = past(np.random.default_rng(4), ("elsewhere",), (200,), theta=[3.0])
    assert density(pd.concat([HISTORY, strangers], ignore_index=True)).equals(density())


def test_an_uplift_below_nothing_keeps_its_limits_in_order():
    found = density(uplift_minor=-1_000.0)
    assert (found["per_visit_minor_low"] < found["per_visit_minor_high"]).all()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"field_hours": -1.0}, "field_hours"),
        ({"past_hours": -1.0}, "past_hours"),
        ({"region": "north"}, "twice"),
        ({"scale_minor": 0.0}, "scale"),
        ({"level": 1.0}, "level"),
        ({"top": 0}, "best"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, named):
    with pytest.raises(ValueError, match=named):
        density(**changes)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="past_hours"):
        recovery_density(regions().drop(columns="past_hours"), HISTORY, scale_minor=1.0)
