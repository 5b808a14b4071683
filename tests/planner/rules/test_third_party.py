"""An agency goes inside its contract only, and both readers of the rules say the same of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.rules.check import broken_rules
from planner.rules.permit import permitted
from planner.value.clocks import clocks
from planner.value.survey import survey
from tests.planner.rules.readings import CN, at, inside, stop
from tests.planner.test_agency import contract
from tests.planner.value import factories as f
from tests.planner.value.factories import MONDAY, NOW, TODAY, WEEK, ZONE, accounts, debtors, places

AGENCY, JOINT = frozenset({"agency:HY"}), frozenset({"agency:HY", "bank"})


def facts(listed: str = "agency", *, terms=None, held: bool = False):
    loans = accounts({"days_past_due": 400, "due_on": TODAY - timedelta(days=400)})
    hold = f.holds({"kind": "other", "from_on": TODAY}) if held else f.holds()
    return f.Facts(
        survey=survey(debtors({"agency": listed}), loans, today=TODAY),
        places=places({}),
        holds=hold,
        accommodations=f.accommodations(),
        outcomes=f.outcomes(),
        clocks=clocks(loans, CN.clocks, today=TODAY),
        zone=ZONE,
        now=NOW,
        agencies=() if terms is None else (terms,),
    )


LONG = contract(branch="B", until_on=None)


def against(known, skills, *, day=MONDAY) -> set[str]:
    made = replace(stop(at(day, "10:00")), skills=skills)
    return {one.rule for one in broken_rules([made], known, CN)}


@settings(max_examples=25, deadline=None)
@given(
    listed=st.sampled_from(["in_house", "agency", "joint"]),
    first=st.integers(-3, 9),
    lasts=st.integers(0, 9),
    fits=st.booleans(),
    there=st.booleans(),
    held=st.booleans(),
    day=st.integers(0, 6),
)
def test_both_readers_agree_whoever_may_go(listed, first, lasts, fits, there, held, day):
    """The crew that the needs ask for: the bank's for in-house, the agency's, or both."""
    starts = MONDAY + timedelta(days=first)
    terms = replace(LONG, from_on=starts, until_on=starts + timedelta(days=lasts))
    terms = terms if fits else replace(terms, products=frozenset({"mortgage"}))
    known = facts(listed, terms=terms if there else None, held=held)
    begins = at(MONDAY + timedelta(days=day), "10:00")
    skills = {"in_house": frozenset({"bank"}), "agency": AGENCY, "joint": JOINT}[listed]
    answer = permitted(known, CN, days=WEEK)
    found = broken_rules([replace(stop(begins), skills=skills)], known, CN)
    assert inside(answer, begins) == (not found), [one.detail for one in found]


@pytest.mark.parametrize(
    ("listed", "skills", "broken"),
    [
        ("agency", AGENCY, False),
        ("agency", frozenset(), True),  # the bank's own crew goes to whom the agency has
        ("joint", JOINT, False),
        ("joint", AGENCY, True),  # nobody of the bank is there
        ("joint", frozenset(), True),
        ("in_house", AGENCY, False),  # the plan gave it, and the contract allows it
        ("in_house", frozenset(), False),
    ],
)
def test_who_goes_is_read_in_the_finished_plan(listed, skills, broken):
    assert ("third_party" in against(facts(listed, terms=LONG), skills)) is broken


@pytest.mark.parametrize(
    "damage",
    [
        {"products": frozenset({"mortgage"})},
        {"buckets": frozenset()},
        {"from_on": MONDAY + timedelta(days=1)},
        {"until_on": MONDAY - timedelta(days=1)},
        {"code": "XX"},
    ],
)
def test_a_damaged_contract_is_found_in_the_finished_plan(damage):
    assert "third_party" in against(facts("in_house", terms=replace(LONG, **damage)), AGENCY)


def test_who_is_on_any_hold_is_kept_from_an_agency():
    assert "third_party" in against(facts("in_house", terms=LONG, held=True), AGENCY)
    answer = permitted(facts("agency", terms=LONG, held=True), CN, days=WEEK)
    assert answer.windows.empty


def test_the_reason_says_what_to_do():
    rows = permitted(facts("agency"), CN, days=WEEK).removed.to_dict("records")
    assert [row["code"] for row in rows] == ["third_party"]
    assert "contract" in rows[0]["detail"]
    assert rows[0]["action"]
    assert isinstance(rows[0]["article"], str)
    assert not pd.isna(rows[0]["article"])
