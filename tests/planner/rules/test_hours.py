"""Civil hours, workplace hours and holidays: permitted, at the border, forbidden."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from config.rules import load_pack
from planner.rules.pack import Holiday, Term
from tests.planner.rules.readings import CN, ask, at, removed
from tests.planner.value.factories import MONDAY, WEEK, ZONE, facts, places

SATURDAY = WEEK[5]


@pytest.mark.parametrize(
    ("clock", "rules"),
    [
        ("12:00", set()),
        ("08:30", set()),
        ("08:29", {"hours"}),
        ("07:59", {"hours"}),
        ("19:55", set()),
        ("19:56", {"hours"}),
        ("22:30", {"hours"}),
    ],
)
def test_a_home_is_visited_in_the_recommended_hours(clock, rules):
    assert ask(facts(), at(MONDAY, clock)) == rules
    assert ask(facts(), at(SATURDAY, clock)) == rules


@pytest.mark.parametrize(
    ("day", "clock", "rules"),
    [
        (MONDAY, "09:00", set()),
        (MONDAY, "08:59", {"hours"}),
        (MONDAY, "16:55", set()),
        (MONDAY, "16:56", {"hours"}),
        (SATURDAY, "12:00", {"hours"}),
    ],
)
def test_a_workplace_is_visited_in_office_hours(day, clock, rules):
    work = facts(places=places({"kind": "workplace"}))
    assert ask(work, at(day, clock)) == rules


def test_a_visit_that_runs_past_midnight_is_outside():
    assert "hours" in ask(facts(), at(MONDAY, "23:50"))


def test_hours_are_those_of_the_branch_not_of_the_machine():
    begins = datetime.fromisoformat("2026-11-30T01:00:00+00:00")
    assert ask(facts(), begins) == set()
    assert ask(facts(), datetime.fromisoformat("2026-11-30T12:30:00+00:00")) == {"hours"}


def test_the_indian_pack_ends_earlier():
    pack = load_pack("IN")
    assert ask(facts(), at(MONDAY, "18:25"), pack=pack) == set()
    assert ask(facts(), at(MONDAY, "18:26"), pack=pack) == {"hours"}


def test_a_workplace_open_on_no_day_of_the_week_is_said_so():
    closed = replace(CN, hours=tuple(replace(one, hours=replace(one.hours, value=None)) for one in CN.hours))
    row = removed(facts(), pack=closed)
    assert row["code"] == "hours"
    assert row["article"]


def test_no_visit_on_a_holiday():
    new_year = Holiday(MONDAY, "holiday", Term(True, "the year's notice", MONDAY, "L"))
    pack = replace(CN, holidays=(new_year,))
    assert ask(facts(), at(MONDAY, "12:00"), pack=pack) == {"holiday"}
    assert ask(facts(), at(WEEK[1], "12:00"), pack=pack) == set()


def test_a_week_of_holidays_removes_everybody_with_the_notice_as_reason():
    week = tuple(Holiday(day, "holiday", Term(True, "the year's notice", day, "L")) for day in WEEK)
    row = removed(facts(), pack=replace(CN, holidays=week))
    assert (row["code"], row["article"]) == ("holiday", "the year's notice")


def test_nothing_is_planned_for_what_is_over():
    noon = datetime(2026, 12, 1, 12, 0, tzinfo=ZONE)
    now = facts(now=noon)
    assert ask(now, at(MONDAY, "12:00")) == {"not_past"}
    assert ask(now, noon - timedelta(minutes=1)) == {"not_past"}
    assert ask(now, noon) == set()


def test_a_second_after_the_minute_counts_as_the_next_minute():
    now = facts(now=datetime(2026, 12, 1, 12, 0, 1, tzinfo=ZONE))
    assert ask(now, at(date(2026, 12, 1), "12:00")) == {"not_past"}
    assert ask(now, at(date(2026, 12, 1), "12:01")) == set()


def test_a_week_that_is_over_removes_everybody():
    assert removed(facts(now=datetime(2026, 12, 6, 20, 0, tzinfo=ZONE)))["code"] == "not_past"
