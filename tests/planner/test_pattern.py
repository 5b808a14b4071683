"""Debtors among customers: each home marks one customer, and a planted cluster is found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.roads import StraightLine
from planner.pattern import GROUP_HOURS, SAME_HOME_M, branch_pattern, mark_customers
from planner.tables import CUSTOMERS, empty
from tests.planner.factories import CENTRE, DISTRICT, customers


def homes(at: np.ndarray, region: str = DISTRICT[0]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "debtor_id": [f"D{k}" for k in range(len(at))],
            "region": region,
            "lon": at[:, 0],
            "lat": at[:, 1],
            "accuracy_m": 15.0,
        }
    )


def pattern_of(table: pd.DataFrame, people: pd.DataFrame, service_s: float = 900.0):
    seconds = StraightLine().travel_times(table[["lon", "lat"]].to_numpy(float)).seconds if len(table) else None
    return branch_pattern(
        table, people, np.zeros((0, 0)) if seconds is None else seconds, np.full(len(table), service_s)
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), people=st.integers(0, 40), debtors=st.integers(0, 30))
def test_every_home_marks_at_most_one_customer_near_enough(seed, people, debtors):
    rng = np.random.default_rng(seed)
    everyone, late = rng.uniform(0, 300, (people, 2)), rng.uniform(0, 300, (debtors, 2))
    rows, missing = mark_customers(everyone, late)
    found = rows[rows >= 0]
    assert len(set(found)) == len(found)
    assert set(missing) == set(np.flatnonzero(rows < 0))
    away = np.linalg.norm(late[rows >= 0] - everyone[found], axis=1) if len(found) else np.array([])
    assert (away <= SAME_HOME_M).all()
    for home in missing:  # nobody is missed while a customer near enough is free
        near = np.flatnonzero(np.linalg.norm(everyone - late[home], axis=1) <= SAME_HOME_M)
        assert set(near) <= set(found)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), people=st.integers(1, 60), debtors=st.integers(0, 50))
def test_homes_mark_the_nearest_customer_who_is_free_in_towers_too(seed, people, debtors):
    rng = np.random.default_rng(seed)
    houses = rng.uniform(0, 150, (12, 2))  # so dense that more than the nearest few have to be looked at
    everyone = houses[rng.integers(12, size=people)]
    late = houses[rng.integers(12, size=debtors)] + rng.normal(0, 1.0, (debtors, 2))
    rows, _missing = mark_customers(everyone, late)
    taken = np.zeros(people, dtype=bool)
    for home, row in enumerate(rows):
        away = np.where(taken, np.inf, np.linalg.norm(everyone - late[home], axis=1))
        nearest = int(np.argmin(away))
        assert row == (nearest if away[nearest] <= SAME_HOME_M else -1)
        taken[row] |= row >= 0


def test_debtors_drawn_like_customers_are_not_called_clustered_and_a_hot_spot_is():
    people = customers(900)
    at = people[["lon", "lat"]].to_numpy(float)
    draws = [np.random.default_rng(seed).choice(len(at), 90, replace=False) for seed in range(6)]
    fair = [pattern_of(homes(at[draw]), people).verdicts[DISTRICT[0]] for draw in draws]
    west = np.argsort(at[:, 0])[:90]
    hot = pattern_of(homes(at[west]), people).verdicts[DISTRICT[0]]
    assert hot.verdict == "clustered"
    assert sum(one.verdict == "clustered" for one in fair) <= 1  # one in twenty is by chance
    assert {one.n_marked for one in (hot, *fair)} == {90}
    assert {one.n_all for one in (hot, *fair)} == {900}  # every debtor was found among the customers


def test_a_home_that_no_customer_is_near_joins_the_customers():
    people = customers(900)
    at = people[["lon", "lat"]].to_numpy(float)[:60]
    found = pattern_of(homes(np.vstack([at, [[CENTRE[0], CENTRE[1] + 0.02]]])), people)
    assert (found.verdicts[DISTRICT[0]].n_marked, found.verdicts[DISTRICT[0]].n_all) == (61, 901)


def test_customers_whose_place_is_unknown_change_nothing():
    people = customers(300)
    at = people[["lon", "lat"]].to_numpy(float)
    draw = np.random.default_rng(4).choice(len(at), 60, replace=False)
    lost = people.head(5).assign(customer_id=[f"lost{k}" for k in range(5)], lon=np.nan)
    with_lost = pd.concat([lost, people], ignore_index=True)
    assert pattern_of(homes(at[draw]), with_lost).verdicts == pattern_of(homes(at[draw]), people).verdicts


def test_two_far_neighbourhoods_are_two_groups_and_one_apart_is_in_none():
    east, west = (np.array(CENTRE) + np.array([0.1 * side, 0]) for side in (1, -1))
    step = np.array([[0.0003 * k, 0] for k in range(8)])
    at = np.vstack([east + step, west + step, [CENTRE]])
    groups = pattern_of(homes(at), customers(300)).groups
    assert len({groups[f"D{k}"] for k in range(8)} | {groups[f"D{k}"] for k in range(8, 16)}) == 2
    assert "" not in {groups[f"D{k}"] for k in range(16)}
    assert groups["D16"] == ""


def test_debtors_of_whom_only_the_district_is_known_form_no_group():
    heap = np.tile(CENTRE, (8, 1))
    at = np.vstack([np.array(CENTRE) + np.array([[0.1 + 0.0003 * k, 0] for k in range(8)]), heap])
    known = homes(at)
    groups = pattern_of(known.assign(accuracy_m=np.repeat([15.0, 2_000.0], 8)), customers(300)).groups
    assert {groups[f"D{k}"] for k in range(8, 16)} == {""}
    assert "" not in {groups[f"D{k}"] for k in range(8)}
    assert "" not in set(pattern_of(known, customers(300)).groups.values())


def test_a_group_is_no_more_than_one_crew_can_do():
    at = np.array(CENTRE) + np.array([[0.0002 * k, 0] for k in range(40)])
    groups = pattern_of(homes(at), customers(300), service_s=1800.0).groups
    sizes = pd.Series([one for one in groups.values() if one]).value_counts()
    assert sizes.max() * 0.5 <= GROUP_HOURS
    assert len(sizes) >= 2


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_debtors_or_no_customers_are_no_fault(count):
    at = np.array(CENTRE) + 0.001 * np.arange(count)[:, None] * np.ones(2)
    for people in (customers(50), empty(CUSTOMERS)):
        found = pattern_of(homes(at.reshape(-1, 2)), people)
        assert set(found.groups) == {f"D{k}" for k in range(count)}
        assert all(one.verdict == "cannot_tell" for one in found.verdicts.values())
