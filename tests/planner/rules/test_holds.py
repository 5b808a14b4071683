"""Holds, what crews reported, flagged places and expired claims remove a stop."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from planner.domain import HoldKind
from tests.planner.rules.readings import CN, ask, at, removed
from tests.planner.value.factories import MONDAY, WEEK, clock, facts, holds, outcomes, places, visited

TUESDAY, WEDNESDAY = WEEK[1], WEEK[2]


@pytest.mark.parametrize("kind", list(HoldKind))
def test_every_kind_of_hold_removes_with_its_article_and_action(kind):
    row = removed(facts(holds=holds({"kind": kind.value})))
    rule = CN.hold(kind)
    assert row["code"] == "hold"
    assert row["article"] == rule.term.article
    assert row["action"] == rule.action
    assert kind.value.replace("_", " ") in row["detail"]


@pytest.mark.parametrize(
    ("span", "held"),
    [
        ({"from_on": TUESDAY, "until_on": TUESDAY}, [False, True, False]),
        ({"from_on": TUESDAY}, [False, True, True]),
        ({"until_on": TUESDAY}, [True, True, False]),
        ({"until_on": MONDAY - timedelta(days=1)}, [False, False, False]),
        ({}, [True, True, True]),
    ],
)
def test_a_hold_counts_from_its_first_to_its_last_day(span, held):
    case = facts(holds=holds(span))
    for day, is_held in zip((MONDAY, TUESDAY, WEDNESDAY), held, strict=True):
        assert ask(case, at(day, "12:00")) == ({"hold"} if is_held else set())


def test_another_debtors_hold_does_not_count():
    assert removed(facts(holds=holds({"debtor_id": "D2"}))) == {}


def test_a_kind_that_the_pack_does_not_name_removes_nothing():
    lax = replace(CN, holds=tuple(one for one in CN.holds if one.kind != HoldKind.DISPUTE))
    assert removed(facts(holds=holds({})), pack=lax) == {}


@pytest.mark.parametrize("code", ["PLAN_SIGNED", "DISPUTE", "REPRESENTED", "DECEASED", "HARDSHIP", "VULNERABLE_STOP"])
def test_what_was_reported_waits_for_a_decision(code):
    reported = visited(MONDAY - timedelta(days=30), code)
    row = removed(facts(outcomes=outcomes(reported)))
    assert row["code"] == "outcome_hold"
    kind = CN.outcome_holds[code].value
    lifted = holds({"kind": kind, "from_on": MONDAY - timedelta(days=30), "until_on": MONDAY - timedelta(days=1)})
    assert ask(facts(outcomes=outcomes(reported), holds=lifted), at(MONDAY, "12:00")) == set()
    older = holds({"kind": kind, "from_on": MONDAY - timedelta(days=31), "until_on": MONDAY - timedelta(days=1)})
    assert ask(facts(outcomes=outcomes(reported), holds=older), at(MONDAY, "12:00")) == {"outcome_hold"}


def test_a_report_that_was_corrected_holds_nobody():
    wrong = visited(MONDAY - timedelta(days=30), "DECEASED", outcome_id="X")
    right = visited(MONDAY - timedelta(days=30), "NOT_HOME", replaces="X")
    assert ask(facts(outcomes=outcomes(wrong, right)), at(MONDAY, "12:00")) == set()


def test_a_place_left_as_unsafe_needs_an_approval_but_another_place_does_not():
    two = places({}, {"place_id": "P2", "kind": "shop"})
    flagged = facts(places=two, outcomes=outcomes(visited(MONDAY - timedelta(days=30), "UNSAFE_ABORT")))
    assert ask(flagged, at(MONDAY, "12:00")) == {"unsafe"}
    assert ask(flagged, at(MONDAY, "12:00"), place="P2") == set()
    since = outcomes(visited(MONDAY - timedelta(days=30), "UNSAFE_ABORT"), visited(MONDAY - timedelta(days=20)))
    assert ask(facts(places=two, outcomes=since), at(MONDAY, "12:00")) == set()


@pytest.mark.parametrize(
    ("states", "rules"),
    [
        (["expired"], {"limitation_expired"}),
        (["expired", "running"], set()),
        (["expired", "unknown"], set()),
        (["lapses_soon"], set()),
    ],
)
def test_no_optional_visit_once_every_claim_has_expired(states, rules):
    ticking = pd.concat([clock(state=one) for one in states])
    assert ask(facts(clocks=ticking), at(MONDAY, "12:00")) == rules


def test_an_expired_guarantee_does_not_matter():
    ticking = pd.concat([clock(state="expired").assign(kind="guarantee"), clock()])
    assert ask(facts(clocks=ticking), at(MONDAY, "12:00")) == set()


def test_a_bank_may_switch_visits_after_expiry_on():
    ticking = clock(state="expired")
    open_pack = replace(CN, visit_when_expired=replace(CN.visit_when_expired, value=True))
    assert ask(facts(clocks=ticking), at(MONDAY, "12:00"), pack=open_pack) == set()
