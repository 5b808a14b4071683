"""Willingness by ability decides the type; bad faith is only proposed, and never without an act that was named."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.survey import load_survey
from planner.domain import DebtorType
from planner.rules.assets import ASSETS, CLAIMS, INTANGIBLE, PHYSICAL
from planner.rules.notes import faults
from planner.rules.review import ACTS, ANSWERS, GROUNDS, proposed_type, same_person

EVERY_ANSWER = list(product(ANSWERS, ANSWERS))


@given(st.sampled_from(EVERY_ANSWER), st.sets(st.sampled_from(sorted(GROUNDS))))
def test_bad_faith_needs_an_act_and_an_unwilling_debtor(answers: tuple[str, str], grounds: set[str]) -> None:
    found = proposed_type(*answers, grounds)
    assert (found is DebtorType.BAD_FAITH) == (answers[0] == "no" and bool(grounds & ACTS))
    if "unknown" in answers:
        assert found in (DebtorType.UNREVIEWED, DebtorType.BAD_FAITH)


def test_no_ground_of_hardship_is_an_act() -> None:
    assert not ACTS & {"income_lost", "burden_at_home", "business_down", "disaster", "many_debts"}
    assert all(code in GROUNDS for code in ACTS)


@pytest.mark.parametrize("bad", [("maybe", "yes", ()), ("yes", "", ()), ("yes", "yes", ("poor",))])
def test_unknown_answers_and_grounds_are_refused(bad: tuple[str, str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match=r"answer|ground"):
        proposed_type(*bad)


def test_the_last_day_of_a_review_follows_the_calendar() -> None:
    terms = load_survey().review
    months = {kind: term.value for kind, term in terms.months.items()}
    assert set(months) == set(DebtorType)
    assert terms.expires_on(DebtorType.HARDSHIP, date(2026, 8, 31)) == date(2027, 2, 28)
    assert months[DebtorType.UNREVIEWED] < min(m for kind, m in months.items() if kind is not DebtorType.UNREVIEWED)


def test_every_asset_has_one_of_three_classes() -> None:
    assert set(ASSETS.values()) == {CLAIMS, PHYSICAL, INTANGIBLE}


@pytest.mark.parametrize(
    ("note", "codes"),
    [
        ("", ()),
        ("付了 3000 元", ()),
        ("张 138-0000-0000", ("number",)),
        ("x" * 281, ("long",)),
        ("6" * 16, ("number",)),
    ],
)
def test_notes_hold_no_numbers_and_no_files(note: str, codes: tuple[str, ...]) -> None:
    assert faults(note) == codes


def test_names_are_compared_as_people_write_them() -> None:
    assert same_person("Manager.YX01", "manager.yx01 ")
    assert not same_person("manager.YX01", "manager.YX02")
