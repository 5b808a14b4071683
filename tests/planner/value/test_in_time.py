"""The act that is enough is one that is permitted while the clock still runs."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from config.rules import load_pack
from planner.rules.facts import Facts
from planner.value.clocks import clocks
from planner.value.in_time import in_time
from planner.value.survey import survey
from tests.planner.value.factories import (
    NOW,
    TODAY,
    ZONE,
    accommodations,
    accounts,
    debtors,
    holds,
    outcomes,
    places,
    visited,
)

CN = load_pack("CN")


def lapsing(days: int, *, owed: int = 3_000_000, pack=CN, **tables) -> pd.Series:
    """The limitation clock of one debtor that ends in so many days, as the pages tell it."""
    ends = TODAY + timedelta(days=days)
    claims = accounts({"due_on": ends.replace(year=ends.year - 3), "overdue_minor": owed})
    where = places({})
    ticking = clocks(claims, pack.clocks, today=TODAY, places=where)
    base = {"holds": holds(), "accommodations": accommodations(), "outcomes": outcomes(), "places": where}
    facts = Facts(
        survey=survey(debtors({}), claims, today=TODAY), clocks=ticking, zone=ZONE, now=NOW, **(base | tables)
    )
    return in_time(ticking, facts, pack).iloc[0]


def test_a_visit_that_is_permitted_in_time_stays_the_act():
    row = lapsing(5)
    assert (row["cheapest_act"], row["why"], row["barred_by"]) == ("signed_notice", "post_too_late", "")
    assert row["visit_needed"]


@pytest.mark.parametrize(("owed", "act"), [(3_000_000, "suit"), (300_000, "legal_review")])
def test_where_a_hold_lasts_beyond_the_last_day_another_act_is_named(owed, act):
    row = lapsing(5, owed=owed, holds=holds({}))
    assert (row["cheapest_act"], row["why"], row["barred_by"]) == (act, "visit_barred", "hold")
    assert not row["visit_needed"]
    over = TODAY + timedelta(days=3)
    assert lapsing(5, owed=owed, holds=holds({"until_on": over}))["cheapest_act"] == "signed_notice"
    assert lapsing(3, owed=owed, holds=holds({"until_on": over}))["cheapest_act"] == act


def test_what_the_debtor_asked_for_and_an_unsafe_door_bar_it_too():
    asked = accommodations({"kind": "safe_contact_only", "value": ""})
    assert lapsing(5, accommodations=asked)["barred_by"] == "accommodation"
    left = outcomes(visited(TODAY - timedelta(days=20), "UNSAFE_ABORT"))
    assert lapsing(5, outcomes=left)["barred_by"] == "unsafe"


def test_what_the_branch_itself_has_set_bars_nothing_a_law_does():
    nobody = outcomes(
        visited(TODAY - timedelta(days=40), "NOT_HOME"),
        visited(TODAY - timedelta(days=20), "NOT_HOME"),
    )
    assert lapsing(5, outcomes=nobody)["cheapest_act"] == "signed_notice"
    law = replace(CN, no_contact=replace(CN.no_contact, article="An act of parliament"))
    assert lapsing(5, outcomes=nobody, pack=law)["barred_by"] == "no_contact"


def test_a_letter_that_is_enough_is_left_alone():
    row = lapsing(40, holds=holds({}))
    assert (row["cheapest_act"], row["barred_by"]) == ("letter", "")


def test_each_clock_of_a_debtor_is_judged_by_its_own_last_day():
    """A claim that no visit can keep any more says nothing of another one that has weeks left."""
    ends = [TODAY + timedelta(days=days) for days in (5, 40)]
    claims = accounts(
        *(
            {"case_id": f"C{k}", "due_on": one.replace(year=one.year - 3), "overdue_minor": 3_000_000}
            for k, one in enumerate(ends)
        )
    )
    where, held = places({"kind": "workplace"}), holds({"until_on": TODAY + timedelta(days=10)})
    ticking = clocks(claims, CN.clocks, today=TODAY, places=where)
    facts = Facts(
        survey=survey(debtors({}), claims, today=TODAY), places=where, holds=held, accommodations=accommodations(),
        outcomes=outcomes(), clocks=ticking, zone=ZONE, now=NOW,
    )  # fmt: skip
    told = in_time(ticking, facts, CN)
    assert list(told["cheapest_act"]) == ["suit", "signed_notice"]
    assert list(told["visit_needed"]) == [False, True]
    assert told["barred_by"].iloc[0]
    assert told["barred_by"].iloc[1] == ""
