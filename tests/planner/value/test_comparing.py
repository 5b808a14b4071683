"""Old and new beside each other: the better foretelling wins, equal ones do not, and the curves rank money."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.parameters import load
from planner.value.comparing import clustered, scores, uplift_curves
from planner.value.learning import untaught

OLD = untaught(load())


def knowing(chance):
    rates = OLD.rates.assign(mean=np.where(OLD.rates["rate"] == "right", chance, OLD.rates["mean"]))
    return replace(OLD, rates=rates)


def held(share, count=800, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "rate": "right", "cell": "", "within": "", "success": (rng.random(count) < share).astype(float),
            "debtor_id": rng.integers(0, count // 2, count).astype(str), "at": pd.Timestamp("2026-11-20", tz="UTC"),
            "outcome_id": "",
        }
    )  # fmt: skip


def test_the_model_that_knows_better_scores_better():
    found = scores(OLD, knowing(0.5), held(0.5), level=0.8)
    row = found.table.set_index("rate").loc["right"]
    assert row["better_low"] > 0
    assert row["brier_new"] == pytest.approx(0.25, abs=0.01)
    assert row["log_better"] > 0
    swapped = scores(knowing(0.5), OLD, held(0.5), level=0.8).table.set_index("rate").loc["right"]
    assert swapped["better"] == pytest.approx(-row["better"])


def test_the_same_model_is_no_better():
    row = scores(OLD, OLD, held(0.8), level=0.8).table.set_index("rate").loc["all"]
    assert (row["better"], row["better_low"], row["better_high"]) == (0, 0, 0)


def test_calibration_finds_what_was_called_and_what_happened():
    table = scores(OLD, knowing(0.6), held(0.6), level=0.8).calibration
    new = table[(table["model"] == "new") & (table["rate"] == "right")].iloc[0]
    assert new["predicted"] == pytest.approx(0.6)
    assert new["low"] < 0.6 < new["high"]
    old = table[(table["model"] == "old") & (table["rate"] == "right")].iloc[0]
    assert not old["low"] < old["predicted"] < old["high"]


def test_nothing_held_out_gives_no_score():
    row = scores(OLD, OLD, held(0.5)[:0], level=0.8).table.set_index("rate").loc["all"]
    assert row["answers"] == 0
    assert np.isnan(row["better"])


def test_visits_to_one_debtor_are_not_counted_as_many():
    values = np.tile([0.4, -0.2], 50)
    apart = clustered(values, pd.Series(np.arange(100)), 0.8)
    together = clustered(values, pd.Series(np.tile([0, 1], 50)), 0.8)
    assert together[2] - together[1] > 3 * (apart[2] - apart[1])


MONEY = st.lists(st.integers(-1000, 1000), min_size=3, max_size=30)


@settings(max_examples=40, deadline=None)
@given(MONEY)
def test_the_true_order_is_never_worse_than_its_reverse(money):
    gain = np.array(money, float)
    people = pd.Series([str(k) for k in range(len(gain))])
    found = uplift_curves(-gain, gain, gain, people, level=0.8)
    assert found is not None
    assert found.area_new >= found.area_old - 1e-6
    assert found.curve.groupby("model")["gain_minor"].last().to_numpy() == pytest.approx(gain.sum())


def test_two_orders_with_much_money_differ_beyond_chance():
    rng = np.random.default_rng(2)
    gain = rng.gamma(1, 100, 400)
    people = pd.Series(np.arange(400).astype(str))
    found = uplift_curves(rng.random(400), gain, gain, people, level=0.8)
    assert found is not None
    assert found.better_low > 0
    assert uplift_curves(gain[:1], gain[:1], gain[:1], people[:1], level=0.8) is None
