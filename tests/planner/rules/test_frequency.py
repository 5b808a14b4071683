"""One visit in seven days, two in thirty, and another channel after two that met nobody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.rules.check import broken_rules
from planner.rules.permit import permitted
from tests.planner.rules.readings import CN, ask, at, removed, stop
from tests.planner.value.factories import MONDAY, WEEK, clock, facts, holds, outcomes, visited

WEDNESDAY = WEEK[2]


@pytest.mark.parametrize(("days", "rules"), [(8, set()), (7, set()), (6, {"frequency"}), (1, {"frequency"})])
def test_one_visit_in_seven_days(days, rules):
    before = facts(outcomes=outcomes(visited(WEDNESDAY - timedelta(days=days), hour=19)))
    assert ask(before, at(WEDNESDAY, "09:00")) == rules


@pytest.mark.parametrize(("days", "rules"), [(31, set()), (30, set()), (29, {"frequency"})])
def test_two_visits_in_thirty_days(days, rules):
    before = facts(
        outcomes=outcomes(
            visited(WEDNESDAY - timedelta(days=days)),
            visited(WEDNESDAY - timedelta(days=10)),
        )
    )
    assert ask(before, at(WEDNESDAY, "09:00")) == rules


def test_the_removed_are_told_when_they_are_free_again():
    before = facts(outcomes=outcomes(visited(MONDAY - timedelta(days=10)), visited(MONDAY - timedelta(days=18))))
    row = removed(before)
    assert row["code"] == "frequency"
    assert "2026-12-12" in row["detail"]
    assert row["action"]


def test_a_corrected_entry_is_no_second_visit():
    first = visited(MONDAY - timedelta(days=10), outcome_id="X")
    second = visited(MONDAY - timedelta(days=10), replaces="X")
    third = visited(MONDAY - timedelta(days=20))
    assert ask(facts(outcomes=outcomes(first, second)), at(MONDAY, "09:00")) == set()
    assert ask(facts(outcomes=outcomes(first, second, third)), at(MONDAY, "09:00")) == {"frequency"}


def test_two_stops_in_one_plan_count_against_each_other():
    plan = [stop(at(MONDAY, "09:00")), stop(at(WEDNESDAY, "09:00"))]
    assert [one.rule for one in broken_rules(plan, facts(), CN)] == ["frequency"]
    assert broken_rules([plan[0]], facts(), CN) == ()
    same = [stop(at(MONDAY, "09:00")), stop(at(MONDAY, "09:00"))]
    assert {one.rule for one in broken_rules(same, facts(), CN)} == {"frequency"}


def test_another_debtors_visit_does_not_count():
    assert ask(facts(outcomes=outcomes(visited(MONDAY, debtor_id="D2"))), at(WEDNESDAY, "09:00")) == set()


NOBODY = "NOT_HOME", "THIRD_PARTY_ONLY"


@pytest.mark.parametrize(
    ("codes", "rules"),
    [
        (("NOT_HOME", "THIRD_PARTY_ONLY"), {"no_contact"}),
        (("MOVED", "NOTICE_LEFT"), {"no_contact"}),
        (("NOT_HOME",), set()),
        (("NOT_HOME", "NEGOTIATE"), set()),
        (("NEGOTIATE", "NOT_HOME"), set()),
        (("NOT_HOME", "NO_ACCESS", "REFUSED"), set()),
        (("REFUSED", "NOT_HOME", "NO_ACCESS"), {"no_contact"}),
    ],
)
def test_after_two_visits_that_met_nobody_another_channel(codes, rules):
    days = [MONDAY - timedelta(days=56 - 20 * k) for k in range(len(codes))]
    before = facts(outcomes=outcomes(*(visited(day, code) for day, code in zip(days, codes, strict=True))))
    assert ask(before, at(WEDNESDAY, "09:00")) == rules


@pytest.mark.parametrize(("days", "rules"), [(60, set()), (59, {"no_contact"})])
def test_the_last_of_them_is_forgotten_after_sixty_days(days, rules):
    before = facts(
        outcomes=outcomes(
            visited(WEDNESDAY - timedelta(days=days + 30), "NOT_HOME"),
            visited(WEDNESDAY - timedelta(days=days), "NOT_HOME"),
        )
    )
    assert ask(before, at(WEDNESDAY, "09:00")) == rules


def test_the_numbers_come_from_the_pack():
    strict = replace(CN, frequency=(replace(CN.frequency[0], value=replace(CN.frequency[0].value, days=90)),))
    before = facts(outcomes=outcomes(visited(MONDAY - timedelta(days=80))))
    assert ask(before, at(MONDAY, "09:00")) == set()
    assert ask(before, at(MONDAY, "09:00"), pack=strict) == {"frequency"}


NOBODY_MET = visited(MONDAY - timedelta(days=60), "NOT_HOME"), visited(MONDAY - timedelta(days=12), "NOT_HOME")
LAST_DAY = WEEK[3]


def at_stake(*seen, last=LAST_DAY, **changes):
    """A claim that only a visit until such a day keeps, with these visits behind it."""
    return facts(outcomes=outcomes(*seen), clocks=clock(last, "lapses_soon", visit_needed=True), **changes)


def test_a_claim_that_only_a_visit_keeps_goes_before_what_the_branch_itself_has_set():
    assert ask(at_stake(*NOBODY_MET), at(LAST_DAY, "09:00")) == set()
    assert ask(at_stake(*NOBODY_MET), at(WEEK[4], "09:00")) == {"no_contact"}  # the claim is gone by then
    told = permitted(at_stake(*NOBODY_MET), CN, days=WEEK).set_aside
    assert told == {"D1": ("The last 2 visits met nobody.",)}
    assert not permitted(facts(), CN, days=WEEK).set_aside
    letter = facts(outcomes=outcomes(*NOBODY_MET), clocks=clock(LAST_DAY, "lapses_soon"))
    assert ask(letter, at(MONDAY, "09:00")) == {"no_contact"}


@pytest.mark.parametrize(("left", "rules"), [(2, set()), (3, {"frequency"})])
def test_a_limit_that_leaves_three_days_is_kept(left, rules):
    """Visited on Sunday, so free again the next Sunday: the last day is so many days later, that Sunday counted."""
    sunday = MONDAY - timedelta(days=1)
    asked = at_stake(visited(sunday), last=sunday + timedelta(days=7 + left - 1))
    assert ask(asked, at(WEEK[2], "09:00")) == rules


def test_law_stays_law_whatever_lapses():
    said = "Nobody is visited again before sixty days have passed (the act of such a year)"
    pack = replace(CN, no_contact=replace(CN.no_contact, article=said))
    assert ask(at_stake(*NOBODY_MET), at(MONDAY, "09:00"), pack=pack) == {"no_contact"}
    counted = replace(CN, frequency=tuple(replace(one, article=said) for one in CN.frequency))
    assert ask(at_stake(visited(MONDAY - timedelta(days=1))), at(MONDAY, "09:00"), pack=counted) == {"frequency"}
    assert ask(at_stake(*NOBODY_MET, holds=holds({})), at(MONDAY, "09:00")) == {"hold"}


def test_one_plan_goes_there_once():
    twice = [stop(at(MONDAY, "09:00")), stop(at(WEEK[1], "09:00"))]
    assert {one.rule for one in broken_rules(twice, at_stake(*NOBODY_MET), CN)} == {"frequency"}
    assert broken_rules(twice[1:], at_stake(*NOBODY_MET), CN) == ()
