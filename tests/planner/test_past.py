"""The past is read by the numbers that the branch has, and by no constant beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from config.parameters import load
from planner.domain import Branch
from planner.past import read_past
from planner.tables import ACCOUNTS, DEBTORS, PLACES, REVIEWS, TYPES, empty
from planner.value.parameters import Parameters
from planner.view.debtor import debtor_money
from tests.planner.portfolio.lists import states
from tests.planner.store.factories import outcome, outcomes

HERE = Branch("B", "Riverside", "江边", 120.15, 30.25, "smalltown")
TODAY = date(2026, 11, 30)
PARAMETERS = load()


def store_of(lists: Any, amounts: list[int], *visits: dict[str, object]) -> Any:
    """A store that knows lists and visits only."""
    known = states(lists, overdue_minor=amounts)
    return SimpleNamespace(
        debtors=lambda *_, **__: empty(DEBTORS),
        accounts=lambda *_, **__: empty(ACCOUNTS),
        places=lambda *_, **__: empty(PLACES),
        latest_outcomes=lambda *_: outcomes(*visits),
        account_states=lambda *_, **__: known,
        full_days=lambda *_: [pd.Timestamp(day).date() for day in lists],
        settings_elsewhere=lambda *_: {},
        debtor_types=lambda *_, **__: empty(TYPES),
        reviews=lambda *_, **__: empty(REVIEWS),
    )


def paid(store: Any, parameters: Parameters) -> list[int]:
    """What both readers tell of the money: the branch's past and the debtor's page."""
    past: Any = read_past(store, None, HERE, parameters, today=TODAY)  # type: ignore[arg-type]
    page = debtor_money(store, None, HERE, "DK", store.latest_outcomes(), parameters)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(past.payments, page.payments)
    return [int(one) for one in past.payments["paid_minor"]]


@pytest.mark.parametrize(("up_to", "found"), [(90, [500]), (30, [])])
def test_who_left_the_list_was_paid_up_as_far_as_the_branch_says(up_to: float, found: list[int]) -> None:
    store = store_of({"2026-11-01": {"K": 40, "L": 5}, "2026-11-08": {"L": 12}}, [500, 70, 70])
    assert paid(store, replace(PARAMETERS, paid_up_to=replace(PARAMETERS.paid_up_to, value=up_to))) == found


@pytest.mark.parametrize(("within", "found"), [(10, [200]), (3, [200, 200])])
def test_money_of_a_door_is_booked_within_the_days_that_the_branch_says(within: float, found: list[int]) -> None:
    lists = {f"2026-11-{day:02d}": {"K": 40 + day} for day in (1, 8, 15)}
    at = pd.Timestamp("2026-11-03T03:00:00Z")
    visit = outcome("o1", debtor_id="DK", branch="B", started_at=at, ended_at=at, paid_minor=200)
    store = store_of(lists, [500, 500, 300], visit)
    assert paid(store, replace(PARAMETERS, booked_within=replace(PARAMETERS.booked_within, value=within))) == found
