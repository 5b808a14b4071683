"""Accounts that are not overdue yet: who is watched, which signs count at which border, and that nobody is sent."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from config.parameters import load
from config.playbook import load_playbook
from config.rules import load_pack
from planner.value import features
from planner.value.candidates import BranchTables, candidates
from planner.value.early import SIGNS, overdue_only, watched
from planner.value.features import ProtectedFeature
from planner.value.survey import survey
from tests.planner.value.factories import (
    MONDAY,
    NOW,
    TODAY,
    WEEK,
    accommodations,
    accounts,
    debtors,
    holds,
    outcomes,
    places,
    visited,
)  # fmt: skip

TERMS = load_playbook().watch
AHEAD = {"days_past_due": 0, "due_on": TODAY + timedelta(days=20)}


def signs(*others: dict, seen=None, **account) -> list[str]:
    table = accounts({"case_id": "W", **AHEAD, **account}, *others)
    row = watched(table, outcomes() if seen is None else seen, TERMS, today=TODAY)
    assert row["case_id"].tolist() == ["W"]
    return row["signs"].iloc[0].split()


@pytest.mark.parametrize(
    ("days", "due", "is_watched"),
    [(0, 0, True), (0, 1, True), (0, -1, False), (1, -1, False), (0, None, False), (20, -20, False)],
)
def test_an_account_is_watched_while_its_list_says_that_it_is_not_late(days, due, is_watched):
    due_on = None if due is None else TODAY + timedelta(days=due)
    table = accounts({"days_past_due": days, "due_on": due_on})
    assert len(watched(table, outcomes(), TERMS, today=TODAY)) == is_watched
    assert len(overdue_only(table)) == (not is_watched)


def test_it_stays_watched_after_its_due_date_until_a_newer_list_says_more():
    table = accounts({**AHEAD, "due_on": TODAY + timedelta(days=2)})
    later = TODAY + timedelta(days=5)
    assert watched(table, outcomes(), TERMS, today=later)["days_to_due"].tolist() == [-3]
    assert survey(debtors({}), table, today=later).empty


@pytest.mark.parametrize(("days", "found"), [(-1, []), (0, ["due_soon"]), (7, ["due_soon"]), (8, [])])
def test_due_soon(days, found):
    today = TODAY - timedelta(days=max(days, 0) + 1)
    table = accounts({**AHEAD, "as_of_on": today - timedelta(days=3), "due_on": today + timedelta(days=days)})
    row = watched(table, outcomes(), TERMS, today=today)
    assert row["signs"].iloc[0].split() == found


@pytest.mark.parametrize(("days", "found"), [(45, []), (46, ["quiet"])])
def test_no_payment_for_a_while(days, found):
    assert signs(last_paid_on=TODAY - timedelta(days=days)) == found


def test_another_account_overdue_weighs_most():
    assert signs({"case_id": "C2"}, last_paid_on=TODAY - timedelta(days=50)) == ["other_overdue", "quiet"]
    assert signs({"case_id": "C2", "debtor_id": "D2"}) == []


@pytest.mark.parametrize(
    ("promise_days_ago", "found"), [(0, []), (1, ["broken_promise"]), (90, ["broken_promise"]), (91, [])]
)
def test_a_broken_promise_counts_from_the_day_after_to_the_end_of_its_time(promise_days_ago, found):
    on = TODAY - timedelta(days=promise_days_ago)
    said = visited(on - timedelta(days=2), "PTP_2D", promised_on=on, promised_minor=100)
    assert signs(seen=outcomes(said)) == found


def test_a_promise_that_was_kept_is_no_sign():
    on = TODAY - timedelta(days=10)
    said = visited(on - timedelta(days=2), "PTP_2D", promised_on=on, promised_minor=100)
    paid = visited(on, "PAID_FULL", paid_minor=100)
    assert signs(seen=outcomes(said, paid)) == []
    assert signs(seen=outcomes(said), last_paid_on=on) == []


def test_a_promise_without_a_day_takes_no_broken_one_back():
    on = TODAY - timedelta(days=10)
    said = visited(on - timedelta(days=2), "PTP_2D", promised_on=on, promised_minor=100)
    assert signs(seen=outcomes(said, visited(on + timedelta(days=3), "PTP_LATER"))) == ["broken_promise"]
    anew = visited(on + timedelta(days=3), "PTP_LATER", promised_on=TODAY + timedelta(days=5), promised_minor=100)
    assert signs(seen=outcomes(said, anew)) == []


def test_what_was_paid_at_the_visit_itself_keeps_no_promise_of_the_rest():
    on = TODAY - timedelta(days=10)
    said = visited(on - timedelta(days=2), "PTP_2D", promised_on=on, promised_minor=100, paid_minor=40)
    assert "broken_promise" in signs(seen=outcomes(said))


def test_a_part_payment_last():
    part, full = (
        visited(MONDAY - timedelta(days=9), "PAID_PART", paid_minor=5),
        visited(MONDAY - timedelta(days=5), "PAID_FULL", paid_minor=5),
    )
    assert signs(seen=outcomes(part)) == ["part_payment"]
    assert signs(seen=outcomes(part, full)) == []


def test_every_sign_has_words_and_a_decent_act():
    book = load_playbook()
    assert set(SIGNS) == set(book.signs)


def test_nobody_is_ever_sent_to_a_watched_account():
    tables = BranchTables(
        debtors=debtors({}, {"debtor_id": "D2"}),
        accounts=accounts({"case_id": "W", **AHEAD}, {"case_id": "C2", "debtor_id": "D2"}),
        places=places({}, {"place_id": "P2", "debtor_id": "D2"}),
        holds=holds(),
        accommodations=accommodations(),
        outcomes=outcomes(),
    )
    zone = ZoneInfo("Asia/Shanghai")
    found = candidates(tables, load_pack("CN"), load(), days=WEEK, now=NOW, zone=zone)
    assert set(found.options["debtor_id"]) == {"D2"}
    assert set(found.removed["debtor_id"]) == set()
    assert "W" not in set(found.clocks["case_id"])


def test_a_protected_column_never_gets_in_and_a_protected_feature_is_refused(monkeypatch):
    table = accounts({**AHEAD}).assign(ethnicity="x", age=40)
    assert len(watched(table, outcomes(), TERMS, today=TODAY)) == 1
    listed = features.FEATURES["watched_accounts"]
    monkeypatch.setitem(features.FEATURES, "watched_accounts", (*listed, "age"))
    with pytest.raises(ProtectedFeature, match="age"):
        watched(table, outcomes(), TERMS, today=TODAY)
