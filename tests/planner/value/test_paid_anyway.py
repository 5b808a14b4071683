"""Shares paid without a visit: between what was assumed and what was seen, the nearer to it the more was seen."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.parameters import load
from planner.domain import Bucket
from planner.tables import conform
from planner.value.paid_anyway import pooled_shares
from planner.value.untreated import COMPARED

PARAMETERS = load()
ASSUMED = PARAMETERS.collected_without


def compared(*rows):
    """Rows of bucket, share seen, half the width of its interval, debtors unvisited."""
    table = pd.DataFrame(
        [
            {
                "bucket": bucket.value,
                "visited": n,
                "unvisited": n,
                "without": share,
                "without_low": share - half,
                "without_high": share + half,
                "state": state,
            }
            for bucket, share, half, n, state in rows
        ]
    )
    for name, dtype in COMPARED.items():
        if name not in table:
            table[name] = 0 if str(dtype).startswith("int") else float("nan")
    return conform(table[list(COMPARED)], COMPARED)


@given(st.floats(0, 1), st.integers(30, 5000))
def test_a_share_lies_between_what_was_assumed_and_what_was_seen(share, n):
    found = pooled_shares(compared((Bucket.M2, share, 0.02, n, "compared")), PARAMETERS)[Bucket.M2]
    low, high = sorted((share, ASSUMED[Bucket.M2].value))
    assert low - 1e-12 <= found <= high + 1e-12


def test_many_debtors_decide_and_few_do_not():
    many = pooled_shares(compared((Bucket.M1, 0.4, 0.005, 20_000, "compared")), PARAMETERS)
    assert many[Bucket.M1] == pytest.approx(0.4, abs=0.01)
    few = pooled_shares(compared((Bucket.Y3_PLUS, 0.05, 0.06, 30, "compared")), PARAMETERS)
    assert few[Bucket.Y3_PLUS] < 0.02


def test_a_bucket_in_which_nothing_came_in_by_luck_is_not_well_known():
    """Its interval has no width: taken at its word it would be certain that nobody pays."""
    rows = (Bucket.M1, 0.3, 0.05, 100, "compared"), (Bucket.Y3_PLUS, 0.0, 0.0, 30, "compared")
    found = pooled_shares(compared(*rows), PARAMETERS)
    assert found[Bucket.Y3_PLUS] > 0.8 * ASSUMED[Bucket.Y3_PLUS].value


def test_what_cannot_be_told_stays_as_assumed():
    nothing = float("nan")
    assert pooled_shares(compared((Bucket.M1, nothing, nothing, 8, "cannot_tell")), PARAMETERS) == {}
