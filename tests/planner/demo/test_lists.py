"""The demo's past lists: consistent with today's, drawn from known chances, the same each time."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from benchmarks.roll_coverage import TODAY, invented_accounts
from planner.demo.lists import BACK_DAYS, kept_chance, past_lists
from planner.demo.truth import Truth
from planner.portfolio import moves
from planner.portfolio.rates import rate
from planner.tables import ACCOUNT_STATES, OUTCOMES, conform, empty
from tests.planner.store.factories import outcome, outcomes

CODES = [f"Y{k:02d}" for k in range(10)]


@pytest.fixture(scope="module")
def drawn() -> tuple[pd.DataFrame, dict[str, str], pd.DataFrame]:
    accounts, regions = invented_accounts(3000, np.random.default_rng(1))
    lists = past_lists(accounts, empty(OUTCOMES), regions, CODES, Truth(), today=TODAY, seed=2)
    now = conform(accounts.assign(region=accounts["debtor_id"].map(regions)), ACCOUNT_STATES)
    return accounts, regions, pd.concat([*lists.values(), now], ignore_index=True)


def test_there_are_twelve_weekly_and_twelve_monthly_lists(drawn: tuple[pd.DataFrame, object, pd.DataFrame]) -> None:
    days = drawn[2]["as_of_on"].drop_duplicates()
    assert {(pd.Timestamp(TODAY) - day).days for day in days} == {0, *BACK_DAYS}
    assert len(BACK_DAYS) == 24


def test_who_is_here_today_was_on_every_list_since_falling_overdue(
    drawn: tuple[pd.DataFrame, object, pd.DataFrame],
) -> None:
    accounts, _, states = drawn
    today = accounts.set_index("case_id")["days_past_due"]
    for back in BACK_DAYS:
        list_then = states[states["as_of_on"] == pd.Timestamp(TODAY - timedelta(days=back))].set_index("case_id")
        old_enough = today[today > back]
        assert set(old_enough.index) <= set(list_then.index)
        assert (list_then.loc[old_enough.index, "days_past_due"] == old_enough - back).all()
        assert (list_then["days_past_due"] >= 1).all()
        assert not set(today[today <= back].index) & set(list_then.index)


def test_who_left_does_not_come_back(drawn: tuple[pd.DataFrame, object, pd.DataFrame]) -> None:
    _, _, states = drawn
    seen = states.groupby("case_id")["as_of_on"].agg(["min", "max", "size"])
    days = np.sort(states["as_of_on"].unique())
    between = np.searchsorted(days, seen["max"]) - np.searchsorted(days, seen["min"]) + 1
    assert (between == seen["size"]).all()


def test_roll_rates_find_the_chances_they_were_drawn_from(
    drawn: tuple[pd.DataFrame, dict[str, str], pd.DataFrame],
) -> None:
    _, _, states = drawn
    found = moves(states)
    month = found[(found["window"] == 0) & (found["from_bucket"] == "M1")]
    older = states[states["as_of_on"] == month["from_on"].iloc[0]].set_index("case_id").loc[month["case_id"]]
    true = kept_chance(older.reset_index(), CODES, Truth(), days=30, ended_back=0)
    share = rate(month, "roll", by_money=False)
    assert share.low - 0.02 <= true.mean() <= share.high + 0.02
    slowed = month["region"] == CODES[0]
    assert true[slowed.to_numpy()].mean() > true[~slowed.to_numpy()].mean() + 0.08


def test_what_was_paid_at_a_door_was_owed_before(drawn: tuple[pd.DataFrame, dict[str, str], pd.DataFrame]) -> None:
    accounts, regions, _ = drawn
    one = accounts[accounts["days_past_due"] > 100].iloc[0]
    at = pd.Timestamp(TODAY - timedelta(days=10), tz="Asia/Shanghai") + pd.Timedelta(hours=10)
    visit = outcome(debtor_id=one["debtor_id"], started_at=at.tz_convert("UTC"), paid_minor=50_000_00)
    lists = past_lists(accounts, outcomes(visit), regions, CODES, Truth(), today=TODAY, seed=2)
    case = accounts.loc[accounts["debtor_id"] == one["debtor_id"], "case_id"].iloc[0]
    owed = {
        (TODAY - day).days: int(table.set_index("case_id").loc[case, "overdue_minor"])
        for day, table in lists.items()
        if (TODAY - day).days in (7, 14)
    }
    assert owed[14] - owed[7] > 49_000_00


def test_the_same_seed_draws_the_same_lists(drawn: tuple[pd.DataFrame, dict[str, str], pd.DataFrame]) -> None:
    accounts, regions, states = drawn
    again = past_lists(accounts, empty(OUTCOMES), regions, CODES, Truth(), today=TODAY, seed=2)
    pd.testing.assert_frame_equal(
        pd.concat(again.values(), ignore_index=True), states.iloc[: sum(map(len, again.values()))]
    )
