"""The limitation and the guarantee clock: inside, at the border, outside, article by article."""

from datetime import date, timedelta

import pytest

from config.rules import load_pack
from planner.value.clocks import ACTS, QUESTIONS, clocks
from tests.planner.value.factories import accounts, places

TERMS = load_pack("CN").clocks
TODAY = date(2026, 11, 27)


def limitation(*, today=TODAY, where=None, bad=(), **account):
    table = clocks(accounts(account), TERMS, today=today, places=where, bad_places=bad)
    return table[table["kind"] == "limitation"].iloc[0]


def guarantee(*, where=None, **account):
    table = clocks(accounts(account), TERMS, today=TODAY, places=where)
    return table[table["kind"] == "guarantee"].iloc[0]


def lapsing_in(days: int) -> date:
    """Due so long ago that the period ends in so many days."""
    ends = TODAY + timedelta(days=days)
    return ends.replace(year=ends.year - 3)


@pytest.mark.parametrize(
    ("due", "ends"),
    [("2024-11-30", "2027-11-30"), ("2024-02-29", "2027-02-28"), ("2025-02-28", "2028-02-28")],
)
def test_188_three_years_to_the_corresponding_day(due, ends):
    row = limitation(due_on=date.fromisoformat(due))
    assert row["ends_on"].date() == date.fromisoformat(ends)
    assert row["article"] == "Civil Code 188(1)"


@pytest.mark.parametrize(("days", "state"), [(61, "running"), (60, "lapses_soon"), (0, "lapses_soon"), (-1, "expired")])
def test_the_state_follows_the_days_left(days, state):
    row = limitation(due_on=lapsing_in(days))
    assert (row["days_left"], row["state"]) == (days, state)


def test_188_twenty_years_end_it_whatever_interrupted():
    row = limitation(due_on=date(2006, 12, 10), interrupted_on=date(2026, 1, 5), interruption="payment")
    assert row["ends_on"].date() == date(2026, 12, 10)
    assert row["article"] == "Civil Code 188(2)"
    assert row["cheapest_act"] == "suit"


@pytest.mark.parametrize("evidence", sorted(TERMS.interrupting.value))
def test_195_a_proven_act_starts_the_period_anew(evidence):
    row = limitation(due_on=date(2024, 3, 1), interrupted_on=date(2025, 6, 1), interruption=evidence)
    assert row["ends_on"].date() == date(2028, 6, 1)
    assert row["question"] == ""


@pytest.mark.parametrize("evidence", ["", "gps_check_in", "telephone"])
def test_195_what_proves_nothing_interrupts_nothing(evidence):
    row = limitation(due_on=date(2024, 3, 1), interrupted_on=date(2025, 6, 1), interruption=evidence)
    assert row["ends_on"].date() == date(2027, 3, 1)
    assert row["question"] == "evidence_missing"


def test_an_interruption_before_the_due_date_does_not_shorten_the_period():
    row = limitation(due_on=date(2025, 3, 1), interrupted_on=date(2024, 6, 1), interruption="payment")
    assert row["ends_on"].date() == date(2028, 3, 1)


def test_an_interruption_after_three_years_asks_for_an_earlier_one():
    row = limitation(due_on=date(2020, 3, 1), interrupted_on=date(2024, 6, 1), interruption="payment")
    assert (row["state"], row["question"]) == ("running", "earlier_interruption")


def test_without_dates_nothing_is_claimed():
    row = limitation(due_on=None)
    assert (row["state"], row["question"], row["cheapest_act"]) == ("unknown", "dates_missing", "")


@pytest.mark.parametrize(("days", "act"), [(60, "letter"), (15, "letter"), (14, "signed_notice"), (0, "signed_notice")])
def test_a_letter_while_its_proof_can_still_arrive_then_a_visit(days, act):
    row = limitation(due_on=lapsing_in(days))
    assert (row["cheapest_act"], row["visit_needed"]) == (act, act == "signed_notice")


def test_a_wrong_home_address_makes_a_visit_to_the_shop_the_right_act():
    where = places({}, {"place_id": "P2", "kind": "shop"})
    assert limitation(due_on=lapsing_in(40), where=where)["cheapest_act"] == "letter"
    assert limitation(due_on=lapsing_in(40), where=where, bad=["P1"])["cheapest_act"] == "signed_notice"
    assert limitation(due_on=lapsing_in(40), where=where, bad=["P1", "P2"])["cheapest_act"] == "suit"


@pytest.mark.parametrize(("minor", "act"), [(200_000, "signed_notice"), (199_999, "legal_review")])
def test_a_small_balance_is_not_worth_a_visit_for_the_clock_alone(minor, act):
    assert limitation(due_on=lapsing_in(5), overdue_minor=minor)["cheapest_act"] == act


def test_a_payment_on_file_is_the_cheapest_act_of_all():
    row = limitation(due_on=lapsing_in(5), last_paid_on=date(2024, 6, 1))
    assert (row["cheapest_act"], row["visit_needed"]) == ("record_payment", False)
    late = limitation(due_on=lapsing_in(-40), last_paid_on=TODAY - timedelta(days=10))
    assert late["cheapest_act"] == "legal_review"


def test_192_an_expired_claim_goes_to_legal_review():
    assert limitation(due_on=lapsing_in(-1))["cheapest_act"] == "legal_review"


@pytest.mark.parametrize(
    ("due", "agreed", "ends"),
    [
        ("2026-08-31", None, "2027-02-28"),
        ("2026-08-31", "2027-08-31", "2027-08-31"),
        ("2026-08-31", "2026-08-31", "2027-02-28"),
        ("2026-08-31", "2026-09-01", "2026-09-01"),
    ],
)
def test_692_six_months_unless_a_later_day_was_agreed(due, agreed, ends):
    agreed_on = date.fromisoformat(agreed) if agreed else None
    row = guarantee(guarantee_kind="joint", due_on=date.fromisoformat(due), guarantee_ends_on=agreed_on)
    assert row["ends_on"].date() == date.fromisoformat(ends)


def test_694_nothing_interrupts_a_guarantee():
    due = date(2026, 7, 1)
    row = guarantee(guarantee_kind="joint", due_on=due, interrupted_on=date(2026, 10, 1), interruption="payment")
    assert row["ends_on"].date() == date(2027, 1, 1)


def test_693_an_ordinary_guarantee_needs_a_suit_a_joint_one_a_demand():
    due = date(2026, 6, 20)
    assert guarantee(guarantee_kind="ordinary", due_on=due)["cheapest_act"] == "suit"
    joint = guarantee(guarantee_kind="joint", due_on=due)
    assert (joint["cheapest_act"], joint["visit_needed"]) == ("demand_on_guarantor", False)


def test_the_guarantor_is_visited_when_a_letter_would_come_too_late():
    due = date(2026, 6, 5)
    at_guarantor = places({}, {"place_id": "P2", "kind": "guarantor"})
    assert guarantee(guarantee_kind="joint", due_on=due, where=at_guarantor)["visit_needed"]
    assert not guarantee(guarantee_kind="joint", due_on=due, where=places({}))["visit_needed"]


def test_no_guarantee_no_clock_and_no_accounts_no_rows():
    table = clocks(accounts({}), TERMS, today=TODAY)
    assert table["kind"].tolist() == ["limitation"]
    assert clocks(accounts(), TERMS, today=TODAY).empty


def test_every_act_and_question_is_explained():
    table = clocks(
        accounts(
            *({"case_id": f"C{d}", "due_on": lapsing_in(d), "guarantee_kind": "joint"} for d in range(-30, 90, 7))
        ),
        TERMS,
        today=TODAY,
    )
    assert set(table["cheapest_act"]) <= {"", *ACTS}
    assert set(table["question"]) <= {"", *QUESTIONS}
