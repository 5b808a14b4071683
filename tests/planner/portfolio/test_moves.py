"""Where accounts go between two lists, on examples small enough to check by eye."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.portfolio import CURRENT, FROM, LEFT, TO, migration, moves, rates, windows
from planner.portfolio.moves import LEAST_DAYS, MOST_DAYS
from tests.planner.portfolio.lists import states

TWO = {
    "2026-10-01": {"rolls": 20, "cures": 10, "leaves": 29, "back": 40, "stays": 200, "young": 1},
    "2026-10-29": {"rolls": 48, "cures": 0, "back": 12, "stays": 170, "young": 29, "new": 5},
}


def test_each_account_of_the_earlier_list_goes_somewhere_once() -> None:
    found = moves(states(TWO)).set_index("case_id")
    assert found["to"].to_dict() == {
        "rolls": "M2",
        "cures": CURRENT,
        "leaves": LEFT,
        "back": "M1",
        "stays": "M4-6",
        "young": "M1",
    }
    assert found["rolled"].to_dict() == {
        "rolls": True, "cures": False, "leaves": False, "back": False, "stays": False, "young": False,
    }  # fmt: skip
    assert set(found.index[found["cured"]]) == {"cures", "leaves"}
    # 28 days after day 1 it is day 29: it could not be in M2, so it says nothing of the roll rate.
    assert not found.loc["young", "may_roll"]
    assert found.loc["rolls", "may_roll"]


def test_a_row_of_the_matrix_adds_up_to_one_by_accounts_and_by_money() -> None:
    found = moves(states(TWO))
    for by_money in (False, True):
        matrix = migration(found, by_money=by_money)
        assert matrix.groupby("from_bucket")["value"].sum().round(9).eq(1).all()
        assert matrix["moved"].sum() == len(found)
        assert set(matrix["from_bucket"]) <= set(FROM)
        assert set(matrix["to"]) == set(TO)


def test_the_roll_rate_counts_whom_it_can() -> None:
    found = rates(moves(states(TWO)), "", by_money=False).set_index(["bucket", "figure"])
    assert (found.loc[("M1", "roll"), "n"], found.loc[("M1", "roll"), "value"]) == (3, pytest.approx(1 / 3))
    assert (found.loc[("M1", "cure"), "n"], found.loc[("M1", "cure"), "value"]) == (4, pytest.approx(1 / 2))
    assert found["few"].all()


def test_money_counts_by_its_amount_on_the_earlier_list() -> None:
    lists = states({"2026-10-01": {"a": 20, "b": 20}, "2026-10-31": {"a": 50}})
    lists["overdue_minor"] = [300, 100, 999]
    found = rates(moves(lists), "", by_money=True).set_index(["bucket", "figure"])
    assert found.loc[("M1", "roll"), "value"] == pytest.approx(0.75)


def test_the_last_bucket_rolls_nowhere() -> None:
    found = moves(states({"2026-10-01": {"a": 1200}, "2026-10-31": {"a": 1230}}))
    assert not found["may_roll"].any()
    assert not found["rolled"].any()


def test_one_list_alone_moves_nobody() -> None:
    assert moves(states({"2026-10-01": {"a": 20}})).empty


def test_branches_with_lists_of_other_days_have_windows_of_their_own() -> None:
    one, other = states(TWO), states({"2026-09-01": {"x": 5}, "2026-10-01": {"x": 35}}, branch="C")
    import pandas as pd

    found = moves(pd.concat([one, other], ignore_index=True))
    assert found.groupby("branch")["window"].max().to_dict() == {"B": 0, "C": 0}
    assert found.loc[found["branch"] == "C", "to_on"].iloc[0] == pd.Timestamp("2026-10-01")


@given(st.sets(st.integers(0, 400), max_size=40))
def test_windows_lie_end_to_end_about_a_month_apart(numbers: set[int]) -> None:
    days = [date(2026, 1, 1) + timedelta(days=one) for one in numbers]
    found = windows(days)
    assert all(LEAST_DAYS <= (end - begin).days <= MOST_DAYS for begin, end in found)
    assert all(later[0] == earlier[1] for later, earlier in pairwise(found))
    assert {one for pair in found for one in pair} <= set(days)
