"""Kept promises: in time, enough, not judged before they are due nor beyond the last payment on file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from config.parameters import load
from planner.tables import PAYMENTS, conform, empty
from planner.value.learning import current, learn
from planner.value.promises import judged
from planner.value.survey import survey
from tests.planner.value.factories import TODAY, ZONE, accounts, debtors, outcomes, places, visited

PARAMETERS = load()
GIVEN, PROMISED = date(2026, 11, 2), date(2026, 11, 5)


def payments(*rows):
    base = {"branch": "B", "case_id": "C1", "debtor_id": "D1", "paid_on": TODAY, "paid_minor": 1}
    return conform(pd.DataFrame([base | row for row in rows]), PAYMENTS) if rows else empty(PAYMENTS)


def promise(**changes):
    return visited(GIVEN, "PTP_3D", promised_on=PROMISED, promised_minor=10_000, **changes)


#: so that the promise is due before the last payment on file
LATER = {"debtor_id": "D9", "paid_on": date(2026, 11, 20), "paid_minor": 5}


def judge(past, paid, today=TODAY):
    return judged(past, paid, PARAMETERS, zone=ZONE, today=today)


@pytest.mark.parametrize(
    ("paid_on", "amount", "kept"),
    [
        (GIVEN, 10_000, True),
        (PROMISED, 8_000, True),
        (PROMISED, 7_999, False),
        (PROMISED + timedelta(days=3), 10_000, True),
        (PROMISED + timedelta(days=4), 10_000, False),
        (GIVEN - timedelta(days=1), 10_000, False),
    ],
)
def test_in_time_and_enough(paid_on, amount, kept):
    found = judge(outcomes(promise()), payments({"paid_on": paid_on, "paid_minor": amount}, LATER))
    assert found["kept"].tolist() == [kept]


def test_parts_add_up_and_another_s_money_does_not():
    half = {"paid_on": PROMISED, "paid_minor": 4_000}
    assert judge(outcomes(promise()), payments(half, half, LATER))["kept"].tolist() == [True]
    assert judge(outcomes(promise()), payments(half, half | {"debtor_id": "D2"}, LATER))["kept"].tolist() == [False]


def test_the_crew_s_note_and_the_booking_are_not_added():
    past = outcomes(promise(), visited(PROMISED, "PAID_PART", paid_minor=5_000))
    assert not judge(past, payments({"paid_on": PROMISED, "paid_minor": 5_000}, LATER))["kept"].iloc[0]
    full = outcomes(promise(), visited(PROMISED, "PAID_PART", paid_minor=9_000))
    assert judge(full, payments(LATER))["kept"].iloc[0]


def test_what_is_not_due_or_not_booked_yet_tells_nothing():
    past = outcomes(promise())
    assert judge(past, payments(LATER), today=PROMISED + timedelta(days=2)).empty
    assert judge(past, payments({"paid_on": PROMISED, "paid_minor": 1})).empty
    assert judge(past, empty(PAYMENTS)).empty
    assert judge(past, None).empty


def test_a_promise_without_day_or_amount_is_no_promise_to_judge():
    bare = outcomes(visited(GIVEN, "PLAN_SIGNED"), visited(GIVEN, "PTP_2D", promised_on=PROMISED))
    assert judge(bare, payments(LATER)).empty


def rates(past, paid, parameters=PARAMETERS):
    people = survey(debtors({}), accounts({}), today=TODAY)
    model = learn(people, places({}), past, parameters, zone=ZONE, payments=paid, today=TODAY)
    return model.rates.set_index(["rate", "cell", "within"])


def test_kept_is_learnt_and_moves_with_its_class():
    made = [promise() for _ in range(30)]
    all_kept = payments(*[{"paid_on": PROMISED, "paid_minor": 10_000}] * 30, LATER)
    cell = ("kept", "M1", "unreviewed")
    good, bad = rates(outcomes(*made), all_kept), rates(outcomes(*made), payments(LATER))
    assert good.loc[cell, "mean"] > 0.75
    assert bad.loc[cell, "mean"] < 0.25
    assert good.loc[cell, "visits"] == 30
    assert good.loc[("kept", "M2", "careless"), "mean"] > 0.5 > bad.loc[("kept", "M2", "careless"), "mean"]
    assert rates(outcomes(*made), None).loc[cell, "visits"] == 0


def test_a_corrected_promise_counts_as_corrected():
    first = promise(outcome_id="first")
    past = outcomes(first, visited(GIVEN, "REFUSED", replaces="first"))
    assert judge(current(past), payments(LATER)).empty
    table = rates(past, payments(LATER))
    assert table.loc[("promises", "M1", "unreviewed"), "visits"] == 1
    assert table.loc[("promises", "M1", "unreviewed"), "successes"] == 0


def test_the_days_of_grace_are_a_parameter():
    late = payments({"paid_on": PROMISED + timedelta(days=6), "paid_minor": 10_000}, LATER)
    longer = replace(PARAMETERS, promise_grace=replace(PARAMETERS.promise_grace, value=7))
    assert judged(outcomes(promise()), late, longer, zone=ZONE, today=TODAY)["kept"].tolist() == [True]


def test_parts_of_the_amount_are_learnt():
    past = outcomes(*(visited(GIVEN, "PAID_PART", paid_minor=300_000) for _ in range(60)))
    part = rates(past, None).loc[("paid_part", "M1", "unreviewed"), "mean"]
    assert part == pytest.approx(0.3, abs=0.05)
    full = outcomes(*(visited(GIVEN, "PAID_FULL", paid_minor=9_000_000) for _ in range(60)))
    assert rates(full, None).loc[("paid_part", "M1", "unreviewed"), "mean"] > 0.9


def test_what_was_paid_when_the_promise_was_given_does_not_keep_it():
    """Part paid at the door, the rest promised: the payments hold the part too."""
    past = outcomes(promise(paid_minor=10_000))
    at_once = {"paid_on": GIVEN, "paid_minor": 10_000}
    assert judge(past, payments(at_once, LATER))["kept"].tolist() == [False]
    rest = {"paid_on": PROMISED, "paid_minor": 10_000}
    assert judge(past, payments(at_once, rest, LATER))["kept"].tolist() == [True]


def test_money_keeps_one_promise_and_goes_to_the_one_that_falls_due_first():
    second = promise(outcome_id="second", started_at=visited(GIVEN + timedelta(days=1))["started_at"])
    later = second | {"promised_on": PROMISED + timedelta(days=1)}
    for past in (outcomes(later, promise()), outcomes(promise(), later)):
        once = judge(past, payments({"paid_on": PROMISED, "paid_minor": 10_000}, LATER)).set_index("outcome_id")
        assert once["kept"].sum() == 1
        assert not once.loc["second", "kept"]
        twice = judge(past, payments({"paid_on": PROMISED, "paid_minor": 18_000}, LATER))
        assert twice["kept"].all()
        assert twice["paid_minor"].sum() == 18_000


def test_money_from_before_a_later_promise_stays_with_the_earlier_one():
    """The first takes the later payment only as far as the earlier one does not suffice."""
    given = GIVEN + timedelta(days=2)
    second = promise(started_at=visited(given)["started_at"])
    before, after = {"paid_on": GIVEN, "paid_minor": 10_000}, {"paid_on": PROMISED, "paid_minor": 10_000}
    assert judge(outcomes(promise(), second), payments(before, after, LATER))["kept"].tolist() == [True, True]


def test_the_part_paid_with_a_later_promise_keeps_an_earlier_one():
    second = promise(
        paid_minor=10_000, outcome_id="second", started_at=visited(GIVEN + timedelta(days=1))["started_at"]
    )
    at_once = {"paid_on": GIVEN + timedelta(days=1), "paid_minor": 10_000}
    found = judge(outcomes(promise(outcome_id="first"), second), payments(at_once, LATER)).set_index("outcome_id")
    assert found["kept"].to_dict() == {"first": True, "second": False}


LISTS = [pd.Timestamp("2026-11-01"), pd.Timestamp("2026-11-15"), pd.Timestamp("2026-11-29")]


@pytest.mark.parametrize(
    ("paid_on", "kept"),
    [(PROMISED + timedelta(days=3), True), (PROMISED + timedelta(days=4), False), (date(2026, 11, 15), True)],
)
def test_late_money_whose_day_is_known_keeps_no_promise_that_a_list_judges(paid_on, kept):
    """Due on the 8th, judged on the list of the 15th: what that list shows may have come in time, other money not."""
    paid = payments({"paid_on": paid_on, "paid_minor": 10_000}, LATER | {"paid_on": date(2026, 11, 29)})
    found = judged(outcomes(promise()), paid, PARAMETERS, zone=ZONE, today=date(2026, 11, 29), list_days=LISTS)
    assert found["kept"].tolist() == [kept]


def test_money_paid_at_a_door_on_the_day_of_a_list_has_a_day_of_its_own():
    day = date(2026, 11, 15)
    past = outcomes(promise(), visited(day, "PAID_PART", paid_minor=10_000))
    paid = payments({"paid_on": day, "paid_minor": 10_000}, LATER | {"paid_on": date(2026, 11, 29)})
    found = judged(past, paid, PARAMETERS, zone=ZONE, today=date(2026, 11, 29), list_days=LISTS)
    assert found["kept"].tolist() == [False]
