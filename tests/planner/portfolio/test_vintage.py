"""Cohorts that run off: spells, censoring, and ends that are only known to lie between two lists."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.portfolio import curve, spells, vintages
from planner.portfolio.hazards import hazards
from planner.portfolio.vintage import SPELLS
from planner.tables import conform
from tests.planner.portfolio.lists import states


def test_a_spell_begins_when_it_is_seen_and_ends_between_two_lists() -> None:
    found = spells(
        states(
            {
                "2026-10-01": {"goes": 10, "stays": 5},
                "2026-10-31": {"stays": 35, "comes": 3},
                "2026-11-30": {"stays": 65, "comes": 33},
            }
        )
    ).set_index("case_id")
    assert found.loc["goes", ["seen_at", "last_at", "gone_at", "ended"]].tolist() == [10, 10, 40, True]
    assert found.loc["stays", ["seen_at", "last_at", "gone_at", "ended"]].tolist() == [5, 65, 65, False]
    assert f"{found.loc['comes', 'overdue_on']:%Y-%m-%d}" == "2026-10-28"


def test_who_is_current_has_ended_and_who_comes_back_begins_anew() -> None:
    found = spells(
        states({"2026-10-01": {"a": 10}, "2026-10-31": {"a": 0}, "2026-11-30": {"a": 7}, "2026-12-30": {"a": 37}})
    )
    assert found["ended"].tolist() == [True, False]
    assert found["seen_at"].tolist() == [10, 7]


def invented(n: int, rng: np.random.Generator, *, every: int, hazard: float = 0.01) -> pd.DataFrame:
    """Spells of a constant hazard, seen by lists so many days apart for a year."""
    began, lasts = rng.uniform(0, 300, n), rng.exponential(1 / hazard, n)
    first = np.ceil(began / every) * every
    over = began + lasts
    kept = (first < over) & (first <= 360)
    last = np.minimum(np.floor(over / every) * every, 360)
    ended = last < 360
    gone = np.where(ended, last + every, last)
    table = {
        "seen_at": first - began,
        "last_at": last - began,
        "gone_at": gone - began,
        "ended": ended,
        "debtor_id": np.arange(n).astype(str),
        "overdue_on": pd.Timestamp("2026-01-01") + pd.to_timedelta(began, unit="D"),
    }
    rest = dict.fromkeys(("branch", "case_id", "region", "product"), "x")
    return conform(pd.DataFrame(table)[kept].assign(**rest), SPELLS)


@pytest.mark.parametrize("every", [7, 30])
def test_the_truth_is_found_however_rare_the_lists(every: int) -> None:
    """What was cured before any list and between two lists is not seen, and must not make the share too high."""
    found = curve(invented(6000, np.random.default_rng(1), every=every)).set_index("age_days")
    for age in (30, 60, 90, 150):
        assert found.loc[age, "still"] == pytest.approx(np.exp(-0.01 * age), abs=0.025)
        assert found.loc[age, "low"] < np.exp(-0.01 * age) + 0.02
        assert found.loc[age, "high"] > np.exp(-0.01 * age) - 0.02


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([7, 14, 30]))
def test_a_curve_falls_within_its_interval(seed: int, every: int) -> None:
    found = curve(invented(150, np.random.default_rng(seed), every=every, hazard=0.02))
    assert (found["still"].diff().dropna() <= 1e-12).all()
    assert ((found["low"] <= found["still"] + 1e-9) & (found["still"] <= found["high"] + 1e-9)).all()
    assert found[["low", "still", "high"]].stack().between(0, 1).all()


def test_a_young_cohort_ends_where_nobody_is_older() -> None:
    found = vintages(invented(3000, np.random.default_rng(2), every=7))
    last = found.groupby("cohort")["age_days"].max()
    assert last.iloc[-1] < 100
    assert last.iloc[0] == 180


def test_too_few_have_no_curve() -> None:
    assert curve(invented(8, np.random.default_rng(3), every=7)).empty


def test_more_lists_leave_less_doubt() -> None:
    rng = np.random.default_rng(4)
    n, edges = 2000, np.array([0.0, 15.0, 30.0, 2000.0])
    over = rng.exponential(50.0, n)
    wide = {}
    for every in (5, 30):
        last = np.floor(over / every) * every
        _, doubt = hazards(np.zeros(n), last, last + every, edges)
        wide[every] = doubt[0, 0]
    assert 0 < wide[5] < wide[30]
