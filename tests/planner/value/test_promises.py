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
    all_kept = payments({"paid_on": PROMISED, "paid_minor": 10_000}, LATER)
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
