"""A scenario is planned apart: nothing of the branch changes, no page takes it for a plan, nobody publishes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from config.rules import load_pack
from planner.domain import Role
from planner.plan import plan_week
from planner.promised import ON_A_ROUTE
from planner.reading import NothingToPlan, read_week
from planner.routing import Lock, audit, efficiency, plan_from_dict
from planner.routing.replan import DifferenceKind, differences
from planner.rules.pack import RulePack, Term
from planner.scenarios.adopt import (
    CREW,
    HOURS,
    NotAdoptable,
    TooLong,
    Unready,
    adopt,
    lacks,
    of_draft,
    publish,
    scenario_of,
    shifts_of,
)
from planner.scenarios.budget import within
from planner.scenarios.hours import OtherHours, long_days_of, other_hours
from planner.scenarios.run import certainty_beside, certainty_in, kept_by, plan_scenario
from planner.scenarios.scenario import MORE, Scenario, changed, read_scenario
from planner.store import Keep, NotPublishable, PlanRow, SavedPlan, Store
from planner.value.parameters import Parameters
from tests.planner.conftest import in_process
from tests.planner.factories import BRANCH, NEXT_WEEK, NOW, means, principal
from tests.planner.routing.factories import random_problem

FRIDAY = NOW + timedelta(weeks=1)
EVENING_S = (17 * 3600, 20 * 3600)


def planned(store: Store, scenario: Scenario, *, keep: Keep | None = None) -> SavedPlan:
    return plan_scenario(
        means(store),
        principal(),
        BRANCH,
        NEXT_WEEK,
        scenario,
        packs=load_pack,
        solve_in=lambda _: in_process,
        seed=1,
        now=FRIDAY,
        keep=keep,
    )


def parameters(store: Store) -> Parameters:
    return means(store).parameters


def row_of(store: Store, saved: SavedPlan) -> PlanRow:
    return next(one for one in store.plans(principal(), BRANCH, NEXT_WEEK) if one.plan_id == saved.plan_id)


def test_a_scenario_is_kept_apart_and_never_published(own_store: Store) -> None:
    before = own_store.plans(principal(), BRANCH, NEXT_WEEK)
    crew = own_store.crews(principal(), BRANCH)[0].crew_id
    saved = planned(own_store, Scenario("One more", crew_more=crew))
    assert own_store.plans(principal(), BRANCH, NEXT_WEEK) == before
    assert [row.plan_id for row in own_store.scenarios(principal(), BRANCH, NEXT_WEEK)] == [saved.plan_id]
    assert not own_store.scenarios(principal(Role.COLLECTOR, crew=crew), BRANCH, NEXT_WEEK)
    with pytest.raises(NotPublishable):
        own_store.publish(principal(), saved.plan_id, FRIDAY)
    assert scenario_of(saved.metrics) == Scenario("One more", crew_more=crew)
    assert any(shift["crew"] == crew + MORE for shift in saved.problem["shifts"])
    assert {one.crew_id for one in own_store.crews(principal(), BRANCH)} == {
        one.crew_id for one in own_store.crews(principal(), BRANCH) if not one.crew_id.endswith(MORE)
    }
    # The next plan of the week itself is a child of a plan, never of a scenario.
    again = plan_week(
        means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=2, now=FRIDAY + timedelta(minutes=1)
    )
    assert again.parent == before[0].plan_id


def test_what_is_adopted_is_a_draft_that_says_what_it_lacks(own_store: Store) -> None:
    crew = own_store.crews(principal(), BRANCH)[0].crew_id
    same = planned(own_store, Scenario("As it is"))
    more = planned(own_store, Scenario("One more", crew_more=crew))
    later = FRIDAY + timedelta(hours=1)
    draft = adopt(own_store, principal(), same.plan_id, now=later)
    assert own_store.plans(principal(), BRANCH, NEXT_WEEK)[0].plan_id == draft.plan_id
    assert lacks(own_store, principal(), draft, parameters(own_store)) == ()
    own_store.publish(principal(), draft.plan_id, later)
    assert draft.context["origin"]["plan_id"] == same.plan_id
    lack = adopt(own_store, principal(), more.plan_id, now=later)
    lacking = lacks(own_store, principal(), lack, parameters(own_store))
    assert {one.kind for one in lacking} == {CREW}
    # Where publishing itself happens the same is asked, and of the store alone a crew that is not there.
    row = row_of(own_store, lack)
    with pytest.raises(Unready) as refused:
        publish(own_store, principal(), row, parameters(own_store), now=later, instead_of=None)
    assert refused.value.lacking == lacking
    with pytest.raises(NotPublishable):
        own_store.publish(principal(), row.plan_id, later)
    assert own_store.published(principal(), BRANCH, NEXT_WEEK).plan_id == draft.plan_id  # type: ignore[union-attr]
    with pytest.raises(NotAdoptable):
        adopt(own_store, principal(), draft.plan_id, now=later)


def test_longer_hours_that_are_not_entered_keep_a_draft_from_publishing(own_store: Store) -> None:
    longer = planned(own_store, Scenario("Later", ends_min=60))
    row = row_of(own_store, adopt(own_store, principal(), longer.plan_id, now=FRIDAY))
    with pytest.raises(Unready) as refused:
        publish(own_store, principal(), row, parameters(own_store), now=FRIDAY, instead_of=None)
    assert {one.kind for one in refused.value.lacking} == {HOURS}


def test_longer_hours_are_taken_as_changes_by_hand_where_the_law_permits(own_store: Store) -> None:
    longer = planned(own_store, Scenario("Later", ends_min=60))
    pack = means(own_store).pack
    usual = replace(pack, day_hours=None, day_hours_most=None)
    draft = adopt(own_store, principal(), longer.plan_id, now=FRIDAY, taking=usual)
    assert lacks(own_store, principal(), draft, parameters(own_store)) == ()
    shifts = {one["id"]: one for one in draft.problem["shifts"]}
    used = {route["shift"] for route in draft.plan["routes"] if route["stops"]}
    assert draft.context["edits"]["kept"]["shifts"] == {name: shifts[name] for name in used}
    publish(own_store, principal(), row_of(own_store, draft), parameters(own_store), now=FRIDAY, instead_of=None)
    # Planned again, the hours stay: they are the manager's word.
    again = plan_week(
        means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=1, now=FRIDAY, keep=Keep(draft.plan_id)
    )
    ends = {one["id"]: one["ends"] for one in again.problem["shifts"]}
    assert all(ends[name] == shifts[name]["ends"] for name in used)


def test_hours_beyond_what_a_day_may_have_are_told_and_never_adopted(own_store: Store) -> None:
    longer = planned(own_store, Scenario("Later", ends_min=60))
    own = shifts_of(own_store, principal(), longer)
    pack = means(own_store).pack
    most = max(one.worked_s for one in long_days_of(longer, own, limited(pack, usual_h=1.0, most_h=24.0)))
    overtime, beyond = limited(pack, most_h=most / 3600), limited(pack, most_h=most / 3600 - 0.1)
    assert not any(one.forbidden for one in long_days_of(longer, own, overtime))
    assert any(one.forbidden for one in long_days_of(longer, own, beyond))
    with pytest.raises(TooLong) as refused:
        adopt(own_store, principal(), longer.plan_id, now=FRIDAY, taking=beyond)
    assert all(one.limit.article == "An article" for one in refused.value.days)
    # As long as the branch has it already is nothing that the scenario asks for.
    same = planned(own_store, Scenario("As it is"))
    assert long_days_of(same, own, limited(pack, most_h=0.5)) == ()
    more = planned(own_store, Scenario("More", crew_more=own_store.crews(principal(), BRANCH)[0].crew_id))
    assert long_days_of(more, own, limited(pack, most_h=0.5)) == ()


def test_other_hours_than_those_of_the_plan_before_are_counted(own_store: Store) -> None:
    before = planned(own_store, Scenario("As it is"))
    longer = planned(own_store, Scenario("Later", ends_min=60))
    pack = limited(means(own_store).pack, most_h=24.0)
    used = {route["shift"] for route in longer.plan["routes"] if route["stops"]}
    found = other_hours(before, longer, pack)
    assert (found.shifts, found.more_s) == (len(used), 3600 * len(used))
    assert len({(one.crew, one.day) for one in found.days}) == len(found.days) > 0
    assert other_hours(before, before, pack) == OtherHours(0, 0, ())


def limited(pack: RulePack, *, most_h: float, usual_h: float = 0.1) -> RulePack:
    of = date(2026, 1, 1)
    usual, most = (Term(hours, "An article", of, "M") for hours in (usual_h, most_h))
    return replace(pack, day_hours=usual, day_hours_most=most)


def test_a_scenario_is_planned_as_surely_as_the_plan_it_is_set_beside(own_store: Store) -> None:
    assert certainty_beside(own_store, principal(), BRANCH, NEXT_WEEK) is None
    plan_week(means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=2, now=FRIDAY, certainty=0.8)
    beside = certainty_beside(own_store, principal(), BRANCH, NEXT_WEEK)
    assert beside == 0.8
    made = {
        wanted: plan_scenario(
            means(own_store),
            principal(),
            BRANCH,
            NEXT_WEEK,
            Scenario("x", certainty=wanted),
            packs=load_pack,
            solve_in=lambda _: in_process,
            seed=1,
            now=FRIDAY,
            beside=beside,
        )
        for wanted in (None, 0.0)
    }
    assert {wanted: certainty_in(saved.metrics) for wanted, saved in made.items()} == {None: 0.8, 0.0: None}
    with pytest.raises(ValueError, match="certainty"):
        read_scenario({"name": "x", "certainty": 1.2})


def test_of_what_crews_have_a_scenario_keeps_what_pays(own_store: Store) -> None:
    """The second of two plans of one worth would be adopted for the extra crew and move everybody besides."""
    crew = own_store.crews(principal(), BRANCH)[0].crew_id
    given = plan_week(means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=2, now=FRIDAY)
    own_store.publish(principal(), given.plan_id, FRIDAY)
    wanted = Scenario("More", crew_more=crew)
    keep = kept_by(own_store.plans(principal(), BRANCH, NEXT_WEEK), wanted)
    assert keep == Keep(given.plan_id)
    more = planned(own_store, wanted, keep=keep)
    assert more.parent is None  # a scenario has none, also where it keeps a plan
    assert any(shift["crew"] == crew + MORE for shift in more.problem["shifts"])
    before, after = plan_from_dict(given.plan), plan_from_dict(more.plan)
    moved = {one.visit for one in differences(before, after) if one.kind is DifferenceKind.MOVED}
    assert not moved
    assert more.metrics["replan"]["kept"] == given.plan_id
    # Whoever is off has nothing to keep, and is not called back by the plan that is kept.
    off = planned(own_store, Scenario("Off", crews_off=(crew,)), keep=keep)
    assert all(shift["crew"] != crew for shift in off.problem["shifts"])
    # Whom that crew would have visited others may visit, and nobody is said to be on its route.
    mine = {stop.visit for route in before.routes if route.shift.startswith(crew) for stop in route.stops}
    assert len(mine & {one["id"] for one in off.problem["visits"] if one["options"]}) > len(mine) / 2
    assert not [one for one in off.context["removed"] if one["reason"] == ON_A_ROUTE]


def test_hours_by_hand_are_those_that_a_scenario_makes_longer(own_store: Store) -> None:
    longer = planned(own_store, Scenario("Later", ends_min=60))
    usual = replace(means(own_store).pack, day_hours=None, day_hours_most=None)
    draft = adopt(own_store, principal(), longer.plan_id, now=FRIDAY, taking=usual)
    own_store.publish(principal(), draft.plan_id, FRIDAY)
    still = planned(own_store, Scenario("Later still", ends_min=30), keep=Keep(draft.plan_id))
    was = {one["id"]: one["ends"] for one in draft.problem["shifts"]}
    by_hand = draft.context["edits"]["kept"]["shifts"]
    assert {one["ends"] - was[one["id"]] for one in still.problem["shifts"] if one["id"] in by_hand} == {1800}


def test_what_a_scenario_took_away_is_not_told_as_given_up_of_its_draft() -> None:
    gone, late = ({"visit": "v", "shift": "s", "why": why} for why in ("gone", "no_shift"))
    figures = {"scenario": {}, "replan": {"kept": "p", "given_up": [gone, late], "passed_over": {"more": 1.0}}}
    told = of_draft(figures, Scenario("Off", crews_off=("A",)))
    assert told == {"replan": {"kept": "p", "given_up": [gone]}}
    assert of_draft(figures, Scenario("x"))["replan"]["given_up"] == [gone, late]
    assert of_draft({"plan": 1}, Scenario("x")) == {"plan": 1}


def test_no_stop_is_kept_of_what_nobody_knows_or_is_another_week(own_store: Store) -> None:
    plain = Scenario("x")
    assert kept_by((), plain) is None
    given = plan_week(means(own_store), principal(), BRANCH, NEXT_WEEK, solve=in_process, seed=2, now=FRIDAY)
    assert kept_by(own_store.plans(principal(), BRANCH, NEXT_WEEK), plain) == Keep(given.plan_id, stops=False)
    own_store.publish(principal(), given.plan_id, FRIDAY)
    rows = own_store.plans(principal(), BRANCH, NEXT_WEEK)
    assert kept_by(rows, plain) == Keep(given.plan_id)
    assert kept_by(rows, replace(plain, anew=True)) is None
    free = (replace(plain, field_hours=40.0), replace(plain, rule_pack="IN"))
    assert [kept_by(rows, one) for one in free] == 2 * [Keep(given.plan_id, stops=False)]


def test_a_plan_under_other_rules_is_not_adopted(own_store: Store) -> None:
    saved = planned(own_store, Scenario("IN", rule_pack="IN"))
    assert saved.rule_pack.startswith("IN")
    with pytest.raises(NotAdoptable):
        adopt(own_store, principal(), saved.plan_id, now=FRIDAY)


def test_a_week_is_changed_as_the_scenario_says(story_store: Store) -> None:
    week = read_week(story_store, principal(), BRANCH, NEXT_WEEK, now=FRIDAY)
    first, *others = [one.crew_id for one in week.crews]
    fewer = changed(week, Scenario("x", crews_off=(first,)))
    assert {one.crew_id for one in fewer.shifts} == set(others) & {one.crew_id for one in week.shifts}
    longer = changed(week, Scenario("x", ends_min=30))
    assert [b.ends - a.ends for a, b in zip(week.shifts, longer.shifts, strict=True)] == [
        timedelta(minutes=30) for _ in week.shifts
    ]
    late = changed(week, Scenario("x", evening_like=first, evening_days=(1,), evening_s=EVENING_S))
    assert [one.day.weekday() for one in late.shifts[len(week.shifts) :]] == [1]
    moved = changed(week, Scenario("x", start_crew=first, start_lon=1.0, start_lat=2.0))
    assert next(one for one in moved.crews if one.crew_id == first).start == (1.0, 2.0)
    assert changed(week, Scenario("x")) == week
    with pytest.raises(NothingToPlan):
        changed(week, Scenario("x", crews_off=tuple(one.crew_id for one in week.crews)))
    with pytest.raises(NothingToPlan):
        changed(week, Scenario("x", crew_more="nobody"))


@given(
    st.builds(
        Scenario,
        name=st.text(min_size=1).filter(lambda text: bool(text.strip())),
        crews_off=st.lists(st.text(max_size=4), max_size=2).map(tuple),
        evening_days=st.lists(st.integers(0, 6), max_size=3).map(tuple),
        evening_s=st.tuples(st.integers(0, 86_400), st.integers(0, 86_400)),
        ends_min=st.integers(-120, 120),
        field_hours=st.none() | st.floats(1, 500),
        certainty=st.none() | st.sampled_from([0.0, 0.7, 0.95]),
        anew=st.booleans(),
    )
)
def test_a_scenario_is_read_as_it_was_written(one: Scenario) -> None:
    text = {key: list(value) if isinstance(value, tuple) else value for key, value in one.text().items()}
    assert read_scenario(text) == one


def test_what_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        read_scenario({"name": "x", "colour": "red"})
    with pytest.raises(ValueError, match="name"):
        read_scenario({"crews_off": []})


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 0.9))
@example(8311, 0.5)  # of two stops neither can go without the other
def test_a_budget_of_hours_is_kept_and_the_plan_is_sound(seed: int, share: float) -> None:
    problem = random_problem(np.random.default_rng(seed), visits=8, shifts=2)
    problem = replace(problem, visits=tuple(replace(one, required=False) for one in problem.visits))
    free = in_process(problem)
    used = efficiency(problem, free).week.field_hours
    plan = within(problem, share * used, in_process)
    assert not [one for one in audit(problem, plan) if one.code != "bound"]
    assert efficiency(problem, plan).week.field_hours <= share * used + 1e-9
    assert plan.objective <= free.objective + 1e-6 or share * used >= used


def test_a_budget_beyond_need_changes_nothing(story) -> None:
    problem = random_problem(np.random.default_rng(4), visits=8, shifts=2)
    assert within(problem, 1000.0, in_process).routes == in_process(problem).routes
    assert plan_from_dict(story.first.plan).routes


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 0.9))
def test_a_budget_of_hours_breaks_no_lock(seed: int, share: float) -> None:
    """Neither its place in the order: what is taken out or put in before it would move it."""
    problem = random_problem(np.random.default_rng(seed), visits=10, shifts=2)
    problem = replace(problem, visits=tuple(replace(one, required=False) for one in problem.visits))
    free = in_process(problem)
    assume(any(one.stops for one in free.routes))
    longest = max(free.routes, key=lambda one: len(one.stops))
    place = len(longest.stops) // 2
    lock = Lock(longest.stops[place].visit, longest.shift, place, None)
    locked = replace(problem, locks=(lock,))
    plan = within(locked, share * efficiency(problem, free).week.field_hours, in_process)
    assert not [one for one in audit(locked, plan) if one.code != "bound"]
