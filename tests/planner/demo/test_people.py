"""The demo's people: invented through and through, and readable as a bank's own list without one error."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from config.profiles import load_profile
from planner.demo.people import AGEING, SHARES, TYPES_ZH, WATCHED, case_list, catchments, customers, overdue
from planner.demo.truth import Truth
from planner.domain import bucket_of
from planner.intake.check import check_bytes
from planner.intake.tables import to_tables
from planner.value.early import not_yet_due, overdue_only
from planner.value.survey import survey
from tests.planner.demo.factories import CENTRE, TODAY, buildings, districts, hot_spots, staff, street_index

BRANCHES = staff().branches


@pytest.fixture(scope="module")
def people():
    return customers(buildings(), BRANCHES, count=1500, rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def cases(people):
    rows = overdue(people, hot_spots(), Truth(), count=300, rng=np.random.default_rng(2))
    return case_list(people, rows, buildings(), districts(), today=TODAY, seed=3)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), shares=st.lists(st.floats(0.2, 1.0), min_size=2, max_size=4))
def test_catchments_give_the_shares(seed, shares):
    rng = np.random.default_rng(seed)
    sites, at = rng.uniform(0, 12_000, (len(shares), 2)), rng.uniform(0, 12_000, (1500, 2))
    # Branches of a city lie kilometres apart; the search for their reach is made for that.
    assume(min(np.linalg.norm(a - b) for a, b in itertools.combinations(sites, 2)) > 3000)
    away = np.linalg.norm(at[:, None] - sites, axis=2)
    nearest = catchments(away, shares)
    have = np.bincount(nearest, minlength=len(shares)) / len(at)
    assert have == pytest.approx(np.array(shares) / sum(shares), abs=0.02)


def test_every_branch_has_its_share_of_customers(people):
    have = people["branch"].value_counts(normalize=True)
    assert [have[branch.code] for branch in BRANCHES] == pytest.approx(SHARES, abs=0.02)
    assert people["customer_id"].is_unique


def test_the_overdue_are_more_in_the_hot_spot(people):
    rows = overdue(people, hot_spots(), Truth(), count=300, rng=np.random.default_rng(2))
    assert len(set(rows)) == 300
    assert list(rows) == sorted(rows)
    spot = hot_spots().iloc[0]
    near = np.hypot(people["lon"] - spot["lon"], people["lat"] - spot["lat"]) < 0.01
    late = np.zeros(len(people), dtype=bool)
    late[rows] = True
    assert late[near].mean() > 2 * late[~near].mean()


def test_the_list_reads_back_without_an_error(cases):
    data = cases.drop(columns="branch").to_csv(index=False).encode("gb18030")
    checked = check_bytes(data, load_profile("auto"), today=TODAY)
    assert checked.report["rows_read"] == checked.report["rows_accepted"] == len(cases)
    assert [one for one in checked.issues if one.severity == "error"] == []
    assert checked.report["encoding"] == "gb18030"
    assert checked.report["dropped_columns"] == []
    made = to_tables(checked, "YX01", locate=street_index().all_of)
    assert len(made.debtors) == 300 + WATCHED[1]
    assert made.places["lon"].notna().mean() > 0.99
    assert (made.places["source_datum"] == "gcj02").any()
    # Nobody is called of bad faith by one reader: the list's word waits for a second reviewer.
    assert "不良型" in set(cases["复盘类型"])
    assert set(made.debtors["debtor_type"]) == {"occasional", "hardship", "careless", "unreviewed"}
    assert "needs_second_reviewer" in {one.code for one in checked.issues}
    home = made.places[made.places["kind"] == "home"]
    away_m = 111_000 * np.hypot(home["lon"] - CENTRE[0], home["lat"] - CENTRE[1])
    assert away_m.max() < 15_000
    assert sorted(made.accounts["overdue_minor"]) == sorted(
        round(100 * float(text.replace(",", ""))) for text in cases["逾期总金额"]
    )


def test_nobody_can_have_these_numbers(cases):
    assert all(re.fullmatch(r"010-0000-\d{4}", phone) for phone in cases["本人手机"])
    assert all(re.fullmatch(r"990000\d{12}", number) for number in cases["证件号"])
    by_person = cases.groupby("证件号")
    assert (by_person["本人手机"].nunique() == 1).all()
    assert by_person.ngroups == 300 + WATCHED[1]


def test_every_age_is_there_in_its_share(cases):
    days = cases["逾期天数"].astype(int)
    days = days[days > 0]
    assert days.between(AGEING[0][0], AGEING[-1][1]).all()
    assert sum(share for *_, share in AGEING) == pytest.approx(1)
    assert sum(TYPES_ZH.values()) == pytest.approx(1)
    assert {bucket_of(day) for day in days} == {bucket_of(low) for low, *_ in AGEING}


def test_some_accounts_are_not_overdue_yet_and_disturb_nobody(people, cases):
    data = cases.drop(columns="branch").to_csv(index=False).encode("gb18030")
    made = to_tables(check_bytes(data, load_profile("auto"), today=TODAY), "YX01", locate=street_index().all_of)
    ahead = made.accounts[not_yet_due(made.accounts)]
    assert len(ahead) == sum(WATCHED)
    assert ahead["due_on"].between(pd.Timestamp(TODAY), pd.Timestamp(TODAY) + pd.Timedelta(days=20)).all()
    assert ahead["debtor_id"].isin(overdue_only(made.accounts)["debtor_id"]).sum() >= WATCHED[0]
    surveyed = survey(made.debtors, made.accounts, today=TODAY + timedelta(days=60))
    assert len(surveyed) == 300, "who is watched only is not surveyed, however old the list gets"
    assert not set(ahead["case_id"]) & set(" ".join(surveyed["case_ids"]).split())


def test_the_same_seed_gives_the_same_list_and_another_seed_another(people, cases):
    rows = overdue(people, hot_spots(), Truth(), count=300, rng=np.random.default_rng(2))
    again = case_list(people, rows, buildings(), districts(), today=TODAY, seed=3)
    assert again.equals(cases)
    other = case_list(people, rows, buildings(), districts(), today=TODAY, seed=4)
    assert not other["姓名"].equals(cases["姓名"])
    assert cases["案件编号"].is_unique
