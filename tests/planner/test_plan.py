"""The second reading finds every broken promise of a good plan that somebody changed, before anything is saved."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import routing
from planner.ask import Question
from planner.pattern import homes_of
from planner.plan import plan_week
from planner.posing import pose
from planner.reading import NothingToPlan, Week, read_week
from planner.rules.pack import RulePack
from planner.second_reading import BrokenPlan, broken, check
from planner.store import open_store
from planner.tables import HOLDS, conform
from planner.value.candidates import Candidates, candidates
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, MONDAY, NOW, WEEK, means, principal

STOPS = st.integers(0, 19)
FEW = settings(max_examples=6, deadline=None)


@dataclass(frozen=True)
class Made:
    """A good plan and everything it was made from."""

    week: Week
    chosen: Candidates
    question: Question
    plan: routing.Plan
    pack: RulePack

    def check(self, **changes: Any) -> None:
        one = replace(self, **changes)
        check(one.question, one.plan, one.chosen, one.week, one.pack)


@lru_cache(maxsize=1)
def made_from(url: str) -> Made:
    store = open_store(url)
    by = means(store)
    week = read_week(store, principal(), BRANCH, WEEK, now=NOW)
    # The story goes on; this plan is made as at its beginning.
    tables = replace(week.tables, outcomes=week.tables.outcomes[:1])
    chosen = candidates(tables, by.pack, by.parameters, days=week.days, now=NOW, zone=ZoneInfo(week.branch.timezone))
    question = pose(replace(week, tables=tables), chosen, by)
    store.close()
    return Made(week, chosen, question, in_process(question.problem), by.pack)


@pytest.fixture(scope="module")
def made(story) -> Made:
    return made_from(story.url)


def nth_stop(plan: routing.Plan, number: int) -> tuple[int, int]:
    """Route and position of the plan's stop with this number, counted round."""
    at = [(r, s) for r, route in enumerate(plan.routes) for s in range(len(route.stops))]
    return at[number % len(at)]


def with_stop(plan: routing.Plan, number: int, **changes: Any) -> routing.Plan:
    r, s = nth_stop(plan, number)
    route = plan.routes[r]
    stops = list(route.stops)
    stops[s] = replace(stops[s], **changes)
    return replace(plan, routes=(*plan.routes[:r], replace(route, stops=tuple(stops)), *plan.routes[r + 1 :]))


def stop_at(plan: routing.Plan, number: int) -> routing.Stop:
    r, s = nth_stop(plan, number)
    return plan.routes[r].stops[s]


def test_the_plan_is_good(made):
    made.check()
    assert sum(len(route.stops) for route in made.plan.routes) == 20


@FEW
@given(number=STOPS, late=st.booleans(), seconds=st.integers(1, 30_000))
def test_a_stop_moved_out_of_its_window(made, number, late, seconds):
    stop = stop_at(made.plan, number)
    visit = next(one for one in made.question.problem.visits if one.id == stop.visit)
    option = visit.options[stop.option]
    begins = option.closes + seconds if late else option.opens - seconds
    moved = with_stop(made.plan, number, arrives=begins, begins=begins, leaves=begins + visit.service_in(stop.option))
    with pytest.raises(BrokenPlan):
        made.check(plan=moved)
    codes = {one.code for one in routing.audit(made.question.problem, moved)}
    assert "window" in codes


@FEW
@given(number=STOPS, hour=st.sampled_from([0, 5, 7, 20, 23]))
def test_a_window_that_the_rules_never_permitted(made, number, hour):
    """Where the question itself is wrong the audit is content, and the rules are read again against the stops."""
    stop = stop_at(made.plan, number)
    begins = stop.begins - stop.begins % 86_400 + hour * 3600 + 1800
    moved = with_stop(made.plan, number, arrives=begins, begins=begins, leaves=begins + stop.leaves - stop.begins)
    assert "hours" in rules_broken(made, plan=moved)


@FEW
@given(number=STOPS)
def test_begin_and_leave_swapped(made, number):
    stop = stop_at(made.plan, number)
    with pytest.raises(BrokenPlan):
        made.check(plan=with_stop(made.plan, number, begins=stop.leaves, leaves=stop.begins))


@FEW
@given(number=STOPS)
def test_a_stop_of_a_held_debtor(made, number):
    stop = stop_at(made.plan, number)
    row = {"hold_id": "H", "debtor_id": stop.visit, "branch": BRANCH, "kind": "dispute", "set_by": "test"}
    new = conform(pd.DataFrame([row | {"from_on": pd.Timestamp(MONDAY), "until_on": pd.NaT}]), HOLDS)
    held = replace(made.chosen, facts=replace(made.chosen.facts, holds=new))
    with pytest.raises(BrokenPlan, match=rf"hold: {stop.visit}"):
        made.check(chosen=held)


@FEW
@given(number=st.integers(0, 1))
def test_a_crew_of_one(made, number):
    crews = list(made.week.crews)
    crews[number] = replace(crews[number], members=crews[number].members[:1])
    with pytest.raises(BrokenPlan, match=r"crew_size: \w+ a crew of 1"):
        made.check(week=replace(made.week, crews=tuple(crews)))


@FEW
@given(number=STOPS, other=STOPS)
def test_a_debtor_twice_or_forgotten(made, number, other):
    stop, second = stop_at(made.plan, number), stop_at(made.plan, other)
    if stop.visit == second.visit:
        return
    with pytest.raises(BrokenPlan):
        made.check(plan=with_stop(made.plan, number, visit=second.visit))
    with pytest.raises(BrokenPlan):
        made.check(plan=replace(made.plan, left_out=made.plan.left_out[1:]))


@FEW
@given(share=st.floats(0.5, 0.999))
def test_a_plan_that_promises_another_value(made, share):
    with pytest.raises(BrokenPlan, match="objective"):
        made.check(plan=replace(made.plan, objective=made.plan.objective * share))


def rules_broken(made: Made, **changes: Any) -> set[str]:
    one = replace(made, **changes)
    return {found.rule for found in broken(one.question, one.plan, one.chosen, one.week, one.pack)}


def test_what_a_broken_plan_says_names_no_person(made):
    stop = stop_at(made.plan, 0)
    with pytest.raises(BrokenPlan) as caught:
        made.check(plan=with_stop(made.plan, 0, begins=stop.leaves, leaves=stop.begins))
    assert re.match(r"\d+ broken promises, the first: \w+: ", str(caught.value))
    assert "测试" not in str(caught.value)


def test_a_broken_plan_is_not_saved(own_store):
    def wrong(problem: routing.Problem) -> routing.Plan:
        good = in_process(problem)
        return replace(good, objective=good.objective + 1000)

    before = own_store.plans(principal(), BRANCH, WEEK)
    with pytest.raises(BrokenPlan):
        plan_week(means(own_store), principal(), BRANCH, WEEK, solve=wrong, seed=1, now=NOW)
    assert own_store.plans(principal(), BRANCH, WEEK) == before


def test_a_plan_comes_after_the_one_that_was_seen_and_not_after_one_that_was_gone_back_from(own_store):
    seen, gone_back_from, third, fourth = (
        plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW + wait)
        for wait in (timedelta(minutes=m) for m in range(4))
    )
    assert (third.parent, fourth.parent) == (gone_back_from.plan_id, third.plan_id)
    again = plan_week(
        means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW, after=seen.plan_id
    )  # fmt: skip
    assert again.parent == seen.plan_id


def test_shifts_that_have_begun_are_left_alone(story_store):
    wednesday_noon = NOW + timedelta(days=4, hours=18)
    week = read_week(story_store, principal(), BRANCH, WEEK, now=wednesday_noon)
    assert [shift.day for shift in week.shifts] == [MONDAY + timedelta(days=3), MONDAY + timedelta(days=4)]
    assert list(week.days) == [shift.day for shift in week.shifts]


@pytest.mark.parametrize(
    ("branch", "week", "days", "word"),
    [
        ("nothing", WEEK, 0, "no branch 'nothing'"),
        (BRANCH, WEEK, 7, "No crew of branch YX01 has a shift ahead"),
        (BRANCH, "2027-W20", 0, "No crew of branch YX01 has a shift ahead"),
    ],
)
def test_nothing_to_plan(own_store, branch, week, days, word):
    with pytest.raises(NothingToPlan, match=word):
        plan_week(means(own_store), principal(), branch, week, solve=in_process, seed=1, now=NOW + timedelta(days=days))


def test_nobody_may_be_visited(own_store):
    everyone = own_store.debtors(principal(), BRANCH)["debtor_id"]
    rows = [
        {"hold_id": f"H{one}", "debtor_id": one, "branch": BRANCH, "kind": "hardship", "set_by": "test",
         "from_on": pd.Timestamp(MONDAY) - pd.Timedelta(days=7), "until_on": pd.NaT}
        for one in everyone
    ]  # fmt: skip
    own_store.save_holds(principal(), BRANCH, conform(pd.DataFrame(rows), HOLDS), now=NOW)
    with pytest.raises(NothingToPlan, match="Nobody may be visited"):
        plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW)


def test_planning_stops_where_it_is_told_to(own_store):
    told: list[str] = []

    def tell(phase: str) -> None:
        told.append(phase)
        if phase == "roads":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        plan_week(means(own_store), principal(), BRANCH, WEEK, solve=in_process, seed=1, now=NOW, tell=tell)
    assert told == ["read", "value", "roads"]


def test_the_phases_are_those_of_the_command():
    import inspect

    from planner import plan
    from planner.job_run import PHASES

    assert re.findall(r'tell\("(\w+)"\)', inspect.getsource(plan.plan_week)) == list(PHASES)
    assert list(PHASES.values()) == sorted(PHASES.values())


def test_one_place_a_debtor_is_the_home_before_the_shop():
    rows = [
        ("D1", "shop", 1.0), ("D1", "home", 2.0), ("D2", "workplace", 3.0), ("D2", "shop", 4.0),
        ("D3", "home", float("nan")), ("D3", "workplace", 5.0), ("D4", "guarantor", 6.0),
    ]  # fmt: skip
    places = pd.DataFrame(
        [
            {"place_id": f"P{k}", "debtor_id": who, "kind": kind, "lon": lon, "lat": lon, "accuracy_m": 1.0}
            for k, (who, kind, lon) in enumerate(rows)
        ]
    )
    assert dict(zip(homes_of(places)["debtor_id"], homes_of(places)["lon"], strict=True)) == {
        "D1": 2.0,
        "D2": 4.0,
        "D3": 5.0,
    }
