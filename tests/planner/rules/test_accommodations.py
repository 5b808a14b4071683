"""What a debtor asked for is respected, without anybody knowing why."""

from datetime import date

import pandas as pd
import pytest

from planner.rules.needs import needs_of
from tests.planner.rules.readings import ask, at, removed
from tests.planner.value.factories import MONDAY, WEEK, accommodations, facts

SATURDAY = WEEK[5]


def wish(kind: str, value: str = "", **changes):
    return facts(accommodations=accommodations({"kind": kind, "value": value} | changes))


@pytest.mark.parametrize(
    ("kind", "value", "day", "clock", "rules"),
    [
        ("no_visit_weekdays", "5 6", MONDAY, "12:00", set()),
        ("no_visit_weekdays", "5 6", SATURDAY, "12:00", {"accommodation"}),
        ("no_visit_weekdays", "0", MONDAY, "12:00", {"accommodation"}),
        ("no_visit_dates", "2026-12-01 2026-12-03", WEEK[1], "12:00", {"accommodation"}),
        ("no_visit_dates", "2026-12-01 2026-12-03", WEEK[2], "12:00", set()),
        ("no_visit_before", "10:00", MONDAY, "10:00", set()),
        ("no_visit_before", "10:00", MONDAY, "09:59", {"accommodation"}),
        ("no_visit_after", "18:00", MONDAY, "17:25", set()),
        ("no_visit_after", "18:00", MONDAY, "17:26", {"accommodation"}),
        ("safe_contact_only", "", MONDAY, "12:00", {"accommodation"}),
        ("no_entry", "", MONDAY, "12:00", set()),
        ("language", "yue", MONDAY, "12:00", set()),
    ],
)
def test_permitted_border_forbidden(kind, value, day, clock, rules):
    assert ask(wish(kind, value), at(day, clock)) == rules


@pytest.mark.parametrize(
    ("span", "rules"),
    [
        ({"set_on": MONDAY, "expires_on": MONDAY}, {"accommodation"}),
        ({"set_on": WEEK[1]}, set()),
        ({"expires_on": date(2026, 11, 29)}, set()),
        ({"set_on": None, "expires_on": None}, {"accommodation"}),
    ],
)
def test_it_counts_until_it_expires(span, rules):
    assert ask(wish("no_visit_weekdays", "0", **span), at(MONDAY, "12:00")) == rules


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("no_visit_weekdays", "7"),
        ("no_visit_weekdays", "Sunday"),
        ("no_visit_before", "25:00"),
        ("no_visit_dates", "x"),
    ],
)
def test_an_entry_that_cannot_be_read_sends_nobody(kind, value):
    assert ask(wish(kind, value), at(MONDAY, "12:00")) == {"accommodation"}
    row = removed(wish(kind, value))
    assert row["code"] == "accommodation"
    assert value in row["action"]


def test_several_wishes_add_up():
    both = facts(
        accommodations=accommodations(
            {"kind": "no_visit_before", "value": "15:00"},
            {"accommodation_id": "A2", "kind": "no_visit_after", "value": "16:00"},
        )
    )
    assert ask(both, at(MONDAY, "15:10")) == set()
    assert ask(both, at(MONDAY, "14:00")) == {"accommodation"}
    tight = facts(
        accommodations=accommodations(
            {"kind": "no_visit_before", "value": "15:00"},
            {"accommodation_id": "A2", "kind": "no_visit_after", "value": "15:20"},
        )
    )
    assert removed(tight)["code"] == "accommodation"


def test_a_wish_for_a_language_or_a_visitor_becomes_a_skill_that_the_crew_needs():
    people = pd.DataFrame({"debtor_id": ["D1", "D2", "D3"], "needs": ["legal", "", "interpreter"]})
    asked = accommodations(
        {"kind": "language", "value": "yue"},
        {"kind": "visitor_gender", "value": "female"},
        {"kind": "interpreter", "debtor_id": "D3", "value": ""},
        {"kind": "language", "debtor_id": "D2", "value": "hakka", "expires_on": date(2026, 11, 29)},
        {"kind": "language", "debtor_id": "D9", "value": "yue"},
    )
    needs = needs_of(people, asked, first_day=WEEK[0], last_day=WEEK[-1])
    assert needs.to_dict() == {"D1": "legal language:yue visitor:female", "D2": "", "D3": "interpreter"}


def test_the_reason_is_the_wish_that_took_the_windows_not_one_that_says_nothing_of_time():
    wishes = accommodations(
        {"accommodation_id": "A1", "kind": "safe_contact_only", "value": ""},
        {"accommodation_id": "A2", "kind": "language", "value": "yue"},
    )
    assert removed(facts(accommodations=wishes))["detail"] == "Accommodation: safe contact only."
