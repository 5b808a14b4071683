"""Portfolio at risk: what the share is of, and how it changes."""

from __future__ import annotations

import numpy as np
import pytest

from planner.portfolio import THRESHOLDS, at_risk
from tests.planner.portfolio.lists import states

NOW = {"2026-11-30": {"a": 10, "b": 30, "c": 31, "d": 95}}


def test_more_than_thirty_days_is_more_than_thirty() -> None:
    found = at_risk(states(NOW)).set_index("over_days")
    assert found["value"].to_dict() == {30: 0.5, 60: 0.25, 90: 0.25}
    assert tuple(found.index) == THRESHOLDS
    assert found["change"].isna().all()
    assert found["few"].all()


def test_of_the_book_it_is_less_than_of_the_list() -> None:
    listed, whole = at_risk(states(NOW)), at_risk(states(NOW), book_minor=4000_00)
    assert whole["value"].tolist() == pytest.approx([0.05, 0.025, 0.025])
    assert (whole["value"] < listed["value"]).all()
    assert ((whole["low"] < whole["value"]) & (whole["value"] < whole["high"])).all()


def test_a_book_smaller_than_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="book"):
        at_risk(states(NOW), book_minor=300_00)


def test_without_a_principal_the_overdue_amount_counts() -> None:
    found = at_risk(states(NOW, principal_minor=0, overdue_minor=[1, 1, 1, 5])).set_index("over_days")
    assert found.loc[90, "value"] == pytest.approx(5 / 8)


def test_nothing_changed_is_a_change_of_nothing_and_a_debtor_on_both_lists_adds_no_doubt() -> None:
    many = {f"k{k}": 20 + k for k in range(100)}
    now = states({"2026-11-30": many})
    same = at_risk(now, states({"2026-10-31": many}))
    assert same["change"].tolist() == pytest.approx([0, 0, 0])
    assert (same["change_high"] - same["change_low"]).tolist() == pytest.approx([0, 0, 0], abs=1e-6)
    others = at_risk(now, states({"2026-10-31": {f"other{k}": 20 + k for k in range(100)}}))
    assert (others["change_high"] - others["change_low"] > 0.1).all()
    assert np.allclose(others["change"], 0)


def test_accounts_that_are_not_overdue_are_no_part_of_what_is_listed() -> None:
    watched = {f"w{k}": 0 for k in range(30)}
    now, earlier = states({"2026-11-30": {**NOW["2026-11-30"], **watched}}), states({"2026-10-31": NOW["2026-11-30"]})
    found = at_risk(now, earlier).set_index("over_days")
    assert found.loc[30, ["value", "change", "n", "few"]].tolist() == [0.5, 0.0, 4, True]
    assert at_risk(now, book_minor=400_00)["value"].tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert np.isnan(at_risk(states({"2026-11-30": watched}))["value"]).all()
