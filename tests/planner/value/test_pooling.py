"""Pooling: every cell between its own visits and its class, monotone, inside 0 to 1, whatever the order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.value.pooling import pool

ROW, COLUMN = np.repeat(np.arange(3), 2), np.tile(np.arange(2), 3)
PRIOR = np.array([0.3, 0.3, 0.1, 0.1, 0.02, 0.02])
COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=6, max_size=6)
SOME = settings(max_examples=40, deadline=None)


def pooled(successes, visits, prior=PRIOR, row=ROW, column=COLUMN, others=None):
    return pool(
        np.asarray(successes, float), np.asarray(visits, float), np.asarray(prior, float), row, column,
        level=0.5, spread=0.2, others=others,
    )  # fmt: skip


def in_log_odds(found):
    """About how uncertain the log-odds are."""
    return np.sqrt(found.variance) / (found.mean * (1 - found.mean))


def split(counts):
    yes, no = np.array(counts, float).T
    return yes, yes + no


def test_without_visits_every_cell_has_its_prior():
    found = pooled(np.zeros(6), np.zeros(6))
    assert found.mean == pytest.approx(PRIOR, abs=1e-6)
    assert (found.variance > 0).all()


@SOME
@given(COUNTS)
def test_chances_stay_chances(counts):
    found = pooled(*split(counts))
    assert ((found.mean > 0) & (found.mean < 1)).all()
    assert (found.variance < found.mean * (1 - found.mean)).all()


@SOME
@given(COUNTS, st.integers(0, 5))
def test_one_more_success_raises_the_cell_and_one_more_failure_lowers_it(counts, cell):
    yes, visits = split(counts)
    one = np.eye(6)[cell]
    before, more, less = pooled(yes, visits), pooled(yes + one, visits + one), pooled(yes, visits + one)
    assert less.mean[cell] < before.mean[cell] < more.mean[cell]


@SOME
@given(COUNTS, st.permutations(range(6)))
def test_the_order_of_cells_does_not_matter(counts, order):
    yes, visits = split(counts)
    at = np.array(order)
    there = pool(yes[at], visits[at], PRIOR[at], ROW[at], COLUMN[at], level=0.5, spread=0.2)
    assert there.mean == pytest.approx(pooled(yes, visits).mean[at], abs=1e-6)


def test_a_cell_without_visits_follows_its_class_and_its_branch():
    visits = np.array([200.0, 0, 200, 200, 200, 200])
    prior = np.full(6, 0.3)
    low = pooled(visits * 0.15, visits, prior)
    assert low.mean[1] < 0.25
    # The second column lies higher than the first: so does its cell that nobody visited.
    share = np.where(COLUMN == 1, 0.5, 0.2)
    assert pooled(visits * share, visits, prior).mean[1] > 0.32


def test_many_visits_decide_and_few_do_not():
    one = np.array([1.0, 0, 0, 0, 0, 0])
    assert pooled(one * 3, one * 3).mean[0] < 0.5
    assert pooled(one * 900, one * 1000).mean[0] == pytest.approx(0.9, abs=0.02)


def test_damage_is_refused():
    with pytest.raises(ValueError, match="more successes"):
        pooled(np.ones(6) * 3, np.ones(6))
    with pytest.raises(ValueError, match="strictly between"):
        pooled(np.zeros(6), np.zeros(6), np.zeros(6))


@pytest.mark.parametrize("spread", [0.05, 0.6])
def test_where_classes_lie_far_apart_they_are_drawn_together_less(spread):
    """The data decide: with the same prior scale, wide differences are kept and narrow ones are smoothed."""
    rng = np.random.default_rng(1)
    row, column = np.repeat(np.arange(7), 5), np.tile(np.arange(5), 7)
    truth = 1 / (1 + np.exp(-rng.normal(0, spread, 5)))[column]
    visits = np.full(35, 40.0)
    yes = rng.binomial(40, truth)
    found = pool(yes.astype(float), visits, np.full(35, 0.5), row, column, level=0.5, spread=0.2)
    raw = np.sqrt(((yes / 40 - truth) ** 2).mean())
    assert np.sqrt(((found.mean - truth) ** 2).mean()) < 0.75 * raw


def test_other_branches_without_visits_change_nothing():
    yes, visits = np.array([3.0, 1, 0, 2, 0, 1]), np.full(6, 10.0)
    found, alone = pooled(yes, visits, others=(np.zeros(6), np.zeros(6))), pooled(yes, visits)
    assert np.array_equal(found.mean, alone.mean)
    assert np.array_equal(found.variance, alone.variance)


def test_a_new_branch_begins_near_the_others_but_less_certain_than_they_are():
    visits = np.full(6, 300.0)
    theirs = np.round(visits * np.array([0.5, 0.45, 0.25, 0.2, 0.06, 0.05]))
    new = pooled(np.zeros(6), np.zeros(6), others=(theirs, visits))
    they = pooled(theirs, visits)
    assert (np.abs(new.mean - they.mean) < np.abs(PRIOR - they.mean)).all()
    assert (new.variance > they.variance).all()
    nothing = pooled(np.zeros(6), np.zeros(6))
    assert (in_log_odds(new) < in_log_odds(nothing)).all()


def test_branches_that_agree_make_each_other_surer():
    rng = np.random.default_rng(4)
    mine, theirs = np.full(6, 60.0), np.full(6, 120.0)
    yes, they = rng.binomial(60, PRIOR).astype(float), rng.binomial(120, PRIOR).astype(float)
    assert pooled(yes, mine, others=(they, theirs)).variance.sum() < 0.8 * pooled(yes, mine).variance.sum()


def test_a_branch_that_is_unlike_the_others_is_not_drawn_to_them():
    visits = np.full(6, 400.0)
    yes = np.round(visits * np.array([0.1, 0.6, 0.3, 0.02, 0.2, 0.01]))
    they = np.round(visits * np.array([0.6, 0.1, 0.02, 0.3, 0.01, 0.2]))
    found, alone = pooled(yes, visits, others=(they, visits)), pooled(yes, visits)
    assert found.mean == pytest.approx(alone.mean, abs=0.02)


def test_dropping_hopeless_spreads_changes_nothing_that_is_shown(monkeypatch):
    yes, visits = np.array([30.0, 10, 9, 22, 1, 1]), np.full(6, 100.0)
    others = (np.array([60.0, 50, 20, 20, 5, 4]), np.full(6, 200.0))
    quick = pooled(yes, visits, others=others)
    monkeypatch.setattr("planner.value.pooling.HOPELESS", 1e9)
    full = pooled(yes, visits, others=others)
    assert quick.mean == pytest.approx(full.mean, abs=1e-4)
    assert np.sqrt(quick.variance) == pytest.approx(np.sqrt(full.variance), rel=0.01)
