"""The options of a week: complete, without overlaps, within the rules, and required where a clock says so."""

from datetime import timedelta

import pytest

from config.parameters import load
from config.rules import load_pack
from planner.rules.check import PlannedStop, broken_rules
from planner.value.candidates import OPTIONS, BranchTables, candidates
from tests.planner.value.factories import (
    MONDAY,
    NOW,
    TODAY,
    WEEK,
    ZONE,
    accommodations,
    accounts,
    branch,
    debtors,
    holds,
    outcomes,
    places,
    visited,
)  # fmt: skip

CN, DEFAULTS = load_pack("CN"), load()


def week(days=WEEK, **tables):
    base = {
        "debtors": debtors({}),
        "accounts": accounts({}),
        "places": places({}),
        "holds": holds(),
        "accommodations": accommodations(),
        "outcomes": outcomes(),
    }
    return candidates(BranchTables(**(base | tables)), CN, DEFAULTS, days=days, now=NOW, zone=ZONE)


@pytest.mark.parametrize("seed", [1, 2])
def test_on_a_random_branch(seed):
    found = week(**branch(150, seed))
    options = found.options
    assert list(options.columns) == list(OPTIONS)
    assert set(options["debtor_id"]) | set(found.removed["debtor_id"]) == set(found.survey["debtor_id"])
    assert not set(options["debtor_id"]) & set(found.removed["debtor_id"])
    ordered = options.sort_values(["debtor_id", "opens_at"])
    same = ordered["debtor_id"] == ordered["debtor_id"].shift()
    assert (ordered["opens_at"] >= ordered["closes_at"].shift())[same].all()
    assert options.groupby(["debtor_id", "day"]).size().max() <= 3
    assert options["value_minor"].notna().all()
    stops = [
        PlannedStop(
            row.debtor_id,
            row.place_id,
            begins.to_pydatetime(),
            begins + timedelta(seconds=row.service_s),
            ("A", "B"),
            frozenset(row.needs.split()),
        )
        for row in options.drop_duplicates("debtor_id").itertuples()
        for begins in [row.closes_at]
    ]
    assert broken_rules(stops, found.facts, CN) == ()


def test_home_in_the_evening_shop_by_day():
    two = places({}, {"place_id": "P2", "kind": "shop"})
    options = week(days=[MONDAY], places=two).options
    assert options["place_id"].tolist() == ["P2", "P1"]
    hours = options["opens_at"].dt.tz_convert(ZONE).dt.hour.tolist()
    assert hours == [8, 17]


def lapsing(days, **more):
    ends = TODAY + timedelta(days=days)
    return accounts({"due_on": ends.replace(year=ends.year - 3), "days_past_due": 1090} | more)


def test_a_clock_that_lapses_requires_the_visit_before_it_ends():
    options = week(accounts=lapsing(5)).options
    assert options["required"].all()
    assert set(options["required_reason"]) == {"limitation_lapses"}
    assert options["day"].max().date() == TODAY + timedelta(days=5)
    assert not week(accounts=lapsing(20)).options["required"].any()


def test_a_required_visit_that_is_not_permitted_is_said_so():
    row = week(accounts=lapsing(5), holds=holds({})).removed.iloc[0]
    assert (row["code"], row["required"], row["required_reason"]) == ("hold", True, "limitation_lapses")
    late = week(accounts=lapsing(1)).removed.iloc[0]
    assert (late["code"], late["required"]) == ("too_late_for_clock", True)


def test_the_guarantor_is_visited_for_the_guarantee_alone():
    two = places({}, {"place_id": "P2", "kind": "guarantor"})
    running = week(places=two, accounts=accounts({"guarantee_kind": "joint"})).options
    assert set(running["place_id"]) == {"P1"}
    ends = TODAY + timedelta(days=6)
    soon = week(places=two, accounts=accounts({"guarantee_kind": "joint", "guarantee_ends_on": ends})).options
    assert set(soon["place_id"]) == {"P2"}
    assert set(soon["required_reason"]) == {"guarantee_lapses"}
    alone = week(places=places({"kind": "guarantor"}), accounts=accounts({"guarantee_kind": "joint"})).removed
    assert alone["code"].tolist() == ["no_own_place"]


def test_needs_come_from_the_list_and_from_what_was_asked():
    asked = accommodations({"kind": "interpreter", "value": ""})
    assert set(week(debtors=debtors({"needs": "legal"}), accommodations=asked).options["needs"]) == {
        "legal interpreter"
    }


def test_an_empty_branch_and_a_debtor_seen_yesterday():
    empty = week(debtors=debtors(), accounts=accounts(), places=places())
    assert empty.options.empty
    assert empty.removed.empty
    assert list(empty.options.columns) == list(OPTIONS)
    seen = week(days=[MONDAY], outcomes=outcomes(visited(TODAY)))
    assert seen.removed["code"].tolist() == ["frequency"]
