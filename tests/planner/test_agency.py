"""What leaves the bank: nothing but the fields that a contract allows, whatever else a row may hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.agency import BANK, MINIMUM, MORE, Agency, cut, sharing, with_bank
from planner.domain import Bucket, Collector, Crew, crew_skills

SECRET = ("debtor_type", "willing", "able", "group", "occupation", "hold", "next_action", "customer_id", "lon")
NAMES = st.sampled_from([*MINIMUM, *MORE, *SECRET])
FIRST = date(2026, 1, 1)


def contract(**changes: object) -> Agency:
    one = Agency(
        *("HY", "YX01", "和远", 0.25, 1500),
        *(frozenset({"card"}), frozenset({Bucket.Y1_3}), frozenset({"phone"}), FIRST, date(2026, 12, 31)),
    )
    return replace(one, **changes)


OWN = Collector("C1", "YX01", "林")
THEIRS = (
    Collector("H1", "YX01", "薛", frozenset({"agency:HY"})),
    Collector("H2", "YX01", "戴", frozenset({"agency:HY"})),
)


def crew(*people: Collector) -> Crew:
    members = tuple(one.collector_id for one in people)
    return Crew("K", "YX01", "K", members, crew_skills(people), (0.0, 0.0), (0.0, 0.0))


@given(row=st.dictionaries(NAMES, st.text(min_size=1), min_size=3), fields=st.sets(st.sampled_from([*MINIMUM, *MORE])))
def test_a_field_that_is_not_allowed_never_appears(row, fields):
    kept = cut(row, fields)
    assert set(kept) == set(row) & fields
    assert not set(kept) & set(SECRET)


@given(fields=st.sets(st.sampled_from(SECRET), min_size=1))
def test_a_contract_cannot_name_what_never_leaves(fields):
    assert cut(dict.fromkeys(SECRET, "x"), contract(data=frozenset(fields)).sees) == {}


@pytest.mark.parametrize(("day", "holds"), [(-1, False), (0, True), (364, True), (365, False)])
def test_both_ends_of_a_contract_are_included(day, holds):
    assert contract().in_force(FIRST + timedelta(days=day)) is holds
    assert contract(until_on=None).in_force(FIRST + timedelta(days=day)) is (day >= 0)


def test_only_a_crew_with_somebody_of_the_bank_is_the_banks():
    own, theirs, both = crew(OWN), crew(*THEIRS), crew(OWN, THEIRS[0])
    skilled = with_bank([own, theirs, both], [OWN, *THEIRS])
    assert [BANK in one.skills for one in skilled] == [True, False, True]
    assert with_bank([own], [OWN]) == (own,)  # where no agency is at work nothing changes


def test_an_agencys_crew_sees_its_contract_and_a_joint_one_everything():
    people = [OWN, *THEIRS]
    assert sharing(crew(OWN), people, [contract()]) is None
    assert sharing(crew(OWN, THEIRS[0]), people, [contract()]) is None
    assert sharing(crew(*THEIRS), people, [contract()]) == {*MINIMUM, "phone"}
    assert sharing(crew(*THEIRS), people, []) == set(MINIMUM)  # an unknown contract opens nothing
