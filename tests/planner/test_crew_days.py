from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.parameters import load
from config.rules import load_pack
from geodata.roads import StraightLine
from planner.advice import terms
from planner.crew_days import CREW_DAYS, LOANS, crew_days, loans, value
from planner.outlook import prospect
from tests.planner.weeks import CREW, ZONE, debtors, effort

PARAMETERS = load()
TERMS = terms(PARAMETERS, load_pack("CN"), CREW)


def district(n, branch="YX01"):
    return prospect(branch, debtors(n), effort(), StraightLine(), PARAMETERS.slots, ZONE, TERMS)


def test_each_day_more_brings_less() -> None:
    here = district(150)
    brings = [value(here, days) for days in range(5)]
    steps = np.diff(brings)
    assert brings[0] == 0
    assert (steps > 0).all()
    assert (np.diff(steps) <= 0.05 * steps[:-1]).all()  # the choice is found in rounds, not exactly


def test_the_crews_own_week_is_that_of_the_outlook() -> None:
    here = district(60)
    week = here.week()
    assert week is not None
    assert value(here, here.time.crew_days) == week.value_minor


def test_a_day_more_and_the_last_follow_from_the_days_planned() -> None:
    here = district(150)
    table = crew_days({"D1": here, "D2": here, "D3": here}, {"D1": 2.3, "D3": 0.9}).set_index("region")
    assert np.isnan(table.loc["D3", "last_minor"])  # there is no whole day to lend
    assert table.loc["D1", "one_more_minor"] == pytest.approx(value(here, 3.3) - value(here, 2.3))
    assert table.loc["D1", "last_minor"] == pytest.approx(value(here, 2.3) - value(here, 2.3 - 1))
    assert value(here, 2) < value(here, 2.3) < value(here, 3)
    assert np.isnan(table.loc["D2", "days_now"])
    assert np.isnan(table.loc["D2", "last_minor"])
    assert np.isnan(table.loc["D2", "one_more_minor"])  # the first day of a week is no day more


def test_a_day_more_is_never_told_to_take_something_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice is found in rounds: where everybody is visited anyway, a day more may bring a hair less."""
    monkeypatch.setattr("planner.crew_days.value", lambda _, days: 100.0 - 1e-9 * days)
    table = crew_days({"D1": district(3)}, {"D1": 2.0})
    assert table[["one_more_minor", "last_minor"]].to_numpy().tolist() == [[0.0, 0.0]]


def test_one_huge_debt_is_visited_first_and_not_lost() -> None:
    options = debtors(60)
    options.loc[options["debtor_id"] == "D1", "value_minor"] = 1e12
    here = prospect("YX01", options, effort(), StraightLine(), PARAMETERS.slots, ZONE, TERMS)
    assert all(value(here, days) > 0.9e12 for days in (0.25, 0.5, 1, 5))


def test_two_lenders_who_gain_most_with_the_same_borrower_both_find_one() -> None:
    rows = [
        ("A", "X", 3.0, 0.0, 20.0),
        ("B", "X", 3.0, 0.0, 30.0),
        ("C", "Y", 3.0, 90.0, 95.0),
        ("D", "Y", 3.0, 80.0, 85.0),
    ]
    found = loans(pd.DataFrame(rows, columns=list(CREW_DAYS)))
    assert found[["lender", "borrower", "gain_minor"]].to_numpy().tolist() == [["A", "C", 70.0], ["B", "D", 50.0]]


def test_a_district_does_not_lend_what_it_borrows() -> None:
    rows = [("A", "X", 3.0, 0.0, 10.0), ("B", "Y", 3.0, 90.0, 15.0), ("C", "Z", 3.0, 60.0, 70.0)]
    found = loans(pd.DataFrame(rows, columns=list(CREW_DAYS)))
    assert found[["lender", "borrower"]].to_numpy().tolist() == [["A", "B"]]


def test_where_no_way_leads_nothing_is_known() -> None:
    nowhere = replace(district(5), seen=None)
    table = crew_days({"D1": nowhere}, {"D1": 0.0})
    assert table["one_more_minor"].isna().all()
    assert loans(table).empty


def test_no_district_has_no_row() -> None:
    assert crew_days({}, {}).columns.tolist() == list(CREW_DAYS)
    assert loans(crew_days({}, {})).columns.tolist() == list(LOANS)


rows = st.lists(
    st.tuples(st.sampled_from(["X", "Y", "Z"]), st.floats(0, 3), st.floats(0, 1e6), st.floats(0, 1e6)),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_a_loan_gains_between_branches_and_takes_only_what_is_there(drawn) -> None:
    table = pd.DataFrame(
        [
            (f"D{k}", branch, days, more, last if days >= 1 else np.nan)
            for k, (branch, days, more, last) in enumerate(drawn)
        ],
        columns=list(CREW_DAYS),
    )
    found = loans(table)
    by = table.set_index("region")
    assert found["gain_minor"].is_monotonic_decreasing
    for one in found.itertuples():
        assert one.gain_minor > 0
        assert by.loc[one.lender, "days_now"] >= 1
        assert by.loc[one.lender, "branch"] != by.loc[one.borrower, "branch"]
        assert one.gain_minor == pytest.approx(
            by.loc[one.borrower, "one_more_minor"] - by.loc[one.lender, "last_minor"]
        )
    assert found["lender"].is_unique
    assert found["borrower"].is_unique
    best = max(
        (b.one_more_minor - a.last_minor for a in table.itertuples() for b in table.itertuples()
         if a.branch != b.branch and a.days_now >= 1), default=0.0)  # fmt: skip
    assert (found["gain_minor"].max() if len(found) else 0.0) == pytest.approx(max(best, 0.0))
