"""How sure a ranking is."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.density import ranking


@given(st.integers(1, 12), st.integers(1, 15), st.integers(0, 1_000))
def test_chances_and_ranks_add_up(regions, top, seed):
    drawn = np.random.default_rng(seed).normal(np.linspace(2, 0, regions), 1, (200, regions))
    found = ranking(drawn, top=top)
    assert found["top_k_probability"].sum() == pytest.approx(min(top, regions))
    assert found["expected_rank"].sum() == pytest.approx(regions * (regions + 1) / 2)
    assert (found["rank_low"] <= found["rank_high"]).all()
    assert found["rank_low"].min() >= 1
    assert found["rank_high"].max() <= regions


def test_what_is_certain_is_told_as_certain():
    found = ranking(np.tile([1.0, 3.0, 2.0], (50, 1)), top=2)
    assert found["top_k_probability"].tolist() == [0, 1, 1]
    assert found["rank_low"].tolist() == found["rank_high"].tolist() == found["expected_rank"].tolist() == [3, 1, 2]


def test_equals_share_the_chance_and_span_all_ranks():
    found = ranking(np.random.default_rng(4).normal(size=(4_000, 10)), top=3)
    assert found["top_k_probability"].tolist() == pytest.approx([0.3] * 10, abs=0.04)
    assert (found["rank_low"] <= 2).all()
    assert (found["rank_high"] >= 9).all()


def test_the_unknown_has_no_rank_and_takes_none():
    found = ranking(np.tile([1.0, np.nan, 2.0], (50, 1)), top=1)
    assert found["expected_rank"][[0, 2]].tolist() == [2, 1]
    assert pd.isna(found.loc[1]).all()
    assert ranking(np.full((5, 2), np.nan)).isna().all(axis=None)


@pytest.mark.parametrize(("top", "level"), [(0, 0.8), (1, 0.0)])
def test_what_makes_no_sense_is_refused(top, level):
    with pytest.raises(ValueError, match=r"best|level"):
        ranking(np.ones((2, 2)), top=top, level=level)


def test_equal_regions_share_their_chance_whatever_their_order():
    found = ranking(np.zeros((4000, 4)), top=1)
    assert found["top_k_probability"].to_numpy() == pytest.approx(np.full(4, 0.25), abs=0.03)
    assert found["top_k_probability"].sum() == pytest.approx(1)
    assert (found["rank_low"] == 1).all()
    assert (found["rank_high"] == 4).all()
