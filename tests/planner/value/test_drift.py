"""Drift: a change is named, a change of mix is none, and too few visits say so."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from config.parameters import load
from planner.value.drift import drift, states
from tests.planner.value.factories import NOW

PARAMETERS = load()


def answers(rate, cell, within, yes, no, days_ago):
    success = [1.0] * yes + [0.0] * no
    return pd.DataFrame(
        {
            "rate": rate, "cell": cell, "within": within, "success": success,
            "debtor_id": [f"D{k}" for k in range(len(success))],
            "at": pd.Timestamp(NOW - timedelta(days=days_ago)).tz_convert("UTC"), "outcome_id": "",
        }
    )  # fmt: skip


def of(rate, *parts):
    table = drift(pd.concat(parts), PARAMETERS, now=NOW)
    return table.set_index("rate").loc[rate]


def test_a_fall_is_named():
    row = of("there", answers("there", "home", "weekend", 60, 40, 50), answers("there", "home", "weekend", 30, 70, 10))
    assert row["state"] == "changed"
    assert (row["before"], row["recent"]) == pytest.approx((0.6, 0.3))
    assert row["high"] < 0


def test_another_mix_of_hours_is_no_change():
    before = [answers("there", "home", "weekend", 80, 20, 50), answers("there", "home", "weekday_morning", 8, 32, 50)]
    recent = [answers("there", "home", "weekend", 24, 6, 5), answers("there", "home", "weekday_morning", 30, 120, 5)]
    row = of("there", *before, *recent)
    assert row["state"] == "steady"
    assert row["before"] == pytest.approx(row["recent"])


def test_too_few_are_said_to_be_too_few():
    row = of("pays", answers("pays", "M1", "careless", 9, 1, 50), answers("pays", "M1", "careless", 0, 10, 5))
    assert row["state"] == "too_few"
    assert np.isnan(row["difference"])


def test_later_answers_are_left_out():
    now = answers("right", "", "", 0, 200, -1)
    row = of("right", answers("right", "", "", 80, 20, 50), answers("right", "", "", 40, 10, 5), now)
    assert row["state"] == "steady"


def test_holm_asks_more_of_the_first_of_several():
    assert states(np.array([0.02, 0.5, np.nan]), 0.05) == ["changed", "steady", "too_few"]
    assert states(np.array([0.02, 0.03, 0.5]), 0.05) == ["steady", "steady", "steady"]
    assert states(np.array([0.01, 0.02, 0.5]), 0.05) == ["changed", "changed", "steady"]
