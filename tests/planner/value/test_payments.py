"""Payments from lists and doors: nothing is counted twice, and what no list can tell is left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from config.parameters import load
from planner.tables import OUTCOMES, PAYMENTS, empty
from planner.value.payments import payments_of
from tests.planner.portfolio.lists import states
from tests.planner.store.factories import outcome, outcomes

ZONE = ZoneInfo("Asia/Shanghai")
DEFAULTS = load()
PAID_UP_TO, BOOKED_WITHIN = int(DEFAULTS.paid_up_to.value), DEFAULTS.booked_within.value
LISTS = {"2026-11-01": {"K": 40}, "2026-11-08": {"K": 47}, "2026-11-15": {"K": 54}}


def visit(day: str, paid: int, name: str = "o1", debtor: str = "DK", **changes: object) -> dict[str, object]:
    at = pd.Timestamp(f"{day}T03:00:00Z")
    return outcome(name, debtor_id=debtor, branch="B", started_at=at, ended_at=at, paid_minor=paid, **changes)


def told(found: pd.DataFrame) -> list[tuple[str, str, int]]:
    assert list(found.columns) == list(PAYMENTS)
    rows = zip(found["paid_on"], found["case_id"], found["paid_minor"], strict=True)
    return [(f"{on:%m-%d}", case, int(paid)) for on, case, paid in rows]


def of(
    amounts: list[int], *visits: dict[str, object], lists: object = LISTS, **columns: object
) -> list[tuple[str, str, int]]:
    table = states(lists, overdue_minor=amounts, **columns)  # type: ignore[arg-type]
    return told(read(table, outcomes(*visits) if visits else empty(OUTCOMES)))


def read(table: pd.DataFrame, visits: pd.DataFrame, *, paid_up_to: float = PAID_UP_TO, **more: Any) -> pd.DataFrame:
    numbers = replace(DEFAULTS, paid_up_to=replace(DEFAULTS.paid_up_to, value=paid_up_to))
    return payments_of(table, visits, numbers, zone=ZONE, **more)


def test_a_fall_is_a_payment_on_the_day_of_the_list_that_shows_it() -> None:
    assert of([500, 500, 300]) == [("11-15", "K", 200)]
    assert of([500, 600, 700]) == []


def test_what_is_going_to_fall_due_is_nothing_overdue() -> None:
    ahead = {"2026-11-01": {"K": 0}, "2026-11-08": {"K": 0}, "2026-11-15": {}}
    assert of([500, 300], lists=ahead) == []
    cured = {"2026-11-01": {"K": 20}, "2026-11-08": {"K": 0}, "2026-11-15": {"K": 2}}
    assert of([500, 400, 400], lists=cured) == [("11-08", "K", 500)]


def test_the_last_payment_day_says_when() -> None:
    days = [pd.NaT, pd.NaT, pd.Timestamp("2026-11-11")]
    assert of([500, 500, 300], last_paid_on=days) == [("11-11", "K", 200)]


def test_what_was_paid_at_the_door_is_not_counted_again() -> None:
    assert of([500, 300, 300], visit("2026-11-03", 200)) == [("11-03", "K", 200)]
    assert of([500, 200, 200], visit("2026-11-03", 200)) == [("11-03", "K", 200), ("11-08", "K", 100)]
    assert of([500, 500, 500], visit("2026-11-03", 200)) == [("11-03", "K", 200)]


def test_a_payment_that_is_booked_late_is_not_counted_again() -> None:
    assert of([500, 500, 300], visit("2026-11-07", 200)) == [("11-07", "K", 200)]


def test_a_corrected_entry_does_not_count() -> None:
    wrong, right = visit("2026-11-03", 900), visit("2026-11-03", 200, "o2", replaces="o1")
    assert of([500, 300, 300], wrong, right) == [("11-03", "K", 200)]


def test_who_left_early_was_paid_up_and_who_left_late_cannot_be_told() -> None:
    young = {"2026-11-01": {"K": PAID_UP_TO, "L": 400}, "2026-11-08": {"L": 407}}
    assert of([500, 70, 70], lists=young) == [("11-08", "K", 500)]
    old = {"2026-11-01": {"K": PAID_UP_TO + 1, "L": 400}, "2026-11-08": {"L": 407}}
    assert of([500, 70, 70], lists=old) == []
    table = states(young, overdue_minor=[500, 70, 70])
    assert read(table, empty(OUTCOMES), paid_up_to=0).empty


def test_a_debtors_payment_goes_to_the_account_that_fell() -> None:
    lists = {"2026-11-01": {"K": 40, "L": 40}, "2026-11-08": {"K": 47, "L": 47}}
    found = of([500, 900, 300, 900], visit("2026-11-03", 200, debtor="D"), lists=lists, debtor_id="D")
    assert found == [("11-03", "K", 200)]


def test_visits_before_and_after_all_lists_and_of_strangers_count_too() -> None:
    found = of(
        [500, 500, 500], visit("2026-10-03", 5), visit("2026-11-20", 7, "o2"), visit("2026-11-04", 9, "o3", "DX")
    )
    assert found == [("10-03", "K", 5), ("11-04", "", 9), ("11-20", "K", 7)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=3, max_size=3), st.lists(st.integers(0, 400), min_size=2, max_size=2))
def test_the_sum_is_what_fell_or_what_was_paid_at_doors_and_never_both(amounts: list[int], paid: list[int]) -> None:
    visits = [visit(day, one, f"o{day}") for day, one in zip(("2026-11-03", "2026-11-10"), paid, strict=True) if one]
    total = sum(one[2] for one in of(amounts, *visits))
    fell = sum(max(a - b, 0) for a, b in pairwise(amounts))
    assert max(fell, sum(paid)) <= total <= fell + sum(paid)
    assert total >= sum(paid)


def test_cut_to_a_debtor_it_tells_the_same_of_him() -> None:
    lists = {"2026-11-01": {"K": 40, "L": 5}, "2026-11-08": {"K": 47}, "2026-11-15": {"L": 3}, "2026-11-22": {}}
    table = states({day: named for day, named in lists.items() if named}, overdue_minor=[500, 70, 300, 60])
    table = pd.concat([table, states({"2026-11-22": {"Z": 1}})], ignore_index=True)
    visits = outcomes(visit("2026-11-03", 50, debtor="DL"))
    whole = read(table, visits)
    for debtor in ("DK", "DL"):
        mine = read(
            table[table["debtor_id"] == debtor], visits[visits["debtor_id"] == debtor],
            days=[pd.Timestamp(day).date() for day in lists],
        )  # fmt: skip
        expected = whole[whole["debtor_id"] == debtor].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, expected)
        assert len(mine)


def test_what_was_paid_on_the_day_of_the_first_list_is_not_counted_again() -> None:
    """The list of a day is made before its visits."""
    assert of([500, 300, 300], visit("2026-11-01", 200)) == [("11-01", "K", 200)]


def test_a_door_s_money_that_no_list_showed_does_not_hide_a_payment_long_after() -> None:
    """What fell due hid it on the lists; a fall twelve days later is other money."""
    assert of([500, 500, 300], visit("2026-11-03", 200)) == [("11-03", "K", 200)]
    lists = {f"2026-11-{day:02d}": {"K": 40 + day} for day in (1, 8, 15, 22)}
    found = of([500, 500, 500, 300], visit("2026-11-03", 200), lists=lists)
    assert found == [("11-03", "K", 200), ("11-22", "K", 200)]
