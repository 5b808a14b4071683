"""Shares with intervals: inside 0 to 1, wider for few debtors, the same whatever the order or the unit of money."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.portfolio.shares import FEWEST, Share, difference, share

ACCOUNTS = st.lists(st.tuples(st.booleans(), st.integers(1, 10**9), st.integers(0, 30)), min_size=1, max_size=80)


@given(ACCOUNTS)
def test_the_interval_holds_the_share_and_stays_inside(accounts: list[tuple[bool, int, int]]) -> None:
    flags, amounts, owners = map(list, zip(*accounts, strict=True))
    for weight in (np.ones(len(flags)), np.array(amounts, dtype=float)):
        found = share(flags, weight, owners)
        assert 0 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1
        assert 1 <= found.effective <= len(flags) + 1e-9
        assert found.few == (len(flags) < FEWEST)


@given(ACCOUNTS)
def test_neither_the_order_nor_the_unit_of_money_matters(accounts: list[tuple[bool, int, int]]) -> None:
    flags, amounts, owners = (np.array(one) for one in zip(*accounts, strict=True))
    found = share(flags, amounts.astype(float), owners)
    other = share(flags[::-1], amounts[::-1] / 100.0, owners[::-1])
    assert (found.value, found.low, found.high) == pytest.approx((other.value, other.low, other.high))


def test_accounts_that_move_together_count_as_fewer() -> None:
    flags = np.tile([1, 1, 1, 1, 0, 0, 0, 0], 10)
    alone, together = share(flags, np.ones(80), np.arange(80)), share(flags, np.ones(80), np.arange(80) // 4)
    assert alone.value == together.value
    assert together.effective < 0.5 * alone.effective
    assert together.high - together.low > alone.high - alone.low


def test_one_large_amount_makes_money_less_sure_than_accounts() -> None:
    flags = np.tile([0, 1], 50)
    amounts = np.ones(100)
    amounts[1] = 200
    even, uneven = share(flags, np.ones(100), np.arange(100)), share(flags, amounts, np.arange(100))
    assert uneven.effective < 5 < even.effective


def test_everybody_or_nobody_leaves_room() -> None:
    everybody, nobody = share([1] * 30, [1] * 30, range(30)), share([0] * 30, [1] * 30, range(30))
    assert (everybody.high, nobody.low) == (1.0, 0.0)
    assert everybody.low == pytest.approx(1 - nobody.high)
    assert 0.9 < everybody.low < 1


def test_nobody_at_all_has_no_share() -> None:
    found = share([], [], [])
    assert np.isnan(found.value)
    assert found.few


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        share([1], [-1], ["a"])


def test_too_few_are_not_compared_and_unrest_adds_doubt() -> None:
    some = Share(0.5, 0.4, 0.6, 100, 100, 100.0)
    few = Share(0.9, 0.7, 1.0, FEWEST - 1, FEWEST - 1, 19.0)
    assert np.isnan(difference(some, few).p_value)
    more = Share(0.7, 0.6, 0.8, 100, 100, 100.0)
    sure, unsure = difference(some, more), difference(some, more, unrest=0.01)
    assert sure.p_value < 0.01 < unsure.p_value
    assert unsure.low < sure.low < sure.value < sure.high < unsure.high
    back = difference(more, some)
    assert (back.value, back.p_value) == pytest.approx((-sure.value, sure.p_value))
