"""Which loans are chosen and which are kept; what a crew-day loses or brings. Nothing here needs a store."""

from __future__ import annotations

import doctest
import json
from dataclasses import replace

import numpy as np
import pytest

from planner.bank import loans as module
from planner.bank.crew_worth import Searched, gain, least_worth, loss, searched
from planner.bank.lend import Lent, table, told_as_json
from planner.bank.loans import (
    Judged,
    Lendable,
    Loan,
    Planned,
    Wanted,
    Worths,
    crew_days,
    proposals,
    smaller,
    worths_from,
)
from planner.routing.greedy import greedy
from planner.routing.instance import prepare
from tests.planner.routing.factories import random_problem


def lends(code: str, *loses: float, day: str = "") -> Worths:
    """A branch whose crew-days, one a day or all on the same, lose so much."""
    rows = [Lendable(f"{code}-{k}", f"{code}-A", day or f"2026-11-2{k}", one) for k, one in enumerate(loses)]
    return Worths(code, 25, lendable=tuple(rows))


def wants(code: str, lender: str, *brings: float) -> Worths:
    """A branch to which crew-days of another one bring so much."""
    rows = [Wanted(lender, f"{lender}-{k}", one, 3, 600.0, False) for k, one in enumerate(brings)]
    return Worths(code, 25, wanted=tuple(rows))


def test_a_loan_is_proposed_only_where_it_gains_more_than_the_figures_are_off():
    gains = [(one.gain, one.day) for one in crew_days(lends("A", 10, 85, 200), wants("B", "A", 100, 100, 100))]
    assert gains == [(90, "2026-11-20")]


def test_on_a_day_one_crew_goes_and_the_best_one():
    found = crew_days(lends("A", 30, 10, 20, day="2026-11-23"), wants("B", "A", 100, 100, 100))
    assert [one.shift for one in found] == ["A-1"]
    many = crew_days(lends("A", *[1.0] * 8), wants("B", "A", *[100.0 + k for k in range(8)]))
    assert [one.brings for one in many] == [103, 104, 105, 106, 107]
    # The smaller one of both changes by a fifth at most.
    few = crew_days(replace(lends("A", *[1.0] * 8), crew_days=10), wants("B", "A", *[100.0 + k for k in range(8)]))
    assert [one.brings for one in few] == [106, 107]
    assert [one.brings for one in smaller(Loan("A", "B", many)).crew_days] == [106, 107]


def test_each_branch_takes_part_once_in_the_loans_that_gain_most():
    worths = [
        replace(lends("A", 0), wanted=wants("A", "C", 50).wanted),
        wants("B", "A", 100),
        replace(lends("C", 0), wanted=wants("C", "A", 300).wanted),
        replace(wants("D", "B", 500), wanted=wants("D", "B", 500).wanted),
    ]
    assert [(one.lender, one.borrower, one.promised) for one in proposals(worths)] == [("A", "C", 300)]
    worths[2] = replace(worths[2], out="It is published.")
    assert [(one.lender, one.borrower) for one in proposals(worths)] == [("A", "B")]
    assert proposals([]) == ()


LOAN = Loan("A", "B", crew_days(lends("A", 10), wants("B", "A", 100)))
LENDER, BORROWER = Planned("A", "1f", 90, 1, 100, 1), Planned("B", "2f", 240, 0, 200, 0)


@pytest.mark.parametrize(
    ("lender", "borrower", "kept", "words"),
    [
        (LENDER, BORROWER, True, "30 by planning both again: drafts 1d and 2d"),
        (LENDER, replace(BORROWER, objective=205), False, "-5 by planning both again: not kept"),
        (replace(LENDER, missing=2), BORROWER, False, "a required visit is lost"),
        (Planned("A", reason="No crew."), BORROWER, False, "not planned: No crew."),
    ],
)
def test_a_loan_is_kept_if_both_plans_together_gain_and_no_required_visit_is_lost(lender, borrower, kept, words):
    one = Judged(LOAN, lender, borrower)
    one = replace(one, drafts=("1d", "2d") if kept else ())
    assert one.kept is kept
    told = table(Lent((), (one,)))
    assert words in told
    assert told.splitlines()[1].split() == ["A", "B", "A-A", "2026-11-20", "10", "min", "10", "100", "90"]
    said = json.loads(json.dumps(told_as_json(Lent((lends("A", 1),), (one,)))))
    assert (said["loans"][0]["kept"], said["loans"][0]["promised"]) == (kept, 90)


def test_worths_come_back_as_they_were():
    one = replace(lends("A", 1, 2), wanted=wants("A", "B", 3).wanted, out="Published.")
    assert worths_from(json.loads(json.dumps(one.told()))) == one


def test_the_examples_in_the_sources_hold():
    assert doctest.testmod(module).attempted > 0
    assert doctest.testmod(module).failed == 0


# ---- what a crew-day is worth


def stood(*, seed: int = 3, visits: int = 30, shifts: int = 4) -> Searched:
    instance = prepare(random_problem(np.random.default_rng(seed), visits=visits, shifts=shifts))
    return searched(instance, greedy(instance), seed=1, steps=500)


def test_taking_away_never_gains_and_one_more_never_costs():
    of = stood()
    shifts = of.instance.problem.shifts
    for k, one in enumerate(shifts):
        loses = loss(of, k)
        # What it earned itself is the most that can be lost.
        assert loses is None or 0 <= loses <= of.plain[k].gain + 1e-6
        brings, visits = gain(of, replace(one, id="guest"))
        assert brings >= 0
        assert brings == 0 or visits != 0


def test_a_crew_day_that_a_required_visit_needs_is_not_lent():
    of = stood()
    k, one = next((k, one) for k, one in enumerate(of.plain) if one.nodes)
    must = of.instance.problem.visits[of.instance.visit[one.nodes[0]]]
    skill = frozenset({"only here"})
    shifts = tuple(
        replace(each, skills=each.skills | skill) if s == k else each
        for s, each in enumerate(of.instance.problem.shifts)
    )
    visits = tuple(
        replace(each, required=True, needs=each.needs | skill) if each.id == must.id else each
        for each in of.instance.problem.visits
    )
    instance = prepare(replace(of.instance.problem, shifts=shifts, visits=visits))
    bound = searched(instance, greedy(instance), seed=1, steps=500)
    assert loss(bound, k) is None


def test_of_each_day_those_that_earn_least_are_looked_at():
    of = stood()
    day = {k: one.starts // 86_400 for k, one in enumerate(of.instance.problem.shifts)}
    found = least_worth(of, list(day), 1)
    assert {day[k] for k in found} == set(day.values())
    for k in found:
        assert of.plain[k].gain == min(of.plain[s].gain for s in day if day[s] == day[k])
