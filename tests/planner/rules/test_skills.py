"""A language, an interpreter, a visitor: only a crew that can; and what must be respected at the door is told."""

from datetime import date

import pytest

from planner.rules.check import broken_rules
from planner.rules.needs import duties_of, needs_of
from tests.planner.rules.readings import CN, at, stop
from tests.planner.value.factories import MONDAY, WEEK, accommodations, debtors, facts


def against(kind: str, value: str = "", *, skills=(), duties=(), **span) -> list[str]:
    case = facts(accommodations=accommodations({"kind": kind, "value": value} | span))
    one = stop(at(MONDAY, "12:00"), skills=frozenset(skills), duties=frozenset(duties))
    return [broken.rule for broken in broken_rules([one], case, CN)]


@pytest.mark.parametrize(
    ("kind", "value", "skill"),
    [
        ("language", "yue", "language:yue"),
        ("interpreter", "", "interpreter"),
        ("visitor_gender", "female", "visitor:female"),
    ],
)
def test_permitted_with_the_skill_and_forbidden_without_it(kind, value, skill):
    assert against(kind, value, skills={skill}) == []
    assert against(kind, value, skills={"language:hakka", "visitor:male"}) == ["skills"]
    wish = accommodations({"kind": kind, "value": value})
    people = debtors({})
    assert needs_of(people, wish, first_day=WEEK[0], last_day=WEEK[-1])["D1"] == skill


@pytest.mark.parametrize(
    ("span", "rules"),
    [
        ({"set_on": MONDAY, "expires_on": MONDAY}, ["skills"]),
        ({"expires_on": date(2026, 11, 29)}, []),
        ({"set_on": WEEK[1]}, []),
    ],
)
def test_at_the_border_it_counts_on_its_first_and_last_day(span, rules):
    assert against("language", "yue", **span) == rules


def test_a_skill_of_the_survey_counts_too():
    people = facts().survey.assign(needs="legal")
    assert [one.rule for one in broken_rules([stop(at(MONDAY, "12:00"))], facts(survey=people), CN)] == ["skills"]


@pytest.mark.parametrize("kind", ["no_entry", "accessible_venue"])
def test_a_duty_at_the_door_must_be_told(kind):
    assert against(kind, duties={kind}) == []
    assert against(kind) == ["duties"]
    assert against(kind, expires_on=date(2026, 11, 29)) == []


def test_duties_are_those_that_hold_in_the_week():
    asked = accommodations(
        {"kind": "no_entry"},
        {"kind": "accessible_venue", "accommodation_id": "A2"},
        {"kind": "no_entry", "debtor_id": "D2", "expires_on": date(2026, 11, 29)},
        {"kind": "language", "debtor_id": "D3", "value": "yue"},
    )
    assert duties_of(asked, first_day=WEEK[0], last_day=WEEK[-1]) == {"D1": ("accessible_venue", "no_entry")}
